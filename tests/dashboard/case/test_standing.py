"""The clocks beside a case: what was never answered shows no time of an answer."""

from datetime import UTC, datetime

import pytest

from monitor import desk
from monitor.settings.loading import Settings
from tests.dashboard.pages import open_page, page_text


@pytest.mark.parametrize(("language", "words"), [("es", "sin respuesta"), ("en", "not answered")])
def test_a_dismissed_case_without_an_answer_shows_no_time_of_one(
    config: Settings, filled: dict[str, int], language: str, words: str
) -> None:
    desk.dismiss_mention(config, filled["complaint"], actor="ana", now=datetime.now(UTC))
    text = page_text(open_page("case", case="1", lang=language))
    first = text[text.index("Primera respuesta" if language == "es" else "First response") :].split("</li>")[0]
    assert words in first
    assert "min" not in first
