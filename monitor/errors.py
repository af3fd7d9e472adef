"""Every error Escucha raises on purpose.

    EscuchaError
      Refusal                   what a person may not do, or not now; pages say it in the person's language
        NotPermitted            what their account does not let them do
      SettingsError             what, where, and how to fix it; FaultySettings tells it by key
      SourceError
        Transient               RateLimited (BudgetSpent, PartLimited), SourceUnavailable -> tried again later
        Permanent               BadCredentials, Forbidden, QueryRejected, UnexpectedAnswer -> a person is told
        CursorExpired, SpanTooOld                            -> the read begins anew
        UnfitFile               a Refusal and an UnexpectedAnswer: what is wrong with a file that a person chose
      StoreError
        StoreTransient          StoreBusy (BeingDone, LeaseLost), StoreFull, StoreOutOfMemory, StoreInterrupted
                                -> tried again later
        the others              StoreUnwritable, StoreCorrupt, StoreForeign, StoreOutdated, StoreConflict -> a person
      ModelError
      HandOverError             HandOverTransient, HandOverPermanent
      RejectedPost              one post that cannot be read; kept in `rejects`, never fatal by itself

Messages say what happened, where, and what to do about it. They never hold a secret: credentials are masked when an
error is made.
"""

import re
import traceback
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.masking.masks import mask

if TYPE_CHECKING:
    from monitor.models.campaigns import CampaignDecision
    from monitor.models.cases import Event


def fault_place(error: BaseException) -> str:
    """An error that nobody foresaw, by name and place alone (`KeyError in source.py:12`): its text may quote a post."""
    frames = list(traceback.walk_tb(error.__traceback__))
    name = type(error).__name__
    return f"{name} in {Path(frames[-1][0].f_code.co_filename).name}:{frames[-1][1]}" if frames else name


_SURROGATE = re.compile("[\ud800-\udfff]")


def _masked(value: object) -> object:
    """Without credentials, and without what UTF-8 has no form for: names of files may hold any bytes."""
    return mask(_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)) if isinstance(value, str) else value


class EscuchaError(Exception):
    """Base of all errors that are Escucha's own; its text is fit to show to a person, and holds no credential."""

    def __init__(self, *args: object) -> None:
        super().__init__(*map(_masked, args))


class Refusal(EscuchaError):
    """What a person may not do, or not now, said in English by `sentence` with its `values`.

    A page says it in another language: by the `key` (a-z and _), with the same values.
    """

    def __init__(self, key: str, sentence: str, **values: object) -> None:
        super().__init__(key, sentence)
        self.key, self.sentence = key, sentence
        self.values = {name: _masked(value) for name, value in values.items()}

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


class NotPermitted(Refusal):
    """What the account of whoever acts does not let them do: there is none, its role has no such right, its limits."""


def fault_name(error: BaseException) -> str:
    """What went wrong as a log may say it: the error's class, and what was refused where its class has many."""
    name = type(error).__name__
    return f"{name} {error.key}" if isinstance(error, Refusal) else name


class SettingsError(EscuchaError):
    """A setting is missing, unknown or wrong; the text names file, line, key and fix."""


class FaultySettings(SettingsError):
    """Settings with values that are wrong; `faults` tells what of each key: {"brands[0].queries": "..."}."""

    def __init__(self, message: str, faults: Mapping[str, str]) -> None:
        super().__init__(message)
        self.faults = {key: str(_masked(fault)) for key, fault in faults.items()}


class SourceError(EscuchaError):
    """A network, or a file of posts, could not be read."""


class Transient(SourceError):
    """Worth another try later."""


class RateLimited(Transient):
    """The network asks to wait until `reset_at` (UTC); None: it does not say how long."""

    def __init__(self, message: str, reset_at: datetime | None) -> None:
        super().__init__(message)
        self.reset_at = reset_at


class BudgetSpent(RateLimited):
    """The day's budget of the settings is used up."""


class PartLimited(RateLimited):
    """Servers of single listings ask to wait; the others were read."""


class SourceUnavailable(Transient):
    """The network did not answer, or answered with a fault of its own."""


class Permanent(SourceError):
    """Trying again gives the same answer: a person has to act."""


class BadCredentials(Permanent):
    """The network refused the credentials."""


class Forbidden(Permanent):
    """The network knows the account and does not let it do this."""


class QueryRejected(Permanent):
    """The query cannot be parsed, or the network refused it."""


class UnexpectedAnswer(Permanent):
    """The answer cannot be read: no column of texts, a broken file, every post of a page rejected."""


class UnfitFile(Refusal, UnexpectedAnswer):
    """A file that a person chose is not what it should be."""


class CursorExpired(SourceError):
    """The network no longer knows the cursor of a page."""


class SpanTooOld(SourceError):
    """The network does not reach back so far; `earliest` (UTC) is how far it does."""

    def __init__(self, message: str, earliest: datetime) -> None:
        super().__init__(message)
        self.earliest = earliest


class RejectedPost(EscuchaError):
    """One post cannot be read; the text is the reason stored beside it."""


class StoreError(EscuchaError):
    """The database could not do what was asked."""


class StoreTransient(StoreError):
    """Worth another try later; nothing was written."""


class StoreBusy(StoreTransient):
    """Another process held the database for longer than the time allowed."""


class BeingDone(StoreBusy):
    """Somebody else does it at the moment: the text says who, and since when."""


class LeaseLost(BeingDone):
    """Somebody else took it over, for this process was not heard of; nothing of this was written."""


class StoreFull(StoreTransient):
    """There is no room for the database to grow: the disk, a quota or a limit on the size of files."""


class StoreOutOfMemory(StoreTransient):
    """There was not enough memory for the work."""


class StoreInterrupted(StoreTransient):
    """The work was stopped from outside."""


class StoreUnwritable(StoreError):
    """The system does not let this user read or write the database, its folder or its locks, or the disk fails."""


class StoreCorrupt(StoreError):
    """The file is not a database of Escucha's, or is damaged."""


class StoreForeign(StoreCorrupt):
    """What the settings call the database is something else, which stays as it is."""


class StoreOutdated(StoreError):
    """The database was written by a newer Escucha than this one."""


class StoreConflict(StoreError):
    """Somebody else changed the same record first; nothing was written.

    `meanwhile` is what happened to the case since it was looked at, what matters most first; `decision` what somebody
    decided about the campaign.
    """

    def __init__(
        self, message: str, meanwhile: "Sequence[Event]" = (), decision: "CampaignDecision | None" = None
    ) -> None:
        super().__init__(message)
        self.meanwhile = tuple(meanwhile)
        self.decision = decision


class ModelError(EscuchaError):
    """The classifier's files are missing, damaged or do not fit."""


class HandOverError(EscuchaError):
    """A case did not reach its destination."""


class HandOverTransient(HandOverError):
    """Worth another try later."""


class HandOverPermanent(HandOverError):
    """Trying again gives the same answer: a person has to act."""
