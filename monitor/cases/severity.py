"""How severe a case is by the words of its posts, for as long as no person has said it. Pure.

The events that tell it are of kind `field`; one by a post names the post, one by a person names none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias

from monitor.cases import cues
from monitor.models.cases import SEVERITIES, Case, Event, NewEvent, effective


def is_set(held: Sequence[Event]) -> bool:
    """Whether a person has said it; `held` is in effect."""
    return any(event.mention_id is None for event in _severity_events(held))


def brought_ids(case: Case, history: tuple[Event, ...], texts: Mapping[int, str]) -> list[int]:
    """Those of these posts that came with a case that was taken in, and speak of nothing worse than the case says."""
    own_ids = {event.mention_id for event in history if event.kind in ("opened", "post")}
    return [
        mention_id
        for mention_id, text in texts.items()
        if mention_id not in own_ids and _rank(cues.suggest(text, ()).severity) <= _rank(case.severity)
    ]


def raise_severity(
    case: Case, history: tuple[Event, ...], posts: Sequence[tuple[int, str]]
) -> tuple[Case, list[NewEvent]]:
    """The case at the severity that these posts (mention id, text) speak of, where that is worse; and what tells it."""
    new_events: list[NewEvent] = []
    if is_set(effective(history)):
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
    claims, unrecorded = _claims(case, history, valid_events, texts, speaking_ids)
    worst, speaker = max(claims, key=lambda claim: _rank(claim[0]))
    by_person = [event.became for event in after if event.mention_id is None]
    became = by_person[-1] if by_person else worst
    event = NewEvent(case.case_id, "field", None, speaker, "", "severity", case.severity, became)
    changed_case = replace(case, severity=became, cue=cues.suggest(texts.get(speaker or 0, ""), ()).cue)  # type: ignore[arg-type]
    # Told as well where it is the same by another post: that one may leave, too.
    is_new = became != case.severity or (not by_person and (worst, speaker) in unrecorded)
    return changed_case, [event] if is_new else []


def follow_edits(
    case: Case,
    history: tuple[Event, ...],
    edited: Mapping[int, bool],
    texts: Mapping[int, str],
    speaking_ids: Sequence[int],
) -> tuple[Case, list[NewEvent]]:
    """The case at the severity and cue that its posts speak of now that some were `edited` (mention id: into thanks).

    `texts` and `speaking_ids` as above. A person's word stays.
    """
    held = effective(history)
    if is_set(held):
        return case, []
    claims, _ = _claims(case, history, held, texts, speaking_ids, edited)
    worst, speaker = max(claims, key=lambda claim: _rank(claim[0]))
    words = texts.get(speaker or 0, "")
    if worst == case.severity and not words:
        return case, []  # said by a post that was deleted
    spoken = cues.suggest(words, ())
    cue = spoken.cue if spoken.severity == worst else ""
    event = NewEvent(case.case_id, "field", None, speaker, "", "severity", case.severity, worst)
    return replace(case, severity=worst, cue=cue), [event] if worst != case.severity else []  # type: ignore[arg-type]


_Claim: TypeAlias = tuple[str | None, int | None]  # a severity, and the post that speaks of it


def _claims(
    case: Case,
    history: tuple[Event, ...],
    valid_events: tuple[Event, ...],
    texts: Mapping[int, str],
    speaking_ids: Sequence[int],
    edited: Mapping[int, bool] = MappingProxyType({}),
) -> tuple[list[_Claim], list[_Claim]]:
    """What severity each post speaks of, and those of it that the history did not tell; edited ones by their words."""
    told = _severity_events(history)
    recorded: list[_Claim] = [
        (told[0].was if told else case.severity, history[0].mention_id),
        *((event.became, event.mention_id) for event in _severity_events(valid_events) if event.mention_id),
    ]
    in_other_words = {
        mention_id: is_thanks
        for mention_id, is_thanks in (_edited_before(valid_events) | dict(edited)).items()
        if is_thanks or texts.get(mention_id)
    }
    spoken = {mention_id for _, mention_id in recorded} | set(in_other_words)
    unrecorded: list[_Claim] = [
        (cues.suggest(texts.get(mention_id, ""), ()).severity, mention_id)
        for mention_id in speaking_ids
        if mention_id not in spoken
    ]
    claims = [claim for claim in recorded if claim[1] not in in_other_words]
    claims += [
        (cues.suggest(texts[mention_id], ()).severity, mention_id)
        for mention_id, is_thanks in in_other_words.items()
        if not is_thanks
    ]
    claims += [claim for claim in unrecorded if edited or _rank(claim[0]) <= _rank(case.severity)]
    return claims or [(cues.suggest("", ()).severity, next(iter(in_other_words), None))], unrecorded


def _edited_before(events: Sequence[Event]) -> dict[int, bool]:
    """The posts of the customer that were edited, by mention id: whether into thanks."""
    return {
        event.mention_id: event.became == "thanks"
        for event in events
        if event.kind == "edited" and event.mention_id is not None and event.field is None
    }


def _rank(severity: str | None) -> int:
    return SEVERITIES.index(severity)


def _severity_events(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.kind == "field" and event.field == "severity"]
