"""Service-level clocks: worked out from a case's history whenever they are read, so that nothing has to tick.

Three clocks: until the first answer, until each further one, until the solution. All rest while the desk waits for the
customer, and while the case is dismissed. The first two stop when an answer of ours is sent, seen, logged or implied by
the stage; the third when the case is closed or dismissed, and it begins anew when the case is reopened.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from monitor.cases import parties as case_parties
from monitor.cases.calendars import WorkingTime
from monitor.cases.clock import Clock, TimeSpan, elapsed, remaining, wind
from monitor.cases.parties import Parties
from monitor.cases.waits import WaitBook
from monitor.models.cases import ClockName, Event, effective
from monitor.settings.service_hours import Targets

__all__ = [
    "Clock", "clocks", "earlier_rounds", "elapsed", "has_own_answer", "is_answer", "is_asking", "is_overtaken",
    "remaining", "settled_at", "waiting",
]  # fmt: skip
_ENDS = ("closed", "dismissed")
_Timeline: TypeAlias = Sequence[tuple[datetime, Event]]  # in the order in which it took place


def is_answer(event: Event) -> bool:
    """Whether the event is a word of ours to the customer, or says that there was one."""
    if event.kind == "contact":
        return event.became == "out"
    if event.kind == "reply":
        return event.became != "automatic"
    return event.kind == "sent" or event.stage in ("answered", "closed")


def is_overtaken(event: Event) -> bool:
    """Whether the customer had written again when our reply came, and still waits (monitor.casework.replies)."""
    return event.kind == "reply" and event.became == "overtaken"


def is_asking(event: Event) -> bool:
    """Whether the event is a word of the customer that waits for ours, or brings a case in that waits."""
    if event.kind == "merged":
        return event.took_place_at is not None
    if event.kind == "post" and event.became == "thanks":
        return False
    return event.kind in ("opened", "post") or (event.kind, event.became) in (("contact", "in"), ("edited", "asks"))


def settled_at(events: tuple[Event, ...], party: str | None = None) -> datetime | None:
    """When we last spoke to this customer, by code (None: to any), or began to wait, or ended it; None: never.

    What the customer had written before, but we learned only later, is not settled by it: it waits from then on.
    """
    history = effective(events)
    if not history:
        return None
    parties = case_parties.of_history(history)
    party = party and parties.by_code.get(party, parties.own)
    moments = (at for at, event in _date_events(history) if _settles(event, parties, party))
    return max(moments, default=None)


def _settles(event: Event, parties: Parties, party: str | None) -> bool:
    if event.kind == "waiting" or event.stage in _ENDS:
        return True
    return is_answer(event) and (party is None or party in parties.answered(event))


def waiting(events: tuple[Event, ...]) -> dict[str, datetime]:
    """Which customers wait for a word of ours, by code (monitor.cases.parties), and since when."""
    history = effective(events)
    book = _wait_book(_date_events(history), case_parties.of_history(history)) if history else None
    return {} if book is None or book.ended_at else book.since


def has_own_answer(events: tuple[Event, ...]) -> bool:
    """Whether the customer who opened the case had a word of ours, or it is said that they had."""
    history = effective(events)
    parties = case_parties.of_history(history) if history else None
    return parties is not None and any(is_answer(event) and parties.own in parties.answered(event) for event in history)


def clocks(events: tuple[Event, ...], targets: Targets, warn: float, time: WorkingTime) -> tuple[Clock, ...]:
    """The clocks of a case by its history: the first response, every further one in order, last the resolution.

    What was told late counts from when it took place, but from the opening at the earliest. Empty without events.
    """
    history = effective(events)
    if not history:
        return ()
    timeline = _date_events(history)
    first, *nexts = _waits(timeline, case_parties.of_history(history))
    spans: list[tuple[ClockName, TimeSpan, float]] = [
        ("first_response", first, targets.first_response_hours),
        *(("next_response", span, targets.next_response_hours) for span in nexts),
        ("resolution", _resolutions(timeline)[-1], targets.resolution_hours),
    ]
    rests = _rests(timeline)
    return tuple(wind(name, span, timedelta(hours=hours), rests, warn, time) for name, span, hours in spans)


def earlier_rounds(events: tuple[Event, ...], targets: Targets, warn: float, time: WorkingTime) -> tuple[Clock, ...]:
    """The resolution clocks that had stopped before the case was reopened, in order."""
    timeline = _date_events(effective(events))
    target, rests = timedelta(hours=targets.resolution_hours), _rests(timeline)
    return tuple(wind("resolution", span, target, rests, warn, time) for span in _resolutions(timeline)[:-1])


def _date_events(history: Sequence[Event]) -> _Timeline:
    """The events by when they took place: in the order of the history, but for what was told late."""
    timeline: list[tuple[datetime, Event]] = []
    opened_at = latest = history[0].at
    for event in history:
        if event.took_place_at is None or event.at == event.happened_at:
            latest = max(latest, event.happened_at)  # clocks of computers differ a little
            timeline.append((latest, event))
        else:
            # A case that is taken in may have waited for longer than this one.
            timeline.append((event.at if event.kind == "merged" else max(event.at, opened_at), event))
    return _date_reopenings(sorted(timeline, key=lambda moment: (moment[0], moment[1].event_id)))


def _date_reopenings(timeline: _Timeline) -> _Timeline:
    """The same, with what somebody reopened before we learned that the customer had written: open from that on."""
    dated: list[tuple[datetime, Event]] = []
    since_end: list[tuple[datetime, Event]] = []
    for at, event in timeline:
        if event.stage == "reopened":
            late = [moment for moment in since_end if is_asking(moment[1]) and moment[1].event_id > event.event_id]
            place = dated.index(late[0]) + 1 if late else len(dated)
            dated.insert(place, (late[0][0] if late else at, event))
            since_end = []
            continue
        since_end = [] if event.stage in _ENDS else [*since_end, (at, event)]
        dated.append((at, event))
    return dated


def _waits(timeline: _Timeline, parties: Parties) -> list[TimeSpan]:
    """The spans in which a customer waited for a word of ours, the first response in front.

    An answer ends the waits of those whom it is to; dismissing ends all that are not taken up again.
    """
    return _wait_book(timeline, parties).spans()


def _wait_book(timeline: _Timeline, parties: Parties) -> WaitBook:
    book = WaitBook({parties.own: next(at for at, event in timeline if event.kind != "merged")}, parties.own)
    for at, event in timeline:
        if event.stage == "reopened":
            book.reopen(at)
        elif is_answer(event):
            book.answer(parties.answered(event), at, overtaken=is_overtaken(event))
        elif is_asking(event):
            book.ask(parties.speaker(event), at, event.mention_id)
        elif (event.kind, event.became) == ("edited", "thanks"):
            book.withdraw(parties.speaker(event), at, event.mention_id)
        if event.stage in _ENDS:
            book.end(at)
    return book


def _resolutions(timeline: _Timeline) -> list[TimeSpan]:
    """From the opening, or a reopening, to the end; the last may have none yet."""
    rounds: list[TimeSpan] = [(timeline[0][0], None)]
    for at, event in timeline:
        started, ended = rounds[-1]
        if event.stage in _ENDS:
            rounds[-1] = (started, ended or at)
        elif event.stage == "reopened":
            rounds.append((at, None))
    return rounds


def _rests(timeline: _Timeline) -> list[TimeSpan]:
    """The spans in which the desk waited for the customer, whose word ends one, or the case was at its end."""
    rests: list[TimeSpan] = []
    since: datetime | None = None
    is_ended = False
    for at, event in timeline:
        ends, reopens = event.stage in _ENDS, event.stage == "reopened"
        speaks = not is_ended and (event.kind == "resumed" or is_asking(event))
        if since and (ends or reopens or speaks):
            rests.append((since, at))
            since = None
        is_ended = ends or (is_ended and not reopens)
        if ends or event.kind == "waiting":
            since = since or at
    return [*rests, (since, None)] if since else rests
