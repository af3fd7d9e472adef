"""The language of the terminal: what the settings name, else the locale, else English; machines get what they got."""

import json
from pathlib import Path

import pytest

from tests.cli.command_line import error_text, escucha


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _english: None) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "ESCUCHA_CONFIG", "ESCUCHA_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["LC_ALL", "LC_MESSAGES", "LANG"])
def test_a_spanish_locale_gives_spanish_help(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "es_CO.UTF-8")
    shown = " ".join(escucha("restore", "--help").stdout.split())
    assert "Uso: " in shown
    assert "Una copia de seguridad hecha con escucha backup." in shown
    assert "Muestra esta ayuda." in shown
    assert "Usage" not in shown


def test_the_locale_that_outranks_the_others_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "Usage: " in escucha("--help").stdout


def test_a_locale_of_another_language_and_none_give_english(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Usage: " in escucha("--help").stdout
    monkeypatch.setenv("LANG", "est_EE.UTF-8")
    assert "Usage: " in escucha("--help").stdout


@pytest.mark.parametrize(
    "content",
    [
        b'language = "es"\n',
        b'\xef\xbb\xbflanguage = "es"\r\n',
        'language = "es"\n'.encode("utf-16"),
        b"time_zone = \"Europe/Madrid\" # a\xf1o\nlanguage = 'es'\n[store]\n",
    ],
)
def test_settings_that_name_spanish_outrank_the_locale_however_they_were_saved(
    monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    Path("escucha.toml").write_bytes(content)
    assert "Uso: " in escucha("--help").stdout


def test_settings_that_name_english_outrank_a_spanish_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    Path("other.toml").write_text('language = "en"\n')
    assert "Usage: " in escucha("--config", "other.toml", "status", "--help").stdout
    Path(".env").write_text("ESCUCHA_LANGUAGE=en\n")
    assert "Usage: " in escucha("--help").stdout
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "es")
    assert "Uso: " in escucha("--help").stdout


def test_a_language_below_a_heading_is_not_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("escucha.toml").write_text('[desk]\nlanguage = "es"\n')
    assert "Usage: " in escucha("--help").stdout


def test_usage_errors_are_told_in_spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    assert "No hay ningún comando 'statsu'. ¿Querías decir 'status'" in escucha("statsu").stderr
    assert "Falta el argumento 'ARCHIVO'." in escucha("restore").stderr
    assert "No hay ninguna opción --jsn" in escucha("status", "--jsn").stderr


def test_a_fault_and_what_to_do_about_it_are_told_in_spanish(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    told = error_text(capsys, monkeypatch, "--config", "none.toml", "status")
    assert told == "error: no hay ningún archivo de configuración en none.toml; lo nombra --config o ESCUCHA_CONFIG"


def test_what_a_machine_reads_is_the_same_in_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    english = json.loads(escucha("status", "--json").stdout)
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    assert json.loads(escucha("status", "--json").stdout) == english
