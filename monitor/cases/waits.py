"""Who of a case's customers waits for a word of ours, from event to event."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from monitor.cases.clock import TimeSpan


@dataclass(slots=True)
class WaitBook:
    """Who waits since when, at a moment of the history; `first` and `nexts` are the waits that are over.

    Who spoke after the end of the case waits once it is reopened.
    """

    since: dict[str, datetime]
    own: str
    questions: dict[str, set[int | None]] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)
    ended_at: datetime | None = None
    first: TimeSpan | None = None
    nexts: list[TimeSpan] = field(default_factory=list)

    def ask(self, party: str, at: datetime, mention_id: int | None) -> None:
        """A word of the customer."""
        if self.ended_at:
            self.spoken.add(party)
        else:
            self.since.setdefault(party, at)
            self.questions.setdefault(party, set()).add(mention_id)

    def answer(self, to: frozenset[str], at: datetime, *, overtaken: bool) -> None:
        """A word of ours to these, who wait on if they had written again when it came."""
        answered = to & self.since.keys()
        self._close(answered, at)
        self.spoken -= to
        waiting_on = (answered or to & {self.own} or to) if overtaken else frozenset()
        if self.ended_at:
            self.spoken |= waiting_on
        else:
            self.since |= dict.fromkeys(waiting_on, at)

    def withdraw(self, party: str, at: datetime, mention_id: int | None) -> None:
        """The post that asked is thanks now. A customer who never had an answer waits for the first all the same."""
        questions = self.questions.get(party, set())
        questions.discard(mention_id)
        if not questions and party in self.since and (self.first or party != self.own):
            self._close({party}, at)

    def end(self, at: datetime) -> None:
        """The case was closed or dismissed."""
        self.ended_at, self.spoken = at, set()

    def reopen(self, at: datetime) -> None:
        """The case is open again."""
        self.since = dict.fromkeys(self.spoken, at) | self.since
        self.ended_at = None

    def spans(self) -> list[TimeSpan]:
        """All waits, the first response in front; to be called at the end."""
        self._close(frozenset(self.since), self.ended_at)
        return [*([self.first] if self.first else []), *self.nexts]

    def _close(self, parties: Collection[str], at: datetime | None) -> None:
        """One span for all whose wait ends together, from when the first of them began."""
        if not parties:
            return
        span = min(self.since[party] for party in parties), at
        if self.own in parties and self.first is None:
            self.first = span
        else:
            self.nexts.append(span)
        for party in parties:
            del self.since[party]
            self.questions.pop(party, None)
