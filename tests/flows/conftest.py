"""Prefect in these tests: its own home, and nothing told to anybody. Read before the first `import prefect`."""

import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ |= {
    "PREFECT_HOME": tempfile.mkdtemp(prefix="escucha-prefect-"),
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}


@pytest.fixture(scope="package", autouse=True)
def _server() -> Iterator[None]:
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture(scope="package", autouse=True)
def _library_log() -> Iterator[None]:
    """Flows keep the library's log from the root; tests after them look for it there."""
    yield
    logging.getLogger("monitor").propagate = True


@pytest.fixture
def listen_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Writes the settings in force: a Mastodon at this address, with this token."""

    def write(url: str, token: str) -> None:
        config = tmp_path / "norvia.toml"
        config.write_text(
            f'''store.url = "{tmp_path / "flows.duckdb"}"
            [[brands]]
            name = "Norvia"
            queries = ["norvia"]
            [networks.mastodon]
            base_url = "{url}"
            access_token = "{token}"
            '''
        )
        monkeypatch.setenv("ESCUCHA_CONFIG", str(config))

    return write
