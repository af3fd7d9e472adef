"""Answers that a person posted by hand and marks as sent. Nothing here writes to a network."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.answers.templates import GAP, has_gap
from monitor.cases import reply_matching
from monitor.cases.reply_matching import OwnReply, UnmatchedAnswer
from monitor.casework import apply, case_customers
from monitor.casework.apply import AppliedChange
from monitor.desk import changes as desk_changes
from monitor.errors import Refusal
from monitor.models.cases import Case, Event, NewEvent, effective
from monitor.models.posts import Stage
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import answers, cases, events, families


@dataclass(frozen=True, slots=True)
class _CollectedReply:
    """A reply of ours that the collector saw before anybody marked its answer as sent."""

    mention_id: int
    at: datetime


@permitted(Permission.ANSWER, cases="case_id")
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
    to: Collection[str] | None = None,
) -> AppliedChange:
    """Notes that an answer was posted by hand, and takes the case to a stage that may follow.

    `template` is the id of the one it was made from, or ''. `to` are the codes of the customers whom it is to in a case
    that took others in (`sla.waiting` says who waits); unsaid, see `casework.case_customers.answer_to`. Raises
    EscuchaError for an answer without words or with a gap left, StoreConflict when somebody changed the case since
    `version`; replies of ours seen meanwhile are none.
    """
    stages: dict[int, Stage] = {case_id: to_stage} if to_stage else {}
    done = _mark_all(
        settings,
        {case_id: version},
        {case_id: text},
        template,
        actor=actor,
        now=now,
        stages=stages,
        to=to,
        everybody=False,
    )
    return done[0]


@permitted(Permission.ANSWER, many=Permission.BULK, cases="texts")
def mark_sent_many(
    settings: Settings,
    seen: Mapping[int, int],
    texts: Mapping[int, str],
    template: str,
    *,
    actor: str,
    now: datetime,
    stages: Mapping[int, Stage] | None = None,
) -> list[AppliedChange]:
    """Marks an answer to each of several cases as sent, all or none; `stages` says which cases move, and where to.

    `seen` is the version at which the person saw each. It is to all customers of a case. Raises as `mark_sent` does.
    """
    return _mark_all(settings, seen, texts, template, actor=actor, now=now, stages=stages, to=None, everybody=True)


def _mark_all(
    settings: Settings,
    seen: Mapping[int, int],
    texts: Mapping[int, str],
    template: str,
    *,
    actor: str,
    now: datetime,
    stages: Mapping[int, Stage] | None,
    to: Collection[str] | None,
    everybody: bool,
) -> list[AppliedChange]:
    """Marks the answers; `everybody`: to all customers of a case, else to those in `to`, see `mark_sent`."""
    for text in texts.values():
        check_text(text)
    with store.connect(settings.store) as connection:
        versions = _current_versions(connection, {case_id: seen[case_id] for case_id in texts})
        replies = {case_id: _collected_reply(connection, case_id, text, now) for case_id, text in texts.items()}
        changes = {
            case_id: partial(
                _mark_sent,
                text=text.strip(),
                template=template,
                post=replies[case_id],
                addressees=None
                if everybody
                else partial(
                    case_customers.answer_to,
                    customers=families.customers_of(connection, [case_id]),
                    text=text,
                    to=to,
                ),
                stage=(stages or {}).get(case_id),
            )
            for case_id, text in texts.items()
        }
        done = apply.apply(connection, settings, changes, actor=actor, now=now, versions=versions)
        for case_done in done:
            event = next(event for event in case_done.events if event.kind == "sent")
            answer_id = answers.add(connection, event.case_id, template, event.note, actor, event.at, event.event_id)
            post = replies[event.case_id]
            if post:
                answers.mark_seen(connection, answer_id, post.mention_id)
        return done


def check_text(text: str) -> None:
    """Raises EscuchaError for an answer without words or with a gap left."""
    if not text.strip():
        raise Refusal("answer_words", "an answer needs words")
    if has_gap(text):
        raise Refusal("answer_gap", "the answer still has a gap ({gap}); fill it in first", gap=GAP)


def _current_versions(connection: Connection, seen: Mapping[int, int]) -> dict[int, int]:
    """The versions that must be met: what the collector saw of ours since then is no conflict."""
    history = events.of_cases(connection, seen)
    versions = dict(seen)
    for case in cases.get_many(connection, seen):
        if 0 < case.version - seen[case.case_id] <= _replies_at_end(history[case.case_id]):
            versions[case.case_id] = case.version
    return versions


def _replies_at_end(history: tuple[Event, ...]) -> int:
    """How many changes at the end of the history, each of its own moment, told of replies alone."""
    moments = set()
    for event in reversed(history):
        if event.kind != "reply" and (event.kind, event.became) != ("reread", "automatic"):
            break
        moments.add(event.happened_at)
    return len(moments)


def _collected_reply(connection: Connection, case_id: int, text: str, now: datetime) -> _CollectedReply | None:
    """The post of this answer, where it was collected before."""
    answered = {answer.mention_id for answer in answers.of_cases(connection, [case_id])}
    history = events.of_cases(connection, [case_id])[case_id]
    automatic_ids = {event.mention_id for event in effective(history) if event.became == "automatic"}
    reply_times = {
        event.mention_id: event.at
        for event in history
        if event.kind == "reply" and event.mention_id is not None and event.mention_id not in answered
    }
    answer = UnmatchedAnswer(0, case_id, text, now)
    posts = [
        OwnReply(mention_id, words, at)
        for mention_id, (at, words) in answers.posts_by_id(connection, list(reply_times)).items()
    ]
    # What a bot said is this answer only if the words are the same.
    posts = [
        post
        for post in posts
        if post.mention_id not in automatic_ids or reply_matching.most_similar(post.text, post.posted_at, [answer])
    ]
    reply = reply_matching.match_post(answer, posts)
    return _CollectedReply(reply.mention_id, reply_times[reply.mention_id]) if reply else None


def _mark_sent(
    case: Case,
    history: tuple[Event, ...],
    *,
    text: str,
    template: str,
    post: _CollectedReply | None,
    addressees: Callable[[Case, tuple[Event, ...]], str | None] | None,
    stage: Stage | None,
) -> desk_changes.ChangedCase:
    to = addressees(case, history) if addressees else None
    at = post.at if post else None
    sent = NewEvent(case.case_id, "sent", note=text, field=to, became=template or None, took_place_at=at)
    if stage is None:
        return case, [sent]
    moved_case, events_of_move = desk_changes.move_stage(case, history, stage=stage)
    return moved_case, [sent, *(replace(event, was=to) for event in events_of_move)]
