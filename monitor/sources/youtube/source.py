"""YouTube, through the Data API v3: comments and replies on own and on named channels and videos.

`brands.places.youtube` names the brand's own channels (UC...) and videos, all of whose comments are about it;
`networks.youtube.channels` and `videos` name others', of whose comments those are kept that match a query. YouTube has
no search of comments. A list costs one unit of the day's quota (10,000 unless Google grants more) and gives up to a
hundred threads with up to five replies each; further replies cost one unit a hundred.

Threads are listed by the time of their first comment. New replies to the newest hundred are found by every read, those
to threads of the last seven days every three hours, when a read goes that far back; later ones are not.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from monitor.errors import UnexpectedAnswer
from monitor.models.listings import Charge, Listing, Meter, PageRequest, ReceivedPage, Recheck
from monitor.models.posts import Post
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.fields import count, fields, name
from monitor.sources.youtube.client import YouTubeClient, YouTubeNotFound
from monitor.sources.youtube.comments import (
    inline_replies,
    location,
    next_page,
    parse_list,
    reply_posts,
    thread_posts,
    thread_time,
    to_mention,
)
from monitor.sources.youtube.network import YouTubeSettings
from monitor.sources.youtube.walk import Note, Parent, YouTubeCursor, read_cursor, read_note

__all__ = ["connect", "listings", "to_mention"]

logger = logging.getLogger(__name__)

_PARAMETER = {"channel": "allThreadsRelatedToChannelId", "video": "videoId"}
_COST = (Charge(units=1),)


def listings(brand: Brand, settings: Settings) -> Sequence[Listing]:
    """One for each channel and video, the brand's own first."""
    section = settings.networks.of("youtube", YouTubeSettings)
    own = tuple(place.strip() for place in brand.places.get("youtube", ()))
    return [
        *(Listing("youtube", _kind(place), place, brand.name, whole=True) for place in own),
        *(Listing("youtube", "channel", channel, brand.name) for channel in section.channels if channel not in own),
        *(Listing("youtube", "video", video, brand.name) for video in section.videos if video not in own),
    ]


def _kind(place: str) -> str:
    return "channel" if place.startswith("UC") and len(place) > 11 else "video"


def connect(settings: Settings, meter: Meter) -> "YouTubeConnection":
    """Makes no request. Raises BadCredentials without an API key."""
    section = settings.networks.of("youtube", YouTubeSettings)
    if not section.api_key.get_secret_value().strip():
        raise http.missing_credentials("youtube", section, "api_key")
    probed = next((listing for brand in settings.brands for listing in listings(brand, settings)), None)
    return YouTubeConnection(section, meter, probed)


class YouTubeConnection:
    """An open connection; every fetch is one request, of one unit."""

    check_size = 30  # more ids would make the address too long for a GET

    def __init__(self, section: YouTubeSettings, meter: Meter, probed: Listing | None) -> None:
        """`probed` is what a probe reads."""
        self._client, self._probed = YouTubeClient(section, meter), probed

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """A page of threads, or a page of the replies to one of them."""
        cursor = read_cursor(request.cursor) if request.cursor is not None else None
        note = read_note(request.note)
        if cursor is not None and cursor.parents:
            return self._replies(listing, cursor, note)
        if cursor is None:
            now = datetime.now(UTC)
            deep = request.until is not None or note.is_due(now)
            cursor, note = YouTubeCursor(deep=deep), note.at_start(now, deep)
        return self._threads(listing, cursor, note)

    def _threads(self, listing: Listing, cursor: YouTubeCursor, note: Note) -> ReceivedPage:
        answer = self._client.threads(
            f"{listing.kind} {listing.target}",
            part="snippet,replies",
            order="time",
            maxResults=100,
            textFormat="plainText",
            pageToken=cursor.page,
            **{_PARAMETER[listing.kind]: listing.target},
        )
        now = datetime.now(UTC)
        threads = parse_list(answer, listing.key)
        posts = [
            post for number, thread in enumerate(threads) for post in thread_posts(thread, number, listing.key, now)
        ]
        times = [time for time in map(thread_time, threads) if time]
        parents = [parent for thread in threads if (parent := _parent(thread, note))]
        next_cursor = YouTubeCursor(next_page(answer), tuple(parents), None, times[-1] if times else None, cursor.deep)
        return _page(posts, next_cursor, note, newest=max(times, default=None))

    def _replies(self, listing: Listing, cursor: YouTubeCursor, note: Note) -> ReceivedPage:
        parent = cursor.parents[0]
        try:
            answer = self._client.comments(
                f"replies to comment {parent.post_id}",
                part="snippet",
                parentId=parent.post_id,
                maxResults=100,
                textFormat="plainText",
                pageToken=cursor.replies,
            )
        except YouTubeNotFound:
            return _page([], _next_cursor(cursor, None), note, gone=(parent.post_id,))
        thread_location = {"channelId": parent.channel, "videoId": parent.video}
        replies = parse_list(answer, f"replies to comment {parent.post_id}")
        posts = reply_posts(replies, thread_location, listing.key, datetime.now(UTC))
        next_token, read = next_page(answer), cursor.read + len(replies)
        if next_token:
            return _page(posts, replace(_next_cursor(cursor, next_token), read=read), note)
        gap = parent.gap(read, datetime.now(UTC))
        if gap is not None:
            context = {"network": "youtube", "listing_kind": listing.kind, "count": parent.replies - read}
            logger.warning("replies announced that did not come", extra=context)
        page = _page(posts, _next_cursor(cursor, None), note.with_replies(parent))
        return replace(page, gaps=(gap,) if gap else ())

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """Comments that are not among the answer are gone; a unit for each thirty, more where YouTube answers 404."""
        try:
            answer = self._client.comments(
                f"{len(post_ids)} comments", part="snippet", id=",".join(post_ids), textFormat="plainText"
            )
        except YouTubeNotFound:
            return self._check_halves(post_ids)
        comments = parse_list(answer, f"{len(post_ids)} comments")
        posts = reply_posts(comments, {}, "check", datetime.now(UTC))
        present = {name(fields(comment).get("id")) for comment in comments}
        if None in present:
            raise UnexpectedAnswer("youtube: a comment that was looked up has no id")
        return Recheck(tuple(posts), tuple(post_id for post_id in post_ids if post_id not in present), _COST)

    def most_requests(self, count: int) -> int:
        """Where YouTube answers 404: for all, for each half, down to the single ones."""
        return 2 * count - 1

    def _check_halves(self, post_ids: Sequence[str]) -> Recheck:
        """YouTube may answer 404 to all when one is not there."""
        if len(post_ids) == 1:
            return Recheck((), tuple(post_ids), _COST)
        half = len(post_ids) // 2
        left, right = self.check(post_ids[:half]), self.check(post_ids[half:])
        charges = (*_COST, *left.charges, *right.charges)
        return Recheck((*left.posts, *right.posts), (*left.gone, *right.gone), charges)

    def probe(self) -> str:
        """One unit: the first listing's newest comment."""
        if self._probed is None:
            self._client.languages()
            return "the API key is valid; name channels or videos in brands.places.youtube"
        subject = f"{self._probed.kind} {self._probed.target}"
        self._client.threads(subject, part="id", maxResults=1, **{_PARAMETER[self._probed.kind]: self._probed.target})
        return f"the API key is valid; comments of {subject} can be read"


def _parent(thread: object, note: Note) -> Parent | None:
    """The thread, when it has replies that came neither with it nor before."""
    post_id = name(fields(thread).get("id"))
    total = count(fields(fields(thread).get("snippet")).get("totalReplyCount")) or 0
    if post_id is None or total <= len(inline_replies(thread)) or note.replies.get(post_id) == total:
        return None
    thread_location = location(thread)
    published = thread_time(thread)
    channel, video = thread_location["channelId"], thread_location["videoId"]
    return Parent(post_id, total, channel, video, published.isoformat() if published else None)


def _next_cursor(cursor: YouTubeCursor, replies: str | None) -> YouTubeCursor:
    parents = cursor.parents if replies else cursor.parents[1:]
    return YouTubeCursor(cursor.page, parents, replies, cursor.oldest, cursor.deep)


def _page(
    posts: Sequence[Post],
    cursor: YouTubeCursor,
    note: Note,
    *,
    newest: datetime | None = None,
    gone: tuple[str, ...] = (),
) -> ReceivedPage:
    return ReceivedPage(tuple(posts), cursor.text, newest, cursor.read_down_to, gone, note.text, _COST)
