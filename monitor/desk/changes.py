"""How a case may change by a person's hand: pure changes for `monitor.casework.apply`."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

from monitor.cases import sla, stages
from monitor.errors import EscuchaError, Refusal
from monitor.models.cases import (
    CHANNELS,
    EDITABLE,
    SEVERITIES,
    Agreement,
    Case,
    Complainant,
    ComplaintOutcome,
    DismissReason,
    Event,
    LostReason,
    NewEvent,
    PostReading,
    Remedy,
    ServiceMode,
    effective,
)
from monitor.models.posts import Stage

_OPTIONS: Mapping[str, tuple[str | None, ...]] = {
    "severity": SEVERITIES,
    "channel": CHANNELS,
    "service": get_args(ServiceMode),
    "complainant": get_args(Complainant),
    "remedy": (None, *get_args(Remedy)),
    "decision": (None, *get_args(ComplaintOutcome)),
    "lost_reason": (None, *get_args(LostReason)),
}
ChangedCase = tuple[Case, Sequence[NewEvent]]


def move_stage(
    case: Case,
    history: tuple[Event, ...],
    *,
    stage: Stage,
    note: str = "",
    reason: DismissReason | None = None,
    agreement: Agreement | None = None,
) -> ChangedCase:
    """The case at its next stage. Dismissing asks for a reason, closing whether the customer agreed."""
    del history
    if not stages.may_move(case.stage, stage):
        raise Refusal(
            "no_move",
            "{code} is {stage}; from there it cannot become {to}",
            code=case.code,
            stage=case.stage,
            to=stage,
        )
    field, became = _stage_answer(case, stage, reason, agreement)
    event = NewEvent(case.case_id, "stage", stage, note=note.strip(), field=field, became=became)
    return replace(case, agreement=agreement if stage == "closed" else case.agreement), [event]


def _stage_answer(
    case: Case, stage: Stage, reason: DismissReason | None, agreement: Agreement | None
) -> tuple[str | None, str | None]:
    """What the stage asks for: its field of the event, and the answer."""
    if stage == "dismissed":
        if reason not in get_args(DismissReason):
            options = ", ".join(get_args(DismissReason))
            raise Refusal("no_reason", "say why {code} is dismissed: {options}", code=case.code, options=options)
        return "reason", reason
    if stage == "closed":
        if agreement not in get_args(Agreement):
            options = ", ".join(get_args(Agreement))
            raise Refusal(
                "no_agreement", "say whether the customer of {code} agreed: {options}", code=case.code, options=options
            )
        return "agreement", agreement
    return None, None


def set_fields(case: Case, history: tuple[Event, ...], *, fields: Mapping[str, object]) -> ChangedCase:
    """The case with these fields set, an event for each that differs."""
    del history
    if unknown := sorted(set(fields) - set(EDITABLE)):
        raise EscuchaError(f"a case has no field {unknown[0]!r} to set; there are: {', '.join(EDITABLE)}")
    for name, value in fields.items():
        _check_value(name, value)
    events = [
        NewEvent(case.case_id, "field", field=name, was=_text(getattr(case, name)), became=_text(value))
        for name, value in fields.items()
        if getattr(case, name) != value
    ]
    return replace(case, **fields), events  # type: ignore[arg-type]


def _check_value(name: str, value: object) -> None:
    if name == "cost" and value is not None:
        if not isinstance(value, int | float) or not 0 <= value < math.inf:
            raise EscuchaError("a cost is an amount, 0 or more")
    elif name == "internal" and not isinstance(value, bool):
        raise EscuchaError("internal is true or false")
    elif name in _OPTIONS and value not in _OPTIONS[name]:
        raise EscuchaError(f"{name} is one of: {', '.join(filter(None, _OPTIONS[name]))}")


def take(case: Case, history: tuple[Event, ...], *, actor: str) -> ChangedCase:
    """The case as the actor's own, out of the inbox. Its stage stays: nothing was said to the customer."""
    return assign(case, history, fields={"owner": actor}, actor=actor)


def assign(case: Case, history: tuple[Event, ...], *, fields: Mapping[str, object], actor: str) -> ChangedCase:
    """The case with these fields set. Who gives a case that was only received to themself takes it."""
    edited, events = set_fields(case, history, fields=fields)
    to_actor = str(fields.get("owner", "")).casefold() == actor.casefold()
    is_taken = case.taken_at is not None and edited.owner == case.owner
    if to_actor and case.stage == "received" and not is_taken:
        return edited, [*events, NewEvent(case.case_id, "taken")]
    return edited, events


def _text(value: object) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def note_event(text: str) -> NewEvent:
    """The line that a note is, of no case yet. Raises EscuchaError for one without words."""
    if not text.strip():
        raise Refusal("note_words", "a note needs words")
    return NewEvent(0, "note", note=text.strip())


def add_event(case: Case, history: tuple[Event, ...], *, event: NewEvent) -> ChangedCase:
    """The case with one more line in its history."""
    del history
    return case, [replace(event, case_id=case.case_id)]


def reread(case: Case, history: tuple[Event, ...], *, mention_id: int, reading: PostReading) -> ChangedCase:
    """The case with a post of its customer, or a reply of ours, read as a person says.

    A closed case is reopened by a post that needs an answer, since it was written. Refused where there is no such post.
    """
    kind = "reply" if reading in ("answer", "automatic") else "post"
    held = effective(history)
    post = next((event for event in held if event.kind == kind and event.mention_id == mention_id), None)
    if post is None:
        raise Refusal("no_post", "there is no such post in {code}", code=case.code)
    if (post.became in ("thanks", "automatic")) == (reading in ("thanks", "automatic")):
        return case, []
    event = NewEvent(case.case_id, "reread", mention_id=mention_id, was=post.became, became=reading)
    if reading != "question" or case.stage != "closed":
        return case, [event]
    closed_at = max(moment.at for moment in held if moment.stage == "closed")
    reopened = NewEvent(case.case_id, "stage", "reopened", took_place_at=post.at if post.at > closed_at else None)
    return case, [event, reopened]


def wait(case: Case, history: tuple[Event, ...], *, note: str = "") -> ChangedCase:
    """The case while the customer has to answer: its clocks rest. Refused before the first word of ours."""
    if not any(map(sla.is_answer, effective(history))):
        raise Refusal(
            "first_word", "nobody has answered the customer of {code} yet; say first what you asked", code=case.code
        )
    if case.stage not in stages.OPEN or case.paused_at:
        raise Refusal("not_running", "{code} is not one whose clocks run", code=case.code)
    return case, [NewEvent(case.case_id, "waiting", note=note.strip())]


def resume(case: Case, history: tuple[Event, ...], *, note: str = "") -> ChangedCase:
    """The case whose clocks run again."""
    del history
    if not case.paused_at:
        raise Refusal("not_waiting", "{code} does not wait for the customer", code=case.code)
    return case, [NewEvent(case.case_id, "resumed", note=note.strip())]
