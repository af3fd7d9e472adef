"""Whose word an event of a case is, and whom it answers: a case that took others in has several customers. Pure.

A customer is named by the code of the case that was theirs first. Events keep it: `was` of "post" and "edited" (whose
words), of "merged" (who waits), of "contact" (with whom) and "stage" (to whom), `field` of "sent" and "reply" (whom
they are to). Nothing there is the case's own customer where it is their word, and everybody where it is ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.cases.codes import format_code
from monitor.models.cases import Event


@dataclass(frozen=True, slots=True)
class Parties:
    """The customers of a case: whose code each is, and since which event they are in it; `own` opened it."""

    own: str
    by_code: Mapping[str, str]
    since: Mapping[str, int]

    def speaker(self, event: Event) -> str:
        """Whose word the event is."""
        if event.kind == "merged":
            return self.by_code.get(event.became or "", self.own)
        keeps = event.kind in ("post", "edited", "contact")
        return self.by_code.get((event.was or "").partition(" ")[0], self.own) if keeps else self.own

    def answered(self, event: Event) -> frozenset[str]:
        """Whom a word of ours is to: whom it names, else everybody who was in the case by then."""
        to = event.field if event.kind in ("sent", "reply") else event.was
        if to:
            return frozenset(self.by_code[code] for code in to.split() if code in self.by_code)
        return frozenset(party for party, event_id in self.since.items() if event_id < event.event_id)

    def kept(self, codes: Iterable[str]) -> str | None:
        """How an event keeps that it is to these; None for everybody."""
        named = {self.by_code[code] for code in codes if code in self.by_code}
        return " ".join(sorted(named)) if named and named != set(self.since) else None


def of_history(history: Sequence[Event]) -> Parties:
    """The customers of a case; `history` is in effect, and not empty."""
    own = format_code(history[0].case_id)
    by_code, since = {own: own}, {own: 0}
    for event in history:
        if event.kind == "merged" and event.became:
            party = by_code.get(event.was or "", event.became)
            by_code[event.became] = party
            since.setdefault(party, event.event_id)
    return Parties(own, by_code, since)
