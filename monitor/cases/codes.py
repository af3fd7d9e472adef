"""Tracking codes: digits alone, in groups that can be read over the phone, and a last one that finds mistakes.

The last digit is Damm's (H. M. Damm, 2004): it finds every wrong digit and every swap of two neighbours.
"""

import re

from stdnum import damm

from monitor.errors import Refusal

_CODE = re.compile(r"(?:ESC)?0*(\d{1,15})", re.ASCII)


def format_code(case_id: int) -> str:
    """The code of a case: ESC-000123-4, more digits where they are needed."""
    return f"ESC-{case_id:06d}-{damm.calc_check_digit(str(case_id))}"


def parse_code(text: str) -> int:
    """The case a code names, however it was written down: with or without ESC, spaces, dots and dashes.

    Raises EscuchaError for what is no code, and for one with a mistake in it.
    """
    match = _match(text)
    if match is None:
        raise Refusal(
            "no_code", "{text!r} is no tracking code; one looks like {example}", text=text, example=format_code(123)
        )
    if not damm.is_valid(match[1]):
        raise Refusal("wrong_code", "{text!r} has a mistake in it: ask for the code again, digit by digit", text=text)
    return int(match[1][:-1])


def has_mistake(text: str) -> bool:
    """Whether that is written like a code, ESC in front, and is none for a mistake in its digits."""
    match = _match(text)
    return match is not None and text.strip().upper().startswith("ESC") and not damm.is_valid(match[1])


def _match(text: str) -> re.Match[str] | None:
    match = _CODE.fullmatch(re.sub(r"[\s.·_/–—-]", "", text.upper()))
    return match if match and len(match[1]) > 1 else None
