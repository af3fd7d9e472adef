"""Which posts belong to one case: the same author in the same thread about the same brand, within a time window."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.models.grouping import CandidatePost, CaseSpan, Conversation, NewCase


@dataclass(frozen=True, slots=True)
class Grouping:
    """Where posts go: into cases that exist (by case id), or into new ones. The rest has no case."""

    joined: tuple[tuple[int, CandidatePost], ...]
    opened: tuple[NewCase, ...]


@dataclass(slots=True)
class _GrowingCase:
    case_id: int | None
    conversation: Conversation
    first: datetime
    until: datetime | None  # when the last post that joins is written; None: there is no last
    posts: list[CandidatePost]

    def reaches(self, at: datetime, window: timedelta) -> bool:
        return self.first - window <= at and (self.until is None or at <= self.until)

    def take(self, post: CandidatePost, window: timedelta) -> None:
        self.posts.append(post)
        self.first = min(self.first, post.posted_at)
        if self.case_id is None:
            self.until = max(post.posted_at for post in self.posts) + window


def group_posts(posts: Iterable[CandidatePost], spans: Sequence[CaseSpan], window: timedelta) -> Grouping:
    """Places posts in time order: each joins the case of its conversation that it reaches.

    Cases that exist take what is written until their `until`, and at most `window` before they began. A complaint that
    none takes opens one, and the posts of its conversation within `window` of another of the case join it. A post
    without a known author can only open a case of its own.
    """
    cases = [_GrowingCase(span.case_id, span.conversation, span.first_post_at, span.until, []) for span in spans]
    by_conversation: dict[Conversation, list[_GrowingCase]] = {}
    for case in cases:
        by_conversation.setdefault(case.conversation, []).append(case)
    ordered_posts = sorted(posts, key=lambda post: (post.posted_at, post.mention_id))
    for post in [candidate for candidate in ordered_posts if candidate.complaint] + [
        candidate for candidate in ordered_posts if not candidate.complaint
    ]:
        reached = _case_in_reach(by_conversation.get(post.conversation, []), post, window)
        if reached:
            reached.take(post, window)
        elif post.complaint:
            case = _GrowingCase(None, post.conversation, post.posted_at, post.posted_at + window, [post])
            by_conversation.setdefault(post.conversation, []).append(case)
            cases.append(case)
    return Grouping(
        joined=tuple((case.case_id, post) for case in cases if case.case_id is not None for post in case.posts),
        opened=tuple(
            NewCase(case.conversation, tuple(sorted(case.posts, key=lambda post: (post.posted_at, post.mention_id))))
            for case in cases
            if case.case_id is None
        ),
    )


def _case_in_reach(cases: Sequence[_GrowingCase], post: CandidatePost, window: timedelta) -> _GrowingCase | None:
    if post.conversation.author is None:
        return None
    return next((case for case in cases if case.reaches(post.posted_at, window)), None)
