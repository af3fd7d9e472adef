"""Browsers without JavaScript: they fill forms in, and hold cookies."""

import html
import os
import re
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from monitor import access, store
from monitor.cli.serving.dashboard import dashboard_command
from monitor.login import links
from monitor.models.accounts import Role
from monitor.settings import loading
from monitor.settings.loading import Settings
from tests.desk_store import BRAND
from tests.polling import until
from tests.ports import free_ports

GOOD = "cuarenta perros verdes"
PAGE = {"Accept": "text/html"}
BRANDS = f'[[brands]]\nname = "{BRAND}"\nqueries = ["norvia"]\nown_accounts = ["norvia_ayuda"]\n'
"""Settings for the posts of `desk_store.fill`."""


@dataclass
class Visitor:
    """Somebody at a browser of their own, who comes from an address."""

    url: str
    address: str = "192.0.2.1"
    trust: ssl.SSLContext | None = None
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"X-Forwarded-For": self.address, "Connection": "close"}
        self.client = httpx.Client(
            base_url=self.url, timeout=120, follow_redirects=False, headers=headers, verify=self.trust or True
        )

    def at(self, url: str) -> "Visitor":
        """The same browser at another address of the dashboard."""
        moved = Visitor(url, self.address)
        moved.client.cookies.update(self.client.cookies)
        return moved

    def get(self, path: str, **headers: str) -> httpx.Response:
        """What a page of that address shows."""
        return self.client.get(path, headers=PAGE | headers)

    def fill(self, path: str, **typed: str) -> httpx.Response:
        """Opens a page, fills in its form, and sends it."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.get(path).text))
        fields = {name: html.unescape(value) for name, value in hidden.items()} | typed
        return self.client.post(path, data=fields, headers=PAGE)

    def log_in(self, name: str, password: str = GOOD, **typed: str) -> httpx.Response:
        """Fills the login in."""
        return self.fill("/login", name=name, password=password, **typed)

    def cookie_header(self) -> str:
        """What the browser holds, as whoever copies it would send it."""
        return "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())

    def stream(self, origin: str | None = "", *, tab: str = "") -> ClientConnection:
        """Opens the websocket of a page, as one of this site ('') or of `origin` does. Raises InvalidStatus.

        `tab`: the number of Streamlit's session that is to go on, as a browser asks whose connection broke.
        """
        protocols = ["streamlit", "-", tab] if tab else ["streamlit"]
        return connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=self.url if origin == "" else origin,  # type: ignore[arg-type]
            subprotocols=protocols,  # type: ignore[arg-type]
            additional_headers={"Cookie": self.cookie_header()},
            ssl=self.trust,
        )

    def stream_status(self, origin: str | None = "") -> int:
        """The status with which the websocket is answered: 101 where it opens."""
        try:
            self.stream(origin).close()
        except InvalidStatus as refused:
            return refused.response.status_code
        return 101


def settings_file(folder: Path, place: str, **section: str) -> Path:
    """Settings of a desk where people log in."""
    file = folder / "escucha.toml"
    lines = "\n".join(f"{name} = {value}" for name, value in section.items())
    file.write_text(f'[store]\nurl = "{place}"\n[access]\nmode = "accounts"\n{lines}\n', encoding="utf-8")
    return file


def add_account(settings: Settings, name: str, role: Role, password: str = GOOD) -> None:
    """An account with a password."""
    now = datetime.now(UTC)
    with store.connect(settings.store) as connection:
        access.add(connection, name, role, now=now)
    link = links.make_link(settings, name, now, actor="cli")
    assert links.set_password(settings, link.rpartition("/")[2], "", password, now)


@contextmanager
def dashboard(folder: Path, environment: dict[str, str], port: int | None = None) -> Iterator[str]:
    """The dashboard as `escucha dashboard` runs it; gives its address."""
    port = port or free_ports(1)[0]
    with (folder / "dashboard.log").open("ab") as log:
        process = subprocess.Popen(dashboard_command(port), env=environment, cwd=folder, stdout=log, stderr=log)
        try:
            until(lambda: _is_well(f"http://127.0.0.1:{port}/_stcore/health"))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def desk_served(folder: Path, place: str, people: Mapping[str, Role], more: str = "") -> Iterator[tuple[str, Settings]]:
    """A desk at that store where these people log in, and its dashboard's address; `more` of its settings."""
    file = settings_file(folder, place)
    file.write_text(f"{file.read_text('utf-8')}{more}", encoding="utf-8")
    settings = loading.load(file)
    for name, role in people.items():
        add_account(settings, name, role)
    environment = {**os.environ, "ESCUCHA_CONFIG": str(file), "PYTHONPATH": str(Path.cwd())}
    with dashboard(folder, environment) as url:
        yield url, settings


def _is_well(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
