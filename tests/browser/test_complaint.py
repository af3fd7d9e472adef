"""A whole complaint in a real browser, from the post to the survey, in both languages."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import Language
from monitor import settings as reading
from monitor.settings import Settings
from tests.browser.conftest import WAIT, Opening, serving
from tests.browser.person import Desk, surveys_served

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
expect = sync_api.expect

CODE = "ESC-000001-3"
CONFIG = """
[store]
url = "{folder}/store.duckdb"
[networks.files]
folder = "{folder}/drop"
[[brands]]
name = "Norvia"
queries = ["norvia", "@norvia_ayuda"]
own_accounts = ["norvia_ayuda"]
[desk]
people = [{{name = "Ana"}}, {{name = "Bruno"}}]
[desk.survey]
port = {port}
"""
SAID = {
    "es": (
        "Norvia me ha cobrado dos veces el mismo recibo y nadie me contesta. Llevo diez días esperando mi dinero.",
        "@norvia_ayuda Pues sigo sin ver el dinero en mi cuenta. ¿Cuándo llega?",
    ),
    "en": (
        "Norvia charged me twice for the same bill and nobody answers. I have been waiting ten days for my money.",
        "@norvia_ayuda Well, I still cannot see the money in my account. When will it arrive?",
    ),
}


@pytest.fixture
def port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int) -> Settings:
    """Settings of a brand with two people, on a store that does not exist yet."""
    file = tmp_path / "escucha.toml"
    file.write_text(CONFIG.format(folder=tmp_path.as_posix(), port=port), encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_CONFIG", str(file))
    return reading.load()


@pytest.fixture
def address(config: Settings, tmp_path: Path) -> Iterator[str]:
    """Where the dashboard on that store answers."""
    with serving({"ESCUCHA_CONFIG": str(tmp_path / "escucha.toml")}, tmp_path) as found:
        yield found


@pytest.fixture
def pictures(tmp_path: Path) -> Callable[[Any, str], None]:
    """Takes a picture of the page, where the environment names a folder for pictures."""
    folder, taken = os.environ.get("PICTURES"), iter(range(1, 100))

    def take(page: Any, language: str) -> None:
        if folder:
            page.wait_for_timeout(1_500)  # what fades in or out
            page.screenshot(path=f"{folder}/complaint_{language}_{next(taken):02}.png", full_page=True)

    return take


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_whole_complaint(
    opening: Opening,
    page: Any,
    address: str,
    config: Settings,
    port: int,
    tmp_path: Path,
    language: Language,
    pictures: Callable[[Any, str], None],
) -> None:
    desk = Desk(page, config, language, lambda: pictures(page, language))
    page.goto(f"{address}/inbox?lang={language}")
    _the_post_arrives(desk)
    _it_is_taken_and_assigned(desk)
    _the_first_answer(desk)
    _closed_without_a_word_of_the_customer(desk)
    _the_customer_is_back(desk)
    _closed_with_agreement(desk)
    _followed_up(desk)
    link = _a_survey_is_asked_for(desk)
    with surveys_served(tmp_path, port):
        customer = opening(f"http://localhost:{port}")
        _the_customer_answers(customer, link, lambda: pictures(customer, language))
    _the_answer_is_there(desk)
    _the_metrics_moved(desk)
    _nobody_edited_the_history()


def _the_post_arrives(desk: Desk) -> None:
    expect(desk.page.get_by_role("heading", name=desk.word("welcome.title"))).to_be_visible(timeout=WAIT)
    name = desk.page.get_by_role("textbox", name=desk.word("frame.actor"))
    name.fill("Ana")
    name.press("Enter")
    desk.arrives("@cora.vidal", SAID[desk.language][0])
    desk.look_again()
    expect(desk.page.locator(".st-key-card-1 .words")).to_have_text(SAID[desk.language][0], timeout=WAIT)
    expect(desk.page.get_by_text(desk.word("inbox.count_complaint", n=1))).to_be_visible(timeout=WAIT)
    desk.picture()
    desk.go("metrics.title")
    expect(desk.figure("opened")).to_contain_text("1", timeout=WAIT)
    expect(desk.figure("closed")).to_contain_text("0", timeout=WAIT)
    desk.page.get_by_role("radio", name=desk.word("metrics.part_customers")).click()
    expect(desk.figure("csat")).to_contain_text("–", timeout=WAIT)
    desk.go("inbox.title")


def _it_is_taken_and_assigned(desk: Desk) -> None:
    card = desk.page.locator(".st-key-card-1")
    desk.press("inbox.take", card)
    expect(card).to_have_count(0, timeout=WAIT)
    desk.go("cases.title")
    desk.page.get_by_role("link", name=CODE).click()
    desk.stands("acknowledged")
    expect(desk.page.get_by_text(desk.word("handling.owner_you"))).to_be_visible(timeout=WAIT)
    desk.press("handling.assign")
    desk.page.get_by_role("combobox", name=desk.word("handling.assign_to")).click()
    desk.page.get_by_role("option", name="Bruno", exact=True).click()
    desk.press("handling.assign_now")
    expect(desk.page.get_by_text(desk.word("handling.owner", owner="Bruno")).first).to_be_visible(timeout=WAIT)
    desk.page.keyboard.press("Escape")
    desk.page.locator("[class*=st-key-fold-fields] summary").first.click()
    form = desk.page.locator(".st-key-pairs-fields")
    desk.choose("field.category", "category.digital", form)
    desk.press("fields.save", form)
    desk.happened("field.category")
    desk.picture()


def _the_first_answer(desk: Desk) -> None:
    chosen = desk.page.locator("[class*=st-key-answer-1]").get_by_role("combobox")
    expect(chosen.nth(0)).to_have_value(desk.word("answering.step_first_contact"), timeout=WAIT)
    expect(chosen.nth(1)).to_have_value(desk.word("category.digital"), timeout=WAIT)
    copy = desk.page.locator(".st-key-copy code")
    expect(copy).to_contain_text("@cora.vidal", timeout=WAIT)
    text = copy.inner_text()
    for box in desk.page.locator(".st-key-checks").get_by_role("checkbox").all():
        box.locator("xpath=ancestor::label").click()
    desk.choose("answering.then", "stage.assessed")
    desk.picture()
    desk.press("answering.mark")
    desk.stands("assessed")
    expect(desk.page.get_by_text(desk.word("answering.unseen"))).to_be_visible(timeout=WAIT)
    desk.arrives("norvia_ayuda", text)
    desk.look_again()
    desk.happened("event.reply")
    expect(desk.page.get_by_text(desk.word("answering.unseen"))).to_have_count(0, timeout=WAIT)
    clock = desk.page.locator(".standing li").filter(has_text=desk.word("clock.first_response"))
    expect(clock).to_contain_text(desk.word("standing.met"), timeout=WAIT)
    desk.picture()


def _closed(desk: Desk, agreement: str) -> None:
    desk.press("move.answered")
    desk.stands("answered")
    desk.press("move.closed")
    confirm = desk.page.get_by_role("button", name=desk.word("handling.confirm_closed"))
    expect(confirm).to_be_disabled(timeout=WAIT)
    desk.tick(f"agreement.{agreement}")
    expect(confirm).to_be_enabled(timeout=WAIT)
    confirm.click()
    desk.stands("closed")


def _closed_without_a_word_of_the_customer(desk: Desk) -> None:
    _closed(desk, "no_answer")
    desk.picture()


def _the_customer_is_back(desk: Desk) -> None:
    desk.arrives("@cora.vidal", SAID[desk.language][1])
    desk.look_again()
    desk.stands("reopened")
    expect(desk.page.locator(".words").filter(has_text=SAID[desk.language][1])).to_be_visible(timeout=WAIT)
    desk.picture()


def _closed_with_agreement(desk: Desk) -> None:
    _closed(desk, "agreed")
    desk.happened("event.closed", agreement=desk.word("agreement.agreed").lower())
    desk.picture()


def _followed_up(desk: Desk) -> None:
    desk.go("followups.title")
    planned = desk.page.get_by_role("button", name=desk.word("following.settle"))
    expect(planned).to_have_count(2, timeout=WAIT)
    planned.first.click()
    desk.tick("outcome.fine")
    desk.picture()
    desk.press("following.save")
    expect(planned).to_have_count(1, timeout=WAIT)


def _a_survey_is_asked_for(desk: Desk) -> str:
    desk.page.get_by_role("link", name=CODE).first.click()
    desk.happened("outcome.fine")
    desk.press("survey.ask")
    link = desk.page.locator("code", has_text="http://localhost:")
    expect(link).to_be_visible(timeout=WAIT)
    desk.picture()
    return str(link.inner_text())


def _the_customer_answers(page: Any, link: str, picture: Callable[[], None]) -> None:
    page.goto(link)
    page.locator("input[name=satisfaction][value='5']").check()
    page.locator("input[name=recommend][value='9']").check()
    page.locator("textarea").fill("<b>Bruno</b> :)")
    picture()
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("status")).to_be_visible(timeout=WAIT)
    picture()


def _the_answer_is_there(desk: Desk) -> None:
    desk.look_again()
    desk.happened("survey.answer", satisfaction=5)
    expect(desk.page.locator(".note", has_text="<b>Bruno</b> :)").first).to_be_visible(timeout=WAIT)
    desk.picture()


def _the_metrics_moved(desk: Desk) -> None:
    desk.go("metrics.title")
    expect(desk.figure("closed")).to_contain_text("1", timeout=WAIT)
    expect(desk.figure("open_now")).to_contain_text("0", timeout=WAIT)
    first = desk.page.get_by_test_id("stVerticalBlock").filter(has=desk.figure("first")).last
    expect(first).to_contain_text(desk.word("metrics.of_few", n=1), timeout=WAIT)
    desk.picture()
    desk.page.get_by_role("radio", name=desk.word("metrics.part_customers")).click()
    expect(desk.figure("csat")).to_contain_text("100", timeout=WAIT)
    desk.picture()


def _nobody_edited_the_history() -> None:
    command = [sys.executable, "-m", "monitor", "cases", "verify"]
    verified = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert (verified.returncode, "none edited" in verified.stdout) == (0, True), verified.stderr
