"""What others have written, and what was received with it, without the erased: names, handles and ids masked."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from monitor.store.engines import dialects
from monitor.store.engines.protocol import Connection
from monitor.store.erased.erased_list import ErasedList

_CHUNK = 2_000  # texts held in memory


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column that may name a person; `key` is another that tells its rows apart well enough to find them again.

    `own`: its words are somebody else's own, which stay where they begin as the person's do. `only`: of which rows.
    """

    table: str
    key: str
    name: str
    is_json: bool = False
    own: bool = False
    only: str = "true"

    @property
    def key_type(self) -> str:
        """The SQL type of the key."""
        return "BIGINT" if self.key.endswith("_id") else "VARCHAR"

    def masked(self, known: ErasedList, text: str) -> str:
        """A text of this column without the erased."""
        return known.masked_json(text) if self.is_json else known.masked(text, is_own=self.own)


COLUMNS = (
    TextColumn("mentions", "mention_id", "text", own=True, only="NOT is_repost"),
    TextColumn("mentions", "mention_id", "text", only="is_repost"),
    TextColumn("mentions", "mention_id", "permalink"),
    TextColumn("posts", "mention_id", "raw", is_json=True),
    TextColumn("edits", "mention_id", "text", own=True),
    TextColumn("cases", "case_id", "tags"),
    TextColumn("cases", "case_id", "root_cause"),
    TextColumn("cases", "case_id", "cue"),
    TextColumn("answers", "answer_id", "text"),
    TextColumn("surveys", "survey_id", "comment"),
    TextColumn("follow_ups", "follow_up_id", "note"),
    TextColumn("follow_ups", "follow_up_id", "outcome"),
    TextColumn("incidents", "incident_id", "title"),
    TextColumn("corrective_actions", "action_id", "title"),
    TextColumn("corrective_actions", "action_id", "root_cause"),
    TextColumn("corrective_actions", "action_id", "note"),
    TextColumn("campaign_decisions", "campaign_id", "answer"),
    TextColumn("saved_filters", "person", "name"),
    TextColumn("saved_filters", "person", "filters", is_json=True),
    TextColumn("runs", "run_id", "subject"),
    TextColumn("runs", "run_id", "message"),
    TextColumn("rejects", "reject_key", "place"),
    TextColumn("rejects", "reject_key", "reason"),
    TextColumn("gaps", "network", "reason"),
    TextColumn("pauses", "network", "reason"),
)
"""Every column, but for the words of events, in which people or networks may have written of somebody."""
REJECTED = TextColumn("rejects", "reject_key", "raw", is_json=True)
"""What was received and could not be read."""


@dataclass(slots=True)
class MaskedTexts:
    """How many texts were masked, and of which posts and cases some were."""

    count: int = 0
    mention_ids: set[int] = field(default_factory=set)
    case_ids: set[int] = field(default_factory=set)

    def add(self, column: TextColumn, keys: Sequence[Any]) -> None:
        """Notes the rows of a column that were masked, by their keys."""
        self.count += len(keys)
        if column.key == "mention_id":
            self.mention_ids.update(keys)
        elif column.key == "case_id":
            self.case_ids.update(keys)


def mask(connection: Connection, known: ErasedList, hints: Sequence[str] | None) -> MaskedTexts:
    """Masks what the list names in all these columns; rejects that name somebody are emptied.

    `hints`: words of which a text holds one if it says anything of whom was erased now; None: every text is read.
    """
    masked = MaskedTexts()
    for column in COLUMNS:
        _mask_column(connection, known, column, hints, masked)
    masked.count += _empty_rejects(connection, known, hints)
    return masked


def candidates(connection: Connection, column: TextColumn, hints: Sequence[str] | None) -> Iterator[list[Any]]:
    """Key and text of the rows that may name one of the erased, some at a time."""
    test, values = ("true", []) if hints is None else hinted(connection, column.name, hints)
    keys = connection.execute(
        f"SELECT DISTINCT {column.key} FROM {column.table} WHERE {column.name} <> '' AND {column.only} AND {test} "
        "ORDER BY 1",
        values,
    ).fetchall()
    for start in range(0, len(keys), _CHUNK):
        yield connection.execute(
            f"""
            SELECT {column.key}, {column.name} FROM {column.table} WHERE {column.name} <> '' AND {column.only}
                AND {column.key} IN (SELECT unnest(?::{column.key_type}[]))
            """,
            [[key for (key,) in keys[start : start + _CHUNK]]],
        ).fetchall()


def hinted(connection: Connection, name: str, hints: Sequence[str]) -> tuple[str, list[Any]]:
    """The condition that a text holds one of these words, with accents or without. JSON may hold them escaped."""
    if not hints:
        return "$1::VARCHAR IS NULL", [""]  # an empty pattern would be found everywhere
    forms = {
        form
        for word in hints
        for form in (_plain(word), *(_escaped(case) for case in (word, word.upper(), word.title())))
    }
    return dialects.holds_any(connection, name), ["|".join(map(re.escape, sorted(forms)))]


def _plain(word: str) -> str:
    """As `strip_accents` leaves it on both engines."""
    letters = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in letters if not unicodedata.combining(c)))


def _escaped(word: str) -> str:
    return "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in word).lower()


def _mask_column(
    connection: Connection, known: ErasedList, column: TextColumn, hints: Sequence[str] | None, masked: MaskedTexts
) -> None:
    for rows in candidates(connection, column, hints):
        found = ((key, text, column.masked(known, text)) for key, text in dict.fromkeys(map(tuple, rows)))
        changed = [(key, text, words) for key, text, words in found if words != text]
        masked.add(column, [key for key, _, _ in changed])
        if changed:
            _write(connection, column, changed)


def _write(connection: Connection, column: TextColumn, changed: Sequence[tuple[Any, str, str]]) -> None:
    keys, texts, masked = zip(*changed, strict=True)
    key_type = pa.int64() if column.key_type == "BIGINT" else pa.string()
    columns = {"key": pa.array(keys, key_type), "was": pa.array(texts), "became": pa.array(masked)}
    connection.register("masked", pa.table(columns))
    is_post = (column.table, column.name) == ("mentions", "text")
    text_key = ", text_key = md5_number_lower(n.became)" if is_post else ""
    connection.execute(
        f"""
        UPDATE {column.table} SET {column.name} = n.became{text_key} FROM masked n
        WHERE {column.table}.{column.key} = n.key AND {column.table}.{column.name} = n.was
        """
    ).fetchall()
    connection.unregister("masked")


def _empty_rejects(connection: Connection, known: ErasedList, hints: Sequence[str] | None) -> int:
    """What was received and could not be read: nobody knows whose it is, so that all of it goes. The reason stays."""
    found = (row for rows in candidates(connection, REJECTED, hints) for row in rows)
    gone = [key for key, text in found if REJECTED.masked(known, text) != text]
    if gone:
        connection.execute(
            "UPDATE rejects SET raw = '' WHERE reject_key IN (SELECT unnest(?::VARCHAR[]))", [gone]
        ).fetchall()
    return len(gone)
