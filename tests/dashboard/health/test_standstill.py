"""A standstill of the schedules, on the page that tells the system's state and beside every other."""

from datetime import UTC, datetime, timedelta

from monitor import store
from monitor.settings.loading import Settings
from monitor.store import leases
from monitor.store.schedules import planned
from tests.dashboard.pages import open_page, page_text


def _start_schedules(config: Settings, ago: timedelta) -> None:
    with store.connect(config.store) as connection:
        leases.take(connection, leases.SCHEDULES, "one", datetime.now(UTC) - ago)


def test_a_standstill_is_told_with_what_to_do(config: Settings, filled: dict[str, int]) -> None:
    _start_schedules(config, timedelta(hours=5))
    app = open_page("health")
    assert not app.exception
    assert "No ha terminado ninguna pasada desde el" in page_text(app)
    assert "inicia <code>escucha serve</code>" in page_text(app)
    labels = [element.proto.label for element in open_page("inbox").get("page_link")]
    assert [label for label in labels if label.startswith("Nada ha llegado a su fin desde el")]


def test_schedules_that_just_began_are_none(config: Settings, filled: dict[str, int]) -> None:
    _start_schedules(config, timedelta(minutes=5))
    assert "No ha terminado ninguna pasada" not in page_text(open_page("health"))


def test_planned_runs_that_do_not_come_are_told_by_name(config: Settings, filled: dict[str, int]) -> None:
    ended = datetime.now(UTC) - timedelta(hours=5)
    with store.connect(config.store) as connection:
        for flow in ("classify", "collect"):
            planned.note(connection, flow, ended + timedelta(minutes=45), ended)
    app = open_page("health")
    assert not app.exception
    assert "Ninguna ejecución de classify, collect ha terminado desde el" in page_text(app)
    labels = [element.proto.label for element in open_page("inbox").get("page_link")]
    assert [label for label in labels if label.startswith("Faltan ejecuciones planificadas desde el")]
