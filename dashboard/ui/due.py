"""When something is due, in a few words: "vence en 2 h", "venció hace 3 h", "en pausa"."""

from datetime import datetime
from typing import Literal, TypeAlias

from dashboard.i18n import t
from dashboard.ui import escaping, formatting

DueState: TypeAlias = Literal["breached", "warning", "running", "resting", "idle"]
"""idle: nothing is promised at the moment."""


def state(due_at: datetime | None, now: datetime, *, warn_at: datetime | None, paused_at: datetime | None) -> DueState:
    """How a due time stands."""
    if due_at is None:
        return "resting" if paused_at else "idle"
    if now > due_at:
        return "breached"
    return "warning" if warn_at is not None and now >= warn_at else "running"


def due_text(due_at: datetime, now: datetime) -> str:
    """How long until it is due, or since it was, in the largest fitting unit."""
    return t("due.ago" if now > due_at else "due.left", span=formatting.span(abs(due_at - now)))


def chip(
    due_at: datetime | None,
    now: datetime,
    *,
    warn_at: datetime | None = None,
    paused_at: datetime | None = None,
    clock: str | None = None,
) -> str:
    """HTML of a due time with its state as colour and the exact time on hover; '' where nothing is due.

    `clock` is the name of the clock it is of, for the hover.
    """
    stands = state(due_at, now, warn_at=warn_at, paused_at=paused_at)
    if stands == "idle":
        return ""
    if due_at is None:
        return f'<span class="chip due resting">{escaping.escape(t("due.resting"))}</span>'
    name = f"{t(f'clock.{clock}')} · " if clock else ""
    hover = escaping.escape(name + formatting.date_time(due_at))
    return f'<span class="chip due {stands}" title="{hover}">{escaping.escape(due_text(due_at, now))}</span>'
