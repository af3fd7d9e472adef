"""Which posts belong to one case: the same author in the same thread about the same brand, within a time window."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from monitor.models.grouping import CandidatePost, CaseSpan, Conversation, NewCase
from monitor.text.folding import fold_handle

_AuthorKey: TypeAlias = tuple[str, str, str, str, str]  # brand, network, thread, and the author by "id" or "handle"


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
    author_keys: set[_AuthorKey] = field(default_factory=set)

    def is_by(self, conversation: Conversation) -> bool:
        """Whether the author is the case's: by the ids where both have one, else by the handles."""
        keys = _author_keys(conversation)
        ids, own_ids = ({key for key in some if key[3] == "id"} for some in (keys, self.author_keys))
        return bool(ids & own_ids) if ids and own_ids else not self.author_keys.isdisjoint(keys)

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
    by_author = _CasesByAuthor()
    for case in cases:
        by_author.add(case, case.conversation)
    ordered_posts = sorted(posts, key=lambda post: (post.posted_at, post.mention_id))
    for post in [candidate for candidate in ordered_posts if candidate.complaint] + [
        candidate for candidate in ordered_posts if not candidate.complaint
    ]:
        reached = next((case for case in by_author.of(post.conversation) if case.reaches(post.posted_at, window)), None)
        if reached:
            reached.take(post, window)
            by_author.add(reached, post.conversation)
        elif post.complaint:
            case = _GrowingCase(None, post.conversation, post.posted_at, post.posted_at + window, [post])
            by_author.add(case, post.conversation)
            cases.append(case)
    return Grouping(
        joined=tuple((case.case_id, post) for case in cases if case.case_id is not None for post in case.posts),
        opened=tuple(
            NewCase(case.conversation, tuple(sorted(case.posts, key=lambda post: (post.posted_at, post.mention_id))))
            for case in cases
            if case.case_id is None
        ),
    )


class _CasesByAuthor:
    """Cases by the ids and the handles of their authors."""

    def __init__(self) -> None:
        self._by_key: defaultdict[_AuthorKey, list[_GrowingCase]] = defaultdict(list)

    def add(self, case: _GrowingCase, conversation: Conversation) -> None:
        for key in _author_keys(conversation):
            if key not in case.author_keys:
                case.author_keys.add(key)
                self._by_key[key].append(case)

    def of(self, conversation: Conversation) -> Iterator[_GrowingCase]:
        for key in _author_keys(conversation):
            yield from (case for case in self._by_key.get(key, ()) if case.is_by(conversation))


def _author_keys(conversation: Conversation) -> list[_AuthorKey]:
    place = (conversation.brand, conversation.network, conversation.thread_id)
    keys: list[_AuthorKey] = []
    if conversation.author_id:
        keys.append((*place, "id", conversation.author_id))
    if handle := fold_handle(conversation.author):
        keys.append((*place, "handle", handle))
    return keys
