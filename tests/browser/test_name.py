"""Who works at the dashboard, in a real browser: asked for once, kept after F5 and in a second tab, easy to change."""

from typing import Any

import pytest

from dashboard.i18n import translate
from monitor import store
from monitor.settings.loading import Settings
from tests.browser.conftest import WAIT, Opening

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
expect = sync_api.expect


def name_field(tab: Any) -> Any:
    return tab.get_by_role("textbox", name=translate("es", "frame.actor"))


def actors(settings: Settings) -> list[str]:
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT DISTINCT actor FROM case_events ORDER BY actor").fetchall()
    return [actor for (actor,) in rows]


def test_the_name_is_asked_for_once_and_kept_in_the_browser(opening: Opening, config: Settings, address: str) -> None:
    page = opening(address)
    take = page.get_by_role("button", name=translate("es", "handling.take"))
    page.goto(f"{address}/case?case=1")
    take.click()
    asked = page.get_by_role("dialog").get_by_role("textbox", name=translate("es", "frame.who_label"))
    asked.fill("Lucía")
    page.get_by_role("button", name=translate("es", "frame.who_save")).click()
    expect(name_field(page)).to_have_value("Lucía", timeout=WAIT)
    page.wait_for_function("document.cookie.includes('escucha_name=Luc')", timeout=WAIT)
    take.click()
    expect(page.get_by_text(translate("es", "handling.owner_you"), exact=True)).to_be_visible(timeout=WAIT)
    assert actors(config) == ["Lucía", "escucha"]

    page.reload()
    expect(name_field(page)).to_have_value("Lucía", timeout=WAIT)
    second = page.context.new_page()
    second.goto(f"{address}/cases")
    expect(name_field(second)).to_have_value("Lucía", timeout=WAIT)
    name_field(second).fill("Mateo")
    name_field(second).press("Enter")
    second.wait_for_function("document.cookie.includes('escucha_name=Mateo')", timeout=WAIT)
    page.reload()
    expect(name_field(page)).to_have_value("Mateo", timeout=WAIT)
