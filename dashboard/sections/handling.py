"""What may be done with the case next: its moves, with a note."""

from datetime import datetime

import streamlit as st

from dashboard.actions import cases as actions
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from monitor.cases import stages
from monitor.casework import Case
from monitor.models import Stage

_ICONS = {"dismissed": ":material/block:", "closed": ":material/task_alt:", "reopened": ":material/undo:"}


def draw(page: CasePage, now: datetime) -> None:
    """Draws the note and a button for each move."""
    del now
    case = page.case
    st.subheader(t("case.next"))
    key = f"note-{case.case_id}"
    st.text_area(t("case.note"), key=key, height=90, max_chars=2_000, placeholder=t("case.note_hint"))
    with st.container(horizontal=True):
        for at, stage in enumerate(stages.NEXT[case.stage]):
            _move_button(case, stage, key, first=at == 0)


def _move_button(case: Case, stage: Stage, note_key: str, *, first: bool) -> None:
    st.button(
        t(f"move.{stage}"),
        type="primary" if first else "secondary",
        icon=_ICONS.get(stage),
        key=f"move-{case.case_id}-{stage}",
        on_click=actions.move,
        args=(case.case_id, case.code, stage, case.version, note_key),
    )
