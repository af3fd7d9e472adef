"""A morning under a flood: 5,000 copies of one text, 60 real complaints among them, ten people at the desk."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.inbox import queries as inbox
from monitor import desk, store
from monitor.models.cases import Case
from monitor.pipeline import main_line
from monitor.settings.desk import Person
from monitor.settings.loading import Settings
from monitor.store.cases import cases, open_cases
from tests import desk_store
from tests.flood import CAMPAIGN, arrive, copy, mention

NOW = datetime.now(UTC)
COPIES, REAL = 5_000, 60
PEOPLE = ("Ana", "Berta", "Carla", "David", "Elena", "Félix", "Gloria", "Hugo", "Irene", "Juan")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A desk of ten people, who get new cases in turn."""
    settings = desk_store.configured(tmp_path, monkeypatch)
    people = tuple(Person(name=name, capacity=10_000) for name in PEOPLE)
    shared = settings.desk.model_copy(update={"assign": "round_robin", "people": people})
    return settings.model_copy(update={"desk": shared})


def all_cases(config: Settings) -> list[Case]:
    with store.connect(config.store, read_only=True) as connection:
        rows = connection.execute("SELECT case_id FROM cases").fetchall()
        return cases.get_many(connection, [row[0] for row in rows])


def inbox_page(config: Settings, limit: int = 100) -> inbox.QueuePage:
    with store.connect(config.store, read_only=True) as connection:
        return inbox.page(connection, inbox.InboxFilters(), config.desk.priority, now=NOW, offset=0, limit=limit)


def numbers(config: Settings, sql: str) -> tuple[int, ...]:
    with store.connect(config.store, read_only=True) as connection:
        return tuple(connection.execute(sql).fetchall()[0])


def test_a_flood_is_one_thing_and_the_real_complaints_come_first(config: Settings) -> None:
    posts = [mention(f"w{n}", f"cuenta{n}", copy(n), NOW - timedelta(seconds=3 * n)) for n in range(COPIES)]
    posts += [
        mention(
            f"r{n}",
            f"real{n}",
            f"Norvia, mi pedido {1000 + n} no ha llegado y nadie me contesta",
            NOW - timedelta(minutes=n),
        )
        for n in range(REAL)
    ]
    random.Random(7).shuffle(posts)
    arrive(config, posts, NOW)
    first = config.desk.campaigns.authors - 1
    assert main_line.open_cases(config) == (first + REAL, 0)

    lines = inbox_page(config)
    assert (lines.complaints, lines.told) == (REAL, REAL)
    real_ids = {case.case_id for case in all_cases(config) if str(case.author).startswith("real")}
    assert {place.case_id for place in lines.places} == real_ids
    with store.connect(config.store, read_only=True) as connection:
        loads = open_cases.open_counts(connection)
    assert (sum(loads.values()), set(loads)) == (REAL, set(PEOPLE))

    one_text = "SELECT count(*), count(DISTINCT mention_id) FROM campaign_posts WHERE campaign_id IN ({})"
    campaign = "SELECT campaign_id FROM campaigns WHERE incident_id IS NOT NULL"
    assert numbers(config, one_text.format(campaign)) == (COPIES, COPIES)
    assert numbers(config, f"SELECT count(*) FROM ({campaign})") == (1,)
    assert numbers(config, f"SELECT count(*) FROM campaign_keys WHERE campaign_id IN ({campaign})")[0] < 20

    outcome = desk.decide_campaign(config, 1, "spam", seen="", actor="Ana", now=NOW)
    assert len(outcome.done) == first
    assert {case.case_id for case in all_cases(config) if case.stage == "received"} == real_ids

    tomorrow = [mention(f"v{n}", f"nueva{n}", copy(n), NOW) for n in range(500)]
    quote = mention("q", "afectada", f"{CAMPAIGN} A mí me deben 300 € del pedido 4711", NOW)
    arrive(config, [*tomorrow, quote], NOW)
    assert main_line.open_cases(config) == (1, 0)
    assert numbers(config, one_text.format(campaign)) == (COPIES + 500, COPIES + 500)
    changes = {change.case.case_id: [event.event_id for event in change.events] for change in outcome.done}
    desk.undo(config, changes, actor="Ana", now=NOW, ruled=(outcome.decision,))
    assert len([case for case in all_cases(config) if case.stage == "received"]) == first + REAL + 1


def test_one_author_with_300_threads_is_one_line_no_higher_than_money_missing(config: Settings) -> None:
    loud = [
        mention(f"t{n}", "insistente", f"Norvia contestad de una vez, van {n}", NOW - timedelta(minutes=5 * n))
        for n in range(300)
    ]
    missing = mention("m", "afectada", "Norvia no me devuelve el dinero de mi pedido", NOW - timedelta(minutes=1))
    arrive(config, [*loud, missing], NOW)
    assert main_line.open_cases(config)[0] == 301
    lines = inbox_page(config)
    assert (lines.complaints, lines.told, sorted(len(place.others) for place in lines.places)) == (2, 301, [0, 299])
    by_author = {case.case_id: case.author for case in all_cases(config)}
    assert by_author[lines.places[0].case_id or 0] == "afectada"
    assert {case.level for case in all_cases(config) if case.author == "insistente"} <= {"normal", "low"}


def test_thousands_of_cases_are_one_bulk_action_with_one_undo(config: Settings) -> None:
    posts = [
        mention(f"c{n}", f"cliente{n}", f"Mi pedido {n} no llega", NOW - timedelta(seconds=n)) for n in range(1_200)
    ]
    arrive(config, posts, NOW)
    main_line.open_cases(config)
    seen = {case.case_id: case.version for case in all_cases(config)}
    outcome = desk.move_many(config, seen, "dismissed", reason="spam", actor="Ana", now=NOW)
    assert (len(outcome.done), outcome.refused) == (1_200, ())
    desk.undo(config, outcome.undoable, actor="Ana", now=NOW)
    assert {case.stage for case in all_cases(config)} == {"received"}
