"""A source on Meta's Graph API: which edges of which accounts are read, and what became of posts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from monitor.errors import SourceError, UnexpectedAnswer
from monitor.models.listings import Listing, Meter, PageRequest, ReceivedPage, Recheck
from monitor.models.posts import Post
from monitor.settings.loading import Brand, Settings
from monitor.settings.network import NetworkSettings
from monitor.sources.fields import fields, name, text
from monitor.sources.meta import walk
from monitor.sources.meta.errors import NodeNotFound
from monitor.sources.meta.graph import BATCH, GraphClient, next_cursor
from monitor.sources.meta.settings import GraphSettings
from monitor.sources.meta.walk import Edge

_MOST_PAGES = 20  # pages of posts that tag an account, looked through for those that cannot be looked up


def listings(network: str, edges: Sequence[Edge], brand: Brand, settings: Settings) -> list[Listing]:
    """One for each edge of each place; a place may name one edge, as in `1029384756/feed`. Without places: `me`."""
    section: NetworkSettings = settings.networks.of(network)
    has_token = isinstance(section, GraphSettings) and section.access_token.get_secret_value().strip() != ""
    edge_listings: list[Listing] = []
    for place in brand.places.get(network, ("me",) if has_token else ()):
        account, _, only = place.strip().strip("/").partition("/")
        edge_listings += [
            Listing(network, edge.name, account, brand.name, whole=True, rescanned=bool(edge.comments))
            for edge in edges
            if only in ("", edge.name)
        ]
    return edge_listings


class GraphConnection:
    """An open connection; every fetch is one request. The first of `edges` is the account's own page."""

    check_size = BATCH

    def __init__(
        self, network: str, edges: Sequence[Edge], settings: Settings, meter: Meter, lookup_fields: str
    ) -> None:
        """`lookup_fields`: the fields that every kind of post there has. Raises BadCredentials without a token."""
        section: NetworkSettings = settings.networks.of(network)
        assert isinstance(section, GraphSettings)
        self._graph = GraphClient(network, section, meter)
        self._network, self._lookup_fields = network, lookup_fields
        self._edges: Mapping[str, Edge] = {edge.name: edge for edge in edges}
        places = [place for brand in settings.brands for place in listings(network, edges, brand, settings)]
        self._places = list({place.key: place for place in places}.values())
        self._posts_by_others: set[str] | None = None

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """A page of posts with their first comments, or further comments of one of them."""
        return walk.fetch(self._graph, self._edges[listing.kind], listing.target, request)

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """Looks posts up in one request, more only when some are missing.

        Meta answers the same when a post was deleted and when the token may not look it up: it is gone only if the
        account's own page can still be read, and if no listing of posts by others holds it.
        """
        posts: list[Post] = []
        missing: list[str] = []
        now = datetime.now(UTC)
        for post_id, answer in zip(post_ids, self._graph.batch(post_ids, self._lookup_fields), strict=True):
            if isinstance(answer, NodeNotFound):
                missing.append(post_id)
            elif answer is not None and not isinstance(answer, SourceError):
                posts.append(Post(self._network, answer, now, f"{self._network} check, {post_id}"))
        if missing and self._posts_by_others is None:
            self._posts_by_others = self._ids_of_posts_by_others()
        return Recheck(
            tuple(posts), tuple(post_id for post_id in missing if post_id not in (self._posts_by_others or ()))
        )

    def _ids_of_posts_by_others(self) -> set[str]:
        """Ids of posts by others. Raises Forbidden when a place can no longer be read."""
        ids: set[str] = set()
        for place in self._places:
            path = f"{place.target}/{place.kind}"
            if self._edges[place.kind].comments:
                self._graph.get(path, fields="id", limit=1)
                continue
            cursor: str | None = None
            for _ in range(_MOST_PAGES):
                page = self._graph.get(path, fields="id", limit=100, after=cursor)
                entries = page.get("data")
                ids |= (
                    {name(fields(entry).get("id")) or "" for entry in entries} if isinstance(entries, list) else set()
                )
                cursor = next_cursor(page.get("paging"))
                if cursor is None:
                    break
        return ids

    def probe(self) -> str:
        """Who the first account is."""
        account = self._places[0].target if self._places else "me"
        account_fields = "id,username" if self._network == "instagram" else "id,name"
        answer = self._graph.get(account, fields=account_fields)
        if name(answer.get("id")) is None:
            raise UnexpectedAnswer(f"{self._network} does not say who {account} is")
        return f"{text(answer.get('username')) or text(answer.get('name')) or account} (id {name(answer.get('id'))})"
