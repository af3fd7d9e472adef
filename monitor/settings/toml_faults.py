"""What is wrong with a file that is no TOML, in plain words: its line, its key and what to do."""

import re
import tomllib
from pathlib import Path
from typing import Any

from monitor.errors import SettingsError

TOO_DEEP = "lists or tables stand in each other too deep"
_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\-\"']+)\s*=")
_ODD_QUOTES = "“”„‟‘’‚‛«»´"
_ODD_SPACES = re.compile("[\u00a0\u2000-\u200b\u202f\u3000\ufeff]")
_UNKNOWN = "this is not TOML"
_TWICE = "it stands there twice; keep one"
_REMEDIES = (
    ("cannot overwrite", _TWICE),
    ("cannot declare", _TWICE),
    ("duplicate", _TWICE),
    ("cannot mutate", _TWICE),
    ("expected '=' after a key", "write key = value"),
    ("expected newline", "one setting stands on one line, texts between quotes; a number has a point: 0.85"),
    ("unescaped", "a backslash within \"...\" is written twice, or put the text between '...'"),
    ("hex value", "a backslash within \"...\" is written twice, or put the text between '...'"),
    ("unclosed array", "the list is not closed; it ends with ]"),
    ("expected ']'", "the heading is not closed; it ends with ]"),
    ("expected ']]'", "the heading is not closed; it ends with ]]"),
    ("unterminated", "a quote is not closed"),
    ('expected "\'"', "a quote is not closed"),
    ("illegal character", "a quote is not closed on this line"),
    (
        "invalid value",
        'a text stands between quotes; a list looks like ["a", "b"]; true and false are written in lower case',
    ),
    ("invalid statement", "write key = value, [section], or # before a remark"),
)


def parse(text: str, file: Path | None) -> dict[str, Any]:
    """The tables of a TOML text. Raises SettingsError, which names the line of the file and the key."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}{_sentence(str(error), text)}") from None
    except RecursionError:
        raise SettingsError(f"{file}: {TOO_DEEP}") from None
    except ValueError:  # Python's own, of a number that it does not read
        raise SettingsError(f"{file}{_long_number(text)}") from None


def _long_number(text: str) -> str:
    """The place of the number of most digits, and what is wrong there."""
    lines = text.splitlines()
    digits = [max(map(len, re.findall(r"\d+", line.replace("_", ""))), default=0) for line in lines]
    number = digits.index(max(digits))
    key = _KEY.match(lines[number])
    named = f" {key[1]}:" if key else ""
    return f", line {number + 1}:{named} the number has {digits[number]:,} digits; write a smaller one"


def _sentence(message: str, text: str) -> str:
    """The place (", line 9") and what is wrong there; `message` is the parser's."""
    position = _POSITION.search(message)
    lines = text.splitlines() or [""]
    number = int(position[1]) if position and position[1] else len(lines)
    line = lines[min(number, len(lines)) - 1]
    key = _KEY.match(line)
    named = f" {key[1]}:" if key else ""
    remedy = _remedy(message, line)
    words = f" ({_POSITION.sub('', message)})" if remedy == _UNKNOWN else ""  # the parser's own
    return f", line {number}:{named} {remedy}{words}"


def _remedy(message: str, line: str) -> str:
    if any(quote in line for quote in _ODD_QUOTES):
        return "write straight quotes, \" or '"
    if _ODD_SPACES.search(line):
        return "a space that is none stands there; type it again"
    return next((remedy for part, remedy in _REMEDIES if part in message.lower()), _UNKNOWN)
