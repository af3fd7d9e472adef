"""No credential reaches Prefect: neither states nor logs of runs whose networks echo what they were asked."""

from collections.abc import Callable
from pathlib import Path

import pytest
from prefect.logging.handlers import APILogWorker
from prefect.settings import get_current_settings

from flows.collect import collect
from tests.sources.echo import echoing, leaks

TOKEN = "7b0c5d9e2f41a86c3d07/Kx+7=&Zq"


@pytest.mark.parametrize("encoding", ["plain", "quoted twice", "base64 one further"])
def test_prefect_stores_no_credential(listen_to: Callable[[str, str], None], encoding: str) -> None:
    with echoing() as (url, mood):
        listen_to(url, TOKEN)
        mood.encoding = encoding
        state = collect(return_state=True)
    assert state.is_failed()
    APILogWorker.drain_all()
    address = get_current_settings().server.database.connection_url
    assert address is not None
    database = Path(address.get_secret_value().partition("///")[2])
    stored = "".join(file.read_bytes().decode("latin-1") for file in database.parent.glob(f"{database.name}*"))
    assert "mastodon answered 400" in stored
    assert leaks(stored, TOKEN) == []
