"""Choices that a session holds no more, or that are none any more: no page fails for them, and what counts is shown."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.pages import open_page

PAGES = ("overview", "inbox", "cases", "case", "board", "followups", "customers", "metrics", "health")


def choices(app: AppTest) -> list[str]:
    """The keys of every widget on the page of which one option is chosen."""
    several = {str(group.key) for group in app.button_group if group.proto.click_mode == 1}
    widgets = (*app.radio, *app.selectbox, *app.button_group)
    return sorted({str(widget.key) for widget in widgets if widget.key} - several)


@pytest.mark.parametrize("lost", [None, "gone"])
@pytest.mark.parametrize("page", PAGES)
def test_a_choice_that_is_lost_fails_no_page(filled: dict[str, int], page: str, lost: str | None) -> None:
    app = open_page(page, case="1")
    keys = choices(app)
    assert keys
    for key in keys:
        app.session_state[key] = lost
    app.run()
    assert not app.exception, app.exception[0].message
