"""Whole threads of Reddit: a submission's comments in their tree, page by page."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from monitor.errors import UnexpectedAnswer
from monitor.models.listings import Listing, ReceivedPage, ThreadRoot, PageRequest
from monitor.sources.reddit import things

if TYPE_CHECKING:
    from monitor.sources.reddit.client import Client

LOOKED_UP = 100  # posts of one look-up
_TREE, _MORE = 500, 100  # comments of a tree's page, and of a request for those left out


class Threads:
    """Reads threads; knows how many comments each had when they were last looked up."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._counts: dict[str, int | None] = {}

    def look_up(self, ids: Sequence[str]) -> things.Shelf:
        """The submissions and comments of these ids, at most `LOOKED_UP`, as they are now."""
        return things.shelf(self._client.get("api/info/", id=",".join(ids)), "a look-up")

    def follow(self, threads: Sequence[ThreadRoot]) -> list[Listing]:
        """The threads that have comments; `fetch` asks for those whose number of comments is another than last time."""
        ids = list(dict.fromkeys(one.post_id for one in threads if one.post_id.startswith("t3_")))
        for start in range(0, len(ids), LOOKED_UP):
            chunk = ids[start : start + LOOKED_UP]
            self._counts |= dict.fromkeys(chunk, 0) | _comment_counts(self.look_up(chunk).things)
        return [
            Listing("reddit", "thread", f"{one.post_id} ({one.brand})", one.brand, whole=True)
            for one in threads
            if self._counts.get(one.post_id, 0) != 0
        ]

    def fetch(self, listing: Listing, want: PageRequest) -> ReceivedPage:
        """The tree's first page; then, by the cursor, what it left out: `{"more": "b c", "below": "d"}`."""
        name = listing.target.split(" ")[0]
        if want.cursor is None:
            if want.note and want.note == str(self._counts.get(name)):
                return ReceivedPage((), note=want.note)
            submission, comments = self._tree(f"comments/{name[3:]}/")
            note = str(_comment_counts(submission).get(name) or "")
            return _of_tree(listing, things.tree(comments), things.Tree(), note, submission)
        left = {kind: ids.split() for kind, ids in json.loads(want.cursor).items()}
        more, below = left.get("more", []), left.get("below", [])
        asked = things.Tree(left_out=more[:_MORE], cut_off=[] if more else below[:1])
        found = self._more(name, asked.left_out) if more else self._tree(f"comments/{name[3:]}/_/{below[0]}")[1]
        new = things.tree(found)
        new.left_out[:0], new.cut_off[:0] = more, below
        return _of_tree(listing, new, asked)

    def _tree(self, path: str) -> tuple[Sequence[Any], Sequence[Any]]:
        told = self._client.get(path, limit=_TREE, sort="new")
        if not isinstance(told, list) or len(told) != 2:
            raise UnexpectedAnswer("reddit answered no submission with its comments")
        return things.shelf(told[0], "a submission").things, things.shelf(told[1], "its comments").things

    def _more(self, name: str, ids: Sequence[str]) -> Sequence[Any]:
        told = self._client.post("api/morechildren/", link_id=name, children=",".join(ids), sort="new")
        try:
            found = told["json"]["data"]["things"]
        except (TypeError, KeyError):
            found = None
        if not isinstance(found, list):
            raise UnexpectedAnswer("reddit answered no comments to a request for more of them")
        return found


def _comment_counts(submissions: Sequence[Any]) -> dict[str, int | None]:
    """How many comments each submission says it has; None: it does not say."""
    found: dict[str, int | None] = {}
    for thing in submissions:
        name, count = things.fullname(thing), things.body(thing).get("num_comments")
        if name is not None:
            found[name] = count if isinstance(count, int) else None
    return found


def _of_tree(
    listing: Listing, tree: things.Tree, asked: things.Tree, note: str = "", submission: Sequence[Any] = ()
) -> ReceivedPage:
    """A page; what is still to be asked for is its cursor, without what it was just `asked` for."""
    got = {things.fullname(one) for one in tree.comments}
    more = [one for one in dict.fromkeys(tree.left_out) if one not in asked.left_out and f"t1_{one}" not in got]
    below = [one for one in dict.fromkeys(tree.cut_off) if one not in asked.cut_off]
    cursor = json.dumps({"more": " ".join(more), "below": " ".join(below)}) if more or below else None
    every = (*submission, *tree.comments)
    return things.answer(every, f"reddit {listing.key}", cursor, note, ordered=False)
