"""What tests share: settings on a fresh database file, and mentions made up on the spot."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest

from monitor.models.posts import Match, MatchedMention, Mention
from monitor.settings.loading import Brand, Settings, Store

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

# A machine under load is slow at any example: how long one may take says nothing here.
hypothesis.settings.register_profile("escucha", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("escucha")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the settings, or writes the data, of the folder it is started in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ESCUCHA_CONFIG", raising=False)
    monkeypatch.delenv("ESCUCHA_STORE__URL", raising=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with one brand and a database that does not exist yet."""
    brand = Brand(name="Norvia", queries=("norvia",), own_accounts=("norvia_ayuda",))
    return Settings(store=Store(url=str(tmp_path / "store.duckdb")), brands=(brand,))


def mention(post_id: str, text: str = "El pedido de Norvia no llega", **changes: object) -> Mention:
    """A mention on X by `ana`, `minutes` before NOW."""
    minutes = changes.pop("minutes", 0)
    assert isinstance(minutes, int)
    values: dict[str, object] = {
        "network": "x",
        "post_id": post_id,
        "text": text,
        "posted_at": NOW - timedelta(minutes=minutes),
        "thread_id": post_id,
        "raw": {"id": post_id, "text": text},
        "author": "ana",
    }
    return Mention(**(values | changes))  # type: ignore[arg-type]


def about(brand: str, *mentions: Mention) -> list[MatchedMention]:
    """Mentions that matched a query of the brand."""
    return [MatchedMention(one, (Match(brand, "norvia", ("norvia",)),)) for one in mentions]
