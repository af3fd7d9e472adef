"""The case's history, newest first; what was taken back is struck through."""

from datetime import datetime

import streamlit as st

from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.ui import cards, escaping, event_words
from monitor.models.cases import Event
from monitor.surveys.answers import CUSTOMER


def draw(page: CasePage, now: datetime) -> None:
    """Draws every event."""
    st.subheader(t("case.history"))
    events_by_id = {event.event_id: event for event in page.events}
    undone_ids = {event.undoes for event in page.events}
    lines = "".join(
        _event(event, now, events_by_id.get(event.undoes or 0), undone=event.event_id in undone_ids)
        for event in reversed(page.events)
    )
    st.html(f'<ol class="events">{lines}</ol>')


def _time(event: Event) -> datetime:
    """When it happened; a merge when it was made, though the other case's customer waits since before."""
    return event.happened_at if event.kind == "merged" else event.at


def _event(event: Event, now: datetime, undoes: Event | None, *, undone: bool) -> str:
    words = escaping.escape(event_words.describe(event, undoes))
    line = f"<s>{words}</s>" if undone else f"<b>{words}</b>"
    note_text = event.note if event.kind != "deleted" else ""  # there the note says the same as the words
    note = f'<div class="note" dir="auto">{escaping.escape(note_text)}</div>' if note_text else ""
    actor = t("event.customer") if event.actor == CUSTOMER else event.actor
    who = f'<span class="quiet">{escaping.escape(actor)} · {cards.time_tag(_time(event), now)}</span>'
    kind = "undone" if undone or event.kind == "undone" else event.kind
    return f'<li class="{kind}">{line}<br>{who}{note}</li>'
