"""A person's word that a post is no complaint, where its case stays for another one."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.errors import StoreConflict
from monitor.models.cases import Case, Event
from monitor.settings.loading import Brand, Settings, Store
from monitor.store.cases import cases, events
from tests import desk_store
from tests.conftest import NOW

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A case of two complaints, mentions 1 and 2."""
    made = Settings(
        store=Store(url=str(tmp_path / "store.duckdb")), brands=(Brand(name=desk_store.BRAND, queries=("norvia",)),)
    )
    posts = [
        desk_store.post(made, "p1", "El pedido no llega", NOW - timedelta(hours=2)),
        desk_store.post(made, "p2", "Sigue sin llegar", NOW - timedelta(hours=1), thread_id="p1"),
    ]
    desk_store.open_cases(made, posts, NOW - timedelta(minutes=30))
    return made


def read(settings: Settings) -> tuple[Case, tuple[Event, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get(connection, 1), events.of_cases(connection, [1])[1]


def test_the_history_tells_it_and_whoever_saw_the_case_before_is_told(settings: Settings) -> None:
    before, _ = read(settings)
    desk.dismiss_mention(settings, 2, actor="Íñigo", now=NOW)
    after, history = read(settings)
    last = history[-1]
    assert (last.actor, last.kind, last.mention_id, last.became) == ("Íñigo", "reread", 2, "no_complaint")
    assert (after.stage, after.due_at, after.asked_at) == (before.stage, before.due_at, before.asked_at)
    with pytest.raises(StoreConflict) as told:
        desk.take(settings, 1, version=before.version, actor="Marta", now=LATER)
    assert told.value.meanwhile == (last,)


def test_it_is_told_once_and_taken_back_with_the_label(settings: Settings) -> None:
    before, _ = read(settings)
    said = desk.dismiss_mention(settings, 2, actor="Íñigo", now=NOW)
    assert desk.dismiss_mention(settings, 2, actor="Íñigo", now=LATER).done == ()
    desk.undo(
        settings,
        {1: [event.event_id for event in said.done[0].events]},
        actor="Íñigo",
        now=LATER,
    )
    after, history = read(settings)
    assert [event.kind for event in history[-2:]] == ["reread", "undone"]
    assert (after.stage, after.due_at, after.asked_at) == (before.stage, before.due_at, before.asked_at)


def test_a_post_that_is_a_complaint_after_all_is_told_too(settings: Settings) -> None:
    desk.dismiss_mention(settings, 2, actor="Íñigo", now=NOW)
    desk.open_case(settings, 2, desk_store.BRAND, actor="Marta", now=LATER)
    case, history = read(settings)
    assert (case.stage, history[-1].actor, history[-1].became) == ("received", "Marta", "complaint")
