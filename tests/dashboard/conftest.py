"""What the dashboard's tests share: a settings file and a small store beside it."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner

from monitor.settings.loading import Settings, Store
from tests import desk_store


@pytest.fixture(scope="session", autouse=True)
def _components_scanned_once() -> Iterator[None]:
    """Streamlit reads every installed package's metadata each time a page starts, a quarter of these tests' time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings as the dashboard reads them, on a database that does not exist yet."""
    monkeypatch.setenv("TZ", "UTC")
    return desk_store.configured(tmp_path, monkeypatch)


@pytest.fixture
def filled(config: Settings, five_posts: tuple[Callable[[Store], None], dict[str, int]]) -> dict[str, int]:
    """A store with five posts; gives their ids by name."""
    put, ids = five_posts
    put(config.store)
    return dict(ids)
