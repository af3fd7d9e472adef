"""What a person says of a post: its label, that it is a complaint, that it is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import get_args

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.cases import stages
from monitor.casework import apply, replies
from monitor.casework.apply import AppliedChange, CaseChange
from monitor.casework.grouping import group_posts
from monitor.desk import changes as desk_changes
from monitor.desk.changes import ChangedCase
from monitor.errors import Refusal
from monitor.models.cases import Case, ComplaintReading, Event, NewEvent, effective
from monitor.models.posts import Correction, Sentiment
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import candidates, case_mentions, cases, events
from monitor.store.posts import classifications, unmatched


@dataclass(frozen=True, slots=True)
class TriageOutcome:
    """What a person's word on posts did: the labels that were kept and what happened to cases; `undo` takes both."""

    corrections: tuple[Correction, ...]
    done: tuple[AppliedChange, ...] = ()


@permitted(Permission.LABEL, posts="mention_id")
def correct(
    settings: Settings,
    mention_id: int,
    *,
    actor: str,
    now: datetime,
    sentiment: Sentiment | None = None,
    complaint: bool | None = None,
) -> TriageOutcome:
    """Stores a person's label; what is None stays as it was."""
    correction = Correction(mention_id, actor, now, sentiment, complaint)
    with store.connect(settings.store) as connection:
        classifications.correct(connection, correction)
    return TriageOutcome((correction,))


@permitted(Permission.LABEL, brands="brand")
def open_case(settings: Settings, mention_id: int, brand: str, *, actor: str, now: datetime) -> TriageOutcome:
    """Makes the mention a complaint of `brand`: it has a case then, its conversation's or a new one.

    A mention that matched no brand becomes this brand's. The case it is in already is reopened if it was dismissed, or
    closed before this was written. Raises EscuchaError for a mention that is another brand's, waits for the classifier
    or is a repost.
    """
    correction = Correction(mention_id, actor, now, complaint=True)
    with store.connect(settings.store) as connection:
        classifications.correct(connection, correction)
        if brand in {known.name for known in settings.brands}:
            unmatched.give(connection, [(mention_id, brand)], unmatched.BY_HAND)
        case = cases.of_mention(connection, mention_id, brand)
        if case:
            change = partial(_reopen_for, mention_id=mention_id)
            done = apply.apply(connection, settings, {case.case_id: change}, actor=actor, now=now)
            return TriageOutcome((correction,), tuple(done))
        posts = [
            post for post in candidates.candidate_posts(connection, [mention_id]) if post.conversation.brand == brand
        ]
        last_event_id = events.last_id(connection)
        group_posts(connection, posts, settings, actor, now, gather=False)
        replies.record_replies(connection, settings, [mention_id], now)
        opened_case = cases.of_mention(connection, mention_id, brand) or cases.of_mention(connection, mention_id)
        if opened_case is None:
            raise Refusal(
                "post_unfit",
                "mention {mention} cannot open a case: a repost, unclassified, or of another brand",
                mention=mention_id,
            )
        history = events.of_cases(connection, [opened_case.case_id])[opened_case.case_id]
        return TriageOutcome(
            (correction,),
            (AppliedChange(opened_case, tuple(event for event in history if event.event_id > last_event_id)),),
        )


def _reopen_for(case: Case, history: tuple[Event, ...], *, mention_id: int) -> ChangedCase:
    """The case as one that this post is a complaint in: of a closed one, since it was written."""
    held = effective(history)
    post = next((event for event in held if event.kind == "post" and event.mention_id == mention_id), None)
    reread: list[NewEvent] = []
    if _is_no_complaint(history, mention_id):
        reread = [NewEvent(case.case_id, "reread", mention_id=mention_id, became="complaint")]
    if post and post.became == "thanks":
        reread.append(NewEvent(case.case_id, "reread", mention_id=mention_id, was="thanks", became="question"))
    if case.stage == "dismissed":
        reopened_case, events_of_move = desk_changes.move_stage(case, history, stage="reopened")
        return reopened_case, [*reread, *events_of_move]
    closing = next((event for event in reversed(held) if event.stage == "closed"), None)
    if case.stage != "closed" or closing is None or post is None or post.at < closing.at:
        return case, reread
    return case, [*reread, NewEvent(case.case_id, "stage", "reopened", took_place_at=post.at)]


@permitted(Permission.LABEL, posts="mention_id")
def dismiss_mention(
    settings: Settings,
    mention_id: int,
    *,
    actor: str,
    now: datetime,
    note: str = "",
    versions: Mapping[int, int] | None = None,
) -> TriageOutcome:
    """Says that the post is no complaint. Cases that stand on this complaint alone are dismissed with it.

    `versions` says at which version the person saw them. Raises StoreConflict for one that is at another.
    """
    return dismiss_mentions(settings, [mention_id], actor=actor, now=now, note=note, versions=versions)


@permitted(Permission.LABEL, posts="mention_ids")
def dismiss_mentions(
    settings: Settings,
    mention_ids: Sequence[int],
    *,
    actor: str,
    now: datetime,
    note: str = "",
    versions: Mapping[int, int] | None = None,
) -> TriageOutcome:
    """Says of several posts what `dismiss_mention` says of one: all, or none."""
    corrections = tuple(Correction(mention_id, actor, now, complaint=False) for mention_id in mention_ids)
    with store.connect(settings.store) as connection:
        for correction in corrections:
            classifications.correct(connection, correction)
        dismiss = partial(desk_changes.move_stage, stage="dismissed", note=note, reason="not_a_complaint")
        changes: dict[int, CaseChange] = dict.fromkeys(_without_complaint(connection, mention_ids), dismiss)
        seen = {case_id: version for case_id, version in (versions or {}).items() if case_id in changes}
        for case in cases.get_many(connection, cases.of_mentions(connection, mention_ids)):
            if case.case_id not in changes and case.stage in stages.OPEN and case.merged_into is None:
                changes[case.case_id] = partial(_tell_no_complaints, mention_ids=mention_ids)
        done = apply.apply(connection, settings, changes, actor=actor, now=now, versions=seen)
    return TriageOutcome(corrections, tuple(change for change in done if change.events))


def _tell_no_complaints(case: Case, history: tuple[Event, ...], *, mention_ids: Sequence[int]) -> ChangedCase:
    """The case whose history tells which of its posts are no complaints by a person's word, though others are."""
    held_ids = {event.mention_id for event in effective(history) if event.kind in ("opened", "post")}
    return case, [
        NewEvent(case.case_id, "reread", mention_id=mention_id, became="no_complaint")
        for mention_id in mention_ids
        if mention_id in held_ids and not _is_no_complaint(history, mention_id)
    ]


def _is_no_complaint(history: tuple[Event, ...], mention_id: int) -> bool:
    """Whether the history told last that the post is no complaint."""
    told = [
        event.became
        for event in effective(history)
        if event.mention_id == mention_id and event.kind == "reread" and event.became in get_args(ComplaintReading)
    ]
    return told[-1:] == ["no_complaint"]


def _without_complaint(connection: Connection, mention_ids: Sequence[int]) -> list[int]:
    """The cases of these mentions that no complaint is left in and that may be dismissed."""
    return [
        case.case_id
        for case in cases.get_many(connection, cases.of_mentions(connection, mention_ids))
        if stages.may_move(case.stage, "dismissed") and not case_mentions.complaints_in(connection, case.case_id)
    ]
