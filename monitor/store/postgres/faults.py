"""What PostgreSQL and the way to it say, as errors that tell a person where and what to do."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import psycopg
from psycopg import errors

from monitor.errors import (
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreForeign,
    StoreFull,
    StoreInterrupted,
    StoreOutOfMemory,
    StoreTransient,
    StoreUnwritable,
)
from monitor.settings.loading import Store

logger = logging.getLogger(__name__)

_LONGEST = 200  # characters of the server's own words
_FaultSentence: TypeAlias = tuple[type[Exception] | tuple[type[Exception], ...], type[StoreError], str]
_TOLD: tuple[_FaultSentence, ...] = (
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
        "the work on {place} was ended ({words}); nothing of it was written",
    ),
    (
        (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction),
        StoreUnwritable,
        "{place} does not allow this ({words}); nothing of it was written. README names the rights that it takes",
    ),
    (
        (errors.DataCorrupted, errors.IndexCorrupted),
        StoreCorrupt,
        "{place} is damaged ({words}); restore a backup",
    ),
    (
        errors.UndefinedTable,
        StoreForeign,
        "tables of Escucha's are not there any more at {place} ({words}); try again, or restore them",
    ),
    (
        (errors.SerializationFailure, errors.DeadlockDetected),
        StoreTransient,
        "{place} was written to by another at the same moment ({words}); nothing of this was written. Try again",
    ),
    (
        (psycopg.OperationalError, psycopg.InterfaceError, errors.IdleInTransactionSessionTimeout),
        StoreTransient,
        "the connection to {place} is gone ({words}); nothing of this was written. Try again",
    ),
)


class CommitUnknown(Exception):
    """The connection broke while a transaction was being committed: whether it was is not known."""


def not_connected(error: psycopg.Error, store: Store) -> StoreError:
    """Why there is no connection; of the address itself nothing is said."""
    words = first_line(str(error), store)
    if isinstance(error, psycopg.OperationalError):
        return StoreTransient(f"there is no connection to {store.place} ({words}); nothing of this was written")
    return StoreError(f"store.url: {words}")


@contextmanager
def translated(store: Store) -> Iterator[None]:
    """Errors of the server in the body become StoreErrors that name its place; mistakes in SQL stay."""
    try:
        yield
    except CommitUnknown:
        raise StoreError(
            f"the connection to {store.place} broke while this was being stored: whether it was is not known. Look "
            "before it is done again"
        ) from None
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
