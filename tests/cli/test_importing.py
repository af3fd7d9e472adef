"""`escucha import` where two readings are possible, and what a dry run tells: in words and as one object."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app, common
from tests.cli.command_line import error_text, escucha

RIVALS = "fecha;comentario;mensaje\n" + "".join(
    f"2026-03-0{day} 10:00;Norvia no me abona la compra {day};Estuve el día {day} en la calle\n" for day in range(1, 6)
)
REVIEWS = (
    "id;fecha;usuario;texto\n1;2026-03-01 10:00;ana;A Norvia no la localizo\n2;2026-03-01 10:00;leo;Hola a todos\n"
    "2;2026-03-01 10:00;leo;Hola a todos\n3;2026-03-02 10:00;norvia;Norvia abre hoy\n4;sin fecha;eva;Norvia tarda\n"
)


@pytest.fixture(autouse=True)
def _brand(tmp_path: Path) -> None:
    brand = '[[brands]]\nname = "Norvia"\nqueries = ["Norvia"]\nown_accounts = ["@norvia"]\n'
    (tmp_path / "escucha.toml").write_text(brand)


def put(folder: Path, content: str) -> Path:
    path = folder / "posts.csv"
    path.write_text(content)
    return path


def dry(file: Path, *options: str) -> dict[str, object]:
    """The object of a dry run; nothing else is on its standard output."""
    done = CliRunner().invoke(app, ["import", str(file), "--network", "facebook", "--dry-run", "--json", *options])
    return dict(json.loads(done.stdout))


def test_rivals_stop_the_import_and_are_shown_with_what_to_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(tmp_path, RIVALS)
    text = error_text(capsys, monkeypatch, "import", file, "--network", "facebook")
    assert "--column text=comentario (Norvia no me abona la compra 1 | Norvia no me abona la compra 2 | " in text
    assert "--column text=mensaje (Estuve" in text
    assert json.loads(escucha("status", "--json").stdout)["mentions"] == 0
    assert "stored 5" in escucha("import", file, "--network", "facebook", "--column", "text=comentario").stdout


def test_guesses_are_taken_where_somebody_says_so(tmp_path: Path) -> None:
    done = escucha("import", put(tmp_path, RIVALS), "--network", "facebook", "--accept-guesses").stdout
    assert "guessed" in done
    assert "stored 5" in done


def test_an_unattended_import_ends_instead_of_waiting_for_an_answer(tmp_path: Path) -> None:
    file = put(tmp_path, RIVALS)
    code = "from monitor.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "import", str(file), "--network", "facebook"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=tmp_path, env=os.environ,
    )  # fmt: skip
    assert done.returncode == 1
    assert "--column text=mensaje" in done.stderr


def test_a_dry_run_tells_all_as_one_object(tmp_path: Path) -> None:
    told = dry(put(tmp_path, REVIEWS))
    assert {name: told[name] for name in ("rows", "mentions", "rejected", "duplicates", "own", "unmatched")} == {
        "rows": 5, "mentions": 3, "rejected": 1, "duplicates": 1, "own": 1, "unmatched": 1,
    }  # fmt: skip
    assert told["matched"] == {"Norvia": 2}
    assert told["columns"] == {"id": "id", "text": "texto", "author": "usuario", "posted_at": "fecha"}
    assert (told["format"], told["time_zone"], told["questions"]) == (None, "Europe/Madrid", [])
    assert told["first"] == {
        "post_id": "1", "author": "ana", "author_name": None, "text": "A Norvia no la localizo",
        "posted_at": "2026-03-01T09:00:00Z", "language": None, "likes": None, "thread_id": "1",
    }  # fmt: skip


def test_a_dry_run_knows_what_is_stored_and_says_the_same_in_words(tmp_path: Path) -> None:
    file = put(tmp_path, REVIEWS)
    told = escucha("import", file, "--network", "facebook", "--dry-run").stdout
    assert "rows 5 · new 3 · duplicates 1 · rejected 1 · of your own 1" in told
    assert "2 of 3 match a query (Norvia 2)" in told
    assert "2 of 3 match a query (Norvia 2)" in escucha("import", file, "--network", "facebook").stdout
    assert (dry(file)["mentions"], dry(file)["duplicates"]) == (0, 4)


def test_a_dry_run_with_rivals_takes_none_and_tells_them(tmp_path: Path) -> None:
    told = dry(put(tmp_path, RIVALS))
    assert (told["columns"], told["mentions"], told["first"]) == ({"posted_at": "fecha"}, None, None)
    questions = told["questions"]
    assert isinstance(questions, list)
    assert [rival["option"] for rival in questions[0]["rivals"]] == [
        "--column text=mensaje",
        "--column text=comentario",
    ]
    assert all(len(rival["examples"]) == 3 for rival in questions[0]["rivals"])
    assert dry(put(tmp_path, RIVALS), "--accept-guesses")["mentions"] == 5


def test_a_dry_run_that_cannot_be_is_one_object_too(tmp_path: Path) -> None:
    told = dry(put(tmp_path, "id;fecha;título\n1;2026-03-01;Una noticia de hoy\n"))
    assert "--column text=NAME" in str(told["error"])


def test_a_brand_that_is_none_is_refused_before_the_file_is_looked_at(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["import", str(tmp_path / "none.csv"), "--network", "x", "--brand", "Norvai"])
    assert done.exit_code == 2
    assert "there is no brand Norvai; did you mean Norvia?" in done.output
    assert "stored 3" in escucha("import", put(tmp_path, REVIEWS), "--network", "x", "--brand", "norvia").stdout


LIST = "Lista de octubre,,\nCuándo,Quién,Qué dijo\n" + "".join(
    f"{day}/10/2026,cli{day},Norvia perdió mi maleta {day}\n" for day in range(13, 20)
)


def test_a_list_of_ones_own_under_a_title_is_imported_without_its_total(tmp_path: Path) -> None:
    done = escucha("import", put(tmp_path, LIST + "Total,,7\n"), "--network", "x").stdout
    assert "author = Quién" in done
    assert "rows that only add up others, no posts: 1" in done
    assert "read 7 · stored 7 · duplicates 0 · rejected 0" in done


def test_columns_without_a_name_make_a_question_mention_the_row_that_names_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "Lista,,\n" + "".join(LIST.splitlines(keepends=True)[2:])
    text = error_text(capsys, monkeypatch, "import", put(tmp_path, content), "--network", "x")
    assert "if another row names the columns, say which: --header-row NUMBER" in text
    nothing = put(tmp_path, "Lista,,\n9,uno,dos\n8,tres,cuatro\n")
    text = error_text(capsys, monkeypatch, "import", nothing, "--network", "x")
    assert "if another row names the columns, say which: --header-row NUMBER" in text


def test_a_dry_run_says_why_and_where_the_first_row_is_rejected(tmp_path: Path) -> None:
    rows = [f"{day}/10/2026,cli{day},Nadie contesta {day}\n" for day in range(13, 22)]
    content = "fecha,usuario,texto\n" + "".join([*rows, "ayer,ana,Sigo sin respuesta\n"])
    told = escucha("import", put(tmp_path, content), "--network", "x", "--dry-run").stdout
    assert "first rejected: posts.csv, row 11: " in told
    assert "0 of 9 match a query" in told
    assert "--brand NAME" in told


def test_rows_under_an_id_of_another_are_told_once(tmp_path: Path) -> None:
    first = put(tmp_path, "id,fecha,texto\n1,2026-03-01,Norvia no abona\n2,2026-03-02,Norvia no contesta\n")
    escucha("import", first, "--network", "facebook")
    second = put(tmp_path, "id,fecha,texto\n1,2026-03-08,Norvia perdió todo\n2,2026-03-09,Norvia cobró dos veces\n")
    told = escucha("import", second, "--network", "facebook").stdout
    assert "2 rows had the id of a post that says something else: kept under an id of their own" in told
    again = escucha("import", second, "--network", "facebook").stdout
    assert "stored 0 · duplicates 2" in again
    assert "had the id of" not in again


def test_a_column_with_the_own_accounts_is_asked_about_where_no_name_says_who_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    authors = ["ana", "@Norvia", "leo", "@norvia", "eva"]
    rows = [f"2026-03-0{day},{author},A Norvia le falta la pieza {day}" for day, author in enumerate(authors, 1)]
    file = put(tmp_path, "\n".join(["fecha,Voz,texto", *rows]))
    text = error_text(capsys, monkeypatch, "import", file, "--network", "facebook")
    assert "--column author=Voz (ana | @Norvia | leo)" in text
    assert "if no column says who wrote the posts: --column author=none" in text
    assert (dry(file, "--column", "author=Voz")["own"], dry(file, "--accept-guesses")["own"]) == (2, 2)
    nobody = dry(file, "--column", "author=none")
    assert (nobody["own"], nobody["mentions"], nobody["questions"]) == (0, 5, [])


OWN_AMONG = (
    "id;fecha;usuario;texto\n1;2026-03-01 10:00;ana;A Norvia no la localizo\n2;2026-03-01 10:00;leo;Hola a todos\n"
    "3;2026-03-02 10:00;Norvia;Hoy abrimos a las diez\n4;2026-03-02 10:00;@norvia;Mañana también\n"
)


def test_posts_of_ones_own_that_no_query_finds_are_not_told_as_of_no_brand(tmp_path: Path) -> None:
    file = put(tmp_path, OWN_AMONG)
    assert {name: dry(file)[name] for name in ("mentions", "own", "unmatched", "matched")} == {
        "mentions": 4, "own": 2, "unmatched": 1, "matched": {"Norvia": 1},
    }  # fmt: skip
    assert "1 of 2 matches a query (Norvia 1)" in escucha("import", file, "--network", "facebook", "--dry-run").stdout
    told = escucha("import", file, "--network", "facebook").stdout
    assert "1 of 2 matches a query (Norvia 1)" in told
    assert "! 1 post of no brand" in told
    assert json.loads(escucha("status", "--json").stdout)["unmatched"] == 1
    only_own = put(tmp_path, "id;fecha;usuario;texto\n9;2026-03-02 10:00;norvia;Cerramos a las ocho\n")
    told = escucha("import", only_own, "--network", "facebook").stdout
    assert "stored 1" in told
    assert "of no brand" not in told
    assert "a query" not in told


@pytest.mark.parametrize("language", ["en", "es"])
def test_where_there_is_no_terminal_no_line_is_longer_than_eighty_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    monkeypatch.setattr(common.stdout, "_width", None)
    monkeypatch.delenv("COLUMNS", raising=False)
    more = ";".join(f"una columna más de la herramienta número {number}" for number in range(9))
    file = put(tmp_path, f"id;fecha;usuario;texto;{more}\n1;2026-03-01;ana;{'Hola a todos ' * 20};{'x;' * 8}x\n")
    for option in (("--dry-run",), ()):
        told = escucha("import", file, "--network", "facebook", *option).stdout
        assert [line for line in told.splitlines() if len(line) > 80] == []
