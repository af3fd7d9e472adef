"""Forms, frames and sockets are for pages of ours, and a link sets a password once. A real server on loopback."""

import html
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest

from monitor.login import links
from monitor.models.accounts import Role
from monitor.settings.loading import Settings, Store
from tests.dashboard.login.visitors import GOOD, Visitor, desk_served
from tests.polling import until

OTHER = "treinta gatos rojos"
EVIL = ("https://evil.example", "null", "http://localhost:9")
POSTED = (
    "/login", "/logout", "/account/password", "/account/second", "/account/second/keep", "/account/second/drop",
    "/setup/{token}",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, address_of: Callable[[Store], str]
) -> Iterator[tuple[str, Settings]]:
    folder = tmp_path_factory.mktemp("forms")
    place = address_of(Store(url=str(folder / "desk.duckdb")))
    with desk_served(folder, place, dict.fromkeys(("Ana", "Berta", "Carla", "Dora"), Role.AGENT)) as found:
        yield found


@pytest.fixture(scope="module")
def ana(site: tuple[str, Settings]) -> Visitor:
    """Ana, logged in."""
    here = Visitor(site[0], "192.0.2.1")
    assert here.log_in("Ana").status_code == 303
    return here


def setup_path(settings: Settings, name: str) -> str:
    """The path of a new one-time link."""
    return _path(links.make_link(settings, name, datetime.now(UTC), actor="cli"))


def _path(link: str) -> str:
    return "/setup/" + link.rpartition("/")[2]


def form_token(visitor: Visitor) -> str:
    """What a form of this browser holds."""
    found = re.search(r'name="form_token" value="(\w+)"', visitor.get("/logout").text)
    assert found
    return html.unescape(found[1])


def typed(token: str) -> dict[str, str]:
    """All that any form asks for."""
    return {
        "form_token": token, "name": "Ana", "password": GOOD, "new_password": OTHER, "again": OTHER, "everywhere": "1",
        "code_key": "x", "code": "000000",
    }  # fmt: skip


@pytest.mark.parametrize("path", POSTED)
def test_no_form_is_taken_from_elsewhere(site: tuple[str, Settings], ana: Visitor, path: str) -> None:
    url, settings = site
    address, own = path.format(token=setup_path(settings, "Ana").rpartition("/")[2]), form_token(ana)
    for token in ("", form_token(Visitor(url)), own[:-1]):
        assert ana.client.post(address, data=typed(token)).status_code == 400
    for origin in EVIL:
        assert ana.client.post(address, data=typed(own), headers={"Origin": origin}).status_code == 403
    assert ana.get("/").status_code == 200, "nothing of it was done"
    assert Visitor(url, "192.0.2.2").log_in("Ana").status_code == 303


def test_no_page_stands_in_a_frame_of_another_site(site: tuple[str, Settings], ana: Visitor) -> None:
    for path in ("/", "/cases", "/login", "/logout", "/account", setup_path(site[1], "Ana"), "/_stcore/host-config"):
        headers = ana.get(path).headers
        assert headers["X-Frame-Options"] == "SAMEORIGIN", path
        assert re.search("frame-ancestors '(none|self)'", headers["Content-Security-Policy"]), path


def test_a_socket_is_opened_by_a_page_of_ours(ana: Visitor) -> None:
    assert ana.stream_status() == 101
    assert [ana.stream_status(origin) for origin in (*EVIL, None)] == [403] * 4


def test_a_link_sets_a_password_once(site: tuple[str, Settings]) -> None:
    url, settings = site
    path, carla = setup_path(settings, "Carla"), Visitor(url, "192.0.2.3")
    assert [carla.get(path).status_code for _ in range(2)] == [200, 200], "looked at, as mail programs do"
    for wrong in ({"new_password": OTHER, "again": GOOD}, {"new_password": "corta", "again": "corta"}):
        assert carla.fill(path, **wrong).status_code == 422
    sent = {"form_token": form_token(carla), "new_password": OTHER, "again": OTHER}
    assert carla.client.post(path, data=sent).headers["location"].startswith("/login?done=password_kept")
    assert carla.get(path).status_code == 404
    assert carla.client.post(path, data=sent | {"new_password": GOOD, "again": GOOD}).status_code == 404
    assert carla.log_in("Carla", GOOD).status_code == 401
    assert carla.log_in("Carla", OTHER).status_code == 303


def test_of_two_who_use_a_link_at_once_one_does(site: tuple[str, Settings]) -> None:
    path = setup_path(site[1], "Berta")
    passwords = {OTHER: Visitor(site[0], "192.0.2.4"), "siete lobos grises": Visitor(site[0], "192.0.2.5")}

    def use(password: str) -> httpx.Response:
        return passwords[password].fill(path, new_password=password, again=password)

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(passwords, pool.map(use, passwords), strict=True))
    taken = [password for password, answer in answers.items() if answer.status_code == 303]
    assert len(taken) == 1
    found = [Visitor(site[0], "192.0.2.6").log_in("Berta", password).status_code for password in passwords]
    assert found == [303 if password in taken else 401 for password in passwords]


def test_a_reset_ends_what_was_and_its_link_works_once(site: tuple[str, Settings]) -> None:
    url, settings = site
    dora, before = Visitor(url, "192.0.2.7"), setup_path(settings, "Dora")
    assert dora.log_in("Dora").status_code == 303
    path = _path(links.reset(settings, "Dora", datetime.now(UTC), actor="cli"))
    until(lambda: dora.get("/").status_code == 303, seconds=10)
    assert dora.log_in("Dora").status_code == 401
    assert dora.get(before).status_code == 404
    assert dora.fill(path, new_password=OTHER, again=OTHER).status_code == 303
    assert dora.get(path).status_code == 404
    assert dora.log_in("Dora", OTHER).status_code == 303


def test_the_first_administrator_is_made_once(site: tuple[str, Settings]) -> None:
    url, settings = site
    link, eva = links.first_link(settings, datetime.now(UTC), at=url), Visitor(url, "192.0.2.8")
    assert link is not None
    assert eva.fill(_path(link), name="Eva", new_password=GOOD, again=GOOD).status_code == 303
    assert eva.log_in("Eva").status_code == 303
    assert Visitor(url).get(_path(link)).status_code == 404
    assert links.first_link(settings, datetime.now(UTC), at=url) is None
