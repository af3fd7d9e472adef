"""The values of campaigns: a text that many sent, and what a person decided about it. All frozen; times are UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

Ruling: TypeAlias = Literal["spam", "not_a_complaint", "answered", "real"]
"""spam, not_a_complaint: nothing to answer; answered: one answer for all; real: each copy gets a case after all."""


@dataclass(frozen=True, slots=True)
class RepeatedText:
    """A text that posts of a brand are compared with, as hashes (`monitor.text.copies`).

    It is a campaign once it has an incident, which its cases belong to. `ruling` is what a person decided, '' for
    nothing yet. `critical`: the campaign itself speaks of danger. `forms` are its words written otherwise.
    """

    campaign_id: int
    brand: str
    words: frozenset[int]
    numbers: frozenset[int]
    critical: bool
    last_at: datetime
    incident_id: int | None = None
    ruling: Ruling | Literal[""] = ""
    forms: frozenset[int] = frozenset()

    @property
    def holds(self) -> bool:
        """Whether copies of it open no cases of their own."""
        return self.incident_id is not None and self.ruling != "real"


@dataclass(frozen=True, slots=True)
class Copy:
    """A post with the text of a campaign, or of one that may become one; `held`: it has no case for that reason."""

    campaign_id: int
    mention_id: int
    author_key: int
    network: str
    posted_at: datetime
    held: bool


@dataclass(frozen=True, slots=True)
class CampaignDecision:
    """What a person decided about a campaign; `before` is what held until then, `note` the answer that was given."""

    campaign_id: int
    ruling: Ruling | Literal[""]
    actor: str
    at: datetime
    before: Ruling | Literal[""] = ""
    note: str = ""
