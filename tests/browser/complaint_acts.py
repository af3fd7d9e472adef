"""The acts of a whole complaint in a real browser, each with what must be seen after it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import WAIT
from tests.browser.person import Desk

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
expect = sync_api.expect

CODE = "ESC-000001-3"
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


def the_post_arrives(desk: Desk) -> None:
    """An empty store gets its first post, which waits in the inbox and counts in the metrics."""
    expect(desk.page.get_by_role("heading", name=desk.word("welcome.title"))).to_be_visible(timeout=WAIT)
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


def it_is_taken_and_assigned(desk: Desk) -> None:
    """Ana takes the case, gives it to Bruno, and says what it is about."""
    card = desk.page.locator(".st-key-card-1")
    desk.press("inbox.take", card)
    expect(card).to_have_count(0, timeout=WAIT)
    desk.page.get_by_role("link", name=desk.word("undo.see")).click()
    desk.stands("received")
    expect(desk.page.get_by_text(desk.word("handling.owner_you"), exact=True)).to_be_visible(timeout=WAIT)
    desk.press("handling.assign", desk.page.locator(".st-key-handling"))
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


def the_first_answer(desk: Desk) -> None:
    """A proposed text is copied and marked as sent; the collector sees it, and the first clock was met."""
    chosen = desk.page.locator("[class*=st-key-answer-1]").get_by_role("combobox")
    expect(chosen.nth(0)).to_have_value(desk.word("answering.step_first_contact"), timeout=WAIT)
    category = desk.page.locator(".st-key-category-of-1").get_by_role("combobox")
    expect(category).to_have_value(desk.word("category.digital"), timeout=WAIT)
    copy = desk.page.locator(".st-key-copy code")
    expect(copy).to_contain_text("@cora.vidal", timeout=WAIT)
    text = copy.inner_text()
    for box in desk.page.locator(".st-key-checks").get_by_role("checkbox").all():
        box.locator("xpath=ancestor::label").click()
    desk.picture()
    desk.press("answering.mark")
    desk.stands("acknowledged")
    expect(desk.page.get_by_text(desk.word("answering.unseen"))).to_be_visible(timeout=WAIT)
    desk.arrives("norvia_ayuda", text)
    desk.look_again()
    desk.happened("event.reply")
    expect(desk.page.get_by_text(desk.word("answering.unseen"))).to_have_count(0, timeout=WAIT)
    clock = desk.page.locator(".standing li").filter(has_text=desk.word("clock.first_response"))
    expect(clock).to_contain_text(desk.word("standing.met"), timeout=WAIT)
    desk.press("move.assessed")
    desk.stands("assessed")
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


def closed_without_a_word_of_the_customer(desk: Desk) -> None:
    """The case is closed, and nobody knows what the customer thinks of it."""
    _closed(desk, "no_answer")
    desk.picture()


def the_customer_is_back(desk: Desk) -> None:
    """A second post of the customer opens the case again."""
    desk.arrives("@cora.vidal", SAID[desk.language][1])
    desk.look_again()
    desk.stands("reopened")
    expect(desk.page.locator(".words").filter(has_text=SAID[desk.language][1])).to_be_visible(timeout=WAIT)
    desk.picture()


def closed_with_agreement(desk: Desk) -> None:
    """The case is closed, and the customer agrees."""
    _closed(desk, "agreed")
    desk.happened("event.closed", agreement=desk.word("agreement.agreed").lower())
    desk.picture()


def followed_up(desk: Desk) -> None:
    """One of the two contacts planned after the closings has taken place."""
    desk.go("followups.title")
    settle = re.compile(rf"\b{desk.word('following.settle')}$")  # not the undo of what was logged before
    planned = desk.page.get_by_role("button", name=settle)
    expect(planned).to_have_count(2, timeout=WAIT)
    planned.first.click()
    desk.tick("outcome.fine")
    desk.picture()
    desk.press("following.save")
    expect(planned).to_have_count(1, timeout=WAIT)


def a_survey_is_asked_for(desk: Desk) -> str:
    """The survey's link, made at the case."""
    desk.open_case(CODE)
    desk.happened("outcome.fine")
    desk.press("survey.ask")
    link = desk.page.locator("code", has_text="http://localhost:")
    expect(link).to_be_visible(timeout=WAIT)
    desk.picture()
    return str(link.inner_text())


def the_customer_answers(page: Any, link: str, picture: Callable[[], None]) -> None:
    """The customer opens the link and answers."""
    page.goto(link)
    page.locator("input[name=satisfaction][value='5']").check()
    page.locator("input[name=recommend][value='9']").check()
    page.locator("textarea").fill("<b>Bruno</b> :)")
    picture()
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("status")).to_be_visible(timeout=WAIT)
    picture()


def the_answer_is_there(desk: Desk) -> None:
    """The case tells the answer, with its words as they were written."""
    desk.look_again()
    desk.happened("survey.answer", satisfaction=5)
    expect(desk.page.locator(".note", has_text="<b>Bruno</b> :)").first).to_be_visible(timeout=WAIT)
    desk.picture()


def the_metrics_moved(desk: Desk) -> None:
    """The case counts as closed, and the customer as content."""
    desk.go("metrics.title")
    expect(desk.figure("closed")).to_contain_text("1", timeout=WAIT)
    expect(desk.figure("open_now")).to_contain_text("0", timeout=WAIT)
    first = desk.page.get_by_test_id("stVerticalBlock").filter(has=desk.figure("first")).last
    expect(first).to_contain_text(desk.word("metrics.of_few", n=1), timeout=WAIT)
    desk.picture()
    desk.page.get_by_role("radio", name=desk.word("metrics.part_customers")).click()
    expect(desk.figure("csat")).to_contain_text("100", timeout=WAIT)
    desk.picture()
