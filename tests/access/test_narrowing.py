"""A connection that shows what an account may see: its brands, its teams, in whatever is asked."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from dashboard.inbox import queries as inbox
from dashboard.queries import cases, overview
from dashboard.queries.cases import Viewer
from monitor import access, store
from monitor.access import Role
from monitor.errors import NotPermitted
from monitor.models.case_filters import CaseFilters
from monitor.settings.access import Access
from monitor.settings.loading import Brand, Settings
from monitor.store.posts import mentions
from tests import desk_store
from tests.conftest import NOW
from tests.desk_store import BRAND, OTHER_BRAND

VIEWER = Viewer("Ana", NOW, Settings().desk.priority)
INBOX = inbox.InboxFilters("complaint", "urgent", None, None, "all", "Ana", "")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A case of each brand, a post of both, and one of none; Ana works for one brand, Eva for the other's north."""
    brands = (*settings.brands, Brand(name=OTHER_BRAND, queries=("faro",)))
    filled = settings.model_copy(update={"access": Access(mode="accounts"), "brands": brands})
    fill(filled)
    return filled


@desk_store.filled_once
def fill(settings: Settings) -> None:
    named = (("ours", (BRAND,)), ("theirs", (OTHER_BRAND,)), ("both", (BRAND, OTHER_BRAND)), ("none", ("",)))
    posts = [
        desk_store.post(settings, name, "El pedido no llega", NOW - timedelta(hours=1), brands=brands, author=name)
        for name, brands in named
    ]
    desk_store.open_cases(settings, posts[:2], NOW)
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE cases SET team = 'south' WHERE brand = ?", [OTHER_BRAND])
        for name, role in (("Ana", Role.VIEWER), ("Eva", Role.VIEWER), ("Pau", Role.VIEWER), ("Out", Role.VIEWER)):
            access.add(connection, name, role, now=NOW)
        access.limit(connection, "Ana", brands=[BRAND, "it's $1 ? 100%"], teams=(), now=NOW)
        access.limit(connection, "Eva", brands=(), teams=["north"], now=NOW)
        access.add(connection, "Mar", Role.ADMIN, now=NOW)
        access.deactivate(connection, "Out", now=NOW)


def seen(settings: Settings, name: str, look: Callable[[store.Connection], object]) -> object:
    with store.connect(settings.store, read_only=True) as connection:
        access.narrow(connection, settings, name)
        return look(connection)


def of_table(table: str, column: str) -> Callable[[store.Connection], object]:
    return lambda connection: sorted(
        value for (value,) in connection.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()
    )


@pytest.mark.parametrize(
    ("name", "posts", "brands", "cases"),
    [
        ("Ana", ["both", "none", "ours"], ["", BRAND], [BRAND]),
        ("Eva", ["both", "none", "ours", "theirs"], ["", OTHER_BRAND, BRAND], [BRAND]),
        ("Pau", ["both", "none", "ours", "theirs"], ["", OTHER_BRAND, BRAND], [OTHER_BRAND, BRAND]),
    ],
)
def test_an_account_sees_its_brands_and_teams(
    settings: Settings, name: str, posts: list[str], brands: list[str], cases: list[str]
) -> None:
    assert seen(settings, name, of_table("mentions", "post_id")) == posts
    assert seen(settings, name, of_table("matches", "brand")) == sorted(brands)
    assert seen(settings, name, of_table("cases", "brand")) == sorted(cases)
    assert seen(settings, name, of_table("case_mentions", "brand")) == sorted(cases)
    events = seen(settings, name, of_table("case_events e JOIN cases c USING (case_id)", "c.brand"))
    assert events == sorted(cases)
    ids = seen(settings, name, of_table("mentions", "mention_id"))
    assert seen(settings, name, of_table("labels", "mention_id")) == ids


def test_the_pages_ask_no_less(settings: Settings) -> None:
    def page(connection: store.Connection) -> object:
        listed = cases.list_page(connection, CaseFilters(), VIEWER, offset=0, limit=9)
        return [entry.case.brand for entry in listed.entries], listed.total, listed.counts["open"]

    assert seen(settings, "Ana", page) == ([BRAND], 1, 1)
    assert seen(settings, "Ana", overview.facts) == (True, False, ("", BRAND), ("x",))
    found = seen(settings, "Ana", lambda connection: cases.case_page(connection, 1) is not None)
    lost = seen(settings, "Ana", lambda connection: cases.case_page(connection, 2) is None)
    assert found
    assert lost
    queue = seen(
        settings, "Ana",
        lambda connection: inbox.page(connection, INBOX, VIEWER.weights, now=NOW, offset=0, limit=9).places,
    )  # fmt: skip
    assert isinstance(queue, tuple)
    assert {place.mention_id for place in queue} == {1, 3, 4}
    assert seen(settings, "Ana", mentions.id_range)


def test_the_connection_after_shows_everything_again(settings: Settings) -> None:
    assert seen(settings, "Ana", of_table("cases", "brand")) == [BRAND]
    with store.connect(settings.store, read_only=True) as connection:
        assert of_table("cases", "brand")(connection) == sorted([BRAND, OTHER_BRAND])


def test_who_has_no_account_in_use_sees_nothing(settings: Settings) -> None:
    for name in ("Out", "Nobody", ""):
        with pytest.raises(NotPermitted):
            seen(settings, name, overview.facts)


def test_where_nobody_logs_in_everything_is_seen(settings: Settings) -> None:
    off = settings.model_copy(update={"access": Access()})
    assert seen(off, "Nobody", of_table("cases", "brand")) == sorted([BRAND, OTHER_BRAND])
