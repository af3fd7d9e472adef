"""Settings changed from the program: checked as a whole, refused where somebody was quicker, kept, told, taken back."""

import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import access, atomic_files, settings_editing, store
from monitor.access import Role
from monitor.errors import FaultySettings, NotPermitted, Refusal, SettingsError
from monitor.settings import loading, text_files
from monitor.settings_editing import SettingsConflict, SettingsFile, versions
from monitor.settings_editing.document import SettingChange
from tests.conftest import NOW
from tests.settings_editing.told import told


def edit(*pairs: tuple[tuple[str | int, ...], Any], shown: str | None = None, actor: str = "Ana") -> SettingsFile:
    found = settings_editing.read()
    changes = [SettingChange(path, value) for path, value in pairs]
    return settings_editing.edit(
        found.settings,
        changes,
        shown=found.version if shown is None else shown,
        actor=actor,
        now=NOW,
        origin="10.0.0.7",
    )


def test_a_change_holds_and_is_told_with_its_key_alone(file: Path) -> None:
    after = edit((("brands", 0, "queries"), ["norvia", "#norvia"]), (("language",), "en"))
    assert (after.settings.language, loading.load().brands[0].queries) == ("en", ("norvia", "#norvia"))
    assert file.read_text(encoding="utf-8").startswith('# España\nlanguage = "en"  # lang\n[store]\n')
    assert after.version == text_files.digest()
    assert told() == [("Ana", "brands[0].queries", "done"), ("Ana", "language", "done")]
    assert file.stat().st_mode & 0o777 == 0o640


def test_what_would_not_hold_is_refused_by_key_and_nothing_is_written(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(FaultySettings) as caught:
        edit((("brands", 0, "queries"), ["norvia AND ("]), (("desk", "assign"), "capacity"))
    assert set(caught.value.faults) == {"brands[0].queries", "desk"}
    assert file.read_bytes() == before
    assert not versions.folder_of(file).joinpath("history.jsonl").exists()


def test_who_was_quicker_is_told_with_both_values(file: Path) -> None:
    shown = settings_editing.read().version
    edit((("language",), "en"))
    with pytest.raises(SettingsConflict) as caught:
        edit((("language",), "es"), (("time_zone",), "UTC"), shown=shown, actor="Eva")
    assert [(one.path, one.meanwhile, one.wanted) for one in caught.value.differences] == [
        (("language",), "en", "es"), (("time_zone",), None, "UTC"),
    ]  # fmt: skip
    assert loading.load().language == "en"


def test_a_file_that_is_not_there_is_made_for_its_owner_alone(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.unlink()
    monkeypatch.setenv("ESCUCHA_STORE__URL", (tmp_path / "s.duckdb").as_posix())
    assert edit((("brands", 0), {"name": "A", "queries": ["a"]}), shown="").settings.brands[0].name == "A"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [version.actor for version in settings_editing.list_versions(file, file.read_bytes())] == ["Ana"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_and_ends_of_lines_stay(file: Path, encoding: str, end: str) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_bytes(text.replace("\n", end).encode(encoding))
    edit((("language",), "en"), (("time_zone",), "UTC"))
    expected = text.replace('"es"  # lang', '"en"  # lang\ntime_zone = "UTC"').replace("\n", end)
    assert file.read_bytes() == expected.encode(encoding)


def test_lines_that_end_differently_keep_their_ends(file: Path) -> None:
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\r\n".join(lines[:4]) + b"\n" + b"\r\n".join(lines[4:]))
    before = file.read_bytes()
    edit((("time_zone",), "UTC"))
    assert file.read_bytes() == before.replace(b"# lang\r\n", b'# lang\r\ntime_zone = "UTC"\r\n')


def test_a_link_is_followed_and_stays(file: Path, tmp_path: Path) -> None:
    real = tmp_path / "etc" / "desk.toml"
    real.parent.mkdir()
    file.rename(real)
    file.symlink_to(real)
    edit((("language",), "en"))
    assert file.is_symlink()
    assert 'language = "en"' in real.read_text(encoding="utf-8")
    assert (real.parent / "desk.toml.versions").is_dir()


def test_a_read_only_file_stays_as_it_is(file: Path) -> None:
    file.chmod(0o444)
    assert settings_editing.read().barred_by == "file"
    with pytest.raises(SettingsError, match="is read-only here"):
        edit((("language",), "en"))
    assert loading.load().language == "es"


def test_what_cannot_be_written_is_told_and_no_version(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any) -> None:
        raise OSError(16, "Device or resource busy")  # a file that is mounted by itself

    edit((("language",), "en"))
    with monkeypatch.context() as patch:
        patch.setattr(atomic_files, "_let_in_as_before", busy)
        with pytest.raises(SettingsError, match="cannot be changed here"):
            edit((("language",), "es"))
    assert told()[-2:] == [("Ana", "language", "done"), ("Ana", "language", "failed")]
    assert len(settings_editing.list_versions(file, file.read_bytes())) == 2


def test_a_variable_outranks_and_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "en")
    found = settings_editing.read()
    assert (found.value(("language",)), found.outranked_by(("language",))) == (
        "en", "environment variable ESCUCHA_LANGUAGE",
    )  # fmt: skip
    with pytest.raises(Refusal, match="is set by a variable"):
        edit((("language",), "es"))


@pytest.mark.parametrize(
    "path",
    [("store", "url"), ("access", "mode"), ("networks", "x", "base_url"), ("networks", "x", "bearer_token"),
     ("desk", "secret"), ("log", "file"), ("desk",), ()],
)  # fmt: skip
def test_what_lets_in_or_gives_out_is_not_changed_from_here(file: Path, path: tuple[str, ...]) -> None:
    with pytest.raises(Refusal, match="is changed in the file alone"):
        edit((path, "x"))


def test_a_value_is_shown_as_the_file_spells_it(file: Path) -> None:
    found = settings_editing.read()
    assert found.value(("brands", 0, "own_accounts")) == ["@Norvia_Ayuda"]
    assert found.value(("desk", "service", "urgent", "first_response_hours")) == 1
    assert found.value(("desk", "categories"))[0] == {"name": "service"}
    assert found.value(("desk", "people")) == []


def test_a_part_of_a_default_is_written_with_the_rest_of_it(file: Path) -> None:
    edit(
        (("desk", "service", "urgent", "resolution_hours"), 8),
        (("desk", "calendars", 0, "hours", "fri"), ["09:00-15:00"]),
        (("desk", "calendars", 0, "region"), "MD"),
        (("desk", "categories", 7), {"name": "branches"}),
    )
    desk = loading.load().desk
    assert desk.service.urgent.model_dump() == {
        "first_response_hours": 1, "next_response_hours": 2, "resolution_hours": 8,
    }  # fmt: skip
    assert {day: hours for day, (hours, *_) in desk.calendars[0].hours.items()} == {
        "mon": "09:00-18:00", "tue": "09:00-18:00", "wed": "09:00-18:00", "thu": "09:00-18:00", "fri": "09:00-15:00",
    }  # fmt: skip
    assert [category.name for category in desk.categories][-3:] == ["policy", "other", "branches"]


def test_every_version_is_kept_and_can_be_gone_back_to(file: Path) -> None:
    first = file.read_bytes()
    edit((("language",), "en"))
    file.write_bytes(file.read_bytes() + b"# by hand\n[schedule]\ncollect_minutes = 5\n")
    edit((("time_zone",), "UTC"), actor="Eva")
    listed = settings_editing.list_versions(file, file.read_bytes())
    assert [(one.actor, one.changed) for one in listed] == [
        ("Eva", ("time_zone",)), ("", ("schedule.collect_minutes",)), ("Ana", ("language",)), ("", ()),
    ]  # fmt: skip
    now = settings_editing.read()
    settings_editing.go_back(now.settings, listed[-1].version, shown=now.version, actor="Eva", now=NOW)
    assert file.read_bytes() == first
    assert (
        told()[-3:] == [("Eva", one, "done") for one in ("language", "schedule.collect_minutes", "time_zone")] or told()
    )
    assert [mode.stat().st_mode & 0o777 for mode in versions.folder_of(file).glob("*.toml")] == [0o600] * 4


def test_no_way_back_opens_the_door(file: Path) -> None:
    edit((("language",), "en"))
    old = settings_editing.list_versions(file, file.read_bytes())[-1].version
    file.write_text(file.read_text(encoding="utf-8") + '[access]\nmode = "accounts"\n', encoding="utf-8")
    found = settings_editing.read()
    with store.connect(found.settings.store) as connection:
        access.add(connection, "Ana", Role.ADMIN, now=NOW)
    with pytest.raises(Refusal, match=r"access\.mode is changed in the file alone"):
        settings_editing.go_back(found.settings, old, shown=found.version, actor="Ana", now=NOW)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_change_settings(file: Path, role: Role) -> None:
    file.write_text(file.read_text(encoding="utf-8") + '[access]\nmode = "accounts"\n', encoding="utf-8")
    found = settings_editing.read()
    with store.connect(found.settings.store) as connection:
        access.add(connection, "Luis", role, now=NOW)
        access.add(connection, "Ana", Role.ADMIN, now=NOW)
    with pytest.raises(NotPermitted):
        edit((("language",), "en"), actor="Luis")
    with pytest.raises(NotPermitted):
        settings_editing.go_back(found.settings, found.version, shown=found.version, actor="Luis", now=NOW)
    assert edit((("language",), "en")).settings.language == "en"


def test_of_many_at_once_each_is_whole_and_one_at_a_time_wins(file: Path) -> None:
    shown, outcomes = settings_editing.read(), []

    def change(zone: str) -> None:
        try:
            settings_editing.edit(
                shown.settings, [SettingChange(("time_zone",), zone)], shown=shown.version, actor="Ana", now=NOW
            )
            outcomes.append(zone)
        except SettingsConflict:
            outcomes.append("")

    threads = [threading.Thread(target=change, args=(zone,)) for zone in ("UTC", "America/Lima", "America/Bogota")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = filter(None, outcomes)
    assert loading.load().time_zone == winner


def test_a_change_that_was_noted_and_not_made_never_happened(file: Path) -> None:
    edit((("language",), "en"))
    content = file.read_bytes()
    versions.keep(file, content, content + b"# more\n", actor="Ana", now=NOW)  # and then the process was killed
    assert len(settings_editing.list_versions(file, content)) == 2
    edit((("time_zone",), "UTC"))
    assert [one.changed for one in settings_editing.list_versions(file, file.read_bytes())] == [
        ("time_zone",), ("language",), (),
    ]  # fmt: skip


def test_old_versions_are_forgotten(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "MOST", 3)
    for number in range(6):
        versions.keep(file, b"a" * number, b"a" * (number + 1), actor="Ana", now=NOW + timedelta(minutes=number))
    assert len(list(versions.folder_of(file).glob("*.toml"))) == 4
    with pytest.raises(SettingsError, match="not kept any more"):
        versions.content_of(file, text_files.digest_of(b"a"))


def test_owner_and_group_stay(file: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give a file away")
    os.chown(file, 65534, 65534)
    edit((("language",), "en"))
    assert (file.stat().st_uid, file.stat().st_gid) == (65534, 65534)
