"""Who the people of the desk are: names as they are typed, and who is there to do the work. Pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from monitor.errors import Refusal
from monitor.settings.desk import Desk, Person
from monitor.text.folding import fold

LONGEST_NAME = 60
"""Characters of a name that are kept."""
Absence: TypeAlias = Literal["left", "away"]
"""left: not in `desk.people`; away: capacity 0, or a day of an absence."""
_ESCUCHA, _CUSTOMER, _COMMAND_LINE = "escucha", "customer", "cli"  # sign what machines and customers do


def clean_name(text: str) -> str:
    """A typed name on one line without control and invisible characters, cut at LONGEST_NAME.

    Nothing is left of a name that would pass for the machine's or a customer's.
    """
    letters = text[: 20 * LONGEST_NAME]
    printable = "".join(" " if letter.isspace() else letter for letter in letters if _is_plain(letter))
    name = unicodedata.normalize("NFC", " ".join(printable.split()))[:LONGEST_NAME].strip()
    return "" if is_machine(name) or fold_name(name) == _CUSTOMER else name


def is_machine(name: str) -> bool:
    """Whether it signs what no person does at a desk: Escucha itself, or whoever holds its database (`cli:NAME`)."""
    folded = fold_name(name)
    return folded == _ESCUCHA or folded.partition(":")[0] == _COMMAND_LINE


def _is_plain(letter: str) -> bool:
    return letter.isspace() or not unicodedata.category(letter).startswith("C")


def fold_name(name: str) -> str:
    """A name as names are compared: without capitals, accents and doubled spaces."""
    return " ".join(fold(name).split())


@dataclass(frozen=True, slots=True)
class Team:
    """The people of the settings on one day, local. Nobody in it: names are free, and nobody is missed."""

    people: tuple[Person, ...]
    today: date

    def spell(self, name: str) -> str:
        """The name as the settings spell it, whatever the capitals and accents; another, cleaned."""
        cleaned = clean_name(name)
        person = self.member(name) or self.member(cleaned)
        return person.name if person else cleaned

    def member(self, name: str) -> Person | None:
        """The person of that name; of several whose names differ in capitals or accents the one spelt so, else none."""
        folded = fold_name(name)
        namesakes = [person for person in self.people if fold_name(person.name) == folded]
        exact = [person for person in namesakes if person.name == name]
        return exact[0] if exact else namesakes[0] if len(namesakes) == 1 else None

    @property
    def present(self) -> tuple[Person, ...]:
        """Those who are there today."""
        return tuple(person for person in self.people if not person.is_away(self.today))

    def absence(self, name: str) -> Absence | None:
        """Why a person is not there; None for one who is, and for everybody where the settings name no people."""
        if not self.people or not name:
            return None
        folded = fold_name(name)
        namesakes = [person for person in self.people if fold_name(person.name) == folded]
        if not namesakes:
            return "left"
        return "away" if all(person.is_away(self.today) for person in namesakes) else None

    def loads(self, open_counts: Mapping[str, int]) -> dict[str, int]:
        """Open cases by person, whatever spelling of the name each case holds."""
        loads: dict[str, int] = {}
        for owner, count in open_counts.items():
            name = self.spell(owner)
            loads[name] = loads.get(name, 0) + count
        return loads


def team_on(desk: Desk, now: datetime, zone: ZoneInfo) -> Team:
    """The people of the desk on the local day of `now`."""
    return Team(desk.people, now.astimezone(zone).date())


def spelled_owner(fields: Mapping[str, object], team: Team) -> Mapping[str, object]:
    """The fields of a case with the owner, if it is among them, spelt as the settings do; '' stays.

    Raises Refusal for an owner that is no name of a person.
    """
    typed = str(fields.get("owner") or "").strip()
    if not typed:
        return fields
    owner = team.spell(typed)
    if not owner:
        raise Refusal("no_person", "{name!r} is no name of a person", name=typed[:LONGEST_NAME])
    return {**fields, "owner": owner}


def namesakes(people: tuple[Person, ...]) -> tuple[tuple[str, str], ...]:
    """Names of different people that differ in nothing but capitals, accents or spaces, pair by pair."""
    first: dict[str, str] = {}
    pairs = []
    for person in people:
        folded = fold_name(person.name)
        if folded in first:
            pairs.append((first[folded], person.name))
        first.setdefault(folded, person.name)
    return tuple(pairs)
