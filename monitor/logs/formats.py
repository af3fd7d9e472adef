"""A log line: time, level, module, message and the few values that name what it is about.

Only values under known names are written, each on one line and cut; of an exception its type and place. So no post,
handle or secret that a library puts into a record can reach the log.
"""

import json
import logging
from datetime import UTC, datetime

from monitor.errors import fault_place
from monitor.masking.masks import mask

FIELDS = (
    "network", "listing_kind", "brand", "run", "step", "command", "attempt", "count", "rejects", "requests", "dollars",
    "seconds", "until", "reason", "status", "cursor_expired", "path_name", "destination", "case", "migration",
    "language", "model", "version", "pid",
)  # fmt: skip
"""What `extra` of a log call may hold, in the order in which it is written."""
_LONGEST = 200  # characters of a value


class TextFormat(logging.Formatter):
    """`2026-11-29T03:12:05.120+00:00 INFO monitor.collect.ingest: page stored network=x run=12 count=100`.

    Without the head, which another log adds itself, it begins with the message.
    """

    def __init__(self, *, with_head: bool = True) -> None:
        super().__init__()
        self._with_head = with_head

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        head = f"{_time(record)} {record.levelname} {record.name}: " if self._with_head else ""
        values = "".join(f" {name}={_quoted(value)}" for name, value in _fields(record).items())
        return f"{head}{_one_line(record.getMessage())}{values}"


class JsonFormat(logging.Formatter):
    """The same as an object a line: time, level, logger, message, and the values under their names."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        head = {"time": _time(record), "level": record.levelname.lower(), "logger": record.name}
        return json.dumps(
            {**head, "message": _one_line(record.getMessage()), **_fields(record)}, ensure_ascii=False, default=str
        )


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _fields(record: logging.LogRecord) -> dict[str, object]:
    values = {name: getattr(record, name) for name in FIELDS if getattr(record, name, None) not in (None, "")}
    if record.exc_info and record.exc_info[0]:
        error = record.exc_info[1]
        values["reason"] = fault_place(error) if error else record.exc_info[0].__name__
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | float) else _one_line(mask(str(value)))


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text[:_LONGEST])


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text or "=" in text else text
