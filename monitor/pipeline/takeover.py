"""The work of processes that died: what they had begun and not let go, and which flow goes on with it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor import store
from monitor.runs import now
from monitor.store import leases

if TYPE_CHECKING:
    from monitor.settings.loading import Settings

_FLOWS = {
    "collect": "collect", "file": "collect", "listen": "listen", "recheck": "recheck", "classify": "classify",
    "open-cases": "open-cases", "hand-over": "hand-over", leases.MAIN_LINE: leases.MAIN_LINE,
}  # fmt: skip
"""The flow that goes on, by the first word of the work."""
_WHOLE = {leases.MAIN_LINE, "recheck"}  # what else their process had was a part of them
_TRY = timedelta(minutes=1)  # for a run to come, start and take what was left
_TRIES = 5  # after them the schedule's own runs have to do: nobody may want what is left, such as a file that is gone


@dataclass(frozen=True, slots=True)
class DeadWork:
    """What a process of that host left, for a flow to go on with; `key` is the same wherever it is read, a minute long.

    Then it is another try.
    """

    flow: str
    host: str
    key: str


def dead_work(settings: "Settings") -> list[DeadWork]:
    """What dead processes have left within the last minutes, each flow of each process once. Raises StoreErrors."""
    with store.connect(settings.store, read_only=True) as connection:
        moment = leases.clock(connection, now())
        left = leases.left(connection, moment)
    found: list[DeadWork] = []
    for process in dict.fromkeys(lease.process for lease in left):
        own = [lease for lease in left if lease.process == process]
        tries = (moment - max(lease.renewed_at for lease in own)) // _TRY
        flows = {flow for lease in own if (flow := _FLOWS.get(lease.work.partition(" ")[0]))}
        if tries < _TRIES:
            found += [
                DeadWork(flow, process.host, f"{flow} after {process.host} {process.pid} {process.mark} {tries}")
                for flow in sorted(flows & _WHOLE or flows)
            ]
    return found
