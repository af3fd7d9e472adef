"""Which flow goes on with what a dead process has left."""

import os
from collections import Counter
from datetime import timedelta

from monitor import store
from monitor.pipeline.takeover import DeadWork, dead_work
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store import leases

_GONE = 2**22 + 1  # no process has so high a number


def _take(settings: Settings, *names: str, pid: int = _GONE, ago: timedelta = timedelta(0)) -> None:
    with store.connect(settings.store) as connection:
        for name in names:
            leases.take(connection, name, f"{name} of {pid}", now() - ago)
            connection.execute("UPDATE leases SET pid = ? WHERE name = ?", [pid, name])


def _flows(settings: Settings) -> Counter[str]:
    return Counter(work.flow for work in dead_work(settings))


def test_what_a_living_process_has_or_a_dead_one_has_let_go_is_left_alone(settings: Settings) -> None:
    _take(settings, "collect x", "open-cases", pid=os.getpid())
    _take(settings, "hand-over")
    with store.connect(settings.store) as connection:
        leases.release(connection, "hand-over", f"hand-over of {_GONE}", None)
    assert dead_work(settings) == []


def test_each_flow_of_a_dead_process_goes_on_once(settings: Settings) -> None:
    _take(settings, "collect x", "collect mastodon", leases.numbered("file x", "ab"), leases.SCHEDULES)
    _take(settings, leases.numbered("classify", "cd"), "hand-over", "open-cases", "listen bluesky", pid=_GONE + 1)
    assert _flows(settings) == Counter(["collect", "classify", "hand-over", "listen", "open-cases"])


def test_of_a_pass_its_parts_are_no_flows_of_their_own(settings: Settings) -> None:
    _take(settings, leases.MAIN_LINE, "collect x", leases.numbered("classify", "ef"))
    _take(settings, "recheck", "collect mastodon", pid=_GONE + 1)
    assert _flows(settings) == Counter([leases.MAIN_LINE, "recheck"])


def test_what_is_not_taken_is_tried_again_each_minute_but_not_for_ever(settings: Settings) -> None:
    keys = list[DeadWork]()
    for minutes in (0.1, 0.5, 1.5, 4.5, 5.5):
        _take(settings, "collect x", ago=timedelta(minutes=minutes))
        keys += dead_work(settings)
    assert [work.key.rpartition(" ")[2] for work in keys] == ["0", "0", "1", "4"]
    assert len({work.key for work in keys}) == 3
