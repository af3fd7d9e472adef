"""What Streamlit's widgets say of their own is in the page's language, whatever the browser's, and follows a switch."""

from typing import Any

import pytest

from dashboard.i18n import catalogue
from monitor.models.languages import LanguageCode
from tests.browser.conftest import WAIT

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
expect = sync_api.expect


def words(language: LanguageCode, key: str) -> str:
    return catalogue(language)[f"widgets.{key}"]


def see_uploader(page: Any, language: LanguageCode) -> None:
    uploader = page.get_by_test_id("stFileUploader")
    expect(uploader).to_contain_text(words(language, "upload"), timeout=WAIT)
    expect(uploader).to_contain_text(words(language, "size").format(size="200MB", kinds=" • CSV"))
    hiding = page.locator(f'button[aria-label="{words(language, "hide")}"]')
    expect(hiding).not_to_have_count(0, timeout=WAIT)
    named = page.locator("button[aria-label]").evaluate_all("(all) => all.map((button) => button.ariaLabel)")
    other: LanguageCode = "en" if language == "es" else "es"
    spoken = {message for key, message in catalogue(other).items() if key.startswith("widgets.")}
    assert spoken.isdisjoint(named)


def see_download(page: Any, language: LanguageCode) -> None:
    page.get_by_test_id("stPopoverButton").filter(has_text=catalogue(language)["cases.download"]).click()
    asked = page.get_by_test_id("stPopoverBody")
    columns = asked.get_by_test_id("stMultiSelect").get_by_role("combobox")
    columns.click(timeout=WAIT)
    expect(page.get_by_role("option", name=words(language, "all"))).to_be_visible(timeout=WAIT)
    columns.fill("zzz")
    expect(page.get_by_role("option", name=words(language, "none"))).to_be_visible(timeout=WAIT)
    page.keyboard.press("Escape")
    expect(asked.get_by_role("button", name=words(language, "date"), exact=True).first).to_be_visible(timeout=WAIT)


def test_widgets_speak_the_language_of_the_page(page: Any, address: str) -> None:
    for language, name in (("es", "English"), ("en", "Español")):
        page.goto(f"{address}/customers?lang={language}")
        see_uploader(page, language)
        page.get_by_text(name, exact=True).first.click()
        see_uploader(page, "en" if language == "es" else "es")
        page.goto(f"{address}/cases?lang={language}")
        see_download(page, language)
