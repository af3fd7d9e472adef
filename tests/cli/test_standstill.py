"""A standstill of the schedules, as `escucha status` and `escucha doctor` tell it."""

import json
import socket
from datetime import UTC, datetime, timedelta

import pytest

from monitor import store
from monitor.settings.loading import load
from monitor.store import leases
from monitor.store.schedules import planned
from tests.cli.command_line import escucha


@pytest.fixture
def began() -> datetime:
    """When the schedules were started, by a process that is no more."""
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
    with store.connect(load().store) as connection:
        leases.take(connection, leases.SCHEDULES, "one", moment)
    return moment


def test_status_says_since_when_nothing_has_run(began: datetime) -> None:
    words = escucha("status").stdout
    local = began.astimezone(load().zone)
    assert f"nothing has run to its end since {local:%Y-%m-%d %H:%M}" in words
    assert "Next: escucha serve" in words
    answer = json.loads(escucha("status", "--json").stdout)
    assert datetime.fromisoformat(answer["standstill"]["since"]) == began


@pytest.mark.usefixtures("began")
def test_doctor_fails_with_what_to_do() -> None:
    done = escucha("doctor")
    assert done.exit_code == 1
    assert "✗ schedules" in done.stdout
    assert "Next: escucha serve" in done.stdout


def test_nobody_is_told_of_schedules_that_were_never_started() -> None:
    assert json.loads(escucha("status", "--json").stdout)["standstill"] is None


def test_runs_that_prefect_planned_and_that_do_not_come_are_told() -> None:
    ended = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    with store.connect(load().store) as connection:
        planned.note(connection, "collect", ended + timedelta(minutes=45), ended)
    local = f"{ended.astimezone(load().zone):%Y-%m-%d %H:%M}"
    assert f"Prefect plans collect; the last run ended at {local}" in escucha("doctor").stdout
    with store.connect(load().store) as connection:
        planned.note(connection, "collect", ended, ended - timedelta(hours=5))
    done = escucha("doctor")
    assert done.exit_code == 1
    assert "no run of collect has ended since" in done.stdout
    assert "escucha worker" in escucha("status").stdout
    assert json.loads(escucha("status", "--json").stdout)["standstill"]["planned"] == ["collect"]


def test_who_does_what_is_told() -> None:
    assert json.loads(escucha("status", "--json").stdout)["at_work"] == []
    with store.connect(load().store) as connection:
        for name in ("collect x", leases.numbered("classify", "1"), leases.numbered("classify", "2")):
            leases.take(connection, name, "somebody", datetime.now(UTC))
        leases.take(connection, "collect reddit", "dead", datetime.now(UTC) - timedelta(days=1))
    answer = json.loads(escucha("status", "--json").stdout)["at_work"]
    host = socket.gethostname()
    assert [(work["work"], work["host"]) for work in answer] == [
        ("classify", host),
        ("classify", host),
        ("collect x", host),
    ]
    for command in ("status", "doctor"):
        words = escucha(command).stdout
        assert words.count(f"classify, done by {host} since ") == 2
        assert words.count(f"collect x, done by {host} since ") == 1
