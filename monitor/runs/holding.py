"""Holding a lease while a piece of work lasts: taken at its beginning, renewed meanwhile, given back at its end.

`hold` is for passes: work that does no harm when it is done twice. `exclusive` is for what two must never do at once:
its `Hold` is asked again in each transaction that writes (`require`), for a process that was stopped for a while wakes
up without noticing, and another may have taken over. On a server a renewal waits for no other writer, who may take
longer than a lease lasts.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import TypeAlias

from monitor import store
from monitor.errors import BeingDone, LeaseLost
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store import Connection, leases
from monitor.store.leases import Lease

logger = logging.getLogger(__name__)

LONGEST_PASS = timedelta(hours=6)  # after which the next one no longer waits for it
_HEARTBEAT = 60.0  # seconds between two renewals; never more than a quarter of a lease
_POLL = 0.5  # seconds between two looks whether a lease is free

Describe: TypeAlias = Callable[[str, str], str]
"""Says in a sentence that something is being done: by whom, since when (HH:MM)."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A lease that this process holds, unless it was not heard of for so long that another took over.

    `lost` is set when that is noticed.
    """

    name: str
    holder: str
    lost: Event = field(default_factory=Event)

    def is_ours(self, connection: Connection) -> bool:
        """Whether nobody has taken it over. Asked in a transaction that writes, nobody does before that ends."""
        if leases.is_of(connection, self.name, self.holder):
            return True
        self.lost.set()
        logger.warning("lease lost", extra={"step": self.name})
        return False

    def require(self, connection: Connection) -> None:
        """The same. Raises LeaseLost when somebody has."""
        if not self.is_ours(connection):
            raise LeaseLost(f"{self.name}: another has taken over, for this process was not heard of; it goes on there")


@contextmanager
def hold(
    settings: Settings, name: str, *, longest: timedelta | None = None, outranks: bool = False
) -> Iterator[Lease | None]:
    """Holds the lease during the body, which gets None; or the lease of a living holder, and then holds nothing.

    What a dead holder left is taken at once, from a living one after `longest`, and `outranks` takes it in any case and
    goes on where that one left off. While the store cannot be written, the
    body runs without: work done twice does no harm, work not done does.
    """
    own = Hold(name, uuid.uuid4().hex)
    try:
        other = _take(settings, own, longest, outranks=outranks)
    except Exception as error:  # whatever it is, the work is done
        logger.warning("lease not taken", extra={"step": name, "reason": type(error).__name__})
        yield None
        return
    if other is not None:
        yield other
        return
    with kept(settings, own):
        yield None


@contextmanager
def exclusive(
    settings: Settings,
    name: str,
    describe: Describe,
    *,
    longest: timedelta | None = LONGEST_PASS,
    wait: float = 0.0,
    forget: bool = False,
) -> Iterator[Hold]:
    """Holds the lease during the body, alone. Raises BeingDone when somebody else does for longer than `wait` seconds.

    `forget`: nothing of it is kept when it is over. Raises StoreErrors when the store cannot be written.
    """
    own = Hold(name, uuid.uuid4().hex)
    deadline = time.monotonic() + wait
    while (other := _take(settings, own, longest)) is not None:
        if time.monotonic() >= deadline:
            raise BeingDone(describe(other.process.host, f"{other.since.astimezone(settings.zone):%H:%M}"))
        time.sleep(_POLL)
    with kept(settings, own, forget=forget):
        yield own


def new_hold(kind: str) -> Hold:
    """What may hold a lease that is nobody else's: of a kind of which several are held at once."""
    holder = uuid.uuid4().hex
    return Hold(leases.numbered(kind, holder), holder)


def length(settings: Settings) -> timedelta:
    """After so long a lease that was not renewed may be taken."""
    return leases.LENGTH_ON_SERVER if settings.store.is_server else leases.LENGTH


@contextmanager
def kept(settings: Settings, own: Hold, *, forget: bool = False) -> Iterator[None]:
    """Renews a lease that was taken, in a thread of its own during the body, and gives it back.

    `forget`: nothing of it is kept then.
    """
    ended, is_finished = Event(), False
    heart = threading.Thread(target=_renew, args=(settings, own, ended), daemon=True)
    heart.start()
    try:
        yield
        is_finished = True
    finally:
        ended.set()
        heart.join()
        _release(settings, own, is_finished=is_finished, forget=forget)


def _take(settings: Settings, own: Hold, longest: timedelta | None, *, outranks: bool = False) -> Lease | None:
    with store.connect(settings.store) as connection:
        moment = leases.clock(connection, now())
        lease = leases.read(connection, own.name)
        if lease is not None and lease.is_held(moment) and not outranks:
            return lease
        leases.take(
            connection, own.name, own.holder, moment, longest=longest, keeps_since=outranks, length=length(settings)
        )
    if lease is not None and lease.holder:
        logger.warning("lease taken over", extra={"step": own.name, "pid": lease.process.pid})
    return None


def _renew(settings: Settings, own: Hold, ended: Event) -> None:
    lasts = length(settings)
    while not ended.wait(min(_HEARTBEAT, lasts.total_seconds() / 4)):
        try:
            with store.connect(settings.store, waits=False) as connection:
                moment = leases.clock(connection, now())
                is_ours = leases.renew(connection, own.name, own.holder, moment, length=lasts)
        except Exception as error:  # whatever it is, the work goes on
            logger.warning("lease not renewed", extra={"step": own.name, "reason": type(error).__name__})
            continue
        if not is_ours:
            own.lost.set()
            logger.warning("lease lost", extra={"step": own.name})
            return


def _release(settings: Settings, own: Hold, *, is_finished: bool, forget: bool) -> None:
    try:
        with store.connect(settings.store) as connection:
            if forget:
                leases.forget(connection, own.name, own.holder)
            else:
                finished_at = leases.clock(connection, now()) if is_finished else None
                leases.release(connection, own.name, own.holder, finished_at)
    except Exception as error:  # it is taken over as that of a dead process
        logger.warning("lease not released", extra={"step": own.name, "reason": type(error).__name__})
