"""How severe a case is by the words of its posts, for as long as no person has said it. Pure.

The events that tell it are of kind `field`; one by a post names the post, one by a person names none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from monitor.cases import cues
from monitor.models.cases import SEVERITIES, Case, Event, NewEvent, effective


def raise_severity(
    case: Case, history: tuple[Event, ...], posts: Sequence[tuple[int, str]]
) -> tuple[Case, list[NewEvent]]:
    """The case at the severity that these posts (mention id, text) speak of, where that is worse; and what tells it."""
    new_events: list[NewEvent] = []
    if any(event.mention_id is None for event in _severity_events(effective(history))):
        return case, new_events
    for mention_id, text in posts:
        suggestion = cues.suggest(text, ())
        if SEVERITIES.index(suggestion.severity) > SEVERITIES.index(case.severity):
            was, became = case.severity, suggestion.severity
            new_events.append(NewEvent(case.case_id, "field", None, mention_id, "", "severity", was, became))
            case = replace(case, severity=became, cue=suggestion.cue)
    return case, new_events


def recompute_severity(
    case: Case,
    history: tuple[Event, ...],
    valid_events: tuple[Event, ...],
    texts: Mapping[int, str],
    speaking_ids: Sequence[int] = (),
) -> tuple[Case, list[NewEvent]]:
    """The case at the severity and cue of its `valid_events`, others of its history having been undone.

    A person's word counts, else the worst of what posts speak of: by these events, and the posts `speaking_ids` by
    their words. `texts` are those of its posts, by mention id. What nothing has changed stays as it is. Returns the
    event that tells it, too.
    """
    before, after = _severity_events(effective(history)), _severity_events(valid_events)
    if before == after:
        return case, []
    claims = [
        (_severity_events(history)[0].was, history[0].mention_id),
        *((event.became, event.mention_id) for event in after if event.mention_id),
    ]
    silent_ids = [mention_id for mention_id in speaking_ids if mention_id not in {event.mention_id for event in after}]
    unrecorded = [(cues.suggest(texts.get(mention_id, ""), ()).severity, mention_id) for mention_id in silent_ids]
    claims += [claim for claim in unrecorded if _rank(claim[0]) <= _rank(case.severity)]
    worst, speaker = max(claims, key=lambda claim: _rank(claim[0]))
    by_person = [event.became for event in after if event.mention_id is None]
    became = by_person[-1] if by_person else worst
    event = NewEvent(case.case_id, "field", None, speaker, "", "severity", case.severity, became)
    changed_case = replace(case, severity=became, cue=cues.suggest(texts.get(speaker or 0, ""), ()).cue)  # type: ignore[arg-type]
    # Told as well where it is the same by another post: that one may leave, too.
    is_new = became != case.severity or (not by_person and (worst, speaker) in unrecorded)
    return changed_case, [event] if is_new else []


def _rank(severity: str | None) -> int:
    return SEVERITIES.index(severity)


def _severity_events(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.kind == "field" and event.field == "severity"]
