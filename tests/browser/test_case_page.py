"""The case page in a real browser: what is typed outlives the dashboard, questions stay in place, words are whole."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.settings.loading import Settings, Store
from monitor.store.cases import cases
from tests.browser.conftest import WAIT, serving
from tests.ports import free_ports

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
expect = sync_api.expect
ANSWER, NOTE = "Texto: adáptalo antes de enviarlo", "Nota (opcional)"


def version(config: Settings) -> int:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get(connection, 1).version


def sign(page, address) -> None:  # type: ignore[no-untyped-def]
    page.context.add_cookies([{"name": "escucha_name", "value": "Ana", "url": address}])


def place(element) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """Where its upper left corner is."""
    box = element.bounding_box()
    return box["x"], box["y"]


def test_what_is_typed_outlives_a_restart_and_a_reload_until_it_is_sent(  # type: ignore[no-untyped-def]
    opening, config: Settings, posts: dict[str, int], tmp_path: Path, address_of: Callable[[Store], str]
) -> None:
    environment = {"ESCUCHA_CONFIG": str(tmp_path / "escucha.toml"), "ESCUCHA_STORE__URL": address_of(config.store)}
    (port,) = free_ports(1)
    with serving(environment, tmp_path, port=port) as address:
        page = opening(address)
        sign(page, address)
        page.goto(f"{address}/case?case=1")
        answer, note = page.get_by_role("textbox", name=ANSWER), page.get_by_role("textbox", name=NOTE)
        expect(answer).to_have_value(re.compile("@ana"), timeout=WAIT)
        answer.fill("Lo miramos hoy mismo.")
        note.fill("a medias")
        page.wait_for_function("() => JSON.stringify(localStorage).includes('a medias')")
    with serving(environment, tmp_path, port=port):
        page.reload()
        expect(answer).to_have_value("Lo miramos hoy mismo.", timeout=WAIT)
        expect(note).to_have_value("a medias", timeout=WAIT)
        page.get_by_role("button", name="Marcar como enviada").click()
        expect(page.locator(".events li.sent")).to_have_count(1, timeout=WAIT)
        page.get_by_role("button", name="Marcar como evaluado").click()
        expect(page.locator("p.plain .chip.assessed")).to_be_visible(timeout=WAIT)
        page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('escucha-typed'))")
        page.reload()
        expect(answer).to_have_value(re.compile("@ana"), timeout=WAIT)
        expect(note).to_have_value("", timeout=WAIT)


def test_a_sent_answer_does_not_come_back_where_the_next_template_is_the_same(  # type: ignore[no-untyped-def]
    page, address, config: Settings, posts: dict[str, int]
) -> None:
    desk.mark_sent(config, 1, "Lo miramos.", "", version=version(config), actor="Ana", now=datetime.now(UTC))
    sign(page, address)
    page.goto(f"{address}/case?case=1")
    answer = page.get_by_role("textbox", name=ANSWER)
    expect(answer).to_have_value(re.compile("@ana"), timeout=WAIT)
    answer.fill("Ya está arreglado.")
    answer.press("Tab")
    expect(page.get_by_test_id("stCode")).to_contain_text("Ya está arreglado.", timeout=WAIT)
    page.get_by_role("button", name="Marcar como enviada", disabled=False).click()
    expect(page.locator(".events li.sent")).to_have_count(2, timeout=WAIT)
    page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('escucha-typed'))")
    page.reload()
    expect(answer).to_have_value(re.compile("@ana"), timeout=WAIT)


def test_a_saved_note_is_gone_after_a_reload(page, address, posts: dict[str, int]) -> None:  # type: ignore[no-untyped-def]
    sign(page, address)
    page.goto(f"{address}/case?case=1")
    page.get_by_role("tab", name="Nota", exact=True).click(timeout=WAIT)
    note = page.get_by_role("textbox", name="Nota para el equipo")
    note.fill("Llamó su hermana")
    page.get_by_role("button", name="Guardar nota").click()
    expect(page.locator(".events")).to_contain_text("Llamó su hermana", timeout=WAIT)
    page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('escucha-typed'))")
    page.reload()
    page.get_by_role("tab", name="Nota", exact=True).click(timeout=WAIT)
    expect(note).to_have_value("", timeout=WAIT)


def test_a_question_stays_where_it_is_and_a_conflict_is_told_whole(  # type: ignore[no-untyped-def]
    page, address, config: Settings, posts: dict[str, int]
) -> None:
    now = datetime.now(UTC)
    for stage in ("acknowledged", "assessed", "answered"):
        desk.move_case(config, 1, stage, version=version(config), actor="Luis", now=now)
    sign(page, address)
    page.goto(f"{address}/case?case=1")
    page.get_by_role("button", name="Cerrar", exact=True).click()
    question = page.get_by_test_id("stPopoverBody")
    expect(question.get_by_role("button", name="Cerrar caso")).to_be_visible(timeout=WAIT)
    page.wait_for_timeout(1_000)  # it folds out
    before = place(question)
    question.get_by_text("Está de acuerdo", exact=True).click()
    close = question.get_by_role("button", name="Cerrar caso")
    expect(close).to_be_enabled(timeout=WAIT)
    assert place(question) == before
    desk.edit(config, 1, {"team": "Sur"}, version=version(config), actor="Luis", now=now)
    close.click()
    toast = page.get_by_test_id("stToastText")
    expect(toast).to_contain_text("revisa el caso y repítelo si hace falta", timeout=WAIT)
    assert toast.evaluate("(text) => text.scrollHeight <= text.clientHeight + 1")


def test_every_choice_is_called_in_the_language_of_the_moment(page, address, posts: dict[str, int]) -> None:  # type: ignore[no-untyped-def]
    page.goto(f"{address}/case?case=1")
    step = page.get_by_role("combobox", name=re.compile("Fase de la conversación|Conversation phase"))
    expect(step).to_have_value("Primer contacto", timeout=WAIT)
    # A click in the midst of a draw may be lost.
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=WAIT)
    page.get_by_text("English", exact=True).first.click()
    expect(step).to_have_value("First contact", timeout=WAIT)
    spanish = re.compile("Primer contacto|Acuse enviado|Teléfono|Atención|Sin cambiar de etapa")
    for choice in page.get_by_role("combobox").all():
        expect(choice).not_to_have_value(spanish, timeout=WAIT)
