"""The values of the complaint desk: a case as it stands, and the events of its history. All times are UTC."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from monitor.models.posts import Stage

Level: TypeAlias = Literal["urgent", "high", "normal", "low"]
LEVELS: tuple[Level, ...] = ("urgent", "high", "normal", "low")
"""Priorities, the most pressing first."""
Severity: TypeAlias = Literal["minor", "moderate", "serious", "critical"]
SEVERITIES: tuple[Severity, ...] = ("minor", "moderate", "serious", "critical")
CustomerValue: TypeAlias = Literal["top", "large", "medium", "low"]
CUSTOMER_VALUES: tuple[CustomerValue, ...] = ("top", "large", "medium", "low")
"""Segments of customers by lifetime value."""
Channel: TypeAlias = Literal["network", "phone", "email", "in_person"]
CHANNELS: tuple[Channel, ...] = ("network", "phone", "email", "in_person")
ServiceMode: TypeAlias = Literal["reactive", "proactive"]
"""reactive: they addressed us (a tag, an answer to us, a call); proactive: they only spoke of us."""
Complainant: TypeAlias = Literal["direct", "indirect"]
"""direct: the customer; indirect: somebody for the customer."""
Remedy: TypeAlias = Literal["refund", "replacement", "repair", "compensation", "apology", "information", "other"]
ComplaintOutcome: TypeAlias = Literal["upheld", "partly_upheld", "not_upheld"]
Agreement: TypeAlias = Literal["agreed", "disagreed", "no_answer"]
DismissReason: TypeAlias = Literal["not_a_complaint", "duplicate", "spam", "not_ours", "other"]
LostReason: TypeAlias = Literal["price", "service", "product", "competitor", "moved", "other"]
ClockName: TypeAlias = Literal["first_response", "next_response", "resolution"]
PostReading: TypeAlias = Literal["question", "thanks", "answer", "automatic"]
"""What a post says: the customer's waits for an answer or not, ours is one or not."""
ComplaintReading: TypeAlias = Literal["complaint", "no_complaint"]
"""What a person says of a post that stays in its case: that changes no clock."""
EventKind: TypeAlias = Literal[
    "opened",  # with `mention_id`; `became` is the category that was suggested
    "post",  # a post of the customer joined: `mention_id`; `became` "thanks": it asks for nothing
    "edited",  # a post, `mention_id`, has other words: `field` "reply" for one of ours; `became` "asks" or "thanks"
    "stage",  # to `stage`; closing: field "agreement", dismissing: field "reason", in `became`
    "exported",
    "deleted",  # a post was deleted on the network
    "erased",  # words of this case and its posts were erased: `became` is a hash of what is left of its events
    "field",  # `field` went from `was` to `became`
    "taken",  # by its owner: out of the inbox, nothing was said to the customer
    "note",
    "sent",  # an answer, `note`, was posted by hand; `became` is its template
    "reply",  # a post of ours was seen: `mention_id`; `became` "overtaken" (the customer wrote after it), "automatic"
    "reread",  # a post, `mention_id`, means something else: `became` a PostReading or ComplaintReading
    "waiting",  # for the customer: the clocks rest
    "resumed",
    "contact",  # a call, visit or message that was logged: `field` its channel, `became` in or out
    "merged",  # another case, `became`, was taken in; `field`: within the case of that code, which had taken it in
    "absorbed",  # this case went into another, `became`
    "parted",  # a post, `mention_id`, left for another case, `became`
    "incident",  # joined (`became`) or left (`was`) an incident, by code
    "customer",  # linked (`became`) or unlinked (`was`), by customer id
    "follow_up",  # a follow-up was planned, done or dropped: `field` which
    "survey",  # asked or answered: `field` which
    "record",  # a link to the customer's record was made; it works until `became`
    "undone",  # `undoes` holds no longer
    "removed",  # a sample that was cleared away, or a case opened by mistake
]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A line to be added to a case's history. `took_place_at`: when, if earlier than it is written down."""

    case_id: int
    kind: EventKind
    stage: Stage | None = None
    mention_id: int | None = None
    note: str = ""
    field: str | None = None
    was: str | None = None
    became: str | None = None
    undoes: int | None = None
    took_place_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a case's history, as it is kept: append-only, each with the hash of all before it."""

    event_id: int
    case_id: int
    happened_at: datetime
    actor: str
    kind: EventKind
    stage: Stage | None
    mention_id: int | None
    note: str
    field: str | None
    was: str | None
    became: str | None
    undoes: int | None
    took_place_at: datetime | None
    hash: str

    @property
    def at(self) -> datetime:
        """When it took place; never after it was written down."""
        return min(self.took_place_at or self.happened_at, self.happened_at)


def effective(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The events without those that were undone, the undoings, and what was told of posts that have left the case.

    A post that was read otherwise later stands as it was read last.
    """
    undone = {event.undoes for event in events if event.undoes is not None}
    held = tuple(event for event in events if event.kind != "undone" and event.event_id not in undone)
    left = {event.mention_id for event in held if event.kind == "parted"} - {None}
    standing = tuple(event for event in held if event.kind == "parted" or event.mention_id not in left)
    readings = {
        event.mention_id: event.became
        for event in standing
        if event.kind == "reread" and event.became not in get_args(ComplaintReading)
    }
    return tuple(
        _as_read(event, readings[event.mention_id]) if event.mention_id in readings else event for event in standing
    )


def _as_read(event: Event, reading: str | None) -> Event:
    if event.kind == "post":
        return replace(event, became="thanks" if reading == "thanks" else None)
    if event.kind == "reply":
        return replace(event, became="automatic" if reading == "automatic" else event.was)
    return event


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint case as it stands; the columns of `cases`, in their order.

    `version` grows with every change and guards against writing over somebody else's. Minutes are business minutes.
    """

    case_id: int
    code: str
    brand: str
    network: str
    thread_id: str
    author: str | None
    language: str
    stage: Stage
    opened_at: datetime
    opened_by: str
    first_post_at: datetime
    last_post_at: datetime
    changed_at: datetime
    version: int
    # What people say about it.
    channel: Channel = "network"
    category: str = "other"
    severity: Severity = "moderate"
    remedy: Remedy | None = None
    root_cause: str = ""
    decision: ComplaintOutcome | None = None
    owner: str = ""
    team: str = ""
    tags: str = ""  # sorted, a space between them
    service: ServiceMode = "proactive"
    complainant: Complainant = "direct"
    internal: bool = False  # an employee's
    cost: float | None = None  # in `desk.currency`
    agreement: Agreement | None = None
    lost_reason: LostReason | None = None  # None: not lost, or not known to be
    # What it is part of.
    customer_id: str | None = None
    incident_id: int | None = None
    merged_into: int | None = None
    # Priority (cases.priority): `base` without waiting; `cue` is the word that gave the severity.
    reach: int = 0  # likes, replies and reposts of its posts
    contacts: int = 1  # posts of the customer here, and cases of the last `desk.priority.repeat_days` before
    value: str = ""  # the customer's segment by value; '' where there is no linked customer
    cue: str = ""
    base: float = 0.0
    level: Level = "normal"
    # Clocks (cases.sla).
    asked_at: datetime | None = None  # since when the customer waits for a word of ours
    paused_at: datetime | None = None
    first_due_at: datetime | None = None
    first_answered_at: datetime | None = None
    first_minutes: float | None = None
    next_due_at: datetime | None = None
    next_breaches: int = 0
    resolve_due_at: datetime | None = None
    resolved_at: datetime | None = None
    resolve_minutes: float | None = None
    reopenings: int = 0
    # The running clock that ends first.
    due_at: datetime | None = None
    due_clock: ClockName | None = None
    warn_at: datetime | None = None
    resolve_breaches: int = 0  # rounds before the last reopening that ended too late
    taken_at: datetime | None = None  # when its owner took it; None: nobody did, or it went to somebody else since
    author_id: str | None = None  # the network's own id of `author`, who may get another handle


CASE_COLUMNS: tuple[str, ...] = tuple(column.name for column in fields(Case))
EVENT_COLUMNS: tuple[str, ...] = tuple(column.name for column in fields(Event))
EDITABLE: tuple[str, ...] = (
    "category", "severity", "remedy", "root_cause", "decision", "owner", "team", "tags", "language", "channel",
    "service", "complainant", "internal", "cost", "lost_reason",
)  # fmt: skip
"""What people may set on a case, each change an event of kind `field`."""
