"""Whole threads of Reddit: a submission's comments in their tree, page by page."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.errors import UnexpectedAnswer
from monitor.models.listings import Listing, PageRequest, ReceivedPage, ThreadRoot
from monitor.sources.reddit import nodes, thread_walk
from monitor.sources.reddit.thread_walk import ThreadCursor

if TYPE_CHECKING:
    from monitor.sources.reddit.client import RedditClient

logger = logging.getLogger(__name__)

LOOKUP_SIZE = 100  # posts of one look-up
_TREE = 500  # comments of a tree's page


class Threads:
    """Reads threads; knows how many comments each had when they were last looked up, and which came in this read.

    As many comments may have been deleted as were written. So threads that are followed no longer, of which this is the
    last read (`_ending`), are read whatever their count.
    """

    def __init__(self, client: "RedditClient", thread_days: float) -> None:
        """`thread_days`: how long threads are followed."""
        self._client = client
        self._followed_for = timedelta(days=thread_days)
        self._counts: dict[str, int | None] = {}
        self._received: dict[str, set[str]] = {}
        self._ending: set[str] = set()

    def look_up(self, ids: Sequence[str]) -> nodes.RedditListing:
        """The submissions and comments of these ids, at most `LOOKUP_SIZE`, as they are now."""
        return nodes.parse_listing(self._client.get("api/info/", id=",".join(ids)), "a look-up")

    def follow(self, threads: Sequence[ThreadRoot]) -> list[Listing]:
        """The threads that have comments; `fetch` asks for those that have more than were read."""
        ids = list(dict.fromkeys(thread.post_id for thread in threads if thread.post_id.startswith("t3_")))
        for start in range(0, len(ids), LOOKUP_SIZE):
            chunk = ids[start : start + LOOKUP_SIZE]
            submissions = self.look_up(chunk).nodes
            self._counts |= dict.fromkeys(chunk, 0) | _comment_counts(submissions)
            self._ending |= {name for node in submissions if self._is_too_old(node) and (name := nodes.fullname(node))}
        return [
            Listing("reddit", "thread", f"{thread.post_id} ({thread.brand})", thread.brand, whole=True)
            for thread in threads
            if self._counts.get(thread.post_id, 0) != 0
        ]

    def _is_too_old(self, submission: Any) -> bool:
        created = nodes.moment(nodes.body(submission).get("created_utc"))
        return created is not None and created + self._followed_for < datetime.now(UTC)

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """The tree's first page; then, by the cursor, what it left out. See `thread_walk`."""
        name = listing.target.split(" ")[0]
        if request.cursor is None:
            is_settled = thread_walk.read_note(request.note).is_settled(self._counts.get(name))
            if is_settled and name not in self._ending:
                return ReceivedPage((), note=request.note)
            return self._first_page(listing, name, request)
        cursor = thread_walk.read_cursor(request.cursor)
        requested = cursor.next_request
        if requested.left_out:
            comments = self._more_children(name, requested.left_out)
        else:
            comments = self._tree(f"comments/{name[3:]}/_/{requested.cut_off[0]}")[1]
        tree = nodes.flatten_tree(comments)
        following = cursor.following(requested, tree, self._received.setdefault(name, set()))
        return self._page(listing, following, request, tree.comments)

    def _first_page(self, listing: Listing, name: str, request: PageRequest) -> ReceivedPage:
        submission, comments = self._tree(f"comments/{name[3:]}/")
        tree = nodes.flatten_tree(comments)
        fields = nodes.body(submission[0]) if submission else {}
        created = nodes.moment(fields.get("created_utc"))
        announced = thread_walk.comment_count(submission[0]) if submission else None
        received = self._received[name] = set()
        cursor = ThreadCursor(announced=announced, created=created.timestamp() if created else 0.0, requests=0)
        return self._page(
            listing, cursor.following(nodes.CommentTree(), tree, received), request, (*submission, *tree.comments)
        )

    def _page(
        self, listing: Listing, cursor: ThreadCursor, request: PageRequest, things: Sequence[Any]
    ) -> ReceivedPage:
        """A page; the last one has the note that says how many comments the thread had, and what is missing."""
        if cursor.text is not None and cursor.is_at_bound:
            context = {"network": "reddit", "listing_kind": "thread", "requests": cursor.requests}
            logger.warning("thread read in part; it names ever more comments", extra=context)
            cursor = cursor.given_up()
        page = nodes.to_page(things, f"reddit {listing.key}", cursor.text, ordered=False)
        if cursor.text is not None:
            return page
        self._received.pop(listing.target.split(" ")[0], None)
        now = datetime.now(UTC)
        days_left = datetime.fromtimestamp(cursor.created, UTC) + self._followed_for - now
        note, gaps = thread_walk.read_note(request.note).after(cursor, now, days_left)
        if note.missing:
            context = {"network": "reddit", "listing_kind": "thread", "count": note.missing, "attempt": note.reads}
            logger.warning("comments announced that did not come", extra=context)
        return replace(page, note=note.text, gaps=gaps)

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
    names = {name: submission for submission in submissions if (name := nodes.fullname(submission)) is not None}
    return {name: thread_walk.comment_count(submission) for name, submission in names.items()}
