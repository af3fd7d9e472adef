"""`escucha formats`: the known exports, in the reader's language."""

from pathlib import Path

import pytest

from monitor.cli import common
from monitor.sources.files import catalogue
from tests.cli.command_line import error_text, escucha


def test_every_known_export_is_listed_with_how_to_get_it() -> None:
    told = escucha("formats")
    words = " ".join(told.output.split())
    assert told.exit_code == 0
    for entry in catalogue.entries():
        assert f"({entry.id})" in told.output
        assert " ".join(entry.how.split()) in words


def test_a_word_leaves_those_that_have_it_capitals_and_accents_aside() -> None:
    told = escucha("formats", "TRÍPadvisor").output
    assert "(apify_tripadvisor)" in told
    assert "(play_console)" not in told
    assert "No known export has 'fax'" in escucha("formats", "fax").output


def test_the_list_is_told_in_spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "es")
    told = escucha("formats", "trustpilot").output
    assert "reseñas de servicio" in told
    assert "También se leen otras tablas" in told


def test_a_file_of_customers_is_refused_with_the_command_for_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(
        "First Name,Last Name,Email,Accepts Email Marketing\nRosa,Vidal,rosa@correo.example,yes\n", encoding="utf-8"
    )
    told = error_text(capsys, monkeypatch, "import", file, "--network", "x")
    assert "escucha customers import FILE" in told


@pytest.mark.parametrize("word", ["Meta", "atención", "support", "reseñas", "escucha", "X"])
def test_the_words_of_the_guides_find_exports(word: str) -> None:
    assert "No known export" not in escucha("formats", word).stdout


def test_a_word_of_a_letter_is_a_whole_word() -> None:
    assert set(escucha("formats", "X").stdout.splitlines()) < set(escucha("formats").stdout.splitlines())


@pytest.mark.parametrize("language", ["en", "es"])
def test_where_there_is_no_terminal_lines_are_broken_between_words(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    monkeypatch.setattr(common.stdout, "_width", None)
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = escucha("formats").stdout.splitlines()
    assert not [line for line in lines if len(line) > 80 and line.startswith(" ") and " " in line.strip()]
    named = [line for line in lines if not line.startswith(" ")]
    assert {f"({entry.id})" for entry in catalogue.entries()} <= {line.rpartition(" ")[2] for line in named}
