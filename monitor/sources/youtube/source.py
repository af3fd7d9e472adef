"""YouTube, through the Data API v3: comments and replies on own and on named channels and videos.

`brands.places.youtube` names the brand's own channels (UC...) and videos, all of whose comments are about it;
`networks.youtube.channels` and `videos` name others', of whose comments those are kept that match a query. YouTube has
no search of comments. A list costs one unit of the day's quota (10,000 unless Google grants more) and gives up to a
hundred threads with up to five replies each; further replies cost one unit a hundred.

Threads are listed by the time of their first comment. New replies to the newest hundred are found by every read, those
to threads of the last seven days every three hours, when a read goes that far back; later ones are not.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from monitor.errors import UnexpectedAnswer
from monitor.models.listings import Charge, Recheck, Listing, Meter, ReceivedPage, PageRequest
from monitor.models.posts import Post
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.fields import count, fields, name
from monitor.sources.youtube.client import Client, Gone
from monitor.sources.youtube.comments import (
    inline_replies,
    listed,
    next_page,
    reply_posts,
    thread_posts,
    thread_time,
    to_mention,
    where,
)
from monitor.sources.youtube.network import YouTubeSettings
from monitor.sources.youtube.walk import Cursor, Note, Parent, read_cursor, read_note

__all__ = ["connect", "listings", "to_mention"]

_PARAMETER = {"channel": "allThreadsRelatedToChannelId", "video": "videoId"}
_COST = (Charge(units=1),)


def listings(brand: Brand, settings: Settings) -> Sequence[Listing]:
    """One for each channel and video, the brand's own first."""
    section = settings.networks.of("youtube", YouTubeSettings)
    own = tuple(one.strip() for one in brand.places.get("youtube", ()))
    found = [Listing("youtube", _kind(place), place, brand.name, whole=True) for place in own]
    found += [Listing("youtube", "channel", one, brand.name) for one in section.channels if one not in own]
    found += [Listing("youtube", "video", one, brand.name) for one in section.videos if one not in own]
    return found


def _kind(place: str) -> str:
    return "channel" if place.startswith("UC") and len(place) > 11 else "video"


def connect(settings: Settings, meter: Meter) -> "Source":
    """Makes no request. Raises BadCredentials without an API key."""
    section = settings.networks.of("youtube", YouTubeSettings)
    if not section.api_key.get_secret_value().strip():
        raise http.missing_credentials("youtube", section, "api_key")
    every = [one for brand in settings.brands for one in listings(brand, settings)]
    return Source(section, meter, every[0] if every else None)


class Source:
    """An open connection; every fetch is one request, of one unit."""

    check_size = 30  # more ids would make the address too long for a GET

    def __init__(self, section: YouTubeSettings, meter: Meter, first: Listing | None) -> None:
        """`first` is what a probe reads."""
        self._client, self._first = Client(section, meter), first

    def fetch(self, listing: Listing, want: PageRequest) -> ReceivedPage:
        """A page of threads, or a page of the replies to one of them."""
        cursor = read_cursor(want.cursor) if want.cursor is not None else None
        note = read_note(want.note)
        if cursor is not None and cursor.parents:
            return self._replies(listing, cursor, note)
        if cursor is None:
            now = datetime.now(UTC)
            deep = want.until is not None or note.is_due(now)
            cursor, note = Cursor(deep=deep), note.begun(now, deep)
        return self._threads(listing, cursor, note)

    def _threads(self, listing: Listing, cursor: Cursor, note: Note) -> ReceivedPage:
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
        threads = listed(answer, listing.key)
        posts = [post for n, thread in enumerate(threads) for post in thread_posts(thread, n, listing.key, now)]
        times = [one for one in map(thread_time, threads) if one]
        parents = [parent for thread in threads if (parent := _parent(thread, note))]
        further = Cursor(next_page(answer), tuple(parents), None, times[-1] if times else None, cursor.deep)
        return _answer(posts, further, note, newest=max(times, default=None))

    def _replies(self, listing: Listing, cursor: Cursor, note: Note) -> ReceivedPage:
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
        except Gone:
            return _answer([], _after(cursor, None), note, gone=(parent.post_id,))
        stands_at = {"channelId": parent.channel, "videoId": parent.video}
        replies = listed(answer, f"replies to comment {parent.post_id}")
        posts = reply_posts(replies, stands_at, listing.key, datetime.now(UTC))
        further = next_page(answer)
        return _answer(posts, _after(cursor, further), note if further else note.knowing(parent))

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """Comments that are not among the answer are gone; a unit for each thirty, more where YouTube answers 404."""
        try:
            answer = self._client.comments(
                f"{len(post_ids)} comments", part="snippet", id=",".join(post_ids), textFormat="plainText"
            )
        except Gone:
            return self._check_apart(post_ids)
        found = listed(answer, f"{len(post_ids)} comments")
        posts = reply_posts(found, {}, "check", datetime.now(UTC))
        there = {name(fields(one).get("id")) for one in found}
        if None in there:
            raise UnexpectedAnswer("youtube: a comment that was looked up has no id")
        return Recheck(tuple(posts), tuple(one for one in post_ids if one not in there), _COST)

    def _check_apart(self, post_ids: Sequence[str]) -> Recheck:
        """YouTube may answer 404 to all when one is not there."""
        if len(post_ids) == 1:
            return Recheck((), tuple(post_ids), _COST)
        half = len(post_ids) // 2
        first, second = self.check(post_ids[:half]), self.check(post_ids[half:])
        charges = (*_COST, *first.charges, *second.charges)
        return Recheck((*first.posts, *second.posts), (*first.gone, *second.gone), charges)

    def probe(self) -> str:
        """One unit: the first listing's newest comment."""
        if self._first is None:
            self._client.languages()
            return "the API key is valid; name channels or videos in brands.places.youtube"
        asked = f"{self._first.kind} {self._first.target}"
        self._client.threads(asked, part="id", maxResults=1, **{_PARAMETER[self._first.kind]: self._first.target})
        return f"the API key is valid; comments of {asked} can be read"


def _parent(thread: object, note: Note) -> Parent | None:
    """The thread, when it has replies that came neither with it nor before."""
    post_id = name(fields(thread).get("id"))
    total = count(fields(fields(thread).get("snippet")).get("totalReplyCount")) or 0
    if post_id is None or total <= len(inline_replies(thread)) or note.replies.get(post_id) == total:
        return None
    stands_at = where(thread)
    return Parent(post_id, total, stands_at["channelId"], stands_at["videoId"])


def _after(cursor: Cursor, replies: str | None) -> Cursor:
    parents = cursor.parents if replies else cursor.parents[1:]
    return Cursor(cursor.page, parents, replies, cursor.oldest, cursor.deep)


def _answer(
    posts: Sequence[Post], cursor: Cursor, note: Note, *, newest: datetime | None = None, gone: tuple[str, ...] = ()
) -> ReceivedPage:
    return ReceivedPage(tuple(posts), cursor.text, newest, cursor.read_down_to, gone, note.text, _COST)
