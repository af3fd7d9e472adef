"""Whole threads of Reddit: a submission's comments in their tree, page by page."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from monitor.errors import UnexpectedAnswer
from monitor.models.listings import Listing, PageRequest, ReceivedPage, ThreadRoot
from monitor.sources.reddit import nodes

if TYPE_CHECKING:
    from monitor.sources.reddit.client import RedditClient

LOOKUP_SIZE = 100  # posts of one look-up
_TREE, _MORE_CHILDREN = 500, 100  # comments of a tree's page, and of a request for those left out


class Threads:
    """Reads threads; knows how many comments each had when they were last looked up."""

    def __init__(self, client: "RedditClient") -> None:
        self._client = client
        self._counts: dict[str, int | None] = {}

    def look_up(self, ids: Sequence[str]) -> nodes.RedditListing:
        """The submissions and comments of these ids, at most `LOOKED_UP`, as they are now."""
        return nodes.parse_listing(self._client.get("api/info/", id=",".join(ids)), "a look-up")

    def follow(self, threads: Sequence[ThreadRoot]) -> list[Listing]:
        """The threads that have comments; `fetch` asks for those whose number of comments is another than last time."""
        ids = list(dict.fromkeys(thread.post_id for thread in threads if thread.post_id.startswith("t3_")))
        for start in range(0, len(ids), LOOKUP_SIZE):
            chunk = ids[start : start + LOOKUP_SIZE]
            self._counts |= dict.fromkeys(chunk, 0) | _comment_counts(self.look_up(chunk).nodes)
        return [
            Listing("reddit", "thread", f"{thread.post_id} ({thread.brand})", thread.brand, whole=True)
            for thread in threads
            if self._counts.get(thread.post_id, 0) != 0
        ]

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """The tree's first page; then, by the cursor, what it left out: `{"more": "b c", "below": "d"}`."""
        name = listing.target.split(" ")[0]
        if request.cursor is None:
            if request.note and request.note == str(self._counts.get(name)):
                return ReceivedPage((), note=request.note)
            submission, comments = self._tree(f"comments/{name[3:]}/")
            note = str(_comment_counts(submission).get(name) or "")
            return _tree_page(listing, nodes.flatten_tree(comments), nodes.CommentTree(), note, submission)
        remaining = {kind: ids.split() for kind, ids in json.loads(request.cursor).items()}
        left_out, cut_off = remaining.get("more", []), remaining.get("below", [])
        requested = nodes.CommentTree(left_out=left_out[:_MORE_CHILDREN], cut_off=[] if left_out else cut_off[:1])
        if left_out:
            comments = self._more_children(name, requested.left_out)
        else:
            comments = self._tree(f"comments/{name[3:]}/_/{cut_off[0]}")[1]
        tree = nodes.flatten_tree(comments)
        tree.left_out[:0], tree.cut_off[:0] = left_out, cut_off
        return _tree_page(listing, tree, requested)

    def _tree(self, path: str) -> tuple[Sequence[Any], Sequence[Any]]:
        answer = self._client.get(path, limit=_TREE, sort="new")
        if not isinstance(answer, list) or len(answer) != 2:
            raise UnexpectedAnswer("reddit answered no submission with its comments")
        return nodes.parse_listing(answer[0], "a submission").nodes, nodes.parse_listing(
            answer[1], "its comments"
        ).nodes

    def _more_children(self, name: str, ids: Sequence[str]) -> Sequence[Any]:
        answer = self._client.post("api/morechildren/", link_id=name, children=",".join(ids), sort="new")
        try:
            comments = answer["json"]["data"]["things"]
        except (TypeError, KeyError):
            comments = None
        if not isinstance(comments, list):
            raise UnexpectedAnswer("reddit answered no comments to a request for more of them")
        return comments


def _comment_counts(submissions: Sequence[Any]) -> dict[str, int | None]:
    """How many comments each submission says it has; None: it does not say."""
    counts: dict[str, int | None] = {}
    for submission in submissions:
        name, count = nodes.fullname(submission), nodes.body(submission).get("num_comments")
        if name is not None:
            counts[name] = count if isinstance(count, int) else None
    return counts


def _tree_page(
    listing: Listing,
    tree: nodes.CommentTree,
    requested: nodes.CommentTree,
    note: str = "",
    submission: Sequence[Any] = (),
) -> ReceivedPage:
    """A page; what is still to be asked for is its cursor, without what it was just `requested`."""
    received = {nodes.fullname(comment) for comment in tree.comments}
    left_out = [
        comment_id
        for comment_id in dict.fromkeys(tree.left_out)
        if comment_id not in requested.left_out and f"t1_{comment_id}" not in received
    ]
    cut_off = [comment_id for comment_id in dict.fromkeys(tree.cut_off) if comment_id not in requested.cut_off]
    cursor = json.dumps({"more": " ".join(left_out), "below": " ".join(cut_off)}) if left_out or cut_off else None
    return nodes.to_page((*submission, *tree.comments), f"reddit {listing.key}", cursor, note, ordered=False)
