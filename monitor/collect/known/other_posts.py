"""Rows of a file whose id is that of another post, since tools number exports 1, 2, 3: they get an id of their own.

A short id is the same post when two of author, time and text are the same; a long one when any of them is. One that
counts in a sheet or chat (`enero:2`) is as short as what stands behind it. What has the form of a network's own id (12
digits and more) is believed.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor import networks
from monitor.collect.known.former_ids import FormerIds
from monitor.collect.known.own_accounts import OwnAccounts
from monitor.collect.known.stored_posts import StoredPosts
from monitor.models.posts import ROW_ID, Mention, Post
from monitor.sources.files import source
from monitor.text.folding import fold_handle

_SHORT = 12
"""Characters, and digits, below which an id may number the rows of an export."""
_OF_NETWORKS = re.compile(r"[\d_:]+")
_NOBODY = ("[", "(")
"""How what stands for an author who is gone begins: [deleted]."""


@dataclass(frozen=True, slots=True)
class _PostContent:
    """Who wrote what when; no names: not said."""

    names: frozenset[str]
    posted_at: datetime
    text: str

    def is_same_post(self, other: "_PostContent", post_id: str) -> bool:
        """Whether both are one post, whose id this is. A stored one without text was deleted where it stood."""
        if not self.text or not other.text:
            return True
        names_known = bool(self.names and other.names)
        same_author = bool(self.names & other.names)
        agreeing = (same_author or not names_known) + (self.posted_at == other.posted_at) + (self.text == other.text)
        return agreeing >= (2 if len(post_id.rpartition(":")[2]) < _SHORT else 1)


class OtherPosts:
    """Reads the rows of one file as mentions; `renumbered` counts those that got another id.

    `is_dry`: nothing is stored between the pages, so that what was read is remembered.
    """

    def __init__(self, ours: OwnAccounts, stored: StoredPosts, layout: source.Layout, *, is_dry: bool = False) -> None:
        self._ours, self._stored, self._layout, self._is_dry = ours, stored, layout, is_dry
        self._former = FormerIds(stored, layout)
        self.renumbered = 0
        self._remembered: dict[str, _PostContent] = {}
        self._moved: dict[str, str] = {}

    def to_mention(self, post: Post) -> Mention:
        """The mention of a row, under the id that the row gives. Raises RejectedPost where there is none."""
        return self._ours.recognised(source.to_mention(post, self._layout))

    def settled(self, found: Sequence[tuple[Post, Mention]]) -> list[Mention]:
        """The mentions of a page, whose ids were there before compared with what was: once all before are stored."""
        mentions = self._told_apart([post for post, _ in found], self._former.settled(found))
        if self._is_dry:
            for mention in mentions:
                if self._is_doubtful(mention.post_id):
                    self._remembered.setdefault(mention.post_id, _content(mention))
        ids, threads = self._former.moved | self._moved, self._former.threads | self._moved
        return [_following(mention, ids, threads) for mention in mentions] if ids else mentions

    def _told_apart(self, posts: Sequence[Post], mentions: list[Mention]) -> list[Mention]:
        count = Counter([mention.post_id for mention in mentions if self._is_doubtful(mention.post_id)])
        known = self._known(sorted(count)) | {one: self._remembered[one] for one in count if one in self._remembered}
        again = known.keys() | {found for found, times in count.items() if times > 1}
        if not again:
            return mentions
        return [
            self._another(mention, post, known)
            if mention.post_id in again and source.column_id(post.raw, self._layout) == mention.post_id
            else mention
            for post, mention in zip(posts, mentions, strict=True)
        ]

    def _another(self, mention: Mention, post: Post, known: dict[str, _PostContent]) -> Mention:
        """The mention, under an id made from its row where its own is another post's."""
        post_id, content = mention.post_id, _content(mention)
        if known.setdefault(post_id, content).is_same_post(content, post_id):
            return mention
        self.renumbered += 1
        made = source.row_id(post.raw, self._layout)
        self._moved.setdefault(post_id, made)
        return replace(mention, post_id=made, thread_id=made if mention.thread_id == post_id else mention.thread_id)

    def _is_doubtful(self, post_id: str) -> bool:
        if post_id.isdecimal():
            return len(post_id) < _SHORT
        if _OF_NETWORKS.fullmatch(post_id) and len(post_id) - post_id.count("_") - post_id.count(":") >= _SHORT:
            return False
        return not post_id.startswith(ROW_ID) or len(post_id) < source.FORMER_LENGTH

    def _known(self, post_ids: Sequence[str]) -> dict[str, _PostContent]:
        stored = self._stored.contents(post_ids) if post_ids else ()
        return {
            post_id: _PostContent(_names(self._layout.network, *names), posted_at, text)
            for post_id, names, posted_at, text in stored
        }


def _following(mention: Mention, ids: Mapping[str, str], threads: Mapping[str, str]) -> Mention:
    """The mention, in the thread and below the post that got another id, or has a former one."""
    thread_id, in_reply_to = mention.thread_id, mention.in_reply_to
    if thread_id != mention.post_id:
        thread_id = threads.get(thread_id, thread_id)
    return replace(mention, thread_id=thread_id, in_reply_to=ids.get(in_reply_to or "", in_reply_to))


def _content(mention: Mention) -> _PostContent:
    names = _names(mention.network, mention.author, mention.author_name, mention.author_id)
    return _PostContent(names, mention.posted_at, mention.text)


def _names(network: str, *names: str | None) -> frozenset[str]:
    prefix = networks.profile(network).handle_prefix
    return frozenset(fold_handle(name.removeprefix(prefix)) for name in names if name and not name.startswith(_NOBODY))
