"""The languages that Escucha speaks to people in. Posts may be in any other."""

from typing import Literal, TypeAlias, get_args

LanguageCode: TypeAlias = Literal["es", "en"]
"""ISO 639-1."""
LANGUAGES: tuple[LanguageCode, ...] = get_args(LanguageCode)
