"""A morning in a real browser: triage, correct, look at the case, download; and hostile posts that must not act."""

import io
from pathlib import Path

import openpyxl
import pytest

from tests.browser.conftest import WAIT

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
expect = sync_api.expect

WORDS = {
    "es": {
        "inbox": "Bandeja de entrada", "cases": "Casos", "take": "Asignármela", "dismiss": "No es queja",
        "open": "Abrir caso",
        "neutral": "Neutro", "said": "Corregido por Ana", "sample": "MUESTRA", "name": "Tu nombre",
        "moved": "Caso ESC-000001-3 asignado a ti", "received": "Recibido", "download": "Descargar",
        "now": "Descargar archivo", "unsure": "Por revisar", "opened": "Caso abierto",
        "acknowledge": "Marcar acuse enviado",
        "acknowledged": "Acuse enviado", "note": "Nota (opcional)",
    },
    "en": {
        "inbox": "Inbox", "cases": "Cases", "take": "Assign to me", "dismiss": "Not a complaint", "open": "Open case",
        "neutral": "Neutral", "said": "Corrected by Ana", "sample": "SAMPLE", "name": "Your name",
        "moved": "Case ESC-000001-3 assigned to you", "received": "Received", "download": "Download",
        "now": "Download file", "unsure": "Needs review", "opened": "Case opened",
        "acknowledge": "Mark as acknowledged",
        "acknowledged": "Acknowledged", "note": "Note (optional)",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["es", pytest.param("en", marks=pytest.mark.slow)])
def test_a_post_becomes_a_case_and_is_found_in_the_download(page, address, posts, language) -> None:  # type: ignore[no-untyped-def]
    words = WORDS[language]
    page.goto(f"{address}/inbox?lang={language}")
    expect(page.get_by_role("heading", name=words["inbox"])).to_be_visible(timeout=WAIT)
    name = page.get_by_role("textbox", name=words["name"])
    name.fill("Ana")
    name.press("Enter")
    card = page.locator(f".st-key-card-{posts['complaint']}")
    expect(card.get_by_text(words["sample"])).to_be_visible(timeout=WAIT)

    card.get_by_role("radio", name=words["neutral"]).click()
    expect(card.get_by_text(words["said"])).to_be_visible(timeout=WAIT)
    card.get_by_role("button", name=words["take"]).click()
    expect(page.get_by_text(words["moved"]).first).to_be_visible(timeout=WAIT)
    expect(card).to_have_count(0, timeout=WAIT)

    page.get_by_role("radio", name=words["unsure"]).click()
    unsure = page.locator(f".st-key-card-{posts['unsure']}")
    open_it = unsure.get_by_role("button", name=words["open"])
    expect(open_it).to_have_count(1, timeout=WAIT)  # the other queue's buttons are gone
    open_it.click()
    expect(unsure).to_have_count(0, timeout=WAIT)

    page.get_by_role("link", name=words["cases"]).click()
    page.get_by_role("link", name="ESC-000001-3").click()
    expect(page.get_by_role("heading", name="ESC-000001-3")).to_be_visible(timeout=WAIT)
    expect(page.locator("p.plain .chip.received")).to_have_text(words["received"], timeout=WAIT)
    page.get_by_role("textbox", name=words["note"]).fill("llamada <b>hecha</b>")
    page.get_by_role("button", name=words["acknowledge"]).click()
    expect(page.locator(".events .note")).to_have_text("llamada <b>hecha</b>", timeout=WAIT)
    expect(page.locator("p.plain .chip.acknowledged")).to_have_text(words["acknowledged"], timeout=WAIT)
    assert f"lang={language}" in page.url or language == "es"

    page.get_by_role("link", name=words["cases"]).first.click()
    page.get_by_role("button", name=words["download"]).click()
    with page.expect_download(timeout=WAIT) as download:
        page.get_by_role("button", name=words["now"]).click()
    rows = list(openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active.values)
    text = "\n".join(map(str, rows))
    assert len(rows) == 3
    assert words["acknowledged"] in text
    assert "llamada <b>hecha</b>" in text
    assert words["neutral"] in text


def test_hostile_posts_are_shown_as_text_and_do_nothing(page, address, posts) -> None:  # type: ignore[no-untyped-def]
    page.goto(f"{address}/inbox")
    card = page.locator(f".st-key-card-{posts['hostile']}")
    words = card.locator(".words")
    expect(words).to_contain_text("<script>document.title='owned'</script>", timeout=WAIT)
    expect(words).to_contain_text("[enlace](javascript:alert(1)) **ni esto** :red[rojo] $x^2$ # Titular")
    expect(card.locator(".words mark").first).to_be_visible(timeout=WAIT)
    assert words.locator("*:not(mark)").count() == 0
    assert card.locator("a[href^=javascript]").count() == 0
    assert "\u202e" not in words.inner_text()
    expect(card).to_contain_text('<i onclick="x">eva</i>')
    assert page.title() != "owned"
    card.get_by_role("button", name="Abrir caso").first.click()
    page.goto(f"{address}/cases")
    expect(page.get_by_text("<b>no soy negrita</b>").first).to_be_visible(timeout=WAIT)
    page.goto(f"{address}/case?case=2")
    expect(page.locator(".words").first).to_contain_text("<script>", timeout=WAIT)
    assert page.title() != "owned"


def test_the_words_that_counted_are_marked_until_the_switch_is_off(page, address, posts) -> None:  # type: ignore[no-untyped-def]
    page.goto(f"{address}/inbox")
    card = page.locator(f".st-key-card-{posts['complaint']}")
    expect(card.locator(".words mark").first).to_be_visible(timeout=WAIT)
    expect(card.locator(".words")).to_have_text("Llevo tres semanas esperando el reembolso")
    page.get_by_text("Ver por qué").click()
    expect(page.locator("mark")).to_have_count(0, timeout=WAIT)
    card.get_by_role("button", name="Ver caso").click()
    expect(page.get_by_role("heading", name="ESC-000001-3")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("Llevo tres semanas")).to_be_visible(timeout=WAIT)
    assert page.locator("mark").count() == 0
    page.get_by_text("Ver por qué").click()
    expect(page.locator(".words mark").first).to_be_visible(timeout=WAIT)


def test_the_inbox_is_worked_with_keys_alone(page, address, posts) -> None:  # type: ignore[no-untyped-def]
    page.goto(f"{address}/inbox?order=newest")
    first = page.locator(f".st-key-card-{posts['hostile']}")
    expect(first.get_by_role("button", name="No es queja")).to_be_visible(timeout=WAIT)
    page.wait_for_timeout(1_000)  # the key is heard only once the button has set itself up
    page.keyboard.press("n")
    expect(first).to_have_count(0, timeout=WAIT)
    second = page.locator(f".st-key-card-{posts['complaint']}")
    expect(second.get_by_role("button", name="Asignármela", exact=True)).to_have_count(0, timeout=WAIT)  # without a key
    expect(second.get_by_role("button", name="Asignármela Shortcut A")).to_be_visible(timeout=WAIT)
    page.wait_for_timeout(1_000)
    page.keyboard.press("a")
    expect(second).to_have_count(0, timeout=WAIT)


def test_the_language_switches_on_every_page_and_stays_in_the_address(page, address, posts) -> None:  # type: ignore[no-untyped-def]
    page.goto(address)
    expect(page.get_by_role("heading", name="Resumen")).to_be_visible(timeout=WAIT)
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible(timeout=WAIT)
    for link, title in (("Inbox", "Inbox"), ("Cases", "Cases"), ("System status", "System status")):
        page.get_by_role("link", name=link, exact=True).click()
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible(timeout=WAIT)
        page.wait_for_url("**lang=en**", timeout=WAIT)
