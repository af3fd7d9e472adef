"""Posts of a file that an earlier version stored under another id keep it: they are not stored a second time.

Ids were made from author, time and text, what protects an id from a spreadsheet was part of it, and of some forms
another column was taken. A stored post is the row of a file when all that the row says is the same, or when its id was
that of the row in disguise or by the form's former rule.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.collect.known.stored_posts import StoredPosts
from monitor.models.posts import ROW_ID, Mention, Post
from monitor.sources.files import source


@dataclass(frozen=True, slots=True)
class _Stored:
    """A post under its former id: its thread, and the ids that are made today of its rows."""

    thread_id: str
    rows: set[str] = field(default_factory=set)


class FormerIds:
    """Gives the mentions of one file the ids under which they are stored already."""

    def __init__(self, stored: StoredPosts, layout: source.Layout) -> None:
        self._stored, self._layout = stored, layout
        self._are_made = stored.any_made(ROW_ID, source.FORMER_LENGTH)
        self._rule = source.former_rule(layout)
        self.moved: dict[str, str] = {}
        """Id that a post has in the file -> the former one, under which it is stored."""
        self.threads: dict[str, str] = {}
        """The same -> the thread that it is stored in."""

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

    def _as_stored(self, post: Post, mention: Mention, ids: Sequence[str], known: Mapping[str, _Stored]) -> Mention:
        for post_id in ids:
            stored = known.get(post_id)
            if stored is None or post_id == mention.post_id:
                continue
            if _is_made(post_id) and source.row_id(post.raw, self._layout) not in stored.rows:
                continue
            self.moved[mention.post_id], self.threads[mention.post_id] = post_id, stored.thread_id
            thread = stored.thread_id if mention.thread_id == mention.post_id else mention.thread_id
            return replace(mention, post_id=post_id, thread_id=thread)
        return mention

    def _former(self, post: Post, mention: Mention) -> tuple[str, ...]:
        ids = source.moved_ids(post.raw, self._layout, self._rule) if self._rule else ()
        if not self._are_made and post.raw.get(self._layout.columns.id or "") == mention.post_id:
            return ids  # what is written is the id: asked of every row
        return (*ids, *source.former_ids(post.raw, self._layout, with_made=self._are_made))

    def _known(self, post_ids: set[str]) -> dict[str, _Stored]:
        found: dict[str, _Stored] = {}
        for post_id, thread_id, raw in self._stored.answers(sorted(post_ids)) if post_ids else ():
            row = json.loads(raw)
            if isinstance(row, dict):
                found.setdefault(post_id, _Stored(thread_id)).rows.add(source.row_id(row, self._layout))
        return found


def _is_made(post_id: str) -> bool:
    return post_id.startswith(ROW_ID) and len(post_id) == source.FORMER_LENGTH
