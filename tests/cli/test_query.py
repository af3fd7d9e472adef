"""`escucha query`: what it prints, and its exit codes."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app, main

BRAND = '("Aerolínea Sur" OR @aerosur) -empleo lang:es'


@pytest.fixture(autouse=True)
def without_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without settings, as where the query language is first tried."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESCUCHA_CONFIG", str(tmp_path / "none.toml"))


def asked(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["query", *arguments], catch_exceptions=False)


def test_a_match_names_its_terms_and_marks_them() -> None:
    answer = asked("test", BRAND, "--text", "La AEROLINEA...\nsur, 😡 @AeroSur!")
    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == [
        "match: Aerolínea Sur, @aerosur",
        "  La AEROLINEA... sur, 😡 @AeroSur!",
        "     ^^^^^^^^^^^^^^^^     ^^^^^^^^",
    ]


def test_signs_and_letters_that_fold_to_several_are_marked_where_they_stand() -> None:
    marked = asked("test", "C++ OR strasse OR 😡 OR no", "--text", "c++ ﬁn Straße 😡 nota").stdout.splitlines()
    assert marked[1:] == ["  c++ ﬁn Straße 😡 nota", "  ^^^    ^^^^^^ ^^"]


def test_a_match_by_exclusion_has_nothing_to_mark() -> None:
    answer = asked("test", "-empleo", "--text", "hola")
    assert (answer.exit_code, answer.stdout) == (0, "match: it has none of the excluded terms\n")


def test_no_match_says_which_parts_fail() -> None:
    answer = asked("test", f"{BRAND} -(a b)", "--text", "hay empleo: b a", "--language", "en")
    assert answer.exit_code == 1
    assert answer.stdout.splitlines() == [
        "no match",
        '  missing: "Aerolínea Sur" OR @aerosur',
        "  excluded: empleo",
        "  missing: lang:es",
        "  excluded: a b",
    ]


def test_author_and_network_are_taken_into_account() -> None:
    assert asked("test", "from:ana", "--text", "x", "--author", "Ana").exit_code == 0
    assert asked("test", "@ana", "--text", "@ana.example").exit_code == 0
    assert asked("test", "@ana", "--text", "@ana.example", "--network", "bluesky").exit_code == 1


def test_hostile_text_is_printed_as_text() -> None:
    answer = asked("test", "hola", "--text", "hola [bold]x\x1b[31m")
    assert "hola [bold]x [31m" in answer.stdout
    assert "\x1b" not in answer.stdout


def test_explain_shows_the_tree_and_each_networks_requests() -> None:
    answer = asked("explain", BRAND)
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert lines[:7] == [
        "understood as",
        "  all of",
        "    any of",
        '      "Aerolínea Sur"',
        "      @aerosur",
        "    not empleo",
        "    lang:es",
    ]
    at = lines.index("x: 1 request of at most 512 characters")
    assert lines[at + 1 : at + 3] == [
        '    46  ("aerolínea sur" OR @aerosur) lang:es -#empleo',
        "        matched here after reading: -empleo",
    ]
    assert "mastodon: 2 requests of at most 512 characters" in lines


def test_explain_goes_on_after_a_network_that_refuses() -> None:
    answer = asked("explain", "from:ana")
    assert answer.exit_code == 0
    assert "mastodon: column 1: expected a word" in answer.stdout
    assert "    8  from:ana\n" in answer.stdout
    assert "        no post there can match\n" in answer.stdout


def test_explain_fails_when_no_network_can_be_asked() -> None:
    answer = asked("explain", "-empleo", "--network", "x")
    assert answer.exit_code == 1
    assert "x: column 2: expected a word" in answer.stdout
    assert "\n  -empleo\n   ^\n" in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["test", "a OR", "--text", "x"], "error: column 5: expected '(' or a \"phrase\" or a word\n  a OR\n      ^\n"),
        (["explain", "(a"], "error: column 1: expected a ')' that closes this '('\n  (a\n  ^\n"),
        (["explain", "a", "--network", "files"], "error: files cannot be searched by query; name one of: bluesky,"),
    ],
)
def test_what_cannot_be_read_is_one_error(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["escucha", "query", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith(message)
