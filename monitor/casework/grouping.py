"""Placing classified posts into cases within one open transaction; shared by the pipeline and the desk."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.cases import grouping, opening, severity, sla, state
from monitor.casework import apply, assignment, customers
from monitor.models.cases import Case, Event, NewEvent
from monitor.models.posts import CandidatePost, NewCase
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import candidates, case_mentions, cases, events
from monitor.store.customers import suggestions


def group_posts(
    connection: Connection, posts: Sequence[CandidatePost], settings: Settings, actor: str, now: datetime
) -> tuple[int, int]:
    """Lets posts open or join cases, with the earlier posts of their conversations. Returns (opened, joined).

    What an author says in a thread without naming a brand goes to the case that the author has there.
    """
    if not posts:
        return 0, 0
    posts = [*posts, *candidates.adopted_posts(connection, posts)]
    window = timedelta(days=settings.policy.window_days)
    complaining = {post.conversation for post in posts if post.complaint}
    between = min(p.posted_at for p in posts) - window, max(p.posted_at for p in posts) + window
    earlier = candidates.companion_posts(connection, complaining, between)
    every = {(post.mention_id, post.conversation.brand): post for post in (*earlier, *posts)}
    named = {mention_id for mention_id, brand in every if brand}
    every = {key: post for key, post in every.items() if key[1] or key[0] not in named}
    reopens = timedelta(days=settings.desk.reopen_days)
    existing = candidates.case_spans(connection, {post.conversation for post in posts}, reopens, between[0])
    placement = grouping.group_posts(every.values(), existing, window)
    open_many(connection, placement.opened, settings, actor, now)
    join_many(connection, placement.joined, settings, actor, now)
    return len(placement.opened), len(placement.joined)


def open_many(
    connection: Connection, new: Sequence[NewCase], settings: Settings, actor: str, now: datetime, *, share: bool = True
) -> list[int]:
    """Opens cases at stage `received` with their posts and the events that tell it. Returns the case ids in order.

    Without `share` nobody gets them by the rule: the caller knows whose they are.
    """
    ids = cases.next_ids(connection, len(new))
    began = events.history_start(connection) or now
    made = [
        opening.open_case(one, case_id, settings.desk, settings.own_accounts, actor, began, now)
        for case_id, one in zip(ids, new, strict=True)
    ]
    whose = customers.identify(connection, [case for case, _ in made], settings)
    made = [(case, (*told, *more)) for (_, told), (case, more) in zip(made, whose, strict=True)]
    kept = events.append(connection, [told for _, all_ in made for told in all_], actor, now)
    cases_made = [case for case, _ in made]
    shared = assignment.assign_new(connection, cases_made, settings) if share else [(case, ()) for case in cases_made]
    kept += events.append(connection, [told for _, all_ in shared for told in all_], "escucha", now)
    history = apply.events_by_case(kept)
    cases.insert(
        connection,
        [state.derive(case, history[case.case_id], settings.desk, settings.zone) for case, _ in shared],
    )
    case_mentions.link(
        connection,
        [(i, post.mention_id, one.conversation.brand) for i, one in zip(ids, new, strict=True) for post in one.posts],
    )
    suggestions.suggest(connection, ids)
    return ids


def join_many(
    connection: Connection, joined: Sequence[tuple[int, CandidatePost]], settings: Settings, actor: str, now: datetime
) -> None:
    """Adds posts to cases that exist, each with an event; a closed case is reopened, unless the customer is pleased."""
    if not joined:
        return
    posts = defaultdict[int, list[CandidatePost]](list)
    for case_id, post in joined:
        posts[case_id].append(post)
    changes = {case_id: partial(_join, posts=found) for case_id, found in posts.items()}
    apply.apply(connection, settings, changes, actor=actor, now=now)
    case_mentions.link(connection, [(case_id, post.mention_id, post.conversation.brand) for case_id, post in joined])


def _join(case: Case, history: tuple[Event, ...], *, posts: Sequence[CandidatePost]) -> tuple[Case, list[NewEvent]]:
    settled = sla.settled_at(history)
    told = [
        NewEvent(
            case.case_id,
            "post",
            mention_id=post.mention_id,
            took_place_at=post.posted_at if settled is None or post.posted_at > settled else None,
        )
        for post in posts
    ]
    if case.stage == "closed" and not all(post.pleased for post in posts):
        told.append(NewEvent(case.case_id, "stage", "reopened"))
    grown = replace(
        case,
        first_post_at=min(case.first_post_at, *(post.posted_at for post in posts)),
        last_post_at=max(case.last_post_at, *(post.posted_at for post in posts)),
        reach=case.reach + sum(post.reach for post in posts),
        contacts=case.contacts + len(posts),
    )
    worse, more = severity.raise_severity(grown, history, [(post.mention_id, post.text) for post in posts])
    return worse, [*told, *more]
