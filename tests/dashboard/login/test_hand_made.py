"""What somebody sends past the page, by a socket of their own and by addresses of files: a real server on loopback."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from websockets.exceptions import ConnectionClosed

from dashboard.i18n import translate
from dashboard.login import live
from monitor import access, store
from monitor.models.accounts import Role
from monitor.settings.loading import Settings, Store
from monitor.store.cases import cases
from tests.dashboard.login.tabs import Tab
from tests.dashboard.login.visitors import BRANDS, Visitor, desk_served
from tests.polling import until

DOWNLOAD, NOT_YOURS = translate("es", "cases.download_now"), translate("es", "trouble.not_permitted_title")
WORKBOOK = b"PK"  # how it begins
PEOPLE = ("Ana", "Berta", "Carla", "Dora", "Elsa", "Fina")


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    five_posts: tuple[Callable[[Store], None], dict[str, int]],
    address_of: Callable[[Store], str],
) -> Iterator[tuple[str, Settings]]:
    """A desk with cases, where leads log in."""
    folder = tmp_path_factory.mktemp("handmade")
    place = Store(url=(folder / "desk.duckdb").as_posix())
    five_posts[0](place)
    with desk_served(folder, address_of(place), dict.fromkeys(PEOPLE, Role.LEAD), BRANDS) as found:
        yield found


def visitor(url: str, name: str) -> Visitor:
    """Somebody who has logged in, from an address of their own."""
    here = Visitor(url, f"192.0.2.{PEOPLE.index(name) + 1}")
    assert here.log_in(name).status_code == 303
    return here


def demote(settings: Settings, name: str) -> None:
    with store.connect(settings.store) as connection:
        access.set_role(connection, name, Role.VIEWER, now=datetime.now(UTC))


def owner_of(settings: Settings, case_id: int) -> str:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get(connection, case_id).owner


def test_a_button_that_a_demoted_person_presses_by_hand_does_nothing(site: tuple[str, Settings]) -> None:
    url, settings = site
    ana = visitor(url, "Ana")
    with Tab(ana, "case", {"case": "1"}) as tab:
        take = tab.buttons["take-1"]
        demote(settings, "Ana")
        tab.run(take)
        assert "el rol de Ana no incluye esto" in tab.text
        assert "take-1" not in tab.buttons
        tab.run(take)
    with Tab(ana, "case", {"case": "1"}) as fresh:
        fresh.run(take)
        assert "take-1" not in fresh.buttons
    assert owner_of(settings, 1) == ""


def test_part_of_a_page_that_is_drawn_alone_offers_no_more_than_the_page(site: tuple[str, Settings]) -> None:
    url, settings = site
    with Tab(visitor(url, "Fina"), "case", {"case": "1"}) as tab:
        part = tab.parts["assign-1"]
        tab.run(part=part)
        assert "assign-1" in tab.buttons
        demote(settings, "Fina")
        time.sleep(live.FRESH + 0.5)
        tab.run(part=part)
        assert "assign-1" not in tab.buttons


def test_pages_that_no_menu_shows_are_not_drawn(site: tuple[str, Settings]) -> None:
    url, settings = site
    berta = visitor(url, "Berta")
    for page in ("customers", "followups", "audit"):
        with Tab(berta, page) as tab:
            assert (NOT_YOURS in tab.text) == (page == "audit")
    demote(settings, "Berta")
    for page in ("customers", "followups", "audit"):
        with Tab(berta, page) as tab:
            assert NOT_YOURS in tab.text


def test_a_download_is_made_for_whoever_may_have_it_at_that_moment(site: tuple[str, Settings]) -> None:
    url, settings = site
    carla = visitor(url, "Carla")
    with Tab(carla, "cases") as tab:
        number = tab.files[DOWNLOAD]
        address = tab.file_address(number)
        assert carla.client.get(address).content.startswith(WORKBOOK)
        demote(settings, "Carla")
        assert tab.file_address(number) == ""
        until(lambda: carla.client.get(address).status_code == 404, seconds=30)
        tab.run()
        assert DOWNLOAD not in tab.files
        assert tab.file_address(number) == ""


def test_neither_a_file_nor_a_page_of_somebody_else_is_had_by_its_number(site: tuple[str, Settings]) -> None:
    url, _ = site
    dora, elsa = visitor(url, "Dora"), visitor(url, "Elsa")
    with Tab(dora, "cases") as tab:
        address = tab.file_address(tab.files[DOWNLOAD])
        assert dora.client.get(address).status_code == 200
        assert elsa.client.get(address).status_code == 404
        assert Visitor(url).client.get(address).status_code == 401
        number = tab.number
    with Tab(elsa, "inbox", number=number) as taken:
        assert "<b>Elsa</b>" in taken.text
        assert "Dora" not in taken.text


def test_a_click_in_the_seconds_after_the_account_is_put_out_of_use_does_nothing(site: tuple[str, Settings]) -> None:
    url, settings = site
    with Tab(visitor(url, "Elsa"), "case", {"case": "1"}) as tab:
        take = tab.buttons["take-1"]
        with store.connect(settings.store) as connection:
            access.deactivate(connection, "Elsa", now=datetime.now(UTC))
        with suppress(ConnectionClosed):
            tab.run(take)
            assert "take-1" not in tab.buttons
    assert owner_of(settings, 1) == ""
