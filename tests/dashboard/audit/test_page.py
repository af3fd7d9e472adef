"""The page Audit: who did what, and that what people look at and take away is in it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard import session
from dashboard.audit import page as audit_page
from dashboard.cases import download
from dashboard.cases.download import DownloadForm
from monitor import audit, store
from monitor.customers import importing
from monitor.errors import StoreCorrupt
from monitor.models.audit import NewEntry
from monitor.settings.loading import Settings
from monitor.store.audit import listing
from monitor.store.audit.listing import AuditFilter
from tests.dashboard.pages import open_page, page_text
from tests.polling import until

HOSTILE = "<script>alert(1)</script> **Eva** :red[x]"


@pytest.fixture
def told(config: Settings, filled: dict[str, int]) -> Settings:
    """A store with four entries: that the settings were seen, and three, one of somebody with a hostile name."""
    now = datetime.now(UTC)
    for days, entry in enumerate(
        (
            NewEntry("login", "Ana", "10.0.0.7", "account", "Ana"),
            NewEntry("role", HOSTILE, "10.0.0.8", "account", "Luis", "role", "viewer", "admin"),
            NewEntry("login_failed", "", "10.0.0.9", count=40, outcome="refused"),
        )
    ):
        audit.record(config, entry, now=now - timedelta(days=3 - days))
    return config


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "es",
            (
                "4 anotaciones",
                "Cambió un rol",
                "consulta → administración",
                "No consiguió entrar",
                "× 40",
                "sin nombre",
            ),
        ),
        ("en", ("4 entries", "Changed a role", "viewer → admin", "Could not log in", "× 40", "no name")),
    ],
)
def test_the_page_shows_who_did_what(told: Settings, language: str, expected: tuple[str, ...]) -> None:
    app = open_page("audit", lang=language)
    assert not app.exception
    assert [words for words in expected if words not in page_text(app)] == []
    assert "<script>" not in page_text(app)


def test_the_filters_count_what_they_show(told: Settings) -> None:
    app = open_page("audit", lang="es")
    app.multiselect(key="audit-kinds").select("role").run()
    assert "1 anotación" in page_text(app)
    app.multiselect(key="audit-people").select("Ana").run()
    assert "0 anotaciones" in page_text(app)


def test_the_download_is_an_entry_itself(told: Settings) -> None:
    session.reload_settings()
    content = audit_page._content(AuditFilter(), "csv", 3)()
    assert content.decode("utf-8-sig").splitlines()[-1].count('"download"') == 1


def entries_of(config: Settings, *kinds: str) -> list[tuple[str, str, str, int]]:
    with store.connect(config.store, read_only=True) as connection:
        found, _ = listing.newest(connection, AuditFilter(), offset=0, limit=99)
    return [(entry.kind, entry.actor, entry.about, entry.count) for entry in found if entry.kind in kinds]


def test_who_looks_at_a_customer_or_searches_for_one_is_told_once(
    config: Settings, filled: dict[str, int], tmp_path: Path
) -> None:
    file = tmp_path / "clientes.csv"
    file.write_text("id;nombre\nC1;Ana Ruiz\nC2;Leo\n", encoding="utf-8")
    importing.import_file(config, file, now=datetime.now(UTC))
    for _ in range(3):
        assert not open_page("customers", customer="C1").exception
    open_page("customers").text_input(key="customers-words").input("ruiz").run()
    until(lambda: len(entries_of(config, "read", "search")) == 3)
    assert sorted(entries_of(config, "read", "search")) == [
        ("read", "Eva", "customer", 1), ("read", "Eva", "customers", 2), ("search", "Eva", "customers", 1),
    ]  # fmt: skip


def test_a_download_that_cannot_be_recorded_is_refused(config: Settings, filled: dict[str, int]) -> None:
    session.reload_settings()
    assert download.download(DownloadForm("csv"))()
    assert [(kind, about) for kind, _, about, _ in entries_of(config, "download")] == [("download", "cases")]
    with store.connect(config.store) as connection:
        connection.execute("INSERT INTO audit_chain SELECT * FROM audit_chain")
    with pytest.raises(StoreCorrupt):
        download.download(DownloadForm("csv"))()
