"""A post's card says how probable it is that it is about a company, and why it was put aside."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import store
from monitor.settings.loading import Settings
from tests import desk_store
from tests.dashboard.pages import open_page, page_text


@pytest.mark.parametrize(
    ("language", "share", "why"),
    [
        ("es", "Sobre una empresa", "Descartada: no habla de ninguna empresa"),
        ("en", "About a company", "Put aside: about no company"),
    ],
)
def test_a_card_says_why_a_post_was_put_aside(config: Settings, language: str, share: str, why: str) -> None:
    now = datetime.now(UTC)
    complaint = desk_store.post(config, "p1", "No llega", now - timedelta(hours=3))
    aside = desk_store.post(
        config, "p2", "Qué calor", now - timedelta(hours=2), author="eva", thread_id="p1", p_complaint=0.1
    )
    desk_store.open_cases(config, [complaint], now)
    shown = page_text(open_page("case", case="1", lang=language))
    assert share not in shown
    assert why not in shown
    with store.connect(config.store) as connection:
        connection.execute(
            "UPDATE classifications SET p_about = 0.04, reason = 'not_about' WHERE mention_id = ?", [aside]
        )
    shown = page_text(open_page("case", case="1", lang=language))
    assert (shown.count(share), shown.count(why)) == (1, 1)
