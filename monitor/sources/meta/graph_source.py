"""A source on Meta's Graph API: which edges of which accounts are read, and what became of posts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from monitor.errors import SourceError, UnexpectedAnswer
from monitor.models.listings import Recheck, Listing, Meter, ReceivedPage, PageRequest
from monitor.models.posts import Post
from monitor.settings.loading import Brand, Settings
from monitor.sources.fields import fields, name, text
from monitor.sources.meta import walk
from monitor.sources.meta.errors import Missing
from monitor.sources.meta.graph import BATCH, Graph, after_of
from monitor.sources.meta.settings import GraphSettings
from monitor.sources.meta.walk import Edge

_LONGEST_LOOK = 20  # pages of posts that tag an account, looked through for those that cannot be looked up


def listings(network: str, edges: Sequence[Edge], brand: Brand, settings: Settings) -> list[Listing]:
    """One for each edge of each place; a place may name one edge, as in `1029384756/feed`. Without places: `me`."""
    section = settings.networks.of(network)
    has_token = isinstance(section, GraphSettings) and section.access_token.get_secret_value().strip() != ""
    found = []
    for place in brand.places.get(network, ("me",) if has_token else ()):
        account, _, only = place.strip().strip("/").partition("/")
        found += [
            Listing(network, edge.name, account, brand.name, whole=True) for edge in edges if only in ("", edge.name)
        ]
    return found


class GraphSource:
    """An open connection; every fetch is one request. The first of `edges` is the account's own page."""

    check_size = BATCH

    def __init__(self, network: str, edges: Sequence[Edge], settings: Settings, meter: Meter, looked_up: str) -> None:
        """`looked_up`: the fields that every kind of post there has. Raises BadCredentials without a token."""
        section = settings.networks.of(network)
        assert isinstance(section, GraphSettings)
        self._graph = Graph(network, section, meter)
        self._network, self._looked_up = network, looked_up
        self._edges: Mapping[str, Edge] = {one.name: one for one in edges}
        found = [one for brand in settings.brands for one in listings(network, edges, brand, settings)]
        self._places = list({one.key: one for one in found}.values())
        self._elsewhere: set[str] | None = None

    def fetch(self, listing: Listing, want: PageRequest) -> ReceivedPage:
        """A page of posts with their first comments, or further comments of one of them."""
        return walk.fetch(self._graph, self._edges[listing.kind], listing.target, want)

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """Looks posts up in one request, more only when some are missing.

        Meta answers the same when a post was deleted and when the token may not look it up: it is gone only if the
        account's own page can still be read, and if no listing of posts by others holds it.
        """
        found: list[Post] = []
        missing: list[str] = []
        now = datetime.now(UTC)
        for post_id, answer in zip(post_ids, self._graph.batch(post_ids, self._looked_up), strict=True):
            if isinstance(answer, Missing):
                missing.append(post_id)
            elif answer is not None and not isinstance(answer, SourceError):
                found.append(Post(self._network, answer, now, f"{self._network} check, {post_id}"))
        if missing and self._elsewhere is None:
            self._elsewhere = self._posts_elsewhere()
        return Recheck(tuple(found), tuple(one for one in missing if one not in (self._elsewhere or ())))

    def _posts_elsewhere(self) -> set[str]:
        """Ids of posts by others. Raises Forbidden when a place can no longer be read."""
        found: set[str] = set()
        for place in self._places:
            path = f"{place.target}/{place.kind}"
            if self._edges[place.kind].comments:
                self._graph.get(path, fields="id", limit=1)
                continue
            after: str | None = None
            for _ in range(_LONGEST_LOOK):
                page = self._graph.get(path, fields="id", limit=100, after=after)
                entries = page.get("data")
                found |= {name(fields(one).get("id")) or "" for one in entries} if isinstance(entries, list) else set()
                after = after_of(page.get("paging"))
                if after is None:
                    break
        return found

    def probe(self) -> str:
        """Who the first account is."""
        account = self._places[0].target if self._places else "me"
        own = "id,username" if self._network == "instagram" else "id,name"
        told = self._graph.get(account, fields=own)
        if name(told.get("id")) is None:
            raise UnexpectedAnswer(f"{self._network} does not say who {account} is")
        return f"{text(told.get('username')) or text(told.get('name')) or account} (id {name(told.get('id'))})"
