"""One action on many cases: what fits is done in one transaction, what does not is told case by case."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal, TypeAlias

from monitor import store
from monitor.casework import apply
from monitor.casework.apply import AppliedChange, CaseChange
from monitor.desk import changes, notices
from monitor.errors import EscuchaError, Refusal
from monitor.models.cases import Agreement, Case, DismissReason, Event, NewEvent
from monitor.models.posts import Stage
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from monitor.store.restores import numbers

logger = logging.getLogger(__name__)

LIMIT = 500
"""How many cases may change at once."""
Why: TypeAlias = Literal["changed", "unfit", "unchanged"]
"""changed: by somebody else since it was seen; unfit: it may not change so; unchanged: it is so already."""


@dataclass(frozen=True, slots=True)
class BulkRefusal:
    """A case that stayed as it was, and why."""

    code: str
    why: Why
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BulkDone:
    """What was done, and which cases stayed as they were."""

    done: tuple[AppliedChange, ...]
    refused: tuple[BulkRefusal, ...]

    @property
    def undoable(self) -> dict[int, list[int]]:
        """The events by case, as `desk.undo` takes them: one undo for all."""
        return {change.case.case_id: [event.event_id for event in change.events] for change in self.done}


def assign_many(settings: Settings, seen: Mapping[int, int], owner: str, *, actor: str, now: datetime) -> BulkDone:
    """Gives the cases, each seen at a version, to a person; '' takes them from whoever has them.

    To oneself is as `take_many`. Raises EscuchaError for none or more than `LIMIT` cases, as all of these do.
    """
    return edit_many(settings, seen, {"owner": owner.strip()}, actor=actor, now=now)


def take_many(settings: Settings, seen: Mapping[int, int], *, actor: str, now: datetime) -> BulkDone:
    """Makes the cases the actor's and takes them out of the inbox; their stages stay as they are."""
    return _apply_each(settings, seen, partial(changes.take, actor=actor), actor, now)


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
    change = partial(changes.move_stage, stage=stage, note=note, reason=reason, agreement=agreement)
    return _apply_each(settings, seen, change, actor, now)


def edit_many(
    settings: Settings, seen: Mapping[int, int], fields: Mapping[str, object], *, actor: str, now: datetime
) -> BulkDone:
    """Sets fields of `models.cases.EDITABLE` on the cases."""
    return _apply_each(settings, seen, partial(changes.assign, fields=fields, actor=actor), actor, now)


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
    added, removed = ({word.casefold() for tag in tags for word in tag.split()} for tags in (add, remove))

    def set_tags(case: Case, history: tuple[Event, ...]) -> changes.ChangedCase:
        tags = sorted((set(case.tags.split()) - removed) | added)
        return changes.set_fields(case, history, fields={"tags": " ".join(tags)})

    return _apply_each(settings, seen, set_tags, actor, now)


def note_many(settings: Settings, seen: Mapping[int, int], text: str, *, actor: str, now: datetime) -> BulkDone:
    """Adds a note to the cases, whatever others did meanwhile. Raises EscuchaError for a note without words."""
    return _apply_each(
        settings, seen, partial(changes.add_event, event=changes.note_event(text)), actor, now, any_version=True
    )


def _apply_each(
    settings: Settings,
    seen: Mapping[int, int],
    change: CaseChange,
    actor: str,
    now: datetime,
    *,
    any_version: bool = False,
) -> BulkDone:
    if not 0 < len(seen) <= LIMIT:
        raise Refusal("how_many", "choose from 1 to {most} cases; these are {n}", most=LIMIT, n=len(seen))
    versions = {} if any_version else seen
    refused: list[BulkRefusal] = []
    with store.connect(settings.store) as connection:
        if versions:
            numbers.refuse_version(connection, min(versions.values()))
        case_ids = [case.case_id for case in cases.get_many(connection, seen)]
        change_each = partial(_change_if_fits, change=change, versions=versions, refused=refused)
        changes_done = apply.apply(
            connection, settings, dict.fromkeys(case_ids, change_each), actor=actor, now=now, merged=True
        )
        done = tuple(change_done for change_done in changes_done if change_done.events)
        notices.tell_named(connection, settings, done)
    logger.info("cases changed together", extra={"count": len(done), "rejects": len(refused)})
    return BulkDone(done, tuple(refused))


def _change_if_fits(
    case: Case,
    history: tuple[Event, ...],
    *,
    change: CaseChange,
    versions: Mapping[int, int],
    refused: list[BulkRefusal],
) -> tuple[Case, Sequence[NewEvent]]:
    """The change where it fits; a case that it does not fit stays as it is, and `refused` is told why."""
    if versions.get(case.case_id, case.version) != case.version:
        refused.append(BulkRefusal(case.code, "changed", history[-1].actor))
        return case, []
    if case.merged_into is not None:
        refused.append(BulkRefusal(case.code, "unfit", f"{case.code} was merged into another case"))
        return case, []
    try:
        changed_case, events = change(case, history)
    except EscuchaError as error:
        refused.append(BulkRefusal(case.code, "unfit", str(error)))
        return case, []
    if not events:
        refused.append(BulkRefusal(case.code, "unchanged"))
    return changed_case, events
