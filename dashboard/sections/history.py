"""The case's history, newest first."""

from datetime import datetime

import streamlit as st

from dashboard import cards, plain
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from monitor.casework import Event


def draw(page: CasePage, now: datetime) -> None:
    """Draws every event."""
    st.subheader(t("case.history"))
    lines = "".join(_event(event, now) for event in reversed(page.events))
    st.html(f'<ol class="events">{lines}</ol>')


def _event(event: Event, now: datetime) -> str:
    stage = t(f"stage.{event.stage}") if event.stage else ""
    words = plain.escape(t(f"event.{event.kind}", stage=stage))
    told = event.note if event.kind != "deleted" else ""  # there the note says the same as the words
    note = f'<div class="note" dir="auto">{plain.escape(told)}</div>' if told else ""
    actor = plain.escape(event.actor)
    return f'<li><b>{words}</b><br><span class="quiet">{actor} · {cards.when(event.happened_at, now)}</span>{note}</li>'
