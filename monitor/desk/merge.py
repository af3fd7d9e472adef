"""Two cases that are one: merging, and its undo."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.cases import severity, stages
from monitor.casework import absorbing, apply, returning
from monitor.casework.absorbing import TakenIn
from monitor.casework.apply import AppliedChange, CaseChange
from monitor.casework.returning import NOTHING_RETURNS, ReturningEvents
from monitor.desk import case_posts
from monitor.desk import changes as desk_changes
from monitor.errors import Refusal
from monitor.models.cases import Case, Event, NewEvent, effective
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import answers, case_mentions, cases, events, families

logger = logging.getLogger(__name__)


@permitted(Permission.MERGE_SPLIT, cases="into absorbed_ids")
def merge(
    settings: Settings,
    into: int,
    absorbed_ids: Sequence[int],
    *,
    versions: Mapping[int, int],
    actor: str,
    now: datetime,
) -> list[AppliedChange]:
    """Takes other cases of the same brand into one: their posts move there, and they vanish from the lists.

    What the customers write later in their threads goes to the case that took them in. Returns the cases, `into` first.
    Raises StoreConflict when one is not at its version any more, EscuchaError when they cannot be one.
    """
    absorbed_ids = tuple(dict.fromkeys(absorbed_ids))
    with store.connect(settings.store) as connection:
        by_id = {case.case_id: case for case in cases.get_many(connection, [into, *absorbed_ids])}
        _check_merge(into, absorbed_ids, by_id)
        posts = {case_id: case_mentions.of_case(connection, case_id) for case_id in absorbed_ids}
        texts = case_posts.held_posts(
            connection, into, 0, (mention_id for mention_ids in posts.values() for mention_id in mention_ids)
        ).texts
        customers = families.customers_of(connection, [into, *absorbed_ids])
        known = [customer for customer in customers if customer.home == into]
        history = events.of_cases(connection, absorbed_ids)
        taken_in = [
            TakenIn(
                case,
                tuple(posts[case.case_id]),
                history[case.case_id],
                {
                    other.code: next((one.code for one in known if one.is_same(other)), None)
                    for other in reversed(customers)
                    if other.home == case.case_id
                },
            )
            for case in map(by_id.__getitem__, absorbed_ids)
        ]
        changes: dict[int, CaseChange] = {into: partial(_absorb, taken_in=taken_in, texts=texts)}
        changes |= {case_id: partial(_vanish_into, into=by_id[into]) for case_id in absorbed_ids}
        done = apply.apply(connection, settings, changes, actor=actor, now=now, versions=versions)
        for case_id, moving in posts.items():
            case_mentions.move(connection, moving, into, of=case_id)
    logger.info("cases merged", extra={"case": by_id[into].code, "count": len(absorbed_ids)})
    return done


def _check_merge(into: int, absorbed_ids: Sequence[int], by_id: Mapping[int, Case]) -> None:
    if not absorbed_ids or into in absorbed_ids:
        raise Refusal("merge_two", "merging takes two different cases")
    for case_id in (into, *absorbed_ids):
        if case_id not in by_id:
            raise Refusal("no_case", "there is no case {case}", case=case_id)
        case = by_id[case_id]
        if case.merged_into is not None:
            raise Refusal("merged_before", "{code} was merged before; undo that first", code=case.code)
        if case.brand != by_id[into].brand:
            raise Refusal(
                "merge_brands",
                "{code} is a case of {brand}, not of {other_brand}",
                code=case.code,
                brand=case.brand,
                other_brand=by_id[into].brand,
            )
        if case.stage in stages.OPEN and by_id[into].stage not in stages.OPEN:
            raise Refusal(
                "merge_closed",
                "{into} is {stage} and {code} is not; reopen it first",
                into=by_id[into].code,
                stage=by_id[into].stage,
                code=case.code,
            )


def _absorb(
    case: Case, history: tuple[Event, ...], *, taken_in: Sequence[TakenIn], texts: Mapping[int, str]
) -> desk_changes.ChangedCase:
    """The case with those it takes in. Posts that had left for one of these are as if they had not left."""
    others = [other.case for other in taken_in]
    codes = [other.code for other in others]
    part_events = [event for event in effective(history) if event.kind == "parted" and event.became in codes]
    merged_case = replace(
        case,
        first_post_at=min(case.first_post_at, *(other.first_post_at for other in others)),
        last_post_at=max(case.last_post_at, *(other.last_post_at for other in others)),
        reach=case.reach + sum(other.reach for other in others),
        contacts=case.contacts + sum(len(other.mention_ids) for other in taken_in),
    )
    held = effective(tuple(event for event in history if event not in part_events))
    merged_case, severity_events = severity.recompute_severity(merged_case, history, held, texts)
    returned_codes = {event.became for event in part_events}
    merged = [event for other in taken_in for event in absorbing.merged_events(case, history, other, returned_codes)]
    merged_case, worse_events = absorbing.take_severity(merged_case, held, taken_in, texts)
    return merged_case, [
        *merged,
        *(NewEvent(case.case_id, "undone", undoes=event.event_id) for event in part_events),
        *severity_events,
        *worse_events,
    ]


def _vanish_into(case: Case, history: tuple[Event, ...], *, into: Case) -> desk_changes.ChangedCase:
    del history
    return replace(case, merged_into=into.case_id), [NewEvent(case.case_id, "absorbed", became=into.code)]


@permitted(Permission.MERGE_SPLIT, cases="absorbed")
def undo_merge(settings: Settings, absorbed: int, *, actor: str, now: datetime) -> list[AppliedChange]:
    """Gives a case that was merged its posts and its place back, with what came for its customers meanwhile.

    Returns it and the case that had taken it in.
    """
    with store.connect(settings.store) as connection:
        case = cases.get(connection, absorbed)
        if case.merged_into is None:
            raise Refusal("not_merged", "{code} is not merged into another case", code=case.code)
        into = cases.get(connection, case.merged_into)
        if into.merged_into is not None:
            raise Refusal(
                "home_merged",
                "{into}, which took {code} in, was merged itself; undo that first",
                into=into.code,
                code=case.code,
            )
        history = events.of_cases(connection, [absorbed, into.case_id])
        back = returning.events_for(case, history[absorbed], history[into.case_id])
        give = give_back(connection, into, [case], back)
        held = case_posts.held_posts(connection, absorbed, len(back.mention_ids))
        changes: dict[int, CaseChange] = {absorbed: partial(_release, back=back, held=held), into.case_id: give}
        done = apply.apply(connection, settings, changes, actor=actor, now=now, merged=True)
        _take_answers_back(connection, back, done[0])
    return done


def give_back(
    connection: Connection, into: Case, absorbed: Sequence[Case], back: ReturningEvents = NOTHING_RETURNS
) -> CaseChange:
    """Moves the posts of cases that were merged back to them. Returns the change of the case that had taken them in.

    `back`: what came for their customers meanwhile. Raises EscuchaError where their posts left for another case.
    """
    posts = {case.code: [*_move_back(connection, case, into)] for case in absorbed}
    for case in absorbed if back.mention_ids else ():
        case_mentions.move(connection, back.mention_ids, case.case_id, of=into.case_id)
        posts[case.code] += [mention_id for mention_id in back.mention_ids if mention_id not in posts[case.code]]
    codes_by_mention = {mention_id: code for code, ids in posts.items() for mention_id in ids}
    held = case_posts.held_posts(connection, into.case_id, -len(codes_by_mention), codes_by_mention)
    return partial(_without_merges, codes=tuple(posts), codes_by_mention=codes_by_mention, held=held, back=back)


def _move_back(connection: Connection, case: Case, into: Case) -> list[int]:
    own_ids = _own_mentions(connection, case.case_id)
    mention_ids = [
        mention_id for mention_id in case_mentions.of_case(connection, into.case_id) if mention_id in own_ids
    ]
    if not mention_ids:
        raise Refusal(
            "posts_left",
            "the posts of {code} left {into} for another case; take those back first",
            code=case.code,
            into=into.code,
        )
    case_mentions.move(connection, mention_ids, case.case_id, of=into.case_id)
    return mention_ids


def _own_mentions(connection: Connection, case_id: int) -> set[int]:
    """The posts that came to the case itself and to those it took in, by their histories."""
    history = events.of_cases(connection, cases.with_merged(connection, case_id))
    held = (event for case_history in history.values() for event in effective(case_history))
    return {event.mention_id for event in held if event.kind in ("opened", "post") and event.mention_id is not None}


def _take_answers_back(connection: Connection, back: ReturningEvents, change: AppliedChange) -> None:
    """The answers that were marked as sent meanwhile stand beside the events that tell of them now."""
    before = [event for event, _ in back.pairs if event.kind == "sent"]
    after = [event for event in change.events if event.kind == "sent"]
    for old, new in zip(before, after, strict=True):
        answers.tell_again(connection, old.event_id, change.case.case_id, new.event_id, moved=old in back.leaving)


def _release(
    case: Case, history: tuple[Event, ...], *, back: ReturningEvents, held: case_posts.HeldPosts
) -> desk_changes.ChangedCase:
    """The case in its own place; with what came for its customers meanwhile, which may reopen it."""
    in_effect = effective(history)
    absorb_event = next(event for event in reversed(in_effect) if event.kind == "absorbed")
    # With it went the follow-ups of a closed case, which are planned again now.
    undone_events = [
        event
        for event in in_effect
        if event is absorb_event or (event.event_id > absorb_event.event_id and event.field == "cancelled")
    ]
    told = [event for _, event in back.pairs]
    if back.asking and case.stage not in stages.OPEN:
        since = min(event.at for event in back.asking)
        told.append(NewEvent(case.case_id, "stage", "reopened", took_place_at=since))
    case = replace(case, merged_into=None)
    if back.mention_ids:
        case, _ = case_posts.refit(case, history, in_effect, held, fewer=False)
    asking_ids = [event.mention_id for event in back.asking if event.mention_id is not None]
    spoken = [(mention_id, held.texts[mention_id]) for mention_id in asking_ids if mention_id in held.texts]
    case, severity_events = severity.raise_severity(case, history, spoken)
    return case, [
        *(NewEvent(case.case_id, "undone", undoes=event.event_id) for event in undone_events),
        *told,
        *severity_events,
    ]


def _without_merges(
    case: Case,
    history: tuple[Event, ...],
    *,
    codes: Sequence[str],
    codes_by_mention: Mapping[int, str],
    held: case_posts.HeldPosts,
    back: ReturningEvents,
) -> desk_changes.ChangedCase:
    """The case without the merges; its own posts that had left before for one of these cases leave again."""
    in_effect = effective(history)
    merges = returning.merges_of(in_effect, codes)
    since = min((event.event_id for event in merges), default=0)
    leaving = [*back.leaving, *returning.reopened_by(history, back.leaving)]
    leaving += [
        event
        for event in in_effect
        if event.kind == "edited" and event.mention_id in codes_by_mention and event.event_id > since
    ]
    mention_ids = dict.fromkeys(
        event.mention_id
        for event in in_effect
        if event.kind in ("post", "edited") and event.mention_id in codes_by_mention and event not in leaving
    )
    remaining_events = tuple(
        event for event in in_effect if event.mention_id not in codes_by_mention and event not in leaving
    )
    new_part_events = [
        NewEvent(case.case_id, "parted", mention_id=mention_id, became=codes_by_mention[mention_id])
        for mention_id in mention_ids
        if mention_id is not None
    ]
    reduced_case, severity_events = case_posts.refit(case, history, remaining_events, held, fewer=True)
    undone = dict.fromkeys((*merges, *leaving))
    if not severity_events:
        undone = {event: None for event in undone if event.field != "severity"}
    undo_events = [NewEvent(case.case_id, "undone", undoes=event.event_id) for event in undone]
    return reduced_case, [*undo_events, *new_part_events, *severity_events]
