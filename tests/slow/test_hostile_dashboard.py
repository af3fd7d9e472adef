"""41 hostile strings, each in every place that others fill, on every page of the dashboard: none acts."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from monitor import desk, store
from monitor.errors import EscuchaError
from monitor.models.case_filters import VIEWS, CaseFilters
from monitor.models.listings import CoverageGap
from monitor.models.posts import Reject, Stage
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from monitor.store.customers import customers
from monitor.store.customers.customers import NewCustomer
from monitor.store.posts import collection_state, mentions
from tests import desk_store
from tests.dashboard.acting import acting
from tests.dashboard.pages import open_page, page_text
from tests.hostile_texts import TEXTS
from tests.slow.quarter.engine import Engine

pytestmark = pytest.mark.slow
ME = "Eva"
STORED = [text.encode("utf-8", "replace").decode() for text in TEXTS]
"""As a database can hold them."""
LISTS = (
    "overview", "overview?period=all", "inbox", "inbox?order=newest", "inbox?queue=unsure", "inbox?queue=sample",
    "inbox?scope=unassigned", *(f"cases?view={view}" for view in VIEWS), "cases", "board", "followups",
    *(f"followups?when={when}" for when in ("overdue", "today", "coming")), "customers", "metrics",
    *(f"metrics?part=causes&by={by}" for by in ("category", "root_cause", "value", "network", "brand", "owner")),
    "metrics?part=customers", "metrics?part=actions", "metrics?span=year", "health",
)  # fmt: skip
"""Pages that show many."""
SINGLES = ("case?case={n}", "customers?customer=C{n}", "incident?incident={n}", "customers?network=x&author={text}")
"""Pages of one thing."""
ASKED = (
    "cases?view=every&words={text}&owner={text}&cause={text}", "customers?customer={text}", "incident?incident={text}",
)  # fmt: skip
"""Addresses that say the text themselves."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case to be filled with a text."""

    number: int
    text: str
    at: datetime


def do(settings: Settings, case: Case) -> None:
    """Puts the text wherever somebody can say something of a case; what is refused cannot be shown."""
    number, text, now = case.number, case.text, case.at
    acts = [
        *(
            lambda name=name: edit(settings, number, name, text, now)
            for name in ("owner", "team", "tags", "root_cause")
        ),
        lambda: desk.add_note(settings, number, f"@{ME} {text}", actor=text, now=now),
        lambda: desk.log_contact(settings, number, "phone", "out", text, actor=text, now=now),
        lambda: desk.link_case(settings, number, f"C{number}", actor=text, now=now),
        lambda: desk.plan_action(settings, text, text, owner=text, note=text, actor=text, now=now),
        lambda: desk.open_incident(settings, text, [number], actor=text, now=now),
        lambda: desk.save_filter(settings, ME, text, CaseFilters(words=text[:100])),
    ]
    if number % 4 == 0:
        acts += [lambda stage=stage: move(settings, number, stage, text, now) for stage in ("acknowledged", "assessed")]
        acts += [lambda: answer(settings, number, text, now), lambda: move(settings, number, "closed", text, now)]
    for act in acts:
        with suppress(EscuchaError):
            act()


def edit(settings: Settings, number: int, name: str, text: str, now: datetime) -> None:
    desk.edit(settings, number, {name: text}, version=version(settings, number), actor=text, now=now)


def version(settings: Settings, number: int) -> int:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get(connection, number).version


def move(settings: Settings, number: int, stage: Stage, actor: str, now: datetime) -> None:
    agreement = "agreed" if stage == "closed" else None
    seen = version(settings, number)
    desk.move_case(settings, number, stage, version=seen, actor=actor, now=now, agreement=agreement)


def answer(settings: Settings, number: int, text: str, now: datetime) -> None:
    seen = version(settings, number)
    desk.mark_sent(settings, number, text, "", version=seen, actor=text, now=now, to_stage="answered")


def fill(settings: Settings) -> None:
    """A case of each text, posts that wait for a decision, customers, rejects, runs and gaps named so."""
    now = datetime.now(UTC)
    ids = []
    for number, text in enumerate(STORED, 1):
        facts = {"author": text, "author_name": text, "thread_id": f"h{number}"}
        at = now - timedelta(hours=3, minutes=number)
        ids.append(desk_store.post(settings, f"p{number}", text, at, **facts))
        desk_store.post(
            settings, f"u{number}", f"{text} ¿eh?", at, p_complaint=0.5, **facts | {"thread_id": f"u{number}"}
        )
    desk_store.open_cases(settings, ids, now - timedelta(hours=2))
    with store.connect(settings.store) as connection:
        named = [NewCustomer(f"C{number}", text, 90.0, 3) for number, text in enumerate(STORED, 1)]
        customers.save(connection, named, now)
        mentions.save_rejects(connection, 1, [Reject("x", text, text, text) for text in STORED], now)
        gap = CoverageGap(now - timedelta(hours=9), now - timedelta(hours=2), "reading began too late")
        for number, text in enumerate(STORED):
            collection_state.record_gaps(connection, "x", f"search: {text}", [gap], 1, now)
            connection.execute(
                "INSERT INTO runs VALUES (?, 'collect', ?, ?, ?, 'failed', 1, 0, 0, 0, ?, ?, 1)",
                [1_000 + number, text, now, now, text, text],
            )
    for number, text in enumerate(STORED, 1):
        do(settings, Case(number, text, now - timedelta(minutes=60 - number)))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The settings of a store in which all is named so; its engine runs until the last page was opened."""
    folder, engine = tmp_path_factory.mktemp("hostile"), Engine()
    with pytest.MonkeyPatch.context() as patch:
        engine.install(patch)
        fill(desk_store.configured(folder, patch))
        yield folder / "escucha.toml"
        engine.stop()


@pytest.fixture
def opened(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dashboard of that store."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("ESCUCHA_CONFIG", str(hostile))


def check(address: str, **values: object) -> str:
    """Opens a page and returns its words."""
    path, _, query = address.partition("?")
    given = dict(part.split("=") for part in query.split("&") if part)
    app = open_page(path, person=ME, **{name: value.format(**values) for name, value in given.items()})
    assert not app.exception, urlencode(values)
    assert acting(app) == [], (address, values)
    return page_text(app)


@pytest.mark.parametrize("address", LISTS)
def test_a_page_of_many(opened: None, address: str) -> None:
    check(address)


@pytest.mark.parametrize("number", range(1, len(STORED) + 1))
def test_a_page_of_one_thing(opened: None, number: int) -> None:
    text = STORED[number - 1]
    shown = [check(address, n=number, text=text) for address in SINGLES]
    assert "alert" not in text or all("alert" in words for words in shown[:2]), "it is there to be seen"


@pytest.mark.parametrize("number", range(1, len(STORED) + 1))
def test_an_address_that_says_it(opened: None, number: int) -> None:
    for address in ASKED:
        check(address, text=STORED[number - 1])
