"""What PostgreSQL and the way to it say, as errors that tell a person where and what to do."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from monitor.errors import StoreBusy, StoreError, StoreFull, StoreInterrupted, StoreOutOfMemory, StoreUnwritable
from monitor.settings.loading import Store

logger = logging.getLogger(__name__)

_LONGEST = 200  # characters of the server's own words
_UNREACHABLE = (psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction)
_TOLD: tuple[tuple[type[Exception] | tuple[type[Exception], ...], type[StoreError], str], ...] = (
    (
        errors.LockNotAvailable,
        StoreBusy,
        "another writer held {place} for longer than {seconds} s; try again, or raise store.busy_timeout",
    ),
    (
        errors.DiskFull,
        StoreFull,
        "the disk of {place} is full ({words}); nothing of this was written. Make room there, then try again",
    ),
    (
        errors.OutOfMemory,
        StoreOutOfMemory,
        "{place} had not enough memory ({words}); nothing of this was written. Try again",
    ),
    (
        errors.QueryCanceled,
        StoreInterrupted,
        "the work on {place} was interrupted; nothing of it was written. Try again",
    ),
    (
        errors.InsufficientPrivilege,
        StoreUnwritable,
        "{place} refuses this user ({words}); README names the rights that it needs",
    ),
    (
        _UNREACHABLE,
        StoreError,
        "{place} cannot be reached ({words}); nothing of this was written. Try again",
    ),
)


@contextmanager
def translated(store: Store) -> Iterator[None]:
    """Errors of the server in the body become StoreErrors that name its place; mistakes in SQL stay."""
    try:
        yield
    except psycopg.Error as error:
        fault = fault_of(error, store)
        if fault is None:
            raise
        reason = f"{type(fault).__name__} {type(error).__name__}"
        logger.error("database failed", extra={"reason": reason})  # noqa: TRY400  its words may hold the address
        raise fault from None


def fault_of(error: psycopg.Error, store: Store) -> StoreError | None:
    """The server's error in our terms; None for a mistake in SQL, which is a fault of Escucha's own."""
    for kinds, fault, sentence in _TOLD:
        if isinstance(error, kinds):
            return fault(
                sentence.format(
                    place=store.place, words=first_line(str(error), store), seconds=f"{store.busy_timeout:g}"
                )
            )
    return None


def first_line(text: str, store: Store) -> str:
    """What was said first, cut, without the address, which may hold a password."""
    line = (text.strip().splitlines() or [""])[0][:_LONGEST]
    return re.sub(r"postgres(ql)?://\S+", store.place, line)
