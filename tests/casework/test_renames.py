"""Customers who rename themselves, or whose id is known only of a later post, within one pass of the pipeline."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import store
from monitor.store.cases import cases
from tests import desk_store
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("together", "later", "named"),
    [
        ([("Ana", None), ("Ana", "1")], ("Rosa", "1"), ("Rosa", "1", 3)),
        ([("Ana", "1"), ("Rosa", "1")], ("Rosa", None), ("Rosa", "1", 3)),
    ],
)
def test_a_case_knows_the_newest_handle_and_any_id_of_its_first_posts(
    together: list[tuple[str, str | None]],
    later: tuple[str, str | None],
    named: tuple[str, str, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = desk_store.configured(tmp_path, monkeypatch)
    ids = [
        desk_store.post(
            config, f"p{n}", "El pedido no llega", NOW + timedelta(hours=n), thread_id="t", author=author,
            author_id=author_id,
        )
        for n, (author, author_id) in enumerate([*together, later])
    ]  # fmt: skip
    desk_store.open_cases(config, ids[:2], NOW + timedelta(hours=1))
    desk_store.open_cases(config, ids[2:], NOW + timedelta(hours=3))
    with store.connect(config.store, read_only=True) as connection:
        assert [(case.author, case.author_id, case.contacts) for case in cases.get_many(connection, [1, 2])] == [named]
