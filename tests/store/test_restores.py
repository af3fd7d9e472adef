"""After a restore no number, link, file, version or undo means a second thing, however the backup came to its place."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.collect import restored
from monitor.errors import Refusal
from monitor.pipeline import hand_over
from monitor.runs import no_progress
from monitor.settings.loading import Settings
from monitor.store import backup
from monitor.store.cases import cases, events, exports, surveys
from monitor.store.posts import edits
from monitor.store.restores import numbers
from monitor.surveys import answers, links
from tests import desk_store
from tests.conftest import NOW
from tests.desk.closed_cases import move

pytestmark = pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
Restoring = Callable[[Settings, Path], object]


@pytest.fixture
def desk_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = desk_store.configured(tmp_path, monkeypatch)
    exports_of = settings.exports.model_copy(update={"folder": tmp_path / "out", "format": "jsonl"})
    return settings.model_copy(update={"exports": exports_of})


def opened(settings: Settings, post_id: str, author: str, at: datetime = NOW) -> int:
    """A new case."""
    mention_id = desk_store.post(settings, post_id, f"Norvia: no llega {post_id}", at, author=author)
    desk_store.open_cases(settings, [mention_id], at)
    with store.connect(settings.store, read_only=True) as connection:
        case = cases.of_mention(connection, mention_id)
    assert case is not None
    return case.case_id


def asked(settings: Settings, case_id: int) -> str:
    """The link to its survey, once it is closed."""
    for stage in ("acknowledged", "assessed", "answered", "closed"):
        move(settings, case_id, stage, NOW)
    return answers.ask(settings, case_id, actor="Ana", now=NOW)


def version_of(settings: Settings, case_id: int) -> int:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get(connection, case_id).version


def with_command(settings: Settings, copy: Path) -> None:
    backup.restore(settings.store, copy)


def over_a_damaged_one(settings: Settings, copy: Path) -> None:
    settings.store.path.write_bytes(b"no database any more")
    backup.restore(settings.store, copy)


def over_a_new_one(settings: Settings, copy: Path) -> None:
    settings.store.path.unlink()
    with store.connect(settings.store):
        pass
    backup.restore(settings.store, copy)


def copied_by_hand(settings: Settings, copy: Path) -> None:
    shutil.copy(copy, settings.store.path)


def moved_by_hand(settings: Settings, copy: Path) -> None:
    shutil.copy(copy, copy.with_name("second.duckdb"))
    copy.with_name("second.duckdb").replace(settings.store.path)


def on_another_machine(settings: Settings, copy: Path) -> None:
    for file in settings.store.path.parent.glob("store.duckdb*"):
        if not file.name.endswith(".secret"):  # which is set or copied, or no link works
            file.unlink()
    backup.restore(settings.store, copy)


@pytest.mark.parametrize(
    "restoring",
    [with_command, over_a_damaged_one, over_a_new_one, copied_by_hand, moved_by_hand, on_another_machine],
)
def test_nothing_that_went_out_means_a_second_thing(
    desk_settings: Settings, tmp_path: Path, restoring: Restoring
) -> None:
    first = opened(desk_settings, "1", "ana")
    copy = tmp_path / "copies" / "copy.duckdb"
    backup.backup(desk_settings.store, copy)
    lost = opened(desk_settings, "2", "cora")
    link = asked(desk_settings, lost)
    changed = desk.take(desk_settings, first, version=version_of(desk_settings, first), actor="Ana", now=NOW)
    hand_over.hand_over(desk_settings)
    delivered = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}

    restoring(desk_settings, copy)
    other = opened(desk_settings, "3", "bruno")
    assert asked(desk_settings, other) != link
    assert other > lost
    assert answers.find(desk_settings, link.rpartition("/")[2], NOW) is None
    hand_over.hand_over(desk_settings)
    assert {name: (tmp_path / "out" / name).read_bytes() for name in delivered} == delivered
    assert len(list((tmp_path / "out").iterdir())) == 2
    desk.add_note(desk_settings, first, "llamada", actor="Luis", now=NOW)  # a colleague's, which nobody takes back
    for act in (
        lambda: desk.take(desk_settings, first, version=changed.case.version, actor="Ana", now=NOW),
        lambda: desk.undo(desk_settings, {first: [event.event_id for event in changed.events]}, actor="Ana", now=NOW),
        lambda: desk.assign_many(desk_settings, {first: changed.case.version}, "Ana", actor="Ana", now=NOW),
        lambda: desk.take(desk_settings, lost, version=2, actor="Ana", now=NOW),
    ):
        with pytest.raises(Refusal, match="a backup was restored on") as refused:
            act()
        assert refused.value.key == "restored_since"


def test_numbers_go_on_without_a_gap_where_the_replaced_database_tells_them(
    desk_settings: Settings, tmp_path: Path
) -> None:
    opened(desk_settings, "1", "ana")
    copy = tmp_path / "copies" / "copy.duckdb"
    backup.backup(desk_settings.store, copy)
    lost = [opened(desk_settings, str(number), "cora") for number in range(2, 6)]
    backup.restore(desk_settings.store, copy)
    assert opened(desk_settings, "6", "bruno") == max(lost) + 1
    backup.restore(desk_settings.store, copy)
    assert opened(desk_settings, "7", "eva") == max(lost) + 2


def test_two_restores_of_one_backup_that_nobody_remembers_do_not_meet(desk_settings: Settings, tmp_path: Path) -> None:
    opened(desk_settings, "1", "ana")
    copy = tmp_path / "copies" / "copy.duckdb"
    backup.backup(desk_settings.store, copy)
    numbers_given = []
    for _ in range(2):
        over_a_damaged_one(desk_settings, copy)
        numbers_given.append(opened(desk_settings, "2", "cora"))
    assert len(set(numbers_given)) == 2
    assert min(numbers_given) > numbers.SHORTEST_JUMP
    assert max(numbers_given) < 2_000_000, "codes stay short"


def test_an_older_file_that_was_copied_while_nothing_ran_is_noticed(desk_settings: Settings, tmp_path: Path) -> None:
    opened(desk_settings, "1", "ana")
    shutil.copy(desk_settings.store.path, tmp_path / "old.duckdb")
    lost = opened(desk_settings, "2", "cora")
    shutil.copy(tmp_path / "old.duckdb", desk_settings.store.path)
    assert opened(desk_settings, "3", "bruno") > lost + numbers.SHORTEST_JUMP
    with store.connect(desk_settings.store, read_only=True) as connection:
        epoch = numbers.epoch(connection)
    assert epoch is not None
    assert epoch.jumped
    assert opened(desk_settings, "4", "eva") + 1 == opened(desk_settings, "5", "eva"), "noticed once"


def test_a_database_that_begins_anew_in_the_place_of_a_lost_one_gives_out_no_number_again(
    desk_settings: Settings,
) -> None:
    """Lost, or removed as the message about an empty file advises: customers have the codes of before."""
    lost = opened(desk_settings, "1", "ana")
    desk_settings.store.path.unlink()
    first = opened(desk_settings, "2", "bruno")
    assert first > lost + numbers.SHORTEST_JUMP
    assert opened(desk_settings, "3", "eva") == first + 1, "noticed once"


def rewritten(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        edits.mark_deleted(connection, "x", ["1"], NOW)


def restored_from_before(settings: Settings) -> None:
    backup.restore(settings.store, settings.store.path.with_name("early.duckdb"))


@pytest.mark.parametrize("replacing", [rewritten, restored_from_before])
def test_a_copy_of_the_file_that_was_replaced_is_noticed_however_often_it_was_written(
    desk_settings: Settings, tmp_path: Path, replacing: Callable[[Settings], None]
) -> None:
    opened(desk_settings, "1", "ana")
    backup.backup(desk_settings.store, desk_settings.store.path.with_name("early.duckdb"))
    for number in range(2, 6):
        opened(desk_settings, str(number), f"eva{number}")
    safe = tmp_path / "safe.duckdb"
    shutil.copy(desk_settings.store.path, safe)
    replacing(desk_settings)
    lost = opened(desk_settings, "6", "cora")
    shutil.copy(safe, desk_settings.store.path)
    first = opened(desk_settings, "7", "bruno")
    assert first > lost + numbers.SHORTEST_JUMP
    assert opened(desk_settings, "8", "luz") == first + 1, "noticed once"


def test_links_that_went_out_before_the_backup_go_on_working_those_of_earlier_versions_too(
    desk_settings: Settings, tmp_path: Path
) -> None:
    kept = [asked(desk_settings, opened(desk_settings, post_id, "ana")) for post_id in ("1", "2")]
    with store.connect(desk_settings.store) as connection:
        connection.execute("UPDATE surveys SET link_key = NULL WHERE survey_id = 1")
    old = links.link(desk_settings, 1)
    copy = tmp_path / "copies" / "copy.duckdb"
    backup.backup(desk_settings.store, copy)
    backup.restore(desk_settings.store, copy)
    for survey_id, link in ((1, old), (2, kept[1])):
        found = answers.find(desk_settings, link.rpartition("/")[2], NOW)
        assert found is not None
        assert found[0].survey_id == survey_id
    assert answers.find(desk_settings, kept[0].rpartition("/")[2], NOW) is None


def test_files_of_a_time_that_nobody_knows_are_never_replaced(desk_settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    later = {folder / f"cases-{number:06d}.jsonl": f"delivered {number}" for number in (1, 2, 4)}
    for file, text in later.items():
        file.write_text(text)
    for number in range(2):
        opened(desk_settings, str(number), "ana")
        hand_over.hand_over(desk_settings)
    assert all(file.read_text() == text for file, text in later.items())
    assert sorted(file.name for file in folder.iterdir() if file not in later) == [
        "cases-000003.jsonl", "cases-000005.jsonl",
    ]  # fmt: skip


def test_a_delivery_whose_receipt_was_lost_stays_as_it_was_read(desk_settings: Settings, tmp_path: Path) -> None:
    opened(desk_settings, "1", "ana")
    copy = tmp_path / "copies" / "copy.duckdb"
    with store.connect(desk_settings.store) as connection:
        place = str(tmp_path / "out" / "cases-{export_id}.jsonl")
        exports.promise_new(connection, "files", place, NOW)
    backup.backup(desk_settings.store, copy)
    hand_over.finish_promised(desk_settings)
    delivered = tmp_path / "out" / "cases-000001.jsonl"
    before = delivered.read_bytes()
    backup.restore(desk_settings.store, copy)
    desk.add_note(desk_settings, 1, "otra nota", actor="Ana", now=NOW + timedelta(minutes=1))
    hand_over.finish_promised(desk_settings)
    assert delivered.read_bytes() == before
    assert json.loads(before)["code"] == "ESC-000001-3"
    with store.connect(desk_settings.store, read_only=True) as connection:
        assert exports.undelivered(connection) == []
        assert surveys.of_case(connection, 1) == []


def restored_by_command(settings: Settings, copy: Path) -> int:
    """Restores as `escucha restore` does. Returns how many cases were handed over since."""
    with restored.prepare(settings, copy, no_progress, look_up=False) as prepared:
        backup.restore(settings.store, prepared.path, is_numbered=True)
    return prepared.delivered


def test_cases_that_were_handed_over_since_are_not_handed_over_again(desk_settings: Settings, tmp_path: Path) -> None:
    opened(desk_settings, "1", "ana")
    copy = tmp_path / "copies" / "copy.duckdb"
    backup.backup(desk_settings.store, copy)
    lost = opened(desk_settings, "2", "cora")
    hand_over.hand_over(desk_settings)
    assert restored_by_command(desk_settings, copy) == 1
    assert hand_over.hand_over(desk_settings) == 0
    with store.connect(desk_settings.store, read_only=True) as connection:
        assert [event.kind for event in events.of_cases(connection, [1])[1]][-1] == "exported"
        assert events.verify(connection).is_sound
    assert opened(desk_settings, "3", "bruno") == lost + 1
    assert hand_over.hand_over(desk_settings) == 1


def test_deliveries_of_another_desk_are_not_taken_over(desk_settings: Settings, tmp_path: Path) -> None:
    opened(desk_settings, "1", "ana")
    copy = tmp_path / "copies" / "copy.duckdb"
    backup.backup(desk_settings.store, copy)
    desk_settings.store.path.unlink()
    anew = opened(
        desk_settings, "9", "eva", NOW + timedelta(minutes=1)
    )  # its numbers have gone far beyond the lost ones
    hand_over.hand_over(desk_settings)
    assert restored_by_command(desk_settings, copy) == 0
    assert hand_over.hand_over(desk_settings) == 1
    jump = opened(desk_settings, "3", "bruno") - anew
    assert numbers.SHORTEST_JUMP < jump < numbers.LONGEST_JUMP + 10, "one jump beyond what both have given out"
