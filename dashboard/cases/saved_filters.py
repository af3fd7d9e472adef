"""The filters a person keeps under names."""

import streamlit as st

from dashboard import session
from dashboard.cases import saved_filter_actions as actions
from dashboard.i18n import t
from dashboard.ui import escaping
from monitor import desk
from monitor.desk.saved_filters import LONGEST_NAME, SavedFilter
from monitor.models.case_filters import CaseFilters


def draw(case_filter: CaseFilters) -> None:
    """Draws what the person keeps, folded away, and the means to keep what is chosen now."""
    filters = desk.saved_filters(session.load_settings(), session.person())
    label = t("saved.some", n=len(filters)) if filters else t("saved.title")
    with st.popover(label, icon=":material/bookmark:", key="cases-saved"), st.container(width=420):
        if not filters:
            st.caption(t("saved.none"))
        for at, saved in enumerate(filters):
            _line(at, saved, is_current=saved.filters == case_filter)
        st.text_input(t("saved.name"), key="saved-name", max_chars=LONGEST_NAME, placeholder=t("saved.name_hint"))
        with st.container(horizontal=True):
            st.button(
                t("saved.save"),
                type="primary",
                key="saved-save",
                help=t("saved.save_help"),
                on_click=actions.save,
                args=("saved-name", case_filter),
            )
            if filters:
                _rename_button(filters)


def _line(at: int, saved: SavedFilter, *, is_current: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            escaping.escape_markdown(saved.name),
            key=f"saved-{at}",
            icon=":material/check:" if is_current else None,
            width="stretch",
            on_click=actions.choose,
            args=(saved,),
        )
        st.button(
            t("saved.delete"),
            key=f"saved-delete-{at}",
            icon=":material/delete:",
            type="tertiary",
            on_click=actions.delete,
            args=(saved.name,),
        )


def _rename_button(filters: list[SavedFilter]) -> None:
    for saved in filters:
        if saved.name == st.session_state.get("saved-chosen"):
            st.button(
                t("saved.rename", name=escaping.escape_markdown(saved.name)),
                key="saved-rename",
                help=t("saved.rename_help"),
                on_click=actions.rename,
                args=(saved.name, "saved-name"),
            )
