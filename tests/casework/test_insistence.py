"""Who presses in many threads presses once, and stands above nobody who lost money."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.inbox import queries as inbox
from monitor import store
from monitor.models.cases import Case
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests import desk_store

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)


def complain(settings: Settings, hours: float, author: str, *texts: str) -> list[Case]:
    at = NOW - timedelta(hours=hours)
    ids = [
        desk_store.post(settings, f"{author}-{hours}-{n}", text, at, author=author, thread_id=f"{author}-{hours}-{n}")
        for n, text in enumerate(texts)
    ]
    desk_store.open_cases(settings, ids, at)
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get_many(connection, range(100))[-len(texts) :]


@pytest.mark.parametrize(
    "text", ["Tercera vez que escribo por el pedido {} y nada", "Os voy a denunciar por el pedido {}"]
)
def test_insistence_in_many_threads_counts_once_and_below_lost_money(config: Settings, text: str) -> None:
    first = complain(config, 9, "gritona", *(text.format(n) for n in range(5)))
    later = complain(config, 8, "gritona", text.format(9))
    assert [case.level for case in (*first, *later)] == ["high", *["normal"] * 5]
    money = complain(config, 1, "pepa", "Me habéis cobrado dos veces el recibo")[0]
    assert money.level == "high"
    with store.connect(config.store, read_only=True) as connection:
        page = inbox.page(connection, inbox.InboxFilters(), config.desk.priority, now=NOW, offset=0, limit=9)
    assert [place.case_id for place in page.places] == [money.case_id, first[0].case_id]


def test_a_further_case_that_tells_of_more_than_insistence_is_as_severe_as_it_is(config: Settings) -> None:
    found = complain(
        config, 9, "gritona", "Os voy a denunciar", "Os voy a denunciar: me habéis cobrado dos veces el recibo",
        "Os voy a denunciar, la batería explotó",
    )  # fmt: skip
    assert [case.severity for case in found] == ["serious", "serious", "critical"]
