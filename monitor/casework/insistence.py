"""Somebody who presses ("the third time I write", "I'll sue you") does so in one case, not in each of their threads."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from monitor.cases import cues, priority
from monitor.models.cases import Case, NewEvent
from monitor.store import Connection
from monitor.store.cases import open_cases

_Told = TypeVar("_Told", bound=Sequence[NewEvent])
_NO_CUE = cues.suggest("", ())


def only_once(
    connection: Connection, new_cases: Sequence[tuple[Case, _Told]], words: Mapping[int, str]
) -> list[tuple[Case, _Told]]:
    """New cases, not stored yet, with the events that tell of them; `words` are those of their posts, by case id.

    Of one person and brand one open case presses: further ones that only insist are as severe as any without a cue.
    """
    insistent = {
        case.case_id: (open_cases.whose_case(case), case.brand)
        for case, _ in new_cases
        if case.cue in priority.INSISTENT and cues.grave(words[case.case_id]) <= frozenset(priority.INSISTENT)
    }
    persons = {person for person, _ in insistent.values()}
    known = open_cases.with_cue(connection, persons, priority.INSISTENT) if persons else set()
    calmed: list[tuple[Case, _Told]] = []
    for case, told in new_cases:
        key = insistent.get(case.case_id)
        is_further = key is not None and key in known
        if key:
            known.add(key)
        calmed.append((replace(case, severity=_NO_CUE.severity, cue="") if is_further else case, told))
    return calmed
