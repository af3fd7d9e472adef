"""Surveys: the question asked after a closing, and the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal, TypeAlias

from monitor.store.connection import Connection

AnswerSource: TypeAlias = Literal["page", "file", "phone"]


@dataclass(frozen=True, slots=True)
class Survey:
    """The question after the closing of a case at `closed_at`; the columns of `surveys`. One answer at most.

    `owner` is whoever had the case when it was asked, '' for nobody. `satisfaction` is 1 to 5, `recommend` 0 to 10 or
    None where it was left out. `link_key` is what its link proves; None where it went out before there were keys.
    """

    survey_id: int
    case_id: int
    closed_at: datetime
    owner: str
    language: str
    asked_at: datetime
    asked_by: str
    expires_at: datetime
    answered_at: datetime | None
    satisfaction: int | None
    recommend: int | None
    comment: str
    source: AnswerSource | None
    link_key: str | None


_COLUMNS = ", ".join(column.name for column in fields(Survey))
COUNTS = (
    "count(*), count(answered_at), count(*) FILTER (WHERE satisfaction >= 4), count(recommend), "
    "count(*) FILTER (WHERE recommend >= 9), count(*) FILTER (WHERE recommend <= 6)"
)
"""What `cases.satisfaction.Counts` is made of, in its order: to be selected from `surveys`."""


def get(connection: Connection, survey_id: int) -> Survey | None:
    """The survey, or None."""
    return next(iter(_where(connection, "survey_id = ?", survey_id)), None)


def get_many(connection: Connection, survey_ids: Sequence[int]) -> list[Survey]:
    """Those of these surveys that there are, by id."""
    return _where(connection, "survey_id IN (SELECT unnest(?::BIGINT[])) ORDER BY survey_id", list(survey_ids))


def of_case(connection: Connection, case_id: int) -> list[Survey]:
    """The surveys of a case, newest closing first."""
    return _where(connection, "case_id = ? ORDER BY closed_at DESC", case_id)


def brand_of(connection: Connection, survey: Survey) -> str:
    """The brand that the survey speaks for; '' for a case of no brand."""
    rows = connection.execute("SELECT brand FROM cases WHERE case_id = ?", [survey.case_id]).fetchall()
    return str(rows[0][0]) if rows else ""


def add(
    connection: Connection,
    case_id: int,
    closed_at: datetime,
    *,
    owner: str,
    language: str,
    asked_by: str,
    now: datetime,
    expires_at: datetime,
    link_key: str,
) -> Survey:
    """Asks once more: a new survey. Returns it."""
    rows = connection.execute(
        f"""
        INSERT INTO surveys (
            survey_id, case_id, closed_at, owner, language, asked_at, asked_by, expires_at, link_key, comment
        ) VALUES (nextval('survey_ids'), ?, ?, ?, ?, ?, ?, ?, ?, '') RETURNING {_COLUMNS}
        """,
        [case_id, closed_at, owner, language, now, asked_by, expires_at, link_key],
    ).fetchall()
    return Survey(*rows[0])


def extend(connection: Connection, survey_id: int, expires_at: datetime) -> None:
    """Lets it be answered until another time."""
    connection.execute("UPDATE surveys SET expires_at = ? WHERE survey_id = ?", [expires_at, survey_id])


def answer(
    connection: Connection,
    survey_id: int,
    *,
    satisfaction: int,
    recommend: int | None,
    comment: str,
    source: AnswerSource,
    answered_at: datetime,
) -> bool:
    """Writes the answer. False, and nothing is written, when there is one already."""
    return bool(
        connection.execute(
            """
            UPDATE surveys SET answered_at = ?, satisfaction = ?, recommend = ?, comment = ?, source = ?
            WHERE survey_id = ? AND answered_at IS NULL RETURNING survey_id
            """,
            [answered_at, satisfaction, recommend, comment, source, survey_id],
        ).fetchall()
    )


def undo_answer(connection: Connection, case_id: int, answered_at: datetime) -> None:
    """Forgets the answer that was given at that time: the question is open again."""
    connection.execute(
        """
        UPDATE surveys SET answered_at = NULL, satisfaction = NULL, recommend = NULL, comment = '', source = NULL
        WHERE case_id = ? AND answered_at = ?
        """,
        [case_id, answered_at],
    )


def undo_ask(connection: Connection, case_id: int, asked_at: datetime) -> None:
    """Deletes the question that was asked at that time and has no answer; its link leads nowhere then."""
    connection.execute(
        "DELETE FROM surveys WHERE case_id = ? AND asked_at = ? AND answered_at IS NULL", [case_id, asked_at]
    )


def _where(connection: Connection, test: str, value: object) -> list[Survey]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM surveys WHERE {test}", [value]).fetchall()
    return [Survey(*row) for row in rows]
