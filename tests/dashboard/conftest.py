"""What the dashboard's tests share: a settings file and a small store beside it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.settings.loading import Settings
from tests import desk_store


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings as the dashboard reads them, on a database that does not exist yet."""
    monkeypatch.setenv("TZ", "UTC")
    return desk_store.configured(tmp_path, monkeypatch)


@pytest.fixture
def filled(config: Settings) -> dict[str, int]:
    """A store with five posts; gives their ids by name."""
    return desk_store.fill(config, datetime.now(UTC))
