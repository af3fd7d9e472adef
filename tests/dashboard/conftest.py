"""What the dashboard's tests share: a settings file and a small store beside it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import settings as reading
from monitor.settings import Settings
from tests import desk_store

CONFIG = """
language = "es"
[store]
url = "{store}"
[[brands]]
name = "Norvia"
queries = ["norvia"]
own_accounts = ["norvia_ayuda"]
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings as the dashboard reads them, on a database that does not exist yet."""
    file = tmp_path / "escucha.toml"
    file.write_text(CONFIG.format(store=(tmp_path / "store.duckdb").as_posix()), encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_CONFIG", str(file))
    monkeypatch.setenv("TZ", "UTC")
    return reading.load()


@pytest.fixture
def filled(config: Settings) -> dict[str, int]:
    """A store with five posts; gives their ids by name."""
    return desk_store.fill(config, datetime.now(UTC))
