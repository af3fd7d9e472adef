"""What tests of Mastodon share: settings, listings, rows."""

from pathlib import Path
from typing import Any

from monitor import store
from monitor.models.listings import Listing
from monitor.settings.loading import Brand, Settings
from monitor.settings.loading import Store as StoreSection
from monitor.settings.networks import Networks
from monitor.sources.mastodon.network import MastodonSettings as Section

TAG = Listing("mastodon", "tag", "norvia", "Norvia", "#norvia")
SEARCH = Listing("mastodon", "search", "norvia", "Norvia", "norvia", cap=40)
MENTIONS = Listing("mastodon", "mentions", "account", "Norvia", whole=True)


def settings(
    folder: Path,
    url: str = "",
    token: str = "norvia-token",
    queries: tuple[str, ...] = ("#norvia",),
    timeout: float = 2.0,
    **brand: Any,
) -> Settings:
    """One brand, Norvia, read from `url`."""
    section = Section(base_url=url, access_token=token, timeout=timeout)
    return Settings(
        store=StoreSection(url=str(folder / "store.duckdb")),
        brands=(Brand(name="Norvia", queries=queries, **brand),),
        networks=Networks(mastodon=section),
    )


def rows(told: Settings, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query of the store."""
    with store.connect(told.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()
