"""Names of months in the languages of Spain, America and Europe, short or long."""

from functools import lru_cache

from monitor.text.folding import fold

_NAMES = (
    "january enero janeiro janvier januar gennaio gener januari",
    "february febrero fevereiro fevrier februar febbraio febrer februari",
    "march marzo marco mars marz marc mrz maart",
    "april abril avril aprile",
    "may mayo maio mai maggio maig mei",
    "june junio junho juin juni giugno juny",
    "july julio julho juillet juli luglio juliol",
    "august agosto aout agost augustus",
    "september septiembre setiembre setembro septembre settembre setembre",
    "october octubre outubro octobre oktober ottobre",
    "november noviembre novembro novembre",
    "december diciembre dezembro decembre dezember dicembre desembre",
)
_SHORTEST = 3


@lru_cache(maxsize=1024)
def month(name: str) -> int:
    """The number of a month by its name or the beginning of one, three letters at least. Raises ValueError."""
    folded = fold(name)
    if len(folded) >= _SHORTEST:
        for number, names in enumerate(_NAMES, start=1):
            if any(full.startswith(folded) for full in names.split()):
                return number
    raise ValueError(f"not a month: {name[:40]}")
