"""A settings file to be changed."""

from pathlib import Path

import pytest

TEXT = """# España
language = "es"  # lang
[store]
url = "{store}"
[[brands]]
name = "Norvia"
queries = ["norvia"]
own_accounts = ["@Norvia_Ayuda"]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file in force."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ESCUCHA_CONFIG", raising=False)
    path = tmp_path / "escucha.toml"
    path.write_text(TEXT.format(store=(tmp_path / "s.duckdb").as_posix()), encoding="utf-8")
    path.chmod(0o640)
    return path
