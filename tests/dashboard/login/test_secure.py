"""What changes once people come by HTTPS, which a proxy ends: cookies, headers. The login's routes by themselves."""

import re
import time
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from dashboard.guard import guarded
from dashboard.login import rules
from dashboard.login.gate import LoginGate
from dashboard.login.routes import routes
from monitor.models.accounts import Role
from monitor.settings import loading
from tests.dashboard.login.visitors import GOOD, Visitor, add_account, settings_file

SITE = "https://escucha.example"


@pytest.fixture
def visitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    file = settings_file(tmp_path, (tmp_path / "store.duckdb").as_posix(), url=f'"{SITE}"')
    monkeypatch.setenv("ESCUCHA_CONFIG", str(file))
    monkeypatch.setattr(rules, "_read", rules._RulesRead())
    add_account(loading.load(), "Ana", Role.AGENT)
    app = Starlette(routes=routes(), middleware=[Middleware(guarded), Middleware(LoginGate)])
    here = Visitor(SITE)
    here.client = TestClient(app, base_url=SITE, follow_redirects=False, client=("127.0.0.1", 50_000))  # type: ignore[assignment]
    return here


def test_cookies_go_by_https_to_this_host_alone(visitor: Visitor) -> None:
    answer = visitor.log_in("Ana")
    assert answer.status_code == 303
    held = [cookie for cookie in answer.headers.get_list("set-cookie") if "escucha_session" in cookie]
    assert [cookie.partition("=")[0] for cookie in held] == ["__Host-escucha_session"]
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in held[0].split(";")}
    assert "domain=" not in held[0].lower()
    assert answer.headers["Strict-Transport-Security"] == f"max-age={timedelta(days=365) // timedelta(seconds=1)}"
    assert visitor.client.get("/session").status_code == 204


def test_a_cookie_that_came_without_https_is_nobodys(visitor: Visitor) -> None:
    visitor.log_in("Ana")
    token = visitor.client.cookies["__Host-escucha_session"]
    visitor.client.cookies.clear()
    visitor.client.cookies.set("escucha_session", token)
    assert visitor.client.get("/session").status_code == 401


def test_the_address_that_people_type_is_answered_and_no_other(visitor: Visitor) -> None:
    assert visitor.get("/login").status_code == 200
    assert visitor.get("/login", Host="evil.example").status_code == 403


def test_a_name_that_is_html_is_shown_as_it_was_typed(visitor: Visitor) -> None:
    page = visitor.log_in('"><script>alert(1)</script>', "x").text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_second_step_is_set_up_with_what_is_shown_once(visitor: Visitor) -> None:
    visitor.log_in("Ana")
    hidden = re.findall(r'name="form_token" value="(\w+)"', visitor.get("/account").text)[0]
    shown = visitor.client.post("/account/second", data={"form_token": hidden}).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    seed = re.findall(r"<code>([A-Z2-7 ]+)</code>", shown)[0].replace(" ", "")
    app = pyotp.TOTP(seed)
    fields |= {"password": GOOD, "code": app.now()}
    assert visitor.client.post("/account/second/keep", data=fields | {"code": "000000"}).status_code == 422
    assert visitor.client.post("/account/second/keep", data=fields).status_code == 303
    assert seed not in visitor.get("/account").text
    assert visitor.log_in("Ana").status_code == 401
    assert visitor.log_in("Ana", code=fields["code"]).status_code == 401, "it was used to set it up"
    following = app.at(int(time.time()) + app.interval)
    assert visitor.log_in("Ana", "otra cosa distinta", code=following).status_code == 401
    assert visitor.log_in("Ana", code=following).status_code == 303
    assert visitor.log_in("Ana", code=following).status_code == 401
