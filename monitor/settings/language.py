"""Which language the terminal speaks: what the settings name, else the locale. It is read before anything else.

A settings file that is wrong is told of in the language that it names.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from monitor.models.languages import LanguageCode
from monitor.settings import text_files

_MARKS = b"\xef\xbb\xbf\xff\xfe"  # of byte order
_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
_SPANISH_LOCALE = re.compile(r"es($|[_.@-])")
_SECTION = re.compile(rb"^\s*\[", re.MULTILINE)
_IN_FILE = re.compile(rb"""^\s*language\s*=\s*["'](es|en)["']""", re.MULTILINE)
_IN_VARIABLES = re.compile(rb"""^\s*(?:export\s+)?ESCUCHA_LANGUAGE\s*=\s*["']?(es|en)\b""", re.MULTILINE)


def of_terminal(environment: Mapping[str, str]) -> LanguageCode:
    """What the variable, `.env` or the settings file names, else what the locale is, else English."""
    file = Path(environment.get("ESCUCHA_CONFIG") or text_files.DEFAULT_FILE)
    named = (
        environment.get("ESCUCHA_LANGUAGE", "").lower()
        or _named(text_files.ENV_FILE, _IN_VARIABLES)
        or _named(file, _IN_FILE)
    )
    if named in ("es", "en"):
        return "es" if named == "es" else "en"
    locale = next(filter(None, map(environment.get, _LOCALES)), "")
    return "es" if _SPANISH_LOCALE.match(locale) else "en"


def _named(path: Path, pattern: re.Pattern[bytes]) -> str:
    """The language that a file names outside its sections, whatever its encoding; "" for none."""
    try:
        with path.open("rb") as file:
            text = file.read(text_files.LARGEST).replace(b"\0", b"")
    except OSError:
        return ""
    match = pattern.search(_SECTION.split(text, maxsplit=1)[0].lstrip(_MARKS))
    return match[1].decode() if match else ""
