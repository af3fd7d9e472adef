"""What a worker that died had begun is gone on with at once, not by the next run on schedule.

Each `escucha worker` looks, and asks the Prefect server for a run; for one dead process the server makes one, however
many ask. That run takes what it finds free, as any does: where the dead one lives after all, it ends at once.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from monitor.cli import common
from monitor.cli.serving.prefect_server import MISSING, ask
from monitor.errors import EscuchaError
from monitor.pipeline.takeover import DeadWork, dead_work
from monitor.runs import now

if TYPE_CHECKING:
    import httpx

    from monitor.settings.loading import Settings

logger = logging.getLogger(__name__)

_EVERY = 5.0  # seconds between two looks
_SOON = timedelta(minutes=1)  # a run that came due within it, and has not begun, is as good as a new one
_MOMENT = timedelta(seconds=10)  # and so is one that comes due within that
_LATELY = timedelta(minutes=15)
_MOST = 5  # such runs of a flow within that time: what kills each of them is not done by more
_CREATED = 201
_TAG = "takeover"


@contextmanager
def looking_out(settings: "Settings", pools: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    """Looks on and on during the body, for the work pools of these names; the server is that of the environment."""
    ended = Event()
    lookout = _Lookout(settings, pools, environment)
    Thread(target=lookout.look_on, args=(ended,), name="takeover", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


@dataclass(slots=True)
class _Lookout:
    settings: "Settings"
    pools: Sequence[str]
    environment: Mapping[str, str]
    _asked: set[str] = field(default_factory=set)
    _is_told: bool = False

    def look_on(self, ended: Event) -> None:
        """Looks every few seconds until told to end; what keeps it from looking is said once."""
        while not ended.wait(_EVERY):
            try:
                for work in dead_work(self.settings):
                    if work.key not in self._asked:
                        self._go_on(work)
                self._is_told = False
            except EscuchaError as error:
                logger.warning("dead work waits", extra={"reason": type(error).__name__})
                self._tell(error)
            except Exception:  # whatever it is, the workers work
                logger.exception("dead work not looked for")

    def _tell(self, error: EscuchaError) -> None:
        if not self._is_told:
            self._is_told = True
            common.print_warning(f"what dead workers left waits for the next runs on schedule: {error}")

    def _go_on(self, work: DeadWork) -> None:
        """Has the server make a run, unless one comes anyway or the flow is no matter of these pools."""
        found = self._ask(f"/deployments/name/{work.flow}/escucha")
        if found.status_code == MISSING:
            return
        deployment = found.json()
        if deployment["work_pool_name"] not in self.pools or deployment["paused"]:
            return
        if self._count(deployment, _SOON, state={"type": {"any_": ["SCHEDULED", "PENDING"]}}):
            return
        if self._count(deployment, _LATELY, tags={"all_": [_TAG]}) >= _MOST:
            logger.warning("dead work left to the schedule", extra={"step": work.flow, "count": _MOST})
            self._asked.add(work.key)
            return
        asked_for = {"idempotency_key": work.key, "tags": [_TAG]}
        answer = self._ask(f"/deployments/{deployment['id']}/create_flow_run", asked_for)
        self._asked.add(work.key)
        if answer.status_code == _CREATED:  # by this one, not by another that looks out
            logger.warning("dead work goes on", extra={"step": work.flow})
            common.print_warning(f"{work.flow}: a run goes on with what a dead worker on {work.host} left")

    def _count(self, deployment: Mapping[str, Any], within: timedelta, **filters: object) -> int:
        """How many such runs of the deployment came due within that time, or do in a moment."""
        moment = now()
        time = {"after_": (moment - within).isoformat(), "before_": (moment + _MOMENT).isoformat()}
        which = {
            "deployments": {"id": {"any_": [deployment["id"]]}},
            "flow_runs": {"expected_start_time": time, **filters},
        }
        return int(self._ask("/flow_runs/count", which).json())

    def _ask(self, path: str, body: object = None) -> "httpx.Response":
        return ask(self.environment["PREFECT_API_URL"].rstrip("/"), path, self.environment, body)
