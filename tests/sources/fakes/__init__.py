"""Fake networks for the contract tests: one short module each, named like its source in `monitor.sources`.

`tests/sources/fakes/<network>.py` holds one class `Fake(FakeNetwork)`. It says which settings have its posts read and
answers requests as the real API does; the server, its faults, the posts and what is checked are the contract's
(`tests/sources/contract`). Needed: `answer`, and whatever of the attributes differs. A minimal one:

    class Fake(FakeNetwork):
        section = {"access_token": "made-up-token"}

        def answer(self, request: Request, posts: Posts) -> Reply:
            if request.path == "/oauth/token":
                return Reply({"access_token": "made-up-token-2"})              # `first` is None: not a page
            page = posts.page(int(request.query.get("cursor", "0")), self.page_size)
            return Reply({"posts": [self._rendered(one) for one in page.posts], "next": page.next}, first=page.first)

        def _rendered(self, post: FakePost) -> dict[str, object]: ...

What `answer` has to spell in its network's way: `author=None` (account deleted), `edited_at` (edited then; `text` is
the new text), `broken` (a post without what is needed to read it: no id, a time that is none), `reply_to`. A deleted
post is in no listing; a request that looks posts up by id (re-checks) finds it by `posts.by_number`. Parameters for
times and sizes may be ignored, as long as the order is newest first. All posts are to come through ONE listing: choose
`queries`, `places` and `own_accounts` so that the source reads no second one (`collecting.listings` returns one).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from monitor.settings.loading import Brand, Settings, Store
from monitor.settings.networks import Networks


@dataclass(slots=True)
class FakePost:
    """A post of no network in particular; `number` is larger the newer it is. `author` None: the account is gone."""

    number: int
    text: str
    posted_at: datetime
    author: str | None = "ana"
    edited_at: datetime | None = None
    deleted: bool = False
    reply_to: int | None = None
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """A page: its posts, the index of its first post, the index where the next page begins (None: it is the last)."""

    posts: Sequence[FakePost]
    first: int
    next: int | None


@dataclass(slots=True)
class Posts:
    """All posts there are, in any order; tests add to it and change them.

    Every page but the first begins with the last `overlap` posts of the page before.
    """

    every: list[FakePost] = field(default_factory=list)
    overlap: int = 0

    @property
    def listed(self) -> list[FakePost]:
        """Those that are not deleted, newest (largest number) first."""
        return sorted((one for one in self.every if not one.deleted), key=lambda one: -one.number)

    def by_number(self, number: int) -> FakePost | None:
        """The post, deleted ones too."""
        return next((one for one in self.every if one.number == number), None)

    def page(self, first: int, size: int) -> Slice:
        """The listed posts from index `first` on."""
        listed = self.listed
        begin = max(first - self.overlap, 0)
        return Slice(listed[begin : first + size], first, first + size if first + size < len(listed) else None)

    def page_before(self, number: int | None, size: int) -> Slice:
        """The listed posts older than `number` (None: from the newest on), for networks that page by id."""
        first = sum(1 for one in self.listed if number is not None and one.number >= number)
        return self.page(first, size)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came. `query` holds the last value of each parameter, decoded; `base` is http://127.0.0.1:PORT.

    `query_text` is the whole query as it was sent, for parameters that are given several times.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str
    query_text: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. A `body` that is no text or bytes is sent as JSON.

    `first` marks a page of the listing and is the index of its first post (Slice.first); None: a login, a look-up.
    Faults hit pages only, unless a test says otherwise.
    """

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    first: int | None = None
    content_type: str = "application/json; charset=utf-8"


class FakeNetwork:
    """What a fake network says; see the module's text for the one method that has to be written."""

    section: ClassVar[Mapping[str, Any]] = {}
    """The section `[networks.<network>]`, credentials included, without `base_url` and `timeout`."""
    queries: ClassVar[tuple[str, ...]] = ("norvia",)
    """Queries of the brand Norvia; every text of the contract holds this word, and `#norvia`."""
    places: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    own_accounts: ClassVar[tuple[str, ...]] = ()
    page_size: ClassVar[int] = 3
    """Posts of a full page as this server chooses; tests make a few pages of it, so keep it small."""
    logs_in: ClassVar[bool] = False
    """Whether requests with `first=None` come before the first page; then these are refused in a test too."""
    cannot: ClassVar[Mapping[str, str]] = {}
    """Contract cases that cannot exist there, by the name of the test (without `test_`), each with the reason."""

    def answer(self, request: Request, posts: Posts) -> Reply:
        """The answer to a request that nothing is wrong with."""
        raise NotImplementedError

    def error(self, status: int) -> Reply:
        """How the network spells this status (401, 403, 404, 500, 503)."""
        return Reply({"error": f"made-up reason for {status}"}, status)

    def limited(self, until: datetime | None) -> Reply:
        """How it asks to wait, until then (UTC) or without saying how long."""
        headers = {} if until is None else {"x-rate-limit-reset": str(int(until.timestamp()))}
        return Reply({"error": "too many requests"}, 429, headers)

    def post_id(self, post: FakePost) -> str:
        """`Mention.post_id` of the post; an edit must not change it."""
        return str(post.number)

    def settings(self, network: str, url: str, folder: Path, **section: Any) -> Settings:
        """Settings under which its posts are read from `url`; the database is in `folder`. Seldom overridden."""
        told = {**self.section, "base_url": url, "timeout": 5.0, **section}
        return Settings(
            store=Store(url=str(folder / "store.duckdb")),
            brands=(
                Brand(name="Norvia", queries=self.queries, places=dict(self.places), own_accounts=self.own_accounts),
            ),
            networks=Networks.model_validate({network: told}),
        )


@cache
def of(network: str) -> FakeNetwork:
    """The fake of a network. Raises ModuleNotFoundError when nobody has written it."""
    made: FakeNetwork = import_module(f"{__name__}.{network}").Fake()
    return made


def iso(moment: datetime) -> str:
    """2026-03-02T09:00:00.000Z, as most networks write times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
