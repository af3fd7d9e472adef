"""A person erased is in no byte of the database or of anything beside it, and cases, history and figures stand."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.collect import restored
from monitor.models.cases import Agreement, Stage
from monitor.models.posts import Match, MatchedMention, Mention
from monitor.reporting import figures
from monitor.runs import no_progress
from monitor.settings.loading import Settings
from monitor.store import Connection, backup, consistency
from monitor.store.cases import cases, events
from monitor.store.customers import customers
from monitor.store.metrics import groups, voices
from monitor.store.metrics.scope import MetricsScope
from monitor.store.posts import mentions
from monitor.store.privacy import erasing, people
from monitor.surveys import answers
from monitor.surveys.answers import SurveyAnswer
from tests import desk_store
from tests.conftest import NOW
from tests.store.privacy import someone

LATER = NOW + timedelta(days=40)


@pytest.fixture
def desk_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = desk_store.configured(tmp_path, monkeypatch)
    exports_of = settings.exports.model_copy(update={"folder": tmp_path / "out", "format": "jsonl"})
    return settings.model_copy(update={"exports": exports_of})


def erase(settings: Settings, *, for_ever: bool = False) -> erasing.ErasedCounts:
    with store.connect(settings.store) as connection:
        person = people.by_author(connection, someone.HANDLE)
        return erasing.erase(connection, person, "cli:eva", LATER, for_ever=for_ever)


def month(settings: Settings) -> list[object]:
    """What is told of the month, in the report and on the pages."""
    scope = MetricsScope(NOW.date().replace(day=1), NOW.date().replace(day=31), settings.zone)
    since, until = NOW.replace(day=1, hour=0), NOW.replace(day=31)
    with store.connect(settings.store, read_only=True) as connection:
        apart = voices.told_apart(connection, since, until)
        return [
            figures.read(connection, scope, LATER),
            groups.repeats(connection, scope, LATER),
            voices.counts(connection, since, until, apart),
            voices.people(connection, since, until, apart),
        ]


def is_whole(connection: Connection) -> bool:
    return events.verify(connection).is_sound and not consistency.inconsistent_cases(connection)


def again(settings: Settings) -> int:
    """What the network gives once more of her: the post, and one that was never stored. Returns how many are new."""
    with store.connect(settings.store) as connection:
        batch = [
            Mention(
                someone.NETWORK, post_id, f"Norvia: {someone.WORDS}", NOW - timedelta(days=ago), post_id,
                someone.raw(post_id, someone.WORDS), someone.HANDLE, someone.ACCOUNT, someone.NAME,
            )
            for post_id, ago in ((someone.POST, 0), (f"{someone.POST}older", 9))
        ]  # fmt: skip
        matched = [MatchedMention(mention, (Match("Norvia", "norvia"),)) for mention in batch]
        return mentions.save(connection, 2, matched, LATER).stored


def test_an_erased_person_is_gone_and_all_else_stands(desk_settings: Settings, tmp_path: Path) -> None:
    case_id = someone.fill(desk_settings)
    before = month(desk_settings)
    assert erase(desk_settings).posts == 2
    with store.connect(desk_settings.store, read_only=True) as connection:
        assert is_whole(connection)
        case = cases.get(connection, case_id)
        assert (case.author, case.tags) == (None, "[…] roto")
        assert not people.by_author(connection, someone.HANDLE).is_known
        answer = connection.execute("SELECT text FROM mentions WHERE author = 'bruno'").fetchall()
        assert answer == [("Norvia, a @[…] le pasó lo mismo que a mí",)]
    assert month(desk_settings) == before
    assert again(desk_settings) == 0
    with store.connect(desk_settings.store) as connection:
        once_more = customers.NewCustomer(someone.CUSTOMER, someone.NAME)
        assert customers.save(connection, [once_more], LATER).erased == 1
        assert connection.execute("SELECT customer_id FROM customers").fetchall() == [("CLI-2",)]


@pytest.mark.duckdb_file("the bytes of the database's own file")
def test_no_byte_holds_them_and_a_restored_backup_is_rid_of_them_too(desk_settings: Settings, tmp_path: Path) -> None:
    someone.fill(desk_settings)
    copy = tmp_path / "copies" / "before.duckdb"
    backup.backup(desk_settings.store, copy)
    database = desk_settings.store.path
    assert len(someone.traces(database)) == len(someone.TRACES)
    erase(desk_settings)
    later = tmp_path / "copies" / "later.duckdb"
    backup.backup(desk_settings.store, later)
    assert someone.traces(database, later) == []
    before = month(desk_settings)
    with restored.prepare(desk_settings, copy, no_progress, look_up=False) as prepared:
        assert prepared.erased == 2
        backup.restore(desk_settings.store, prepared.path, is_numbered=True)
    assert someone.traces(database) == []
    assert month(desk_settings) == before
    assert again(desk_settings) == 0
    with store.connect(desk_settings.store, read_only=True) as connection:
        assert is_whole(connection)


def close(settings: Settings, case_id: int) -> None:
    """Ends a case, of which a survey says something, and an incident and an action take their names from her."""
    way: tuple[tuple[Stage, Agreement | None], ...] = (
        ("acknowledged", None), ("assessed", None), ("answered", None), ("closed", "agreed"),
    )  # fmt: skip
    for stage, agreement in way:
        with store.connect(settings.store, read_only=True) as connection:
            version = cases.get(connection, case_id).version
        desk.move_case(settings, case_id, stage, version=version, actor="Ana", now=NOW, agreement=agreement)
    said = SurveyAnswer(2, 3, f"Soy {someone.NAME}, calle Olmo")
    answers.save_answer_by_hand(settings, case_id, said, actor="Ana", now=NOW)
    with store.connect(settings.store) as connection:
        connection.execute(
            "INSERT INTO incidents VALUES (9, 'INC-9', 'Norvia', ?, ?, 'Ana')", [f"Como a {someone.NAME}", NOW]
        )
        connection.execute(
            "INSERT INTO corrective_actions VALUES (9, ?, 't', 'Ana', ?, 'Ana', NULL, ?)",
            [f"caso de @{someone.HANDLE}", NOW, someone.CUSTOMER],
        )


def rows_with_traces(settings: Settings) -> list[str]:
    """Tables and columns in which anything of her stands."""
    with store.connect(settings.store, read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
            "AND table_schema = current_schema()"
        ).fetchall()
        found = []
        for (table,) in tables:
            rows = connection.sql(f"SELECT * FROM {table}").to_arrow_table().to_pylist()
            words = {(name, str(value).lower()) for row in rows for name, value in row.items()}
            found += [f"{table}.{name}" for name, said in words if any(trace in said for trace in someone.TRACES)]
    return sorted(set(found))


def test_no_row_holds_them_whatever_was_written_of_them(desk_settings: Settings) -> None:
    case_id = someone.fill(desk_settings)
    close(desk_settings, case_id)
    assert len(rows_with_traces(desk_settings)) > 20
    erase(desk_settings)
    assert rows_with_traces(desk_settings) == []
    with store.connect(desk_settings.store, read_only=True) as connection:
        assert is_whole(connection)
        assert connection.execute("SELECT satisfaction, comment FROM surveys").fetchall() == [(2, "")]


def test_a_case_that_took_hers_in_is_only_rid_of_her(desk_settings: Settings) -> None:
    hers = someone.fill(desk_settings)
    with store.connect(desk_settings.store, read_only=True) as connection:
        ((others,),) = connection.execute("SELECT case_id FROM cases WHERE case_id <> ?", [hers]).fetchall()
        versions = {case.case_id: case.version for case in cases.get_many(connection, [hers, others])}
    desk.merge(desk_settings, others, [hers], versions=versions, actor="Ana", now=NOW)
    erase(desk_settings)
    assert rows_with_traces(desk_settings) == []
    with store.connect(desk_settings.store, read_only=True) as connection:
        assert is_whole(connection)
        assert cases.get(connection, others).author == "bruno"
    desk.undo_merge(desk_settings, hers, actor="Ana", now=LATER)
    with store.connect(desk_settings.store, read_only=True) as connection:
        assert is_whole(connection)
    assert rows_with_traces(desk_settings) == []
