"""A new case by its first posts. Pure."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

from monitor.cases import closing_words, codes, cues
from monitor.models.cases import Case, EventKind, NewEvent
from monitor.models.grouping import CandidatePost, NewCase
from monitor.settings.desk import Desk
from monitor.text.folding import fold_handle, names_account


def complaint_of(new_case: NewCase) -> CandidatePost:
    """The post that makes it a case; the first where a person says so."""
    return next((post for post in new_case.posts if post.complaint), new_case.posts[0])


def open_case(
    new_case: NewCase,
    case_id: int,
    desk: Desk,
    own_accounts: Collection[str],
    actor: str,
    began: datetime,
    now: datetime,
) -> tuple[Case, tuple[NewEvent, ...]]:
    """The case before its priority and clocks are worked out, and the events that open it, the opening post first.

    Posts count from when they were written; on networks, those from before the desk `began` as the new case says.
    """
    conversation, complaint = new_case.conversation, complaint_of(new_case)
    author, author_id = _author(new_case)
    suggestion = cues.suggest(complaint.text, desk.categories, complaint.category)
    case = Case(
        case_id,
        codes.format_code(case_id),
        conversation.brand,
        conversation.network,
        conversation.thread_id,
        author,
        complaint.language,
        "received",
        now,
        actor,
        new_case.posts[0].posted_at,
        new_case.posts[-1].posted_at,
        now,
        1,
        category=suggestion.category,
        severity=suggestion.severity,
        cue=suggestion.cue,
        channel=new_case.channel,
        service="reactive" if new_case.channel != "network" or _is_addressed(new_case, own_accounts) else "proactive",
        internal=not {fold_handle(conversation.author), fold_handle(author)}.isdisjoint(desk.employees),
        reach=sum(post.reach for post in new_case.posts),
        contacts=len(new_case.posts),
        author_id=author_id,
    )

    def new_event(kind: EventKind, post: CandidatePost, **facts: Any) -> NewEvent:
        is_dated = new_case.channel != "network" or post.posted_at >= began
        at = post.posted_at if is_dated else new_case.since
        return NewEvent(case_id, kind, mention_id=post.mention_id, took_place_at=at, **facts)

    first = new_event("opened", complaint, stage="received", field="category", became=suggestion.category)
    names = (conversation.brand, *own_accounts, *desk.people_names)
    posts = [post for post in new_case.posts if post is not complaint]
    return case, (first, *(new_event("post", post, became=closing_mark(post, names)) for post in posts))


def _author(new_case: NewCase) -> tuple[str | None, str | None]:
    """The newest handle of who wrote the posts, and the network's id where any of them tells it."""
    known = [post for post in new_case.posts if post.conversation.author_id]
    if not known:
        return new_case.conversation.author, new_case.conversation.author_id
    newest = max(known, key=lambda post: post.posted_at).conversation
    return newest.author or new_case.conversation.author, newest.author_id


def closing_mark(post: CandidatePost, names: Collection[str]) -> Literal["thanks"] | None:
    """How the event of a post says that it asks for nothing, None for one that waits; `names` are ours."""
    return "thanks" if not post.confirmed and closing_words.is_thanks(post.text, names) else None


def _is_addressed(new_case: NewCase, own_accounts: Collection[str]) -> bool:
    """Whether one of the posts names us, or answers a post of ours."""
    return any(
        names_account(post.text, own_accounts) or fold_handle(post.answers) in own_accounts for post in new_case.posts
    )
