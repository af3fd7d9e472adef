"""Whoever names a thing in HTML or Markdown sees the signs on every page; nothing of it acts."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from monitor import desk
from monitor.customers import importing
from monitor.settings import loading
from tests import desk_store
from tests.dashboard.pages import open_page

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
# What Streamlit reads as Markdown, and the field in which it stands.
MARKDOWN = {
    "markdown": "body", "heading": "body", "alert": "body", "metric": "label", "button": "label", "page_link": "label",
    "checkbox": "label", "radio": "label", "text_input": "label", "text_area": "label", "selectbox": "label",
    "multiselect": "label", "link_button": "label", "download_button": "label", "button_group": "label",
}  # fmt: skip

ACTS = re.compile(r"(?<!\\)<img|(?<!\\)\*\*malo|(?<!\\)\]\(")


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


def acting(app: AppTest) -> list[str]:
    """What would be read as a tag, as bold or as a link."""
    problems: list[str] = []

    def walk(block: object) -> None:
        for child in getattr(block, "children", {}).values():
            kind, proto = str(getattr(child, "type", "")), getattr(child, "proto", None)
            if kind == "html" and "<img" in proto.body:  # type: ignore[union-attr]
                problems.append(proto.body)  # type: ignore[union-attr]
            inside = getattr(proto, "expandable", None) if kind == "expander" else proto
            field = "label" if kind in ("expander", "popover", "tab") else MARKDOWN.get(kind, "")
            words = str(getattr(inside, field, "")) if field else ""
            if ACTS.search(words):
                problems.append(f"{kind}: {words}")
            walk(child)

    walk(app._tree)
    return problems


@pytest.mark.parametrize("page", PAGES)
def test_signs_stay_signs(hostile: None, page: str) -> None:
    path, _, query = page.partition("?")
    app = open_page(path, **dict(part.split("=") for part in query.split("&") if part))
    assert not app.exception
    assert acting(app) == []
