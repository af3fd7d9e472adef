"""How severe a case is by the words of its posts, for as long as no person has said it. Pure.

The events that tell it are of kind `field`; one by a post names the post, one by a person names none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from monitor.cases import cues
from monitor.models.cases import SEVERITIES, Case, Event, NewEvent, effective


def raise_severity(
    case: Case, history: tuple[Event, ...], said: Sequence[tuple[int, str]]
) -> tuple[Case, list[NewEvent]]:
    """The case at the severity that these posts (mention id, text) speak of, where that is worse; and what tells it."""
    told: list[NewEvent] = []
    if any(event.mention_id is None for event in _severity_events(effective(history))):
        return case, told
    for mention_id, text in said:
        found = cues.suggest(text, ())
        if SEVERITIES.index(found.severity) > SEVERITIES.index(case.severity):
            was, became = case.severity, found.severity
            told.append(NewEvent(case.case_id, "field", None, mention_id, "", "severity", was, became))
            case = replace(case, severity=became, cue=found.cue)
    return case, told


def recompute_severity(
    case: Case,
    history: tuple[Event, ...],
    held: tuple[Event, ...],
    texts: Mapping[int, str],
    said: Sequence[int] = (),
) -> tuple[Case, list[NewEvent]]:
    """The case at the severity and cue of its events that are `held`, others of its history not being so any more.

    A person's word counts, else the worst of what posts speak of: by these events, and those of `said` by their words.
    `texts` are those of its posts. What nothing has changed stays as it is. Returns what tells it, too.
    """
    before, after = _severity_events(effective(history)), _severity_events(held)
    if before == after:
        return case, []
    spoken = [
        (_severity_events(history)[0].was, history[0].mention_id),
        *((e.became, e.mention_id) for e in after if e.mention_id),
    ]
    silent = [one for one in said if one not in {event.mention_id for event in after}]
    others = [(cues.suggest(texts.get(one, ""), ()).severity, one) for one in silent]
    spoken += [one for one in others if _rank(one[0]) <= _rank(case.severity)]
    worst, speaker = max(spoken, key=lambda one: _rank(one[0]))
    by_person = [one.became for one in after if one.mention_id is None]
    became = by_person[-1] if by_person else worst
    told = NewEvent(case.case_id, "field", None, speaker, "", "severity", case.severity, became)
    changed = replace(case, severity=became, cue=cues.suggest(texts.get(speaker or 0, ""), ()).cue)  # type: ignore[arg-type]
    # Told as well where it is the same by another post: that one may leave, too.
    is_new = became != case.severity or (not by_person and (worst, speaker) in others)
    return changed, [told] if is_new else []


def _rank(severity: str | None) -> int:
    return SEVERITIES.index(severity)


def _severity_events(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.kind == "field" and event.field == "severity"]
