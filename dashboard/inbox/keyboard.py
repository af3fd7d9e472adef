"""The inbox by keyboard: which keys there are, and the search that one of them opens."""

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.inbox import actions
from dashboard.queries import search_sql
from dashboard.ui import case_row, escaping, labels
from dashboard.ui.case_actions import widget_text
from monitor.store.cases import cases

# A dialog of Streamlit puts the cursor nowhere: the letters typed would be taken for the keys of the cards.
_FOCUS = """
export default function () {
    document.querySelector("[role=dialog] input")?.focus()
}
"""
_KEYS = (
    ("A", "inbox.key_take"),
    ("N", "inbox.key_dismiss"),
    ("J", "inbox.key_next"),
    ("K", "inbox.key_previous"),
    ("V", "inbox.key_open"),
    ("X", "inbox.key_tick"),
    ("S", "inbox.key_search"),
    ("Z", "inbox.key_undo"),
)


def keys() -> None:
    """The keys that do the same as the buttons, in a popover."""
    with st.popover(t("inbox.keys"), icon=":material/keyboard:", type="tertiary", key="inbox-keys"):
        rows = "".join(
            f"<tr><td><kbd>{key}</kbd></td><td>{escaping.escape(t(words))}</td></tr>" for key, words in _KEYS
        )
        st.html(f'<table class="facts">{rows}</table><p class="quiet">{escaping.escape(t("inbox.keys_help"))}</p>')


def search() -> None:
    """The button that asks for words, which a key can press; with words, another that forgets them."""
    words = actions.search_words()
    if words:
        st.button(
            t("inbox.words_now", words=escaping.escape_markdown(words)), key="search-end", icon=":material/close:",
            on_click=actions.search, args=("",),
        )  # fmt: skip
    if st.button(t("inbox.search"), key="search", type="tertiary", icon=":material/search:", shortcut="S"):
        st.dialog(t("inbox.search"))(_ask_words)()


def lead_elsewhere(words: str) -> None:
    """The way to what is not in the inbox: the case of that code, with where it is, or a search among all cases."""
    named = search_sql.named_case(words)
    with session.read_connection() as connection:
        case = next(iter(cases.get_many(connection, [named])), None) if named is not None else None
    if case is not None:
        st.caption(escaping.escape_markdown(labels.place(case)))
        case_row.code_link(case.case_id, case.code)
        return
    st.page_link(
        session.page("cases"),
        label=t("inbox.elsewhere"),
        icon=":material/arrow_forward:",
        query_params={"view": "every", "words": words},
    )


def _ask_words() -> None:
    with st.form("words", border=False):
        st.text_input(t("inbox.words"), value=actions.search_words(), key="inbox-asked", max_chars=200)
        st.components.v2.component("inbox-focus", js=_FOCUS)(key="inbox-focus")
        if st.form_submit_button(t("inbox.search"), type="primary"):
            actions.search(widget_text("inbox-asked"))
            st.rerun()
