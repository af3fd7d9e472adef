"""Choices that a session holds no more, or that are none any more: no page fails for them, and what counts is shown."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.pages import open_page

PAGES = ("overview", "inbox", "cases", "case", "board", "followups", "customers", "metrics", "health")
_SINGLE = 0  # as a group of buttons says that one of them is chosen, not several


def choices(app: AppTest) -> list[str]:
    """The keys of every widget on the page of which one option is chosen."""
    groups = [group for group in app.button_group if group.proto.click_mode == _SINGLE]
    return [str(widget.key) for widget in (*app.radio, *app.selectbox, *groups) if widget.key]


@pytest.mark.parametrize("lost", [None, "gone"])
@pytest.mark.parametrize("page", PAGES)
def test_a_choice_that_is_lost_fails_no_page(filled: dict[str, int], page: str, lost: str | None) -> None:
    keys = choices(open_page(page, case="1"))
    assert keys
    app = open_page(page, held=dict.fromkeys(keys, lost), case="1")
    assert not app.exception, app.exception[0].message
    assert app.title


@pytest.mark.parametrize("lost", [None, "kept-gone"])
def test_a_download_without_a_choice_is_of_what_is_shown(filled: dict[str, int], lost: str | None) -> None:
    app = open_page("cases", held={"scope": lost, "format": None, "separator": None})
    assert not app.exception
    assert [app.radio(key=key).value for key in ("scope", "separator")] == ["shown", ";"]
    assert app.selectbox(key="format").value == "xlsx"
