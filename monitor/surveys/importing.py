"""Answers to surveys from a CSV file: every row is read, stored once, or told with what is wrong with it."""

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from monitor import store
from monitor.cases import codes
from monitor.errors import EscuchaError
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import surveys
from monitor.surveys import answers, links
from monitor.surveys.answers import DatedAnswer, SurveyAnswer
from monitor.text.folding import fold

AnswerColumn: TypeAlias = Literal["survey", "satisfaction", "recommend", "comment", "answered_at"]
NAMES: Mapping[AnswerColumn, tuple[str, ...]] = {
    "survey": ("survey", "token", "link", "case", "code", "encuesta", "enlace", "caso", "codigo"),
    "satisfaction": ("satisfaction", "csat", "satisfaccion"),
    "recommend": ("recommend", "nps", "recomienda", "recomendacion", "recomendaria"),
    "comment": ("comment", "comments", "words", "comentario", "comentarios"),
    "answered_at": ("answered_at", "date", "time", "fecha", "respondida", "contestada"),
}
_NEEDED: tuple[AnswerColumn, ...] = ("survey", "satisfaction")
_SKEW = timedelta(days=1)  # a day without a time begins at midnight, and files may be in another zone
_TIMES = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not stored: its line in the file, the column, what is wrong with it and what to write instead."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerImport:
    """What became of a file: answers stored, rows whose survey was answered already, and rows that cannot be used."""

    stored: int
    known: int
    bad: tuple[RejectedRow, ...]


class _Wrong(EscuchaError):
    def __init__(self, column: AnswerColumn, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def import_answers(settings: Settings, file: Path, *, actor: str, now: datetime) -> AnswerImport:
    """Stores the answers of a CSV file. A row names its survey by token, link or case code (the last closing's).

    Bad rows are told, the others stored. Raises EscuchaError for a file that cannot be read or lacks a column.
    """
    header, rows = _read(file)
    given: list[DatedAnswer] = []
    bad: list[RejectedRow] = []
    seen: set[int] = set()
    repeated = 0
    with store.connect(settings.store) as connection:
        for line, row in rows:
            try:
                one = _given(connection, settings, row, actor, now)
            except _Wrong as error:
                bad.append(RejectedRow(line, header[error.column], str(error)))
                continue
            repeated += one.survey.survey_id in seen
            if one.survey.survey_id not in seen:
                given.append(one)
            seen.add(one.survey.survey_id)
        stored = answers.store_answers(connection, settings, given, "file", actor, now)
    return AnswerImport(stored, len(given) - stored + repeated, tuple(bad))


def _read(file: Path) -> tuple[dict[AnswerColumn, str], list[tuple[int, dict[AnswerColumn, str]]]]:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise EscuchaError(f"{file} cannot be read: {error.strerror}") from None
    try:
        text = raw.decode("utf-16" if raw[:2] in (BOM_UTF16_LE, BOM_UTF16_BE) else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        names = next(reader, [])
        if names and names[0].startswith("sep="):  # a hint that Excel reads
            names = next(reader, [])
        header = _header(names, file)
        places = {column: names.index(name) for column, name in header.items()}
        rows = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row = {column: cells[at].strip() if at < len(cells) else "" for column, at in places.items()}
                rows.append((reader.line_num, row))
    except csv.Error as error:
        raise EscuchaError(f"{file.name}, line {reader.line_num}: {error}; save it as CSV again") from None
    return header, rows


def _header(names: Sequence[str], file: Path) -> dict[AnswerColumn, str]:
    found: dict[AnswerColumn, str] = {}
    for column, known in NAMES.items():
        name = next((name for name in names if _bare(name) in known), None)
        if name is not None:
            found[column] = name
    if missing := [column for column in _NEEDED if column not in found]:
        raise EscuchaError(
            f"{file.name} has no column {missing[0]!r}: call one {' or '.join(NAMES[missing[0]])} "
            f"(the file has: {', '.join(names) or 'nothing'})"
        )
    return found


def _bare(name: str) -> str:
    return re.sub(r"[\s-]+", "_", fold(name.strip()))


def _given(
    connection: Connection, settings: Settings, row: Mapping[AnswerColumn, str], actor: str, now: datetime
) -> DatedAnswer:
    satisfaction = _number(row["satisfaction"], "satisfaction", 1, 5)
    recommend = _number(row["recommend"], "recommend", 0, 10) if row.get("recommend") else None
    at = _time(row["answered_at"], settings.zone, now) if row.get("answered_at") else now
    survey = _survey(connection, settings, row["survey"], actor, now)
    if at < survey.closed_at - _SKEW:
        raise _Wrong(
            "answered_at", f"{row['answered_at'][:40]!r} is before the case was closed; write when it was answered"
        )
    return DatedAnswer(survey, SurveyAnswer(satisfaction, recommend, row.get("comment", "")), at)


def _survey(connection: Connection, settings: Settings, named: str, actor: str, now: datetime) -> surveys.Survey:
    survey_id = links.survey_id_of(settings, named.partition("?")[0].rstrip("/").rpartition("/")[2])
    if survey_id is not None:
        known = surveys.get(connection, survey_id)
        if known is None:
            raise _Wrong("survey", "its survey is not in this database; look which database it was sent from")
        return known
    try:
        case_id = codes.parse_code(named)
    except EscuchaError as error:
        raise _Wrong("survey", f"no link or token of ours, and no case code: {error}") from None
    try:
        return answers.open_survey(connection, settings, case_id, actor, now)
    except EscuchaError as error:
        earlier = surveys.of_case(connection, case_id)
        if earlier:
            return earlier[0]
        raise _Wrong("survey", str(error)) from None


def _number(text: str, column: AnswerColumn, low: int, high: int) -> int:
    found = re.fullmatch(r"(\d{1,2})(?:[.,]0+)?", text, re.ASCII)
    if not found or not low <= int(found[1]) <= high:
        raise _Wrong(column, f"{text[:40]!r} is none; write a whole number from {low} to {high}")
    return int(found[1])


def _time(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    at = _parsed(text)
    if at is None or not 2000 <= at.year < 3000:
        raise _Wrong("answered_at", f"{text[:40]!r} is no time; write 2026-03-02 17:30 or 02/03/2026 17:30")
    at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    if at > now:
        raise _Wrong("answered_at", f"{text[:40]!r} is still to come; write when it was answered")
    return at


def _parsed(text: str) -> datetime | None:
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
