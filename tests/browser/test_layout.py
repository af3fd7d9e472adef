"""Every page at 390, 768, 1024 and 1440 pixels and at 200 %, with words and counts as long as users have them.

All the widths in both languages are looked at by `make test-slow`; `make test` looks at the narrowest ones, where pages
break first, and in Spanish, whose words are the longer ones, at more.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from dashboard import i18n
from monitor import desk, store
from monitor.models.languages import LANGUAGES, LanguageCode
from monitor.settings.loading import Store
from monitor.store.cases import cases
from tests.browser import crammed_store
from tests.browser.conftest import WAIT, forget, serving
from tests.browser.crammed_store import Crammed
from tests.browser.layout import DESK, PHONE, SIZES, TWICE, Looker, Size

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
expect = sync_api.expect

PAGES = {
    "overview": "",
    "inbox": "inbox",
    "unsure": "inbox?queue=unsure",
    "cases": "cases",
    "board": "board",
    "open case": "case?case={open_case}",
    "closed case": "case?case={closed_case}",
    "merged case": "case?case={merged_case}",
    "incident": "incident?incident={incident}",
    "campaign": "incident?incident={campaign}",
    "follow-ups": "followups?when=coming",
    "customers": "customers",
    "customer": "customers?customer={customer}",
    "metrics": "metrics",
    "causes": "metrics?part=causes",
    "customer metrics": "metrics?part=customers",
    "actions": "metrics?part=actions",
    "health": "health",
    "audit": "audit",
}
OPENED = (PHONE, TWICE, DESK)
"""Sizes of the window at which what opens over a page is looked at, and each page of `make test`."""
CHOICES = {
    "severity": "severity", "remedy": "remedy", "decision": "verdict", "channel": "channel", "service": "servicekind",
    "complainant": "complainant", "lost_reason": "lost",
}  # fmt: skip
"""Fields of a case, and under what their values stand in the catalogues."""
TOO_LONG = """(words) => Object.entries(words).flatMap(([label, all]) => {
    const input = document.querySelector(`[data-testid=stForm] input[aria-label="${label}"]`)
    const style = getComputedStyle(input)
    const canvas = document.createElement("canvas").getContext("2d")
    canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    const room = input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    return all.filter((word) => canvas.measureText(word).width > room).map((word) => `${label}: ${word}, ${room}`)
})"""
PLANTED = {
    "over each other": ".line .meta { position: relative; top: -1rem; }",
    "cut": ".line .gist { display: block !important; text-overflow: clip !important; white-space: nowrap !important; }",
    "under the header": "[data-testid=stMainBlockContainer] { margin-top: -4.5rem; }",
    "the page scrolls sideways": "h1 { width: 200vw; }",
    "small to touch": "[data-testid=stMain] button { transform: scale(.5); }",
    "out of the window": "h1 { position: relative; left: -2rem; }",
}


@pytest.fixture(scope="module")
def crammed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crammed]:
    """The store, made once."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield crammed_store.fill(tmp_path_factory.mktemp("crammed"), monkeypatch)


@pytest.fixture(scope="module")
def crammed_address(
    crammed: Crammed, tmp_path_factory: pytest.TempPathFactory, address_of: Callable[[Store], str]
) -> Iterator[str]:
    """Where the dashboard on that store answers."""
    environment = {"ESCUCHA_CONFIG": str(crammed.file), "ESCUCHA_STORE__URL": address_of(crammed.settings.store)}
    with serving(environment, tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="module")
def calm(browser: Any) -> Iterator[Any]:
    """A profile of the browser that spares people what moves."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    context.set_default_timeout(WAIT)
    yield context
    context.close()


@pytest.fixture
def looker(calm: Any, crammed_address: str, language: LanguageCode) -> Iterator[Looker]:
    """Somebody with that browser."""
    yield Looker(calm.new_page(), crammed_address, language)
    forget(calm)


@pytest.mark.parametrize(
    ("language", "sizes"),
    [("es", OPENED), ("en", (PHONE,)), *(pytest.param(code, SIZES, marks=pytest.mark.slow) for code in LANGUAGES)],
)
def test_no_page_breaks_at_any_width(looker: Looker, crammed: Crammed, sizes: Sequence[Size]) -> None:
    found: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        looker.open(path.format(**{key: getattr(crammed, key) for key in crammed.__slots__}))
        looker.resize(PHONE)
        looker.fold_out()
        for size in sizes:
            looker.resize(size)
            found[f"{name}, {size}"] = looker.faults(touch=size == PHONE)
            if size in (PHONE, TWICE):
                found[f"{name}, {size}"] += looker.hidden()
            looker.picture(f"{name}-{size[0]}")
    assert {place: faults for place, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("language", "sizes"),
    [
        ("es", (PHONE, TWICE)),
        ("en", (PHONE,)),
        *(pytest.param(code, OPENED, marks=pytest.mark.slow) for code in LANGUAGES),
    ],
)
def test_what_opens_over_the_page_fits_the_window(looker: Looker, crammed: Crammed, sizes: Sequence[Size]) -> None:
    found: dict[str, dict[str, list[str]]] = {}
    for name in ("inbox", "cases", "open case", "follow-ups", "metrics", "actions"):
        looker.open(PAGES[name].format(open_case=crammed.open_case))
        looker.resize(sizes[0])
        if name == "cases":
            looker.page.get_by_role("button", name=looker.word("bulk.page")).click()
            looker.settle()
        for size in sizes:
            looker.resize(size)
            found[f"{name}, {size}"] = looker.floating()
    assert {place: faults for place, faults in found.items() if faults} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_choice_of_a_case_shows_all_of_its_words(looker: Looker, crammed: Crammed) -> None:
    """Whatever is chosen: the words of the settings and of people alone may be longer than their field."""
    messages = i18n.catalogue(looker.language)
    words = {
        messages[f"field.{field}"]: [word for key, word in messages.items() if key.startswith(f"{values}.")]
        for field, values in CHOICES.items()
    }
    looker.open(PAGES["open case"].format(open_case=crammed.open_case))
    looker.fold_out()
    found = {}
    for size in SIZES:
        looker.resize(size)
        found[size] = looker.page.evaluate(TOO_LONG, words)
    assert {size: cut for size, cut in found.items() if cut != []} == {}


@pytest.mark.parametrize(
    ("language", "sizes"),
    [("es", (PHONE, DESK)), ("en", (PHONE,)), pytest.param("en", (DESK,), marks=pytest.mark.slow)],
)
def test_the_message_of_a_conflict_is_there_to_its_end(looker: Looker, crammed: Crammed, sizes: Sequence[Size]) -> None:
    for size in sizes:
        looker.open(f"case?case={crammed.open_case}")
        looker.resize(size)
        with store.connect(crammed.settings.store, read_only=True) as connection:
            case = cases.get(connection, crammed.open_case)
        desk.edit(
            crammed.settings, case.case_id, {"root_cause": crammed_store.LONG * 3 + str(size)},
            version=case.version, actor=crammed_store.PERSON, now=case.changed_at + timedelta(seconds=1),
        )  # fmt: skip
        looker.page.get_by_role("button", name=looker.word(f"move.{'acknowledged'}")).click()
        message = looker.page.get_by_test_id("stToast").filter(has_text=crammed_store.PERSON)
        expect(message).to_be_visible(timeout=WAIT)
        looker.settle()
        looker.picture(f"conflict-{size[0]}")
        assert looker.faults() == []
        expect(message.get_by_test_id("stToastViewButton")).to_be_hidden()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["es"])
@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_broken_is_seen(looker: Looker, kind: str) -> None:
    looker.open("cases")
    looker.resize(PHONE)
    looker.page.add_style_tag(content=PLANTED[kind])
    assert kind in {fault.partition(":")[0].partition(" (")[0] for fault in looker.faults(touch=True)}


@pytest.mark.parametrize("language", ["es"])
def test_a_system_that_is_dark_changes_no_colour(looker: Looker) -> None:
    colours = (
        "() => ['backgroundColor', 'color'].map((name) => getComputedStyle(document.querySelector('.stApp'))[name])"
    )
    looker.open("cases")
    light = looker.page.evaluate(colours)
    looker.page.emulate_media(color_scheme="dark")
    looker.open("cases")
    assert looker.page.evaluate(colours) == light
    assert i18n.NAMES
