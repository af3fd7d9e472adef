"""What is stored of a network's posts, as whoever reads a file asks it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from monitor import store
from monitor.settings.loading import Store
from monitor.store.posts import contents, former

StoredContent: TypeAlias = tuple[str, contents.StoredAuthor, datetime, str]
"""A post's id, the names of its author, its time and its text."""
StoredAnswer: TypeAlias = tuple[str, str, str]
"""A post's id, its thread and its answer as received (JSON)."""


class StoredPosts(Protocol):
    """Answers what is stored of the posts of one network."""

    def any_made(self, beginning: str, length: int) -> bool:
        """Whether a post has an id of that length that begins so."""

    def contents(self, post_ids: Sequence[str]) -> list[StoredContent]:
        """Those of these posts that are stored."""

    def answers(self, post_ids: Sequence[str]) -> list[StoredAnswer]:
        """Those of these posts that are stored, one for each version."""


@dataclass(frozen=True, slots=True)
class PostsOfStore:
    """Answers from the database; where there is none, nothing is stored.

    `settle` is told of which posts before their answers are looked for.
    """

    store: Store
    network: str
    settle: Callable[[Collection[str]], None] = lambda _post_ids: None

    def any_made(self, beginning: str, length: int) -> bool:
        """Whether a post has an id of that length that begins so."""
        if not store.exists(self.store):
            return False
        with store.connect(self.store, read_only=True) as connection:
            return former.any_made(connection, self.network, beginning, length)

    def contents(self, post_ids: Sequence[str]) -> list[StoredContent]:
        """Those of these posts that are stored."""
        self.settle(post_ids)
        if not post_ids or not store.exists(self.store):
            return []
        with store.connect(self.store, read_only=True) as connection:
            return list(contents.stored(connection, self.network, post_ids))

    def answers(self, post_ids: Sequence[str]) -> list[StoredAnswer]:
        """Those of these posts that are stored, one for each version."""
        self.settle(post_ids)
        if not post_ids or not store.exists(self.store):
            return []
        with store.connect(self.store, read_only=True) as connection:
            return list(former.stored_answers(connection, self.network, post_ids))
