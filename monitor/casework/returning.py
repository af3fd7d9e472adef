"""What goes back with a case that had been merged: what came for its customers meanwhile. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.cases import parties as case_parties
from monitor.cases import sla
from monitor.cases.parties import Parties
from monitor.models.cases import Case, Event, NewEvent, effective

_MENTIONED = ("post", "edited", "deleted")


@dataclass(frozen=True, slots=True)
class ReturningEvents:
    """What came to the taker for the customers of a case that was merged into it, and is told in that case now.

    `pairs`: each event of the taker with the new one; `leaving`: those that hold there no longer, being only theirs.
    """

    pairs: tuple[tuple[Event, NewEvent], ...] = ()
    leaving: tuple[Event, ...] = ()

    @property
    def mention_ids(self) -> tuple[int, ...]:
        """The posts of these customers that came meanwhile, in order."""
        posts = (event.mention_id for event, _ in self.pairs if event.kind == "post")
        return tuple(mention_id for mention_id in posts if mention_id is not None)

    @property
    def asking(self) -> tuple[Event, ...]:
        """Those of the posts that wait for a word of ours."""
        return tuple(event for event, _ in self.pairs if event.kind == "post" and sla.is_asking(event))


NOTHING_RETURNS = ReturningEvents()


def merges_of(history: Iterable[Event], codes: Iterable[str]) -> list[Event]:
    """The events, of a history in effect, by which these cases were taken in, with all that they had taken in."""
    wanted = frozenset(codes)
    return [
        event
        for event in history
        if event.kind == "merged" and (event.field in wanted or (event.field is None and event.became in wanted))
    ]


def events_for(case: Case, history: tuple[Event, ...], taker_history: tuple[Event, ...]) -> ReturningEvents:
    """What the taker holds for the customers of this case, which it had taken in; `history` is the case's own."""
    held = effective(taker_history)
    merges = merges_of(held, [case.code])
    if not merges:
        return NOTHING_RETURNS
    merged_at = min(event.event_id for event in merges)
    family = _Family(
        case,
        frozenset(event.became for event in merges if event.became),
        case_parties.of_history(effective(history)),
        case_parties.of_history(held),
    )
    later = [event for event in held if event.event_id > merged_at]
    post_ids = {event.mention_id for event in later if event.kind == "post" and family.speaks(event)}
    pairs: list[tuple[Event, NewEvent]] = []
    leaving: list[Event] = []
    for event in later:
        told = _told_again(event, family, post_ids)
        if told:
            pairs.append((event, told))
        if (told and not family.is_shared(event)) or (event.mention_id is not None and event.mention_id in post_ids):
            leaving.append(event)
    return ReturningEvents(tuple(pairs), tuple(leaving))


def reopened_by(taker_history: tuple[Event, ...], leaving: Iterable[Event]) -> list[Event]:
    """The reopenings of the taker that only posts did which leave, and after which nobody moved it."""
    held = effective(taker_history)
    leaving_ids = {event.event_id for event in leaving}
    last = next((event for event in reversed(held) if event.stage is not None), None)
    if last is None or last.stage != "reopened":
        return []
    beside = [
        event
        for event in held
        if event.kind == "post" and (event.happened_at, event.actor) == (last.happened_at, last.actor)
    ]
    return [last] if beside and all(event.event_id in leaving_ids for event in beside) else []


@dataclass(frozen=True, slots=True)
class _Family:
    """The customers of a case that was merged, by their codes: in it and in the taker."""

    case: Case
    codes: frozenset[str]
    own: Parties
    taker: Parties

    def speaks(self, event: Event) -> bool:
        """Whether it is the word of one of them."""
        return (event.was or "").partition(" ")[0] in self.codes

    def reached(self, event: Event) -> list[str]:
        """Those of them whom a word of ours was to."""
        answered = self.taker.answered(event)
        return sorted(code for code in self.codes if self.taker.by_code.get(code) in answered)

    def is_shared(self, event: Event) -> bool:
        """Whether a word of ours was to others of the taker as well."""
        if not _is_ours(event):
            return False
        others = {party for code, party in self.taker.by_code.items() if code not in self.codes}
        return bool(self.taker.answered(event) & others)


def _is_ours(event: Event) -> bool:
    return event.kind in ("sent", "reply") or (event.kind, event.became) == ("contact", "out")


def _told_again(event: Event, family: _Family, post_ids: set[int | None]) -> NewEvent | None:
    """The event as the case tells it; None for one that is not of its customers."""
    if _is_ours(event):
        codes = family.reached(event)
        if not codes:
            return None
        to = family.own.kept(codes)
        return _copy(event, family.case, was=to) if event.kind == "contact" else _copy(event, family.case, field=to)
    is_theirs = event.kind in _MENTIONED and event.mention_id in post_ids
    if not is_theirs and not (event.kind == "contact" and family.speaks(event)):
        return None
    party = family.own.by_code.get((event.was or "").partition(" ")[0], family.own.own)
    return _copy(event, family.case, was=party if party != family.own.own else None)


def _copy(event: Event, case: Case, **whose: str | None) -> NewEvent:
    return NewEvent(
        case.case_id,
        event.kind,
        event.stage,
        event.mention_id,
        event.note,
        whose.get("field", event.field),
        whose.get("was", event.was),
        event.became,
        took_place_at=event.at,
    )
