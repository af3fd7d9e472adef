"""Posts of a file that an earlier version stored under another id keep it: they are not stored a second time.

Ids were made from author, time and text, and what protects an id from a spreadsheet was part of it. A stored post is
the row of a file when all that the row says is the same, or when its id was that of the row in disguise.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from monitor import store
from monitor.collect.known.own_accounts import OwnAccounts
from monitor.models.posts import ROW_ID, Mention, Page, Post
from monitor.settings.loading import Settings
from monitor.sources.files import source
from monitor.store.posts import former


class FormerIds:
    """Reads the rows of one file as mentions, with the ids under which they are stored already."""

    def __init__(self, settings: Settings, layout: source.Layout) -> None:
        self._settings, self._layout = settings, layout
        self._ours = OwnAccounts(settings)
        self._are_made = self._look(ROW_ID, source.FORMER_LENGTH)
        self._known: dict[str, set[str]] = {}

    def noted(self, pages: Iterator[Page]) -> Iterator[Page]:
        """The pages; which of their posts are stored under a former id is looked up before each."""
        for page in pages:
            self._known = self._stored({one for post in page.posts for one in self._former(post)})
            yield page

    def to_mention(self, post: Post) -> Mention:
        """The mention of a row. Raises RejectedPost where there is none."""
        mention = self._ours.recognised(source.to_mention(post, self._layout))
        if not self._known:
            return mention
        for post_id in self._former(post):
            rows = self._known.get(post_id)
            is_same = rows is not None and (not _is_made(post_id) or source.row_id(post.raw, self._layout) in rows)
            if is_same and post_id != mention.post_id:
                thread = post_id if mention.thread_id == mention.post_id else mention.thread_id
                return replace(mention, post_id=post_id, thread_id=thread)
        return mention

    def _former(self, post: Post) -> tuple[str, ...]:
        return source.former_ids(post.raw, self._layout, with_made=self._are_made)

    def _look(self, beginning: str, length: int) -> bool:
        if not store.exists(self._settings.store):
            return False
        with store.connect(self._settings.store, read_only=True) as connection:
            return former.any_made(connection, self._layout.network, beginning, length)

    def _stored(self, post_ids: set[str]) -> dict[str, set[str]]:
        """Former id -> ids that are made today of the rows stored under it."""
        found: dict[str, set[str]] = defaultdict(set)
        if not post_ids or not store.exists(self._settings.store):
            return found
        with store.connect(self._settings.store, read_only=True) as connection:
            for post_id, raw in former.stored_answers(connection, self._layout.network, sorted(post_ids)):
                row = json.loads(raw)
                if isinstance(row, dict):
                    found[post_id].add(source.row_id(row, self._layout))
        return found


def _is_made(post_id: str) -> bool:
    return post_id.startswith(ROW_ID) and len(post_id) == source.FORMER_LENGTH
