"""The satisfaction question after a closing: its link, which a person sends, and its answer."""

import logging
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.cases.team import people
from monitor.casework import apply
from monitor.casework.apply import AppliedChange, CaseChange
from monitor.desk import changes as desk_changes
from monitor.errors import EscuchaError, Refusal
from monitor.models.cases import Case, Event, NewEvent
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, events, notices, surveys
from monitor.store.cases.surveys import AnswerSource, Survey
from monitor.surveys import links

logger = logging.getLogger(__name__)

LONGEST = 2_000
"""Characters of a comment that are kept."""
BAD = 2
"""A satisfaction of so much or less tells whoever had the case."""
_UNPRINTABLE = ("Cc", "Cs", "Co", "Cn")
CUSTOMER = "customer"
"""The actor of an answer that the customer gave."""


class AnsweredAlready(Refusal):
    """A survey takes one answer, and has it."""


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """What a customer says: satisfaction 1 to 5, whether to recommend 0 to 10 (None: left out), and words."""

    satisfaction: int
    recommend: int | None = None
    comment: str = ""

    def __post_init__(self) -> None:
        """Raises EscuchaError for a number out of range."""
        if not 1 <= self.satisfaction <= 5:
            raise EscuchaError(f"a satisfaction of {self.satisfaction} does not exist; give 1 to 5")
        if self.recommend is not None and not 0 <= self.recommend <= 10:
            raise EscuchaError(f"a recommendation of {self.recommend} does not exist; give 0 to 10, or leave it out")


@dataclass(frozen=True, slots=True)
class DatedAnswer:
    """An answer to a survey, and when it was given."""

    survey: Survey
    answer: SurveyAnswer
    at: datetime


@permitted(Permission.ANSWER, cases="case_id")
def ask(settings: Settings, case_id: int, *, actor: str, now: datetime) -> str:
    """The link to the survey of the case's closing, for a person to send; the same one when asked again.

    Whoever has the case is written down. Raises EscuchaError for a case that is not closed, or was merged away.
    """
    with store.connect(settings.store) as connection:
        survey = open_survey(connection, settings, case_id, actor, now)
        if survey.answered_at is None and survey.expires_at <= now:
            surveys.extend(connection, survey.survey_id, _expiry(settings, now))
    return links.link(settings, survey.survey_id, survey.link_key)


def open_survey(connection: Connection, settings: Settings, case_id: int, actor: str, now: datetime) -> Survey:
    """The survey of the case's closing, made when there is none yet. Raises as `ask` does."""
    case = cases.get(connection, case_id)
    if case.stage != "closed" or case.resolved_at is None or case.merged_into is not None:
        raise Refusal("survey_open", "{code} is not closed; the question is asked once it is", code=case.code)
    for survey in surveys.of_case(connection, case_id):
        if survey.closed_at == case.resolved_at:
            return survey
    new_survey = surveys.add(
        connection,
        case_id,
        case.resolved_at,
        owner=case.owner,
        language="en" if case.language == "en" else "es" if case.language == "es" else settings.language,
        asked_by=actor,
        now=now,
        expires_at=_expiry(settings, now),
        link_key=links.new_key(),
    )
    _add_events(connection, settings, [NewEvent(case_id, "survey", field="asked")], actor, now)
    logger.info("survey opened", extra={"case": case.code})
    return new_survey


def find(settings: Settings, token: str, now: datetime) -> tuple[Survey, str] | None:
    """The survey of a token and the brand it speaks for; None for a forged, unknown or expired one."""
    if not store.exists(settings.store):
        return None
    with store.connect(settings.store, read_only=True) as connection:
        survey = of_token(connection, links.read_token(settings, token))
        if survey is None or (survey.answered_at is None and survey.expires_at <= now):
            return None
        return survey, surveys.brand_of(connection, survey)


def of_token(connection: Connection, token: links.SurveyToken | None) -> Survey | None:
    """The survey that a token was made for; None where it is not in this database, or was never signed."""
    survey = surveys.get(connection, token.survey_id) if token else None
    return survey if survey and token and survey.link_key == token.link_key else None


def save_answer(settings: Settings, survey_id: int, answer: SurveyAnswer, *, now: datetime) -> None:
    """Stores what the customer said on the page. Raises AnsweredAlready for a second answer."""
    with store.connect(settings.store) as connection:
        survey = surveys.get(connection, survey_id)
        if survey is None:
            raise EscuchaError(f"there is no survey {survey_id}")
        if not store_answers(connection, settings, [DatedAnswer(survey, answer, now)], "page", CUSTOMER, now):
            raise AnsweredAlready("answered_already", "this survey was answered already")


@permitted(Permission.ANSWER, cases="case_id")
def save_answer_by_hand(
    settings: Settings, case_id: int, answer: SurveyAnswer, *, actor: str, now: datetime
) -> AppliedChange:
    """Stores what the customer said to `actor`, on the phone say. Raises as `ask` and `save_answer` do."""
    with store.connect(settings.store) as connection:
        last_event_id = events.last_id(connection)
        survey = open_survey(connection, settings, case_id, actor, now)
        if not store_answers(connection, settings, [DatedAnswer(survey, answer, now)], "phone", actor, now):
            raise AnsweredAlready("answered_already", "this survey was answered already; nothing was changed")
        history = events.of_cases(connection, [case_id])[case_id]
        return AppliedChange(
            cases.get(connection, case_id), tuple(event for event in history if event.event_id > last_event_id)
        )


def store_answers(
    connection: Connection,
    settings: Settings,
    dated_answers: Sequence[DatedAnswer],
    source: AnswerSource,
    actor: str,
    now: datetime,
) -> int:
    """Stores answers with their events, and notices of bad ones for those who had the cases. Returns how many were new.

    The words stay out of the history, which nobody can take out again.
    """
    fresh_answers = [
        dated
        for dated in dated_answers
        if surveys.answer(
            connection,
            dated.survey.survey_id,
            satisfaction=dated.answer.satisfaction,
            recommend=dated.answer.recommend,
            comment=clean_comment(dated.answer.comment),
            source=source,
            answered_at=dated.at,
        )
    ]
    answer_events = [
        NewEvent(
            dated.survey.case_id,
            "survey",
            field="answered",
            became=str(dated.answer.satisfaction),
            took_place_at=dated.at,
        )
        for dated in fresh_answers
    ]
    last_ids = _add_events(connection, settings, answer_events, actor, now)
    for dated in fresh_answers:
        if dated.answer.satisfaction <= BAD and dated.survey.owner:
            recipients = _who_hears(settings, dated.survey.owner, now)
            notices.add(connection, recipients, dated.survey.case_id, last_ids[dated.survey.case_id])
    if fresh_answers:
        logger.info("survey answers stored", extra={"count": len(fresh_answers)})
    return len(fresh_answers)


def _who_hears(settings: Settings, owner: str, now: datetime) -> list[str]:
    """Whoever had the case, or, while that person is not there, everybody of the team who is."""
    team = people.team_on(settings.desk, now, settings.zone)
    return [person.name for person in team.present] if team.absence(owner) else [owner]


def clean_comment(comment: str) -> str:
    """The words without control characters, at most LONGEST of them; line breaks stay."""
    lines = comment.replace("\r\n", "\n").replace("\r", "\n")
    printable = (char for char in lines if char == "\n" or unicodedata.category(char) not in _UNPRINTABLE)
    return "".join(printable)[:LONGEST].strip()


def _expiry(settings: Settings, now: datetime) -> datetime:
    return now + timedelta(days=settings.desk.survey.expire_days)


def _add_events(
    connection: Connection, settings: Settings, new_events: Sequence[NewEvent], actor: str, now: datetime
) -> dict[int, int]:
    """Adds events to their cases. Returns the id of the last one by case."""
    by_case = defaultdict[int, list[NewEvent]](list)
    for event in new_events:
        by_case[event.case_id].append(event)
    changes: dict[int, CaseChange] = {case_id: _events_change(case_events) for case_id, case_events in by_case.items()}
    done = apply.apply(connection, settings, changes, actor=actor, now=now, merged=True) if changes else []
    return {change.case.case_id: change.events[-1].event_id for change in done}


def _events_change(new_events: Sequence[NewEvent]) -> CaseChange:
    def add_events(case: Case, history: tuple[Event, ...]) -> desk_changes.ChangedCase:
        del history
        return case, new_events

    return add_events
