"""What a person decides about a campaign, once and for what comes after; it can be taken back, or decided otherwise."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import get_args

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.cases import stages
from monitor.casework import apply
from monitor.casework.apply import AppliedChange, CaseChange
from monitor.casework.campaign_cases import open_all
from monitor.desk import answers
from monitor.desk import changes as desk_changes
from monitor.errors import EscuchaError, Refusal, StoreConflict
from monitor.models.campaigns import CampaignDecision, RepeatedText, Ruling
from monitor.models.cases import Case, DismissReason, Event, NewEvent, effective
from monitor.models.posts import Stage
from monitor.runs import Progress, no_progress
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import campaign_posts, campaigns, cases, events, incidents

logger = logging.getLogger(__name__)

_WAY: tuple[Stage, ...] = ("received", "acknowledged", "assessed", "answered")


@dataclass(frozen=True, slots=True)
class CampaignOutcome:
    """What a decision did: `undo` takes both, the decision and the changes of cases.

    `left`: how many cases of the campaign stay open as they are: critical ones, those that people work on, and those
    that hold more than the copy.
    """

    decision: CampaignDecision
    done: tuple[AppliedChange, ...]
    left: int = 0


@permitted(Permission.CAMPAIGNS, incidents="incident_id")
def decide_campaign(
    settings: Settings,
    incident_id: int,
    ruling: Ruling,
    *,
    seen: str,
    actor: str,
    now: datetime,
    answer: str = "",
    progress: Progress = no_progress,
) -> CampaignOutcome:
    """Decides about all copies of a campaign, those that are still to come too.

    `spam` and `not_a_complaint` dismiss its open cases; `answered` marks the `answer` as sent to those that wait for
    one; neither touches the cases that are more than a copy (`CampaignOutcome.left`). `real` opens a case for each
    copy, and reopens those that were dismissed. `seen` is what was decided when the person looked. Raises StoreConflict
    when somebody decided meanwhile, EscuchaError for what is no campaign.
    """
    if ruling not in get_args(Ruling):
        raise EscuchaError(f"a campaign is one of: {', '.join(get_args(Ruling))}")
    if ruling == "answered":
        answers.check_text(answer)
    with store.connect(settings.store) as connection:
        text = _campaign(connection, incident_id, seen)
        decision = CampaignDecision(text.campaign_id, ruling, actor, now, text.ruling, answer.strip())
        campaigns.decide(connection, decision)
        found, left = _copied(connection, incident_id, text)
        changes = _changes(connection, incident_id, decision, found)
        done = apply.apply(connection, settings, changes, actor=actor, now=now)
    if ruling == "answered":
        done += _answer_all(settings, found, answer, actor, now)
    if ruling == "real":
        done += open_all(settings, text.campaign_id, actor, now, progress)
    logger.info("campaign decided", extra={"count": len(done)})
    kept = 0 if ruling == "real" else left
    return CampaignOutcome(decision, tuple(change for change in done if change.events), kept)


def take_back(connection: Connection, decisions: Sequence[CampaignDecision], actor: str, now: datetime) -> None:
    """Lets what held before a decision hold again; to be called once its cases are as they were.

    Raises StoreConflict where somebody has decided otherwise since.
    """
    for decision in decisions:
        last = campaigns.decisions(connection, decision.campaign_id)[-1:]
        if not last or (last[0].at, last[0].actor, last[0].ruling) != (decision.at, decision.actor, decision.ruling):
            words = "somebody decided about this campaign again meanwhile; look at it again"
            raise StoreConflict(words, decision=next(iter(last), None))
        back = CampaignDecision(decision.campaign_id, decision.before, actor, now, decision.ruling)
        campaigns.decide(connection, back)
        if decision.before != "real":
            campaign_posts.hold_caseless(connection, decision.campaign_id)


def _campaign(connection: Connection, incident_id: int, seen: str) -> RepeatedText:
    text = campaigns.of_incident(connection, incident_id)
    if text is None:
        raise Refusal("no_campaign", "incident {incident} is no campaign", incident=incident_id)
    if text.ruling != seen:
        words = "somebody decided about this campaign meanwhile; look at it again"
        last = campaigns.decisions(connection, text.campaign_id)[-1:]
        raise StoreConflict(words, decision=next(iter(last), None))
    return text


def _copied(connection: Connection, incident_id: int, text: RepeatedText) -> tuple[list[Case], int]:
    """The open cases that a decision is for: no more than the copy. And how many open ones it leaves alone."""
    opened = [
        case
        for case in cases.get_many(connection, incidents.cases_of(connection, incident_id))
        if case.stage in stages.OPEN
    ]
    history = events.of_cases(connection, [case.case_id for case in opened])
    decided = {(each.at, each.actor) for each in campaigns.decisions(connection, text.campaign_id)}
    fuller_ids = campaign_posts.cases_with_more(connection, text.campaign_id, history)
    copied = [
        case
        for case in opened
        if (text.critical or case.severity != "critical")
        and case.case_id not in fuller_ids
        and not any(_is_work(event, decided) for event in effective(history[case.case_id]))
    ]
    return copied, len(opened) - len(copied)


def _is_work(event: Event, decided: Collection[tuple[datetime, str]]) -> bool:
    """Whether the event is of a person's work on this one case, or of a merge."""
    if event.kind == "merged":
        return True
    by_person = event.actor != "escucha" and (event.happened_at, event.actor) not in decided
    return by_person and event.kind not in ("opened", "incident")


def _changes(
    connection: Connection, incident_id: int, decision: CampaignDecision, copied: Sequence[Case]
) -> dict[int, CaseChange]:
    """What the decision does to the cases that the campaign has; `copied` are the open ones that it is for."""
    if decision.ruling == "real":
        found = cases.get_many(connection, incidents.cases_of(connection, incident_id))
        reopen = partial(desk_changes.move_stage, stage="reopened")
        return {case.case_id: reopen for case in found if case.stage == "dismissed"}
    if decision.ruling == "answered":
        return {}
    reason: DismissReason = "spam" if decision.ruling == "spam" else "not_a_complaint"
    return {case.case_id: partial(_to_dismissed, reason=reason) for case in copied}


def _answer_all(
    settings: Settings, copied: Sequence[Case], answer: str, actor: str, now: datetime
) -> list[AppliedChange]:
    """Marks the answer as sent to the cases whose customers wait, and takes them to `answered`."""
    versions = {case.case_id: case.version for case in copied if case.asked_at}
    if not versions:
        return []
    texts = dict.fromkeys(versions, answer)
    sent = answers.mark_sent_many(settings, versions, texts, "", actor=actor, now=now)
    with store.connect(settings.store) as connection:
        moved = apply.apply(connection, settings, dict.fromkeys(versions, _to_answered), actor=actor, now=now)
    return [
        AppliedChange(after.case, (*before.events, *after.events)) for before, after in zip(sent, moved, strict=True)
    ]


def _to_answered(case: Case, history: tuple[Event, ...]) -> desk_changes.ChangedCase:
    """The case at `answered`, by way of the stages that come before it: nobody looks into copies one by one."""
    way = _WAY[_WAY.index(case.stage) + 1 :] if case.stage in _WAY else (_WAY[-1],)
    return _by_way_of(case, history, way)


def _to_dismissed(case: Case, history: tuple[Event, ...], *, reason: DismissReason) -> desk_changes.ChangedCase:
    """The case dismissed; one that was answered is looked into again first, as the stages want it."""
    before: tuple[Stage, ...] = () if stages.may_move(case.stage, "dismissed") else ("investigating",)
    case, way_events = _by_way_of(case, history, before)
    case, stage_events = desk_changes.move_stage(case, history, stage="dismissed", reason=reason)
    return case, [*way_events, *stage_events]


def _by_way_of(case: Case, history: tuple[Event, ...], way: Sequence[Stage]) -> desk_changes.ChangedCase:
    new_events: list[NewEvent] = []
    for stage in way:
        case, stage_events = desk_changes.move_stage(case, history, stage=stage)
        case = replace(case, stage=stage)
        new_events += stage_events
    return case, new_events
