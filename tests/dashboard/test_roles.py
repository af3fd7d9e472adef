"""The matrix of pages and roles, written by hand: what each page offers to whom, and what a click does then."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.cases import download
from dashboard.cases.download import DownloadForm
from dashboard.login import live
from dashboard.metrics import report
from dashboard.record import panel
from monitor import access, store
from monitor.access import Role
from monitor.errors import NotPermitted
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests.conftest import NOW
from tests.dashboard.logged_in import Browser
from tests.dashboard.pages import open_page, page_text
from tests.desk_store import BRAND, OTHER_BRAND

ROLES = tuple(Role)
# V viewer, A agent, L lead, D administrator, U auditor: who finds it on the page.
OFFERED = {
    "case": """
take-1          . A L D .
assign-1        . . L D .
note-save-1     . A L D .
contact-save-1  . A L D .
merge-now-1     . A L D .
mark-sent-1     . A L D .
record-1        . A L D .
download        . A L D .
""",
    "incident": """
incident-1-acknowledged  . . L D .
incident-sent-1          . . L D .
""",
    "cases": """
enter-case      . A L D .
saved-save      V A L D .
tick-1          . . L D .
bulk-page       . . L D .
download        . . L D U
""",
    "inbox": """
take-1          . A L D .
dismiss-1       . A L D .
see-1           V A L D U
tick-all        . . L D .
""",
    "board": """
step-1          . A L D .
""",
    "customers": """
customers-import-False  . . L D .
Clientes                . A L D U
""",
    "metrics": """
download        . . L D U
""",
    "health": """
Estado del sistema      V A L D U
""",
    "overview": """
Resumen                 V A L D U
""",
    "followups": """
Seguimientos            . A L D U
""",
}


@pytest.fixture
def accounts(config: Settings, filled: dict[str, int], tmp_path: Path) -> Settings:
    """The store of the dashboard's tests, and an account for each role."""
    file = tmp_path / "escucha.toml"
    file.write_text(file.read_text(encoding="utf-8") + '\n[access]\nmode = "accounts"\n', encoding="utf-8")
    with store.connect(config.store) as connection:
        for role in ROLES:
            access.add(connection, role.value, role, now=NOW)
        connection.execute("INSERT INTO incidents VALUES (1, 'INC-000001', ?, 'Reembolsos', ?, 'lead')", [BRAND, NOW])
        connection.execute("UPDATE cases SET incident_id = 1 WHERE case_id = 1")
    return loading.load()


@pytest.fixture
def browser(accounts: Settings, monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(accounts, monkeypatch)


def offered(app: AppTest) -> set[str]:
    """What can be pressed, by its key, and what the page is called."""
    assert not app.exception
    downloads = {"download"} if app.get("download_button") else set()
    return {str(widget.key) for widget in (*app.button, *app.checkbox)} | {app.title[0].value} | downloads


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", OFFERED)
def test_a_page_offers_what_the_role_may_do(browser: Browser, page: str, role: Role) -> None:
    browser.log_in(role.value)
    rows = [line.split("  ", 1) for line in OFFERED[page].strip().splitlines()]
    watched = {name.strip(): dict(zip(ROLES, cells.split(), strict=True)) for name, cells in rows}
    found = offered(open_page(page, case="1", incident="1"))
    assert found & set(watched) == {name for name, cells in watched.items() if cells[role] != "."}


def test_who_was_demoted_is_refused_at_the_next_click(accounts: Settings, browser: Browser) -> None:
    browser.log_in("agent")
    app = open_page("case", case="1")
    with store.connect(accounts.store) as connection:
        access.set_role(connection, "agent", Role.VIEWER, now=NOW)
    app.button(key="take-1").click().run()
    assert "el rol de agent no incluye esto" in app.toast[0].value
    assert "take-1" not in offered(app)
    with store.connect(accounts.store, read_only=True) as connection:
        assert cases.get(connection, 1).owner == ""


def test_who_is_out_of_use_sees_nothing_while_the_login_is_still_believed(
    accounts: Settings, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.log_in("agent")
    app = open_page("case", case="1")
    believed = live.of_page(accounts)
    monkeypatch.setattr(live, "of_page", lambda _: believed)
    with store.connect(accounts.store) as connection:
        access.deactivate(connection, "agent", now=NOW)
    app.button(key="take-1").click().run()
    assert app.title[0].value == "No es para tu rol"
    assert "reembolso" not in page_text(app)


def test_an_account_sees_its_brands_alone(accounts: Settings, browser: Browser) -> None:
    browser.log_in("lead")
    with store.connect(accounts.store) as connection:
        access.limit(connection, "lead", brands=[OTHER_BRAND], teams=(), now=NOW)
    assert open_page("case", case="1").title[0].value == "Ese caso no existe"
    app = open_page("overview")
    assert BRAND not in app.selectbox(key="overview-brand").options
    app = open_page("metrics")
    assert not app.exception


def test_a_download_asks_again_when_it_is_made(accounts: Settings, browser: Browser) -> None:
    session.reload_settings()  # outside of a page all tests share one session
    browser.log_in("viewer")
    with store.connect(accounts.store, read_only=True) as connection:
        case = cases.get(connection, 1)
    for content in (
        download.download(DownloadForm("csv")),
        report.perception(NOW.date(), None, "es", NOW),
        report.yearly(NOW.year, None, "es", NOW, "html"),
        panel._page_of(case),
    ):
        with pytest.raises(NotPermitted):
            content()
    browser.log_in("auditor")
    assert b"ESC-000001-3" in download.download(DownloadForm("csv"))()
