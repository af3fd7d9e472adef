"""What a team that works in Spanish sees at the terminal: no English is left in it."""

import re
import sys
from pathlib import Path

import pytest

from monitor import store
from monitor.cli import main
from monitor.settings import loading
from monitor.settings.loading import Settings
from tests import desk_store
from tests.cli.command_line import escucha
from tests.conftest import NOW

_ENGLISH = re.compile(r"\b(the|is|are|was|were|has|of|to|with|and|or|not|from|by|for|which|Next)\b")
_ENGLISH_FORMS = ("[OPTIONS]", "COMMAND", "[ARGS]", "file}", "<path>", "<str>", "<bool>", "<int", "list[", "%Y")
_POSTS = """id,author,created_at,text
1,ana,2026-03-01 10:00,Norvia: mi pedido no llega
2,luis,sin hora,Norvia no responde
3,eva,2026-03-01 12:00,Hola
"""


@pytest.fixture
def posts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file of posts, beside the store of a desk, whose settings name Spanish."""
    settings = desk_store.configured(tmp_path, monkeypatch)
    five_posts(settings)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "es")
    Path("mensajes.csv").write_text(_POSTS, encoding="utf-8")
    return "mensajes.csv"


@desk_store.filled_once
def five_posts(settings: Settings) -> None:
    desk_store.fill(settings, NOW)


def _said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str) -> str:
    """Whatever a command says, on both outputs, whether it fails or not."""
    monkeypatch.setattr(sys, "argv", ["escucha", *command.split()])
    with pytest.raises(SystemExit):
        main()
    written = capsys.readouterr()
    return (written.out + written.err).replace(str(Path.cwd()), "")


@pytest.mark.parametrize(
    "command",
    [
        "import {posts} --network x --dry-run",
        "import {posts} --network x --column text=nada",
        "import nada.csv --network x",
        "status",
        "cases show 1",
        "cases show ESC-000001-3",
        "cases verify",
        "backup copia.duckdb",
        "restore {posts}",
        "rejects",
        "versions",
        "query explain malet*",
        "query explain (a",
        "collect",
        "recheck --believe",
        "export cases --to casos.txt",
        "report perception --to informe.txt",
        "report perception --to informe.html --month 2999-01",
        "surveys link ESC-000001-3",
        "customers import {posts} --dry-run",
        "import {posts}",
        "imprt",
        "predict {posts} --output salida.csv",
        "evaluate {posts}",
        "explain perdido",
        "explain",
        "surveys import {posts}",
        "backup copia.csv",
        "doctor --network x",
        "cases show --help",
        "doctor --network Reddit",
        "classify --again --since ayer",
        "restore .",
    ],
)
def test_a_command_says_nothing_in_english(
    posts: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    said = _said(capsys, monkeypatch, command.format(posts=posts))
    assert said.strip()
    assert not [line for line in said.splitlines() if _ENGLISH.search(line)], said


def test_help_and_usage_have_no_english_forms(
    posts: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in ("import", "import --help", "cases show --help", "versions --help", "classify --help"):
        said = _said(capsys, monkeypatch, command)
        assert not [form for form in _ENGLISH_FORMS if form in said], said


def test_a_fault_of_the_settings_is_told_in_the_language_that_they_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ESCUCHA_LANGUAGE")
    monkeypatch.chdir(tmp_path)
    Path("escucha.toml").write_text('language = "es"\ntime_zone = "GMT-5"\nmarca = 1\n[policy]\nunsure_at = "alto"\n')
    said = _said(capsys, monkeypatch, "status")
    assert "escucha.toml, línea 2: time_zone: 'GMT-5' no es una zona horaria; ¿querías decir Etc/GMT+5" in said
    assert "escucha.toml, línea 3: marca: no existe esa clave" in said
    assert "escucha.toml, línea 5: policy.unsure_at: debe ser un número" in said


def test_what_was_stored_in_english_is_told_in_spanish_and_stored_as_it_was(posts: str) -> None:
    escucha("import", posts, "--network", "x")
    assert "rechazadas  " in escucha("status").stdout
    with store.connect(loading.load().store, read_only=True) as connection:
        [reason] = connection.execute("SELECT reason FROM rejects").fetchall()
    assert reason[0].startswith("not a time: 'sin hora'")
    assert "no es una hora: 'sin hora'" in escucha("rejects").stdout
