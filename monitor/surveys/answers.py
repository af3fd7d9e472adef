"""The satisfaction question after a closing: its link, which a person sends, and its answer."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import store
from monitor.casework import apply
from monitor.casework.apply import Change, Done
from monitor.desk import changes as desk_changes
from monitor.errors import EscuchaError, Refusal
from monitor.models.cases import Case, Event, NewEvent
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, events, notices, surveys
from monitor.store.cases.surveys import Source, Survey
from monitor.surveys import links

LONGEST = 2_000
"""Characters of a comment that are kept."""
BAD = 2
"""A satisfaction of so much or less tells whoever had the case."""
CUSTOMER = "customer"
"""The actor of an answer that the customer gave."""


class AnsweredAlready(Refusal):
    """A survey takes one answer, and has it."""


@dataclass(frozen=True, slots=True)
class Answer:
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
class Given:
    """An answer to a survey, and when it was given."""

    survey: Survey
    answer: Answer
    at: datetime


def ask(settings: Settings, case_id: int, *, actor: str, now: datetime) -> str:
    """The link to the survey of the case's closing, for a person to send; the same one when asked again.

    Whoever has the case is written down. Raises EscuchaError for a case that is not closed, or was merged away.
    """
    with store.connect(settings.store) as connection:
        survey = asked(connection, settings, case_id, actor, now)
        if survey.answered_at is None and survey.expires_at <= now:
            surveys.prolong(connection, survey.survey_id, _end(settings, now))
    return links.link(settings, survey.survey_id)


def asked(connection: Connection, settings: Settings, case_id: int, actor: str, now: datetime) -> Survey:
    """The survey of the case's closing, made when there is none yet. Raises as `ask` does."""
    case = cases.get(connection, case_id)
    if case.stage != "closed" or case.resolved_at is None or case.merged_into is not None:
        raise Refusal("survey_open", "{code} is not closed; the question is asked once it is", code=case.code)
    known = next((one for one in surveys.of_case(connection, case_id) if one.closed_at == case.resolved_at), None)
    if known is not None:
        return known
    made = surveys.add(
        connection,
        case_id,
        case.resolved_at,
        owner=case.owner,
        language="en" if case.language == "en" else "es" if case.language == "es" else settings.language,
        asked_by=actor,
        now=now,
        expires_at=_end(settings, now),
    )
    _tell(connection, settings, [NewEvent(case_id, "survey", field="asked")], actor, now)
    return made


def find(settings: Settings, token: str, now: datetime) -> tuple[Survey, str] | None:
    """The survey of a token and the brand it speaks for; None for a forged, unknown or expired one."""
    survey_id = links.survey_id_of(settings, token)
    if survey_id is None or not settings.store.path.exists():
        return None
    with store.connect(settings.store, read_only=True) as connection:
        survey = surveys.get(connection, survey_id)
        if survey is None or (survey.answered_at is None and survey.expires_at <= now):
            return None
        return survey, surveys.brand_of(connection, survey)


def answer(settings: Settings, survey_id: int, given: Answer, *, now: datetime) -> None:
    """Stores what the customer said on the page. Raises AnsweredAlready for a second answer."""
    with store.connect(settings.store) as connection:
        survey = surveys.get(connection, survey_id)
        if survey is None:
            raise EscuchaError(f"there is no survey {survey_id}")
        if not store_answers(connection, settings, [Given(survey, given, now)], "page", CUSTOMER, now):
            raise AnsweredAlready("answered_already", "this survey was answered already")


def answer_by_hand(settings: Settings, case_id: int, given: Answer, *, actor: str, now: datetime) -> Done:
    """Stores what the customer said to `actor`, on the phone say. Raises as `ask` and `answer` do."""
    with store.connect(settings.store) as connection:
        before = events.last_id(connection)
        survey = asked(connection, settings, case_id, actor, now)
        if not store_answers(connection, settings, [Given(survey, given, now)], "phone", actor, now):
            raise AnsweredAlready("answered_already", "this survey was answered already; nothing was changed")
        told = events.of_cases(connection, [case_id])[case_id]
        return Done(cases.get(connection, case_id), tuple(event for event in told if event.event_id > before))


def store_answers(
    connection: Connection, settings: Settings, all_given: Sequence[Given], source: Source, actor: str, now: datetime
) -> int:
    """Stores answers with their events, and notices for those who had the cases of bad ones. Returns how many were new.

    The words stay out of the history, which nobody can take out again.
    """
    new = [
        one
        for one in all_given
        if surveys.answer(
            connection,
            one.survey.survey_id,
            satisfaction=one.answer.satisfaction,
            recommend=one.answer.recommend,
            comment=cleaned(one.answer.comment),
            source=source,
            answered_at=one.at,
        )
    ]
    told = [
        NewEvent(
            one.survey.case_id, "survey", field="answered", became=str(one.answer.satisfaction), took_place_at=one.at
        )
        for one in new
    ]
    last = _tell(connection, settings, told, actor, now)
    for one in new:
        if one.answer.satisfaction <= BAD and one.survey.owner:
            notices.add(connection, [one.survey.owner], one.survey.case_id, last[one.survey.case_id])
    return len(new)


def cleaned(comment: str) -> str:
    """The words without control characters, at most LONGEST of them; line breaks stay."""
    lines = comment.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))[
        :LONGEST
    ].strip()


def _end(settings: Settings, now: datetime) -> datetime:
    return now + timedelta(days=settings.desk.survey.expire_days)


def _tell(
    connection: Connection, settings: Settings, told: Sequence[NewEvent], actor: str, now: datetime
) -> dict[int, int]:
    """Adds events to their cases. Returns the id of the last one by case."""
    by_case = defaultdict[int, list[NewEvent]](list)
    for event in told:
        by_case[event.case_id].append(event)
    changes: dict[int, Change] = {case_id: _adding(new) for case_id, new in by_case.items()}
    done = apply.apply(connection, settings, changes, actor=actor, now=now, merged=True) if changes else []
    return {one.case.case_id: one.events[-1].event_id for one in done}


def _adding(new: Sequence[NewEvent]) -> Change:
    def added(case: Case, history: tuple[Event, ...]) -> desk_changes.Changed:
        del history
        return case, new

    return added
