"""`escucha export cases`, on a real database: what is written, what is left alone, and that nothing goes out twice."""

import csv
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import desk, store
from monitor.cli.output import export
from monitor.errors import HandOverPermanent, SettingsError
from monitor.exporters import files
from monitor.models.posts import Classification, Scores
from monitor.pipeline import hand_over
from monitor.settings.loading import Settings, load
from monitor.store import runs as run_rows
from monitor.store.cases import exports
from monitor.store.posts import classifications, mentions
from tests import desk_store
from tests.cli.command_line import escucha
from tests.conftest import NOW, about, mention


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings that the command line finds, with one case in the database."""
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "store.duckdb"))
    one_case(load())
    return load()


@desk_store.filled_once
def one_case(settings: Settings) -> None:
    add_case(settings, "1")


def add_case(settings: Settings, post_id: str) -> None:
    """Stores a classified mention and makes a case of it by hand."""
    with store.connect(settings.store) as connection:
        run_id = run_rows.start(connection, "import", "", NOW)
        mentions.save(connection, run_id, about("Norvia", mention(post_id, author=f"ana{post_id}")), NOW)
        pending = classifications.pending(connection, classifications.next_ids(connection, 10))
        scores = Scores(0.9, 0.05, 0.05, 0.95)
        classifications.save(
            connection,
            [Classification(mention.mention_id, scores, "negative", "unsure", "es", "m", NOW) for mention in pending],
        )
    desk.open_case(settings, pending[0].mention_id, "Norvia", actor="eva", now=NOW)


def codes(file: Path) -> list[str]:
    """The cases in a CSV."""
    return [row.get("Code") or row["code"] for row in table(file)]


def table(file: Path) -> list[dict[str, str]]:
    """A CSV's rows by heading."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_the_language_of_a_file_is_told_where_the_terminal_speaks_another(
    setup: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("ESCUCHA_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    assert "el archivo está en" not in escucha("export", "cases", "--to", "cases.csv").stdout
    monkeypatch.setenv("LANG", "C")
    told = escucha("export", "cases", "--to", "cases.csv").stdout
    assert 'the file is in Spanish, the language of the settings; another: language = "en" there' in told
    assert "the file is in" not in escucha("export", "cases", "--to", "codes.csv", "--machine").stdout


@pytest.mark.parametrize("new", [True, False])
def test_the_group_reads_what_is_written_into_the_exports_folder(
    setup: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new: bool
) -> None:
    monkeypatch.setenv("ESCUCHA_EXPORTS__FOLDER", str(tmp_path / "exports"))
    monkeypatch.setenv("ESCUCHA_EXPORTS__GROUP_READABLE", "true")
    export.cases(tmp_path / "exports" / "for" / ".." / "cases.csv", new=new)
    export.cases(tmp_path / "mine.csv")
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "exports" / "cases.csv", tmp_path / "mine.csv")]
    assert modes == [0o640, 0o600]


def test_all_cases_replace_the_file_each_time(
    setup: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out" / "all.csv"
    export.cases(target)
    add_case(setup, "2")
    export.cases(target)
    assert len(codes(target)) == 2
    export.cases(tmp_path / "elsewhere" / ".." / "out" / "all.csv")
    assert f"wrote 2 cases to {target}\nNext: escucha status\n" * 2 in capsys.readouterr().out


@pytest.mark.parametrize("name", ["todo.csv", "todo.xlsx", "todo.jsonl", "todo.parquet"])
@pytest.mark.parametrize("machine", [True, False])
def test_an_earlier_export_is_replaced_in_every_form(setup: Settings, tmp_path: Path, name: str, machine: bool) -> None:
    for columns in ([], ["code", "opened_at"]):
        export.cases(to=tmp_path / name, machine=machine, column=columns)
    export.cases(to=tmp_path / name, machine=not machine, separator=";")


@pytest.mark.parametrize("name", ["clientes.csv", "clientes.xlsx", "clientes.jsonl", "clientes.parquet"])
def test_a_file_that_is_no_export_is_replaced_only_when_that_is_said(
    setup: Settings, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("Nombre,Texto\nAna,Hola\n")
    with pytest.raises(HandOverPermanent, match="is no export of cases; name another file"):
        export.cases(to=tmp_path / name)
    assert (tmp_path / name).read_text() == "Nombre,Texto\nAna,Hola\n"
    export.cases(to=tmp_path / name, overwrite=True)
    assert "Ana,Hola" not in (tmp_path / name).read_text(errors="replace")


def test_new_cases_go_out_once(setup: Settings, tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("1.csv", "2.csv", "3.csv"))
    export.cases(first, new=True)
    add_case(setup, "2")
    export.cases(second, new=True)
    export.cases(third, new=True)
    assert len(codes(first)) == len(codes(second)) == 1
    assert codes(first) != codes(second)
    assert codes(third) == []


def test_new_cases_never_replace_a_file(setup: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "a.csv"
    export.cases(target, new=True)
    before = target.read_bytes()
    export.cases(target, new=True)
    assert "no new cases" in capsys.readouterr().out
    add_case(setup, "2")
    with pytest.raises(HandOverPermanent, match="exists already, and 1 new case waits"):
        export.cases(target, new=True)
    assert target.read_bytes() == before
    assert hand_over.new_case_count(setup) == 1


def test_a_promise_that_died_is_finished_at_its_own_place(setup: Settings, tmp_path: Path) -> None:
    died, requested = tmp_path / "died.csv", tmp_path / "asked.csv"
    with store.connect(setup.store) as connection:
        exports.promise_new(connection, "files", str(died), NOW)
    export.cases(requested, new=True)
    assert len(codes(died)) == 1
    assert codes(requested) == []


def test_a_file_that_cannot_be_written_keeps_its_cases_new(setup: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HandOverPermanent):
        export.cases(tmp_path / "file" / "a.csv", new=True)
    assert hand_over.new_case_count(setup) == 1
    export.cases(tmp_path / "b.csv", new=True)
    assert len(codes(tmp_path / "b.csv")) == 1


def test_one_place_that_fails_keeps_no_other_case_back(setup: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with store.connect(setup.store) as connection:
        exports.promise_new(connection, "files", str(tmp_path / "file" / "a.csv"), NOW)
    add_case(setup, "2")
    with pytest.raises(HandOverPermanent, match="file/a"):
        export.cases(tmp_path / "b.csv", new=True)
    assert len(codes(tmp_path / "b.csv")) == 1


def test_a_wrong_suffix_takes_no_case(setup: Settings, tmp_path: Path) -> None:
    with pytest.raises(HandOverPermanent, match="must end in one of"):
        export.cases(tmp_path / "a.txt", new=True)
    assert hand_over.new_case_count(setup) == 1
    assert files.format_of(Path("a.XLSX")) == "xlsx"


def test_the_complaint_team_gets_words_and_programs_codes(
    setup: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "es")
    people, machine, new = (tmp_path / f"{name}.csv" for name in ("people", "machine", "new"))
    export.cases(people)
    export.cases(machine, machine=True)
    export.cases(new, new=True)
    (told,), (row,), (first,) = table(people), table(machine), table(new)
    assert (told["Etapa"], told["Muestra"]) == ("Recibido", "No")
    assert (row["stage"], row["sample"]) == ("received", "false")
    assert told["Historial"].endswith("eva: Caso abierto")
    assert re.fullmatch(r"2026-\S+ \S+Z eva: opened .*= delivery", row["history"])
    assert first == row


def test_a_name_may_hold_a_comma(setup: Settings, tmp_path: Path) -> None:
    with store.connect(setup.store) as connection:
        connection.execute("UPDATE cases SET owner = 'García, Eva', brand = 'Norvia, S. A.'")
    export.cases(tmp_path / "a.csv", owner=["garcía, eva"], brand=["norvia, s. a."])
    assert len(codes(tmp_path / "a.csv")) == 1


def test_a_hand_over_is_in_words_where_the_settings_say_so(
    setup: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_EXPORTS__TABLE", "words")
    monkeypatch.setenv("ESCUCHA_EXPORTS__COLUMNS", '["stage", "history"]')
    export.cases(tmp_path / "new.csv", new=True)
    (row,) = table(tmp_path / "new.csv")
    assert list(row) == ["Stage", "History"]
    assert row["Stage"] == "Received"
    assert row["History"].endswith("eva: Case opened")
    add_case(load(), "2")
    export.cases(tmp_path / "codes.csv", new=True, machine=True, column=["code,stage"])
    assert list(table(tmp_path / "codes.csv")[0]) == ["code", "stage"]


@pytest.mark.parametrize(
    ("narrowing", "count"),
    [
        ({}, 2),
        ({"brand": ["norvia"]}, 2),
        ({"network": ["X"], "stage": ["Acuse enviado"]}, 1),
        ({"stage": ["received"]}, 1),
        ({"stage": ["received", "acknowledged"]}, 2),
        ({"owner": [""]}, 1),
        ({"owner": ["EVA"]}, 1),
        ({"category": ["Entrega"]}, 1),
        ({"since": NOW.date(), "until": NOW.date()}, 2),
        ({"since": NOW.date() + timedelta(days=1)}, 0),
        ({"until": NOW.date() - timedelta(days=1)}, 0),
    ],
)
def test_options_narrow_what_is_exported(
    setup: Settings, tmp_path: Path, narrowing: dict[str, Any], count: int
) -> None:
    add_case(setup, "2")
    desk.move_case(setup, 1, "acknowledged", version=1, actor="eva", now=NOW)
    with store.connect(setup.store) as connection:
        connection.execute("UPDATE cases SET owner = CASE WHEN case_id = 1 THEN 'Eva' ELSE '' END")
        connection.execute("UPDATE cases SET category = CASE WHEN case_id = 1 THEN 'delivery' ELSE 'other' END")
    export.cases(tmp_path / "some.csv", **narrowing)
    assert len(codes(tmp_path / "some.csv")) == count


def test_new_cases_can_be_narrowed_and_the_others_stay_new(setup: Settings, tmp_path: Path) -> None:
    export.cases(tmp_path / "none.csv", new=True, stage=["closed"])
    assert codes(tmp_path / "none.csv") == []
    assert hand_over.new_case_count(setup) == 1
    export.cases(tmp_path / "one.csv", new=True, stage=["received"])
    assert len(codes(tmp_path / "one.csv")) == 1


def test_a_selection_of_the_settings_is_exported_by_its_name(
    setup: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = '{"cobros": {"stages": ["closed"], "columns": ["code", "stage"], "days": 36500}}'
    monkeypatch.setenv("ESCUCHA_EXPORTS__SELECTIONS", kept)
    export.cases(tmp_path / "kept.csv", selection="Cobros")
    assert codes(tmp_path / "kept.csv") == []
    export.cases(tmp_path / "wider.csv", selection="cobros", stage=["received"], until=NOW.date())
    assert list(table(tmp_path / "wider.csv")[0]) == ["Code", "Stage"]
    monkeypatch.setenv("ESCUCHA_EXPORTS__SELECTIONS", '{"cobros": {"columns": ["stagge"]}}')
    with pytest.raises(SettingsError, match="no column 'stagge'; did you mean stage"):
        load()


@pytest.mark.parametrize(
    ("option", "day", "count"),
    [
        ("--until", "9999-12-31", 1), ("--until", "9999-12-29", 1), ("--until", "0001-01-01", 0),
        ("--since", "0001-01-01", 1), ("--since", "0001-01-04", 1), ("--since", "9999-12-31", 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Mexico_City", "Etc/GMT+12"])
def test_the_first_and_the_last_day_that_there_are_bound_nothing(
    setup: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, day: str, count: int, zone: str
) -> None:
    monkeypatch.setenv("ESCUCHA_TIME_ZONE", zone)
    file = tmp_path / "cases.csv"
    assert escucha("export", "cases", "--to", file, option, day).exit_code == 0
    assert len(codes(file)) == count


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"brand": ["Norvai"]}, "no brand 'Norvai'; did you mean Norvia?"),
        ({"stage": ["recibidos"]}, "no stage 'recibidos'; did you mean Recibido?"),
        ({"network": ["twiter"]}, "no network 'twiter'; did you mean twitter?"),
        ({"category": ["zzz"]}, "no category 'zzz'; there are: service"),
        ({"column": ["code,texto,fecha"]}, "no column 'fecha'; there are: code"),
        ({"selection": "cobros"}, "no selection 'cobros'; there are: none yet"),
        ({"since": NOW.date(), "until": NOW.date() - timedelta(days=1)}, "--since is after --until"),
    ],
)
def test_a_name_that_is_none_is_refused_with_the_nearest_and_nothing_is_written(
    setup: Settings, tmp_path: Path, wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        export.cases(tmp_path / "a.csv", **wrong)
    assert not (tmp_path / "a.csv").exists()


def secrets_in(file: Path) -> list[str]:
    """Which of the post's text, its author and a note the file holds; its cells are unpacked for that."""
    import pyarrow.parquet as pq

    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as book:
            held = " ".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    elif file.suffix == ".parquet":
        held = str(pq.read_table(file).to_pylist())
    else:
        held = file.read_text(encoding="utf-8-sig")
    assert "ESC-000001-3" in held
    assert "https://x.com/i/status/1" in held
    return [secret for secret in ("El pedido de Norvia", "ana1", "llamó dos veces") if secret in held]


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl", "parquet"])
def test_of_some_networks_only_id_and_link_are_written(setup: Settings, tmp_path: Path, format: str) -> None:
    with store.connect(setup.store) as connection:
        connection.execute("UPDATE mentions SET permalink = 'https://x.com/i/status/1', author_name = 'ana1'")
    desk.move_case(setup, 1, "acknowledged", version=1, actor="eva", now=NOW, note="llamó dos veces")
    full, links = tmp_path / f"whole.{format}", tmp_path / f"links.{format}"
    export.cases(full)
    export.cases(links, only_links=["x"])
    assert secrets_in(full) == ["El pedido de Norvia", "ana1", "llamó dos veces"]
    assert secrets_in(links) == []


def test_the_settings_name_networks_for_every_export(
    setup: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_EXPORTS__ONLY_LINKS", '["x"]')
    target = tmp_path / "new.jsonl"
    export.cases(target, new=True)
    assert "El pedido" not in target.read_text(encoding="utf-8")
    assert [row.text for row in hand_over.case_rows(load())] == [""]
    monkeypatch.setenv("ESCUCHA_EXPORTS__ONLY_LINKS", '["reddit"]')
    assert [row.text for row in hand_over.case_rows(load())] == ["El pedido de Norvia no llega"]


def test_one_is_told_in_the_singular(
    setup: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_NETWORKS__X__DAILY_REQUESTS", "1")
    export.cases(tmp_path / "new.csv", new=True)
    assert "wrote 1 new case to" in capsys.readouterr().out
    words = escucha("status").stdout
    assert "1 (1 case)" in words
    assert "0 of 1 request · 0 reads" in words


def test_a_mistyped_network_gives_no_texts_away(
    setup: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match="no network 'twitter'"):
        export.cases(tmp_path / "a.csv", only_links=["twitter"])
    with pytest.raises(SettingsError, match="name the network in only_links of"):
        export.cases(tmp_path / "a.csv", new=True, only_links=["x"])
    monkeypatch.setenv("ESCUCHA_EXPORTS__ONLY_LINKS", '["twitter"]')
    with pytest.raises(SettingsError, match="no network 'twitter'"):
        load()
