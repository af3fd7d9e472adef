"""The mentions of a file, as an import would make them of its rows."""

from collections.abc import Iterator
from contextlib import suppress

from monitor.errors import RejectedPost
from monitor.models.posts import Mention, Post
from monitor.runs import now
from monitor.sources.files.source import Layout, read, to_mention


def mentions(layout: Layout) -> list[Mention]:
    """Those of all rows. Raises RejectedPost for a row that holds none."""
    return [to_mention(post, layout) for post in _posts(layout)]


def accepted_mentions(layout: Layout) -> list[Mention]:
    """Those of the rows that hold one."""
    found = []
    for post in _posts(layout):
        with suppress(RejectedPost):
            found.append(to_mention(post, layout))
    return found


def _posts(layout: Layout) -> Iterator[Post]:
    return (post for page in read(layout.path, layout, received_at=now()) for post in page.posts)
