"""Grouping classified posts into cases within one open transaction; shared by the pipeline and the desk."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.cases import grouping, opening, severity, sla, state
from monitor.casework import (
    apply,
    assignment,
    brands,
    campaigns,
    case_customers,
    customers,
    insistence,
    notices,
)
from monitor.models.cases import Case, Event, NewEvent
from monitor.models.grouping import CandidatePost, NewCase
from monitor.settings.loading import Settings
from monitor.settings.own import own_handles
from monitor.store import Connection
from monitor.store.cases import candidates, cases, events
from monitor.store.customers import suggestions
from monitor.text.folding import fold_handle

logger = logging.getLogger(__name__)


def group_posts(
    connection: Connection,
    posts: Sequence[CandidatePost],
    settings: Settings,
    actor: str,
    now: datetime,
    *,
    gather: bool = True,
) -> tuple[int, int]:
    """Lets posts open or join cases, with the earlier posts of their conversations. Returns (opened, joined).

    What an author says in a thread without naming a brand goes to the case that the author has there. Copies of a
    campaign open none, but without `gather`.
    """
    if not posts:
        return 0, 0
    posts = [*posts, *candidates.adopted_posts(connection, posts)]
    window = timedelta(days=settings.policy.window_days)
    complaint_conversations = {post.conversation for post in posts if post.complaint}
    post_times = [post.posted_at for post in posts]
    between = min(post_times) - window, max(post_times) + window
    earlier = candidates.companion_posts(connection, complaint_conversations, between)
    by_key = {(post.mention_id, post.conversation.brand): post for post in (*earlier, *posts)}
    branded = {mention_id for mention_id, brand in by_key if brand}
    by_key = {key: post for key, post in by_key.items() if key[1] or key[0] not in branded}
    reopens = timedelta(days=settings.desk.reopen_days)
    spans = candidates.case_spans(connection, {post.conversation for post in posts}, reopens, between[0])
    groups = grouping.group_posts(by_key.values(), spans, window)
    gathering = campaigns.Gathering(groups.opened)
    if gather:
        further = _further_posts(posts, groups)
        gathering = campaigns.gather(connection, groups.opened, further, settings, now)
    opened_ids = open_many(connection, gathering.opened, settings, actor, now)
    joined = [*groups.joined, *gathering.joined]
    join_many(connection, joined, settings, actor, now)
    campaigns.gather_cases(connection, gathering.began, settings, now)
    if gather:
        campaigns.join_real(connection, opened_ids, settings, now)
    said = [(case_id, post.text) for case_id, post in groups.joined if post.complaint or post.unsure]
    campaigns.release(connection, said, settings, now)
    if joined:
        logger.info("posts joined to cases", extra={"count": len(joined)})
    return len(gathering.opened), len(joined)


def _further_posts(posts: Sequence[CandidatePost], groups: grouping.Grouping) -> list[CandidatePost]:
    """Those of the posts that have no place: no complaints, or not surely."""
    placed_ids = {post.mention_id for new_case in groups.opened for post in new_case.posts}
    placed_ids |= {post.mention_id for _, post in groups.joined}
    return [post for post in posts if post.mention_id not in placed_ids]


def open_many(
    connection: Connection,
    new_cases: Sequence[NewCase],
    settings: Settings,
    actor: str,
    now: datetime,
    *,
    share: bool = True,
) -> list[int]:
    """Opens cases at stage `received` with their posts and the events that tell it. Returns the case ids in order.

    Without `share` nobody gets them by the rule: the caller knows whose they are.
    """
    ids = cases.next_ids(connection, len(new_cases))
    began = events.history_start(connection) or now
    openings = [
        opening.open_case(new_case, case_id, settings.desk, own_handles(settings), actor, began, now)
        for case_id, new_case in zip(ids, new_cases, strict=True)
    ]
    identified = customers.identify(connection, [case for case, _ in openings], settings)
    words = {
        case_id: " ".join(post.text for post in new_case.posts)
        for case_id, new_case in zip(ids, new_cases, strict=True)
    }
    identified = insistence.only_once(connection, identified, words)
    opened = [case for case, _ in identified]
    by_actor = [
        event
        for (_, opening_events), (_, link_events) in zip(openings, identified, strict=True)
        for event in (*opening_events, *link_events)
    ]
    history = events.append(connection, by_actor, actor, now)
    assigned = assignment.assign_new(connection, opened, settings, now) if share else [(case, ()) for case in opened]
    by_rule = [event for _, assignment_events in assigned for event in assignment_events]
    history += events.append(connection, by_rule, "escucha", now)
    histories = apply.events_by_case(history)
    cases.insert(
        connection,
        [state.derive(case, histories[case.case_id], settings.desk, settings.zone) for case, _ in assigned],
    )
    rule_events = apply.events_by_case([event for event in history if event.field == "owner"])
    notices.tell_owners(connection, [(case, rule_events.get(case.case_id, ())) for case, _ in assigned])
    brands.link(
        connection,
        [
            (case_id, post.mention_id, new_case.conversation.brand)
            for case_id, new_case in zip(ids, new_cases, strict=True)
            for post in new_case.posts
        ],
    )
    suggestions.suggest(connection, ids)
    return ids


def join_many(
    connection: Connection, joined: Sequence[tuple[int, CandidatePost]], settings: Settings, actor: str, now: datetime
) -> None:
    """Adds posts to cases that exist, each with an event; a closed case is reopened, unless by bare thanks."""
    if not joined:
        return
    posts = defaultdict[int, list[CandidatePost]](list)
    for case_id, post in joined:
        posts[case_id].append(post)
    whose = {case_id: case_customers.whose_posts(connection, case_id, posts[case_id]) for case_id in posts}
    names = (*own_handles(settings), *settings.desk.people_names)
    changes = {
        case_id: partial(_join, posts=case_posts, names=names, whose=whose[case_id])
        for case_id, case_posts in posts.items()
    }
    done = apply.apply(connection, settings, changes, actor=actor, now=now)
    brands.link(connection, [(case_id, post.mention_id, post.conversation.brand) for case_id, post in joined])
    if any(event.stage == "reopened" for change in done for event in change.events):
        assignment.share(connection, settings, now)


def _join(
    case: Case,
    history: tuple[Event, ...],
    *,
    posts: Sequence[CandidatePost],
    names: Collection[str],
    whose: Mapping[int, str],
) -> tuple[Case, list[NewEvent]]:
    """The case with these posts; `names` are ours beside the brand's.

    `whose` are the customers of those that are not its own customer's, by mention id.
    """
    settled = {post.mention_id: sla.settled_at(history, whose.get(post.mention_id, case.code)) for post in posts}
    closing = {post.mention_id: opening.closing_mark(post, (case.brand, *names)) for post in posts}
    waits_since = {post.mention_id: max(post.posted_at, settled[post.mention_id] or post.posted_at) for post in posts}
    post_events = [
        NewEvent(
            case.case_id,
            "post",
            mention_id=mention_id,
            was=whose.get(mention_id),
            became=closing[mention_id],
            took_place_at=at,
        )
        for mention_id, at in waits_since.items()
    ]
    speaking = [post for post in posts if not closing[post.mention_id]]
    if case.stage == "closed" and speaking:
        reopened_at = min(waits_since[post.mention_id] for post in speaking)
        post_events.append(NewEvent(case.case_id, "stage", "reopened", took_place_at=reopened_at))
    grown_case = replace(
        case,
        first_post_at=min(case.first_post_at, *(post.posted_at for post in posts)),
        last_post_at=max(case.last_post_at, *(post.posted_at for post in posts)),
        reach=case.reach + sum(post.reach for post in posts),
        contacts=case.contacts + len(posts),
    )
    grown_case, handle_events = _with_handle(grown_case, [post for post in posts if post.mention_id not in whose])
    graded_case, severity_events = severity.raise_severity(
        grown_case, history, [(post.mention_id, post.text) for post in speaking]
    )
    return graded_case, [*post_events, *handle_events, *severity_events]


def _with_handle(case: Case, posts: Sequence[CandidatePost]) -> tuple[Case, list[NewEvent]]:
    """The case with its customer's id, and with the handle that the newest of the posts has now.

    The event names neither handle: it stays when the network says that the post is deleted.
    """
    theirs = [post for post in posts if post.conversation.author_id and post.conversation.author_id == case.author_id]
    known = theirs or [post for post in posts if post.conversation.author_id and case.author_id is None]
    newest = max(known, key=lambda post: post.posted_at, default=None)
    if newest is None:
        return case, []
    author = newest.conversation.author or case.author
    case = replace(case, author_id=newest.conversation.author_id)
    is_old = newest.posted_at < case.last_post_at
    if is_old or fold_handle(author) == fold_handle(case.author):
        return case, []
    event = NewEvent(case.case_id, "field", mention_id=newest.mention_id, field="author")
    return replace(case, author=author), [event]
