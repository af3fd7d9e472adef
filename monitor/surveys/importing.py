"""Answers to surveys from a file: every row is read, stored once, or told with what is wrong with it."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.cases import codes
from monitor.errors import EscuchaError
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, surveys
from monitor.surveys import answers, links
from monitor.surveys.answers import DatedAnswer, SurveyAnswer
from monitor.tables.columns import ColumnFinder, columns_hint
from monitor.tables.file_format import NO_OPTIONS, FormOptions
from monitor.tables.table import Table, TableRow, read_table
from monitor.tables.values import value_of

logger = logging.getLogger(__name__)

AnswerColumn: TypeAlias = Literal["survey", "satisfaction", "recommend", "comment", "answered_at"]
NAMES: Mapping[str, tuple[str, ...]] = {
    "survey": ("survey", "token", "link", "case", "code", "encuesta", "enlace", "caso", "codigo"),
    "satisfaction": (
        *("satisfaction", "csat", "satisfaccion", "satisfacao", "nota", "puntuacion", "puntaje", "calificacion"),
        *("valoracion", "pontuacao", "avaliacao", "score", "rating", "stars", "estrellas"),
    ),
    "recommend": ("recommend", "nps", "recomienda", "recomendacion", "recomendaria"),
    "comment": ("comment", "comments", "words", "comentario", "comentarios"),
    "answered_at": ("answeredat", "date", "time", "fecha", "respondida", "contestada"),
}
_FINDER = ColumnFinder(NAMES)
_NEEDED: tuple[AnswerColumn, ...] = ("survey", "satisfaction")
_SKEW = timedelta(days=1)  # a day without a time begins at midnight, and files may be in another zone
_TIMES = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not stored: its line in the file, the column, what is wrong with it and what to write instead."""

    line: int | str
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerImport:
    """What became of a file: answers stored, rows whose survey was answered already, and rows that cannot be used."""

    stored: int
    known: int
    bad: tuple[RejectedRow, ...]
    notes: tuple[str, ...] = ()
    """What of the file is not read, a line each."""


class _BadCell(EscuchaError):
    def __init__(self, column: AnswerColumn, reason: str) -> None:
        super().__init__(reason)
        self.column = column


@permitted(Permission.IMPORT_CUSTOMERS)
def import_answers(
    settings: Settings, file: Path, *, actor: str, now: datetime, options: FormOptions = NO_OPTIONS
) -> AnswerImport:
    """Stores the answers of a file (CSV, TSV, XLSX, XLS, ODS, Parquet, JSON), each row once.

    A row names its survey by token, link or case code (of the closing before it was answered). Bad rows are told, the
    others stored. Raises EscuchaError for a file that cannot be read or lacks a column.
    """
    header, table = _read(file, options)
    dated_answers: dict[int, DatedAnswer] = {}
    rejects: list[RejectedRow] = []
    repeated = 0
    with store.connect(settings.store) as connection:
        for row in table.rows:
            try:
                dated = _dated_answer(connection, settings, _cells(row, table, header), actor, now)
            except _BadCell as error:
                rejects.append(RejectedRow(row.line, header.get(error.column, ""), str(error)))
                continue
            repeated += dated.survey.survey_id in dated_answers
            dated_answers.setdefault(dated.survey.survey_id, dated)
        stored = answers.store_answers(connection, settings, list(dated_answers.values()), "file", actor, now)
    logger.info("survey answers imported", extra={"path_name": file.name, "count": stored, "rejects": len(rejects)})
    known = len(dated_answers) - stored + repeated
    return AnswerImport(stored, known, tuple(rejects), table.file_format.notes)


def _read(file: Path, options: FormOptions) -> tuple[dict[AnswerColumn, str], Table]:
    table = read_table(file, _FINDER, options)
    columns = _FINDER.find(file.name, table.header)
    header: dict[AnswerColumn, str] = {role: columns[role] for role in get_args(AnswerColumn) if role in columns}
    if missing := [role for role in _NEEDED if role not in header]:
        raise EscuchaError(
            f"{file.name} has no column {missing[0]!r}: call one {', '.join(NAMES[missing[0]])}"
            f"{columns_hint(table.header or table.file_format.header)}"
        )
    return header, table


def _cells(row: TableRow, table: Table, header: Mapping[AnswerColumn, str]) -> dict[AnswerColumn, str]:
    """The texts of a row, '' for none; the last ones may be left out. Raises _BadCell for a row that cannot be read."""
    cells = row.cells
    if row.fault:
        fields = cells.get("fields", ())
        if not 0 < len(fields) < len(table.header):
            raise _BadCell("survey", row.fault)
        cells = dict(zip(table.header, fields, strict=False))
    return {role: value_of(cells, column) or "" for role, column in header.items()}


def _dated_answer(
    connection: Connection, settings: Settings, row: Mapping[AnswerColumn, str], actor: str, now: datetime
) -> DatedAnswer:
    satisfaction = _number(row["satisfaction"], "satisfaction", 1, 5)
    recommend = _number(row["recommend"], "recommend", 0, 10) if row.get("recommend") else None
    at = _time(row["answered_at"], settings.zone, now) if row.get("answered_at") else now
    survey = _survey(connection, settings, row["survey"], at, actor, now)
    if at < survey.closed_at - _SKEW:
        raise _BadCell(
            "answered_at", f"{row['answered_at'][:40]!r} is before the case was closed; write when it was answered"
        )
    return DatedAnswer(survey, SurveyAnswer(satisfaction, recommend, row.get("comment", "")), at)


def _survey(
    connection: Connection, settings: Settings, reference: str, at: datetime, actor: str, now: datetime
) -> surveys.Survey:
    """The survey that a row names; by a case code that of the closing before it was answered."""
    token = links.read_token(settings, reference.partition("?")[0].rstrip("/").rpartition("/")[2])
    if token is not None:
        survey = answers.of_token(connection, token)
        if survey is None:
            raise _BadCell("survey", "its survey is not in this database; look which database it was sent from")
        return survey
    try:
        case_id = codes.parse_code(reference)
    except EscuchaError as error:
        raise _BadCell("survey", f"no link or token of ours, and no case code: {error}") from None
    earlier = surveys.of_case(connection, case_id)
    answered = next((survey for survey in earlier if survey.closed_at <= at + _SKEW), None)
    try:
        closed_at = cases.get(connection, case_id).resolved_at
        if answered and closed_at and closed_at > at + _SKEW:
            return answered
        return answers.open_survey(connection, settings, case_id, actor, now)
    except EscuchaError as error:
        if earlier:
            return answered or earlier[0]
        raise _BadCell("survey", str(error)) from None


def _number(text: str, column: AnswerColumn, low: int, high: int) -> int:
    match = re.fullmatch(r"(\d{1,2})(?:[.,]0+)?", text, re.ASCII)
    if not match or not low <= int(match[1]) <= high:
        raise _BadCell(column, f"{text[:40]!r} is none; write a whole number from {low} to {high}")
    return int(match[1])


def _time(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    at = _parse_time(text)
    if at is None or not 2000 <= at.year < 3000:
        raise _BadCell("answered_at", f"{text[:40]!r} is no time; write 2026-03-02 17:30 or 02/03/2026 17:30")
    at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    if at > now:
        raise _BadCell("answered_at", f"{text[:40]!r} is still to come; write when it was answered")
    return at


def _parse_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for pattern in _TIMES:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 (the zone is added by the caller)
        except ValueError:
            continue
    return None
