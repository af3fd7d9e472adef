"""An answer of the brand's that came in a file stands in the conversation as ours, and has ended the wait."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import store
from monitor.models.posts import OWN_REPLY
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests import desk_store
from tests.dashboard.pages import open_page, page_text, speak

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.mark.parametrize(("language", "who"), [("es", "(respuesta de la marca)"), ("en", "(the brand's answer)")])
def test_an_answer_from_a_file_is_ours(
    config: Settings, monkeypatch: pytest.MonkeyPatch, language: str, who: str
) -> None:
    speak(monkeypatch, language)
    desk_store.post(config, "r1", "El pedido no llega y nadie contesta", NOW - timedelta(hours=9), network="trustpilot")
    answer = {"author": OWN_REPLY, "thread_id": "r1", "in_reply_to": "r1", "network": "trustpilot"}
    desk_store.post(config, "r1:reply", "Lo miramos hoy mismo", NOW - timedelta(hours=5), p_complaint=0.0, **answer)
    main_line.open_cases(config)

    page = open_page("case", case="1", lang=language)
    text = page_text(page).replace("&#x27;", "'").replace("&#39;", "'")
    assert who in text
    assert OWN_REPLY not in text
    assert 'class="post ours"' in text
    with store.connect(config.store, read_only=True) as connection:
        assert cases.get(connection, 1).first_answered_at is not None
