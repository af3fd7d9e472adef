"""Answers that a person posted by hand and marks as sent. Nothing here writes to a network."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from monitor import store
from monitor.answers.templates import GAP, has_gap
from monitor.cases import reply_matching
from monitor.cases.reply_matching import Ours, Waiting
from monitor.casework import apply
from monitor.casework.apply import Done
from monitor.desk import changes as desk_changes
from monitor.errors import Refusal
from monitor.models.cases import Case, Event, NewEvent
from monitor.models.posts import Stage
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import answers, cases, events


@dataclass(frozen=True, slots=True)
class _Seen:
    """A reply of ours that the collector saw before anybody marked its answer as sent."""

    mention_id: int
    at: datetime


def mark_sent(
    settings: Settings,
    case_id: int,
    text: str,
    template: str,
    *,
    version: int,
    actor: str,
    now: datetime,
    to_stage: Stage | None = None,
) -> Done:
    """Notes that an answer was posted by hand, and takes the case to a stage that may follow.

    `template` is the id of the one it was made from, or ''. Raises EscuchaError for an answer without words or with a
    gap left, StoreConflict when somebody changed the case since `version`; replies of ours seen meanwhile are none.
    """
    stages: dict[int, Stage] = {case_id: to_stage} if to_stage else {}
    return mark_sent_many(settings, {case_id: version}, {case_id: text}, template, actor=actor, now=now, stages=stages)[
        0
    ]


def mark_sent_many(
    settings: Settings,
    seen: Mapping[int, int],
    texts: Mapping[int, str],
    template: str,
    *,
    actor: str,
    now: datetime,
    stages: Mapping[int, Stage] | None = None,
) -> list[Done]:
    """Marks an answer to each of several cases as sent, all or none; `stages` says which cases move, and where to.

    `seen` is the version at which the person saw each. Raises as `mark_sent` does.
    """
    for text in texts.values():
        _check(text)
    with store.connect(settings.store) as connection:
        versions = _versions(connection, {case_id: seen[case_id] for case_id in texts})
        found = {case_id: _already_seen(connection, case_id, text, now) for case_id, text in texts.items()}
        changes = {
            case_id: partial(
                _sent, text=text.strip(), template=template, post=found[case_id], stage=(stages or {}).get(case_id)
            )
            for case_id, text in texts.items()
        }
        done = apply.apply(connection, settings, changes, actor=actor, now=now, versions=versions)
        for one in done:
            event = next(event for event in one.events if event.kind == "sent")
            answer_id = answers.add(connection, event.case_id, template, event.note, actor, event.at, event.event_id)
            post = found[event.case_id]
            if post:
                answers.seen(connection, answer_id, post.mention_id)
        return done


def _check(text: str) -> None:
    if not text.strip():
        raise Refusal("answer_words", "an answer needs words")
    if has_gap(text):
        raise Refusal("answer_gap", "the answer still has a gap ({gap}); fill it in first", gap=GAP)


def _versions(connection: Connection, seen: Mapping[int, int]) -> dict[int, int]:
    """The versions that must be met: what the collector saw of ours since then is no conflict."""
    history = events.of_cases(connection, seen)
    met = dict(seen)
    for case in cases.many(connection, seen):
        if 0 < case.version - seen[case.case_id] <= _replies_at_end(history[case.case_id]):
            met[case.case_id] = case.version
    return met


def _replies_at_end(history: tuple[Event, ...]) -> int:
    """How many changes at the end of the history, each of its own moment, told of replies alone."""
    moments = set()
    for event in reversed(history):
        if event.kind != "reply":
            break
        moments.add(event.happened_at)
    return len(moments)


def _already_seen(connection: Connection, case_id: int, text: str, now: datetime) -> _Seen | None:
    """The post of this answer, where it was collected before."""
    taken = {one.mention_id for one in answers.of_cases(connection, [case_id])}
    told = {
        event.mention_id: event.at
        for event in events.of_cases(connection, [case_id])[case_id]
        if event.kind == "reply" and event.mention_id is not None and event.mention_id not in taken
    }
    posts = [Ours(one, said, at) for one, (at, said) in answers.posts_of(connection, list(told)).items()]
    found = reply_matching.post_of(Waiting(0, case_id, text, now), posts)
    return _Seen(found.mention_id, told[found.mention_id]) if found else None


def _sent(
    case: Case, history: tuple[Event, ...], *, text: str, template: str, post: _Seen | None, stage: Stage | None
) -> desk_changes.Changed:
    sent = NewEvent(case.case_id, "sent", note=text, became=template or None, took_place_at=post.at if post else None)
    if stage is None:
        return case, [sent]
    moved, told = desk_changes.to_stage(case, history, stage=stage)
    return moved, [sent, *told]
