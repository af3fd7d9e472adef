"""What a case gets with one that it takes in: who waits there, and how severe it is. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.cases import cues, parties, severity, sla
from monitor.models.cases import SEVERITIES, Case, Event, NewEvent, effective


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A case that is taken in: its posts, its history, and its customers.

    `same`: by the code of each, the code of the customer of the taker who is the same one; None where nobody is.
    """

    case: Case
    mention_ids: tuple[int, ...]
    history: tuple[Event, ...]
    same: Mapping[str, str | None]


def merged_events(
    case: Case, history: tuple[Event, ...], other: TakenIn, returned_codes: Collection[str | None]
) -> list[NewEvent]:
    """The events that tell of it, one for each of its customers, its own first; `returned_codes` only came back."""
    there = parties.of_history(effective(other.history))
    waiting = sla.waiting(other.history)
    merged: list[NewEvent] = []
    for code, same in sorted(other.same.items(), key=lambda customer: customer[0] != other.case.code):
        is_own = code == other.case.code
        party = there.by_code.get(code, there.own)
        asked_at = other.case.asked_at if is_own and len(there.since) < 2 else waiting.get(code)
        is_back = other.case.code in returned_codes or code in returned_codes
        merged.append(
            NewEvent(
                case.case_id,
                "merged",
                field=None if is_own else other.case.code,
                was=same or (party if party != code else None),
                became=code,
                took_place_at=None if is_back else _waits_since(history, asked_at, same),
            )
        )
    return merged


def _waits_since(history: tuple[Event, ...], asked_at: datetime | None, same: str | None) -> datetime | None:
    """Since when the customer of a case that is taken in waits; our last word in the other was to her if it is hers."""
    settled = sla.settled_at(history, same) if same else None
    return asked_at and (max(asked_at, settled) if settled else asked_at)


def take_severity(
    case: Case, held: tuple[Event, ...], taken_in: Sequence[TakenIn], texts: Mapping[int, str]
) -> tuple[Case, list[NewEvent]]:
    """The case at the worst severity of those it takes in, where no person has set its own; dismissed ones say nothing.

    `held`: the history in effect. Each event names a post of the case that it comes from, with which it leaves again.
    """
    told: list[NewEvent] = []
    if severity.is_set(held):
        return case, told
    for other in taken_in:
        worse = other.case.severity
        if other.case.stage == "dismissed" or SEVERITIES.index(worse) <= SEVERITIES.index(case.severity):
            continue
        speaking = [one for one in other.mention_ids if cues.suggest(texts.get(one, ""), ()).cue == other.case.cue]
        speaker = next(iter((*speaking, *other.mention_ids)), None)
        if speaker is not None:
            told.append(NewEvent(case.case_id, "field", None, speaker, "", "severity", case.severity, worse))
            case = replace(case, severity=worse, cue=other.case.cue)
    return case, told
