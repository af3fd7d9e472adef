"""Where the desk says so, no machine ends a case: whatever it would do is refused and told."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from monitor import store
from monitor.casework import apply
from monitor.desk import changes
from monitor.errors import Refusal
from monitor.models.posts import Stage
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests import desk_store
from tests.conftest import NOW
from tests.desk.closed_cases import move


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A case that was answered, and one that was only received."""
    found = desk_store.configured(tmp_path, monkeypatch)
    posts = [desk_store.post(found, name, "No llega el pedido", NOW, author=name) for name in ("a", "b")]
    for post in posts:
        desk_store.open_cases(found, [post], NOW)
    for stage in ("acknowledged", "assessed", "answered"):
        move(found, 1, stage, NOW + timedelta(hours=1))
    return found.model_copy(update={"desk": found.desk.model_copy(update={"people_close": True})})


def end(settings: Settings, case_id: int, stage: Stage, actor: str) -> Stage:
    """The stage of the case once somebody has tried to end it."""
    change = partial(changes.move_stage, stage=stage, agreement="no_answer", reason="spam")
    try:
        with store.connect(settings.store) as connection:
            apply.apply(connection, settings, {case_id: change}, actor=actor, now=NOW + timedelta(hours=2))
    finally:
        with store.connect(settings.store, read_only=True) as connection:
            stage = cases.get(connection, case_id).stage
    return stage


@pytest.mark.parametrize(("case_id", "stage"), [(1, "closed"), (2, "dismissed")])
def test_a_machine_may_not_end_a_case(settings: Settings, case_id: int, stage: Stage) -> None:
    with pytest.raises(Refusal, match="stays open: only a person closes or dismisses a case"):
        end(settings, case_id, stage, apply.MACHINE)
    with store.connect(settings.store, read_only=True) as connection:
        assert cases.get(connection, case_id).stage != stage


@pytest.mark.parametrize(("case_id", "stage"), [(1, "closed"), (2, "dismissed")])
def test_a_person_may(settings: Settings, case_id: int, stage: Stage) -> None:
    assert end(settings, case_id, stage, "Ana") == stage


def test_without_the_setting_nothing_is_refused(settings: Settings) -> None:
    free = settings.model_copy(update={"desk": settings.desk.model_copy(update={"people_close": False})})
    assert end(free, 1, "closed", apply.MACHINE) == "closed"


def test_what_ends_no_case_is_a_machines_to_do(settings: Settings) -> None:
    assert end(settings, 2, "acknowledged", apply.MACHINE) == "acknowledged"
