"""One action on many cases: what fits is done, some hundred in a transaction; what does not is told case by case."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal, TypeAlias

from monitor import store
from monitor.access.permitted import permitted, require_assigning
from monitor.access.roles import Permission
from monitor.cases import codes
from monitor.cases.team import people
from monitor.casework import apply
from monitor.casework.apply import AppliedChange, CaseChange
from monitor.desk import changes, notices
from monitor.errors import EscuchaError, Refusal
from monitor.models.cases import Agreement, Case, DismissReason, Event, NewEvent
from monitor.models.posts import Stage
from monitor.runs import Progress, no_progress
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from monitor.store.restores import numbers

logger = logging.getLogger(__name__)

LIMIT = 10_000
"""How many cases one action may change."""
AT_ONCE = 500
"""How many of them change in one transaction: the database is free for others in between."""
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


@permitted(Permission.HANDLE_CASES, many=Permission.BULK, cases="seen")
def assign_many(
    settings: Settings,
    seen: Mapping[int, int],
    owner: str,
    *,
    actor: str,
    now: datetime,
    progress: Progress = no_progress,
) -> BulkDone:
    """Gives the cases, each seen at a version, to a person; '' takes them from whoever has them.

    To oneself is as `take_many`. Raises EscuchaError for none or more than `LIMIT` cases, as all of these do.
    """
    return edit_many(settings, seen, {"owner": owner.strip()}, actor=actor, now=now, progress=progress)


@permitted(Permission.HANDLE_CASES, many=Permission.BULK, cases="seen")
def take_many(
    settings: Settings, seen: Mapping[int, int], *, actor: str, now: datetime, progress: Progress = no_progress
) -> BulkDone:
    """Makes the cases the actor's and takes them out of the inbox; their stages stay as they are."""
    return _apply_each(settings, seen, partial(changes.take, actor=actor), actor, now, progress)


@permitted(Permission.HANDLE_CASES, many=Permission.BULK, cases="seen")
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
    progress: Progress = no_progress,
) -> BulkDone:
    """Takes the cases to a stage; `dismissed` asks for a reason, `closed` whether the customers agreed."""
    change = partial(changes.move_stage, stage=stage, note=note, reason=reason, agreement=agreement)
    return _apply_each(settings, seen, change, actor, now, progress)


@permitted(Permission.HANDLE_CASES, many=Permission.BULK, cases="seen")
def edit_many(
    settings: Settings,
    seen: Mapping[int, int],
    fields: Mapping[str, object],
    *,
    actor: str,
    now: datetime,
    progress: Progress = no_progress,
) -> BulkDone:
    """Sets fields of `models.cases.EDITABLE` on the cases."""
    spelled = people.spelled_owner(fields, people.team_on(settings.desk, now, settings.zone))
    require_assigning(settings, spelled, actor)
    return _apply_each(settings, seen, partial(changes.assign, fields=spelled, actor=actor), actor, now, progress)


@permitted(Permission.HANDLE_CASES, many=Permission.BULK, cases="seen")
def tag_many(
    settings: Settings,
    seen: Mapping[int, int],
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    actor: str,
    now: datetime,
    progress: Progress = no_progress,
) -> BulkDone:
    """Adds and takes away tags, each a word; the other tags of the cases stay."""
    added, removed = ({word.casefold() for tag in tags for word in tag.split()} for tags in (add, remove))

    def set_tags(case: Case, history: tuple[Event, ...]) -> changes.ChangedCase:
        tags = sorted((set(case.tags.split()) - removed) | added)
        return changes.set_fields(case, history, fields={"tags": " ".join(tags)})

    return _apply_each(settings, seen, set_tags, actor, now, progress)


@permitted(Permission.HANDLE_CASES, many=Permission.BULK, cases="seen")
def note_many(
    settings: Settings,
    seen: Mapping[int, int],
    text: str,
    *,
    actor: str,
    now: datetime,
    progress: Progress = no_progress,
) -> BulkDone:
    """Adds a note to the cases, whatever others did meanwhile. Raises EscuchaError for a note without words."""
    return _apply_each(
        settings,
        seen,
        partial(changes.add_event, event=changes.note_event(text)),
        actor,
        now,
        progress,
        any_version=True,
    )


def _apply_each(
    settings: Settings,
    seen: Mapping[int, int],
    change: CaseChange,
    actor: str,
    now: datetime,
    progress: Progress,
    *,
    any_version: bool = False,
) -> BulkDone:
    if not 0 < len(seen) <= LIMIT:
        raise Refusal("how_many", "choose from 1 to {most} cases; these are {n}", most=LIMIT, n=len(seen))
    done: list[AppliedChange] = []
    refused: list[BulkRefusal] = []
    parts = [dict(list(seen.items())[at : at + AT_ONCE]) for at in range(0, len(seen), AT_ONCE)]
    for at, part in enumerate(parts):
        try:
            outcome = _apply_part(settings, part, change, actor, now, any_version=any_version)
        except EscuchaError as error:
            if not done:
                raise
            rest = [case_id for later in parts[at:] for case_id in later]  # what is done stays, and can be undone
            refused += [BulkRefusal(codes.format_code(case_id), "unfit", str(error)) for case_id in rest]
            break
        done += outcome.done
        refused += outcome.refused
        progress("bulk", min((at + 1) * AT_ONCE, len(seen)), len(seen))
    logger.info("cases changed together", extra={"count": len(done), "rejects": len(refused)})
    return BulkDone(tuple(done), tuple(refused))


def _apply_part(
    settings: Settings, seen: Mapping[int, int], change: CaseChange, actor: str, now: datetime, *, any_version: bool
) -> BulkDone:
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
