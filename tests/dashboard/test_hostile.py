"""Whoever names a thing in HTML or Markdown sees the signs on every page; nothing of it acts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.ui.escaping import escape, escape_markdown
from monitor import desk
from monitor.customers import importing
from monitor.settings import loading
from tests import desk_store
from tests.dashboard.acting import acting, html_acts, markdown_acts
from tests.dashboard.pages import open_page
from tests.hostile_texts import TEXTS

SIGNS = "<img src=x onerror=alert(1)>**malo**[x](javascript:alert(1))"
WORD = SIGNS.replace(" ", "/")
CONFIG = f"""
[[desk.people]]
name = '{SIGNS}'
team = '{SIGNS}'
[[desk.categories]]
name = "other"
es = '{SIGNS}'
en = '{SIGNS}'
[[desk.categories]]
name = "service"
es = '{SIGNS}'
en = '{SIGNS}'
"""
PAGES = (
    "overview", "inbox", "cases", "board", "followups", "customers", "customers?customer=C1", "metrics",
    "metrics?part=causes", "metrics?part=customers", "metrics?part=actions", "incident?incident=1", "health",
    "case?case=1", "case?case=2",
)  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cases of one customer, an incident, an action and a note: all named so."""
    monkeypatch.setenv("TZ", "UTC")
    desk_store.configured(tmp_path, monkeypatch)
    with (tmp_path / "escucha.toml").open("a", encoding="utf-8") as toml:
        toml.write(CONFIG)
    config, now = loading.load(), datetime.now(UTC)
    ids = [
        desk_store.post(config, f"p{at}", SIGNS, now - timedelta(hours=at + 2), author=f"{WORD}{at}", author_name=SIGNS)
        for at in range(3)
    ]
    desk_store.open_cases(config, ids[:2], now - timedelta(hours=1))
    file = tmp_path / "clientes.csv"
    file.write_text(f"id;nombre;valor;x\nC1;{SIGNS};900;\n", encoding="utf-8")
    importing.import_file(config, file, now=now)
    desk.link_case(config, 2, "C1", actor=SIGNS, now=now)
    fields = {"tags": WORD, "owner": SIGNS, "team": SIGNS, "root_cause": SIGNS, "category": "service"}
    desk.edit_many(config, {1: 1}, fields, actor=SIGNS, now=now)
    desk.edit_many(config, {2: 2}, fields, actor=SIGNS, now=now)
    desk.plan_action(config, SIGNS, SIGNS, owner=SIGNS, note=SIGNS, actor=SIGNS, now=now)
    desk.open_incident(config, SIGNS, [1, 2], actor=SIGNS, now=now)
    desk.add_note(config, 1, SIGNS, actor=SIGNS, now=now)


def test_words_act_where_nobody_escapes_them() -> None:
    """Otherwise the tests of pages would see nothing."""
    harmless = {text for text in TEXTS if not (html_acts(text) or markdown_acts(text))}
    assert len(harmless) < len(TEXTS) / 2
    assert [text for text in TEXTS if html_acts(escape(text)) or markdown_acts(escape_markdown(text))] == []


@pytest.mark.parametrize("page", PAGES)
def test_signs_stay_signs(hostile: None, page: str) -> None:
    path, _, query = page.partition("?")
    app = open_page(path, **dict(part.split("=") for part in query.split("&") if part))
    assert not app.exception
    assert acting(app) == []
