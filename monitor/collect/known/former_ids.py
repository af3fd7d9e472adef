"""Posts of a file that an earlier version stored under another id keep it: they are not stored a second time.

Ids were made from author, time and text, and what protects an id from a spreadsheet was part of it. A stored post is
the row of a file when all that the row says is the same, or when its id was that of the row in disguise.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from monitor.collect.known.stored_posts import StoredPosts
from monitor.models.posts import ROW_ID, Mention, Post
from monitor.sources.files import source


class FormerIds:
    """Gives the mentions of one file the ids under which they are stored already."""

    def __init__(self, stored: StoredPosts, layout: source.Layout) -> None:
        self._stored, self._layout = stored, layout
        self._are_made = stored.any_made(ROW_ID, source.FORMER_LENGTH)

    def settled(self, found: Sequence[tuple[Post, Mention]]) -> list[Mention]:
        """The mentions of a page; one that is stored under a former id has that."""
        former = [self._former(post, mention) for post, mention in found]
        known = self._known({one for ids in former for one in ids})
        if not known:
            return [mention for _, mention in found]
        return [
            self._as_stored(post, mention, ids, known) if ids else mention
            for (post, mention), ids in zip(found, former, strict=True)
        ]

    def _as_stored(self, post: Post, mention: Mention, ids: Sequence[str], known: Mapping[str, set[str]]) -> Mention:
        for post_id in ids:
            rows = known.get(post_id)
            is_same = rows is not None and (not _is_made(post_id) or source.row_id(post.raw, self._layout) in rows)
            if is_same and post_id != mention.post_id:
                thread = post_id if mention.thread_id == mention.post_id else mention.thread_id
                return replace(mention, post_id=post_id, thread_id=thread)
        return mention

    def _former(self, post: Post, mention: Mention) -> tuple[str, ...]:
        if not self._are_made and post.raw.get(self._layout.columns.id or "") == mention.post_id:
            return ()  # what is written is the id: asked of every row
        return source.former_ids(post.raw, self._layout, with_made=self._are_made)

    def _known(self, post_ids: set[str]) -> dict[str, set[str]]:
        """Former id -> ids that are made today of the rows stored under it."""
        found: dict[str, set[str]] = defaultdict(set)
        for post_id, raw in self._stored.answers(sorted(post_ids)) if post_ids else ():
            row = json.loads(raw)
            if isinstance(row, dict):
                found[post_id].add(source.row_id(row, self._layout))
        return found


def _is_made(post_id: str) -> bool:
    return post_id.startswith(ROW_ID) and len(post_id) == source.FORMER_LENGTH
