"""One action on many cases: what fits is done in one transaction, what does not is told case by case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal, TypeAlias

from monitor import store
from monitor.casework import apply
from monitor.casework.apply import Change, Done
from monitor.desk import changes, notices
from monitor.errors import EscuchaError, Refusal
from monitor.models.cases import Agreement, Case, DismissReason, Event, NewEvent
from monitor.models.posts import Stage
from monitor.settings.loading import Settings
from monitor.store.cases import cases

LIMIT = 500
"""How many cases may change at once."""
Why: TypeAlias = Literal["changed", "unfit", "unchanged"]
"""changed: by somebody else since it was seen; unfit: it may not change so; unchanged: it is so already."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A case that stayed as it was, and why."""

    code: str
    why: Why
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BulkDone:
    """What was done, and which cases stayed as they were."""

    done: tuple[Done, ...]
    refused: tuple[Refused, ...]

    @property
    def undoable(self) -> dict[int, list[int]]:
        """The events by case, as `desk.undo` takes them: one undo for all."""
        return {one.case.case_id: [event.event_id for event in one.events] for one in self.done}


def assign_many(settings: Settings, seen: Mapping[int, int], owner: str, *, actor: str, now: datetime) -> BulkDone:
    """Gives the cases, each seen at a version, to a person; '' takes them from whoever has them.

    Raises EscuchaError for none or more than `LIMIT` cases, as all of these do.
    """
    return edit_many(settings, seen, {"owner": owner.strip()}, actor=actor, now=now)


def take_many(settings: Settings, seen: Mapping[int, int], *, actor: str, now: datetime) -> BulkDone:
    """Makes the cases the actor's, and acknowledges those that were only received."""
    return _each(settings, seen, partial(changes.taken, actor=actor), actor, now)


def move_many(
    settings: Settings,
    seen: Mapping[int, int],
    stage: Stage,
    *,
    actor: str,
    now: datetime,
    note: str = "",
    reason: DismissReason | None = None,
    agreement: Agreement | None = None,
) -> BulkDone:
    """Takes the cases to a stage; `dismissed` asks for a reason, `closed` whether the customers agreed."""
    change = partial(changes.to_stage, stage=stage, note=note, reason=reason, agreement=agreement)
    return _each(settings, seen, change, actor, now)


def edit_many(
    settings: Settings, seen: Mapping[int, int], fields: Mapping[str, object], *, actor: str, now: datetime
) -> BulkDone:
    """Sets fields of `casework.EDITABLE` on the cases."""
    return _each(settings, seen, partial(changes.with_fields, fields=fields), actor, now)


def tag_many(
    settings: Settings,
    seen: Mapping[int, int],
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    actor: str,
    now: datetime,
) -> BulkDone:
    """Adds and takes away tags, each a word; the other tags of the cases stay."""
    wanted, spare = ({word.casefold() for tag in tags for word in tag.split()} for tags in (add, remove))

    def tagged(case: Case, history: tuple[Event, ...]) -> changes.Changed:
        tags = sorted((set(case.tags.split()) - spare) | wanted)
        return changes.with_fields(case, history, fields={"tags": " ".join(tags)})

    return _each(settings, seen, tagged, actor, now)


def note_many(settings: Settings, seen: Mapping[int, int], text: str, *, actor: str, now: datetime) -> BulkDone:
    """Adds a note to the cases, whatever others did meanwhile. Raises EscuchaError for a note without words."""
    return _each(settings, seen, partial(changes.of_kind, told=changes.note(text)), actor, now, whatever=True)


def _each(
    settings: Settings,
    seen: Mapping[int, int],
    change: Change,
    actor: str,
    now: datetime,
    *,
    whatever: bool = False,
) -> BulkDone:
    if not 0 < len(seen) <= LIMIT:
        raise Refusal("how_many", "choose from 1 to {most} cases; these are {n}", most=LIMIT, n=len(seen))
    versions = {} if whatever else seen
    refused: list[Refused] = []
    with store.connect(settings.store) as connection:
        there = [case.case_id for case in cases.many(connection, seen)]
        fitting = partial(_fitting, change=change, versions=versions, refused=refused)
        all_ = apply.apply(connection, settings, dict.fromkeys(there, fitting), actor=actor, now=now, merged=True)
        done = tuple(one for one in all_ if one.events)
        notices.tell_named(connection, settings, done)
    return BulkDone(done, tuple(refused))


def _fitting(
    case: Case, history: tuple[Event, ...], *, change: Change, versions: Mapping[int, int], refused: list[Refused]
) -> tuple[Case, Sequence[NewEvent]]:
    """The change where it fits; a case that it does not fit stays as it is, and `refused` is told why."""
    if versions.get(case.case_id, case.version) != case.version:
        refused.append(Refused(case.code, "changed", history[-1].actor))
        return case, []
    if case.merged_into is not None:
        refused.append(Refused(case.code, "unfit", f"{case.code} was merged into another case"))
        return case, []
    try:
        after, told = change(case, history)
    except EscuchaError as error:
        refused.append(Refused(case.code, "unfit", str(error)))
        return case, []
    if not told:
        refused.append(Refused(case.code, "unchanged"))
    return after, told
