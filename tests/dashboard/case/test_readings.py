"""Thanks and automatic replies are shown as what they are, and one click says otherwise."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import store
from monitor.models.cases import Case
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests import desk_store
from tests.dashboard.pages import open_page, page_text, speak

NOW = datetime.now(UTC).replace(microsecond=0)
CASES = [
    ("es", "gracias", "ana", "Solo da las gracias", "Necesita respuesta", "El cliente da las gracias"),
    ("en", "gracias", "ana", "Only says thanks", "Needs a reply", "The customer says thanks"),
    ("es", "Hemos recibido tu mensaje", "norvia_ayuda", "Respuesta automática", "Sí es una respuesta", "automática"),
    ("en", "Hemos recibido tu mensaje", "norvia_ayuda", "Automatic reply", "It is a reply", "An automatic reply"),
]


def read(config: Settings) -> Case:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get(connection, 1)


@pytest.mark.parametrize(("language", "text", "author", "chip", "button", "line"), CASES)
def test_a_post_that_was_read_wrongly_is_put_right_by_one_click(
    config: Settings,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    text: str,
    author: str,
    chip: str,
    button: str,
    line: str,
) -> None:
    speak(monkeypatch, language)
    asked_at = NOW - timedelta(hours=2)
    desk_store.post(config, "p1", "El pedido no llega y nadie contesta", asked_at)
    at = asked_at + timedelta(seconds=5)
    facts = {"author": author, "thread_id": "p1", "in_reply_to": "p1", "p_complaint": 0.0}
    mention_id = desk_store.post(config, "p2", text, at, **facts)
    main_line.open_cases(config)

    page = open_page("case", case="1", lang=language)
    assert chip in page_text(page)
    assert line in page_text(page)
    (found,) = [one for one in page.button if one.key == f"reread-{mention_id}"]
    assert found.label == button
    was = read(config)
    found.click().run()

    assert not page.exception
    assert read(config).version == was.version + 1
    assert chip not in [one.label for one in page.button]
    assert (read(config).first_answered_at is not None) == (author == "norvia_ayuda")
