"""The command line in this process: what a command answers, and what it says when it fails."""

import sys

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app, main


def escucha(*arguments: object) -> Result:
    """Exit code and output of a command."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def error_text(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: object) -> str:
    """What `escucha` says when it fails."""
    monkeypatch.setattr(sys, "argv", ["escucha", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    return " ".join(capsys.readouterr().err.split())
