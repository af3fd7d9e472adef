"""Names in two columns, the given one and the surname: together they are the person, and neither is by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.sources.files import words
from monitor.sources.files.column_names import word_set
from monitor.sources.files.evidence import Evidence

_GIVEN = word_set("nombre nombres nome nomes name names first given forename firstname givenname prenom")
_LAST = word_set(
    "apellido apellidos apelido apelidos surname surnames sobrenome sobrenomes last lastname family familyname cognom "
    "cognoms"
)
_BESIDE = word_set(
    "primer primero primeiro segundo second paterno materno de del da do dos la el the of 1 2 i ii name nombre nome"
)
"""Words that say of a name which it is, not whose."""
_WHOLE = word_set("full completo completa complete display user")
_MOST_SURNAMES = 2


@dataclass(frozen=True, slots=True)
class SplitName:
    """The column of the given name, and those of the surnames of the same person."""

    given: str
    surnames: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        return (self.given, *self.surnames)


def split_names(header: Sequence[str]) -> list[SplitName]:
    """The people of whom a file has the given name and, in columns that are called alike, the surname."""
    lasts = [(column, _whose(column)) for column in header if _is_last(column)]
    found = []
    for column in header if lasts else ():
        names = set(words.words(column))
        if not names & _GIVEN or names & (_LAST | _WHOLE) or words.is_no_author(column):
            continue
        beside = [last for last, whose in lasts if whose == _whose(column)]
        if beside:
            found.append(SplitName(column, tuple(beside[:_MOST_SURNAMES])))
    return found


def named_by(
    people: Sequence[SplitName], columns: Mapping[str, str], evidence: Evidence, overrides: Mapping[str, str]
) -> SplitName | None:
    """The two that name the author; None: no such, or a column of whole names says it in more rows."""
    whole = columns.get("author_name")
    if "author_name" in overrides or not people:
        return None
    inside = columns.get("author", "").rpartition(".")[0]
    fitting = [one for one in people if one.given.rpartition(".")[0] == inside or "." not in one.given or not inside]
    chosen = next((one for one in fitting if one.given == whole), next(iter(fitting), None))
    if chosen is None or whole in (None, chosen.given):
        return chosen
    return chosen if evidence.filled(chosen.given) > evidence.filled(whole or "") else None


def _is_last(column: str) -> bool:
    names = set(words.words(column))
    is_date = bool(names & {"last"}) and not names & _GIVEN
    return bool(names & _LAST) and not is_date and not words.is_no_author(column) and not _is_both(names)


def _is_both(names: set[str]) -> bool:
    """Whether it holds the whole name: `Nombre y apellidos`."""
    return bool(names & {"y", "e", "and", "i"}) and bool(names & _GIVEN)


def _whose(column: str) -> frozenset[str]:
    return frozenset(words.words(column)) - _GIVEN - _LAST - _BESIDE
