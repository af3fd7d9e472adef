"""The stages of a case after ISO 10002 and the only moves between them."""

from collections.abc import Mapping
from types import MappingProxyType

from monitor.models.cases import Event, effective
from monitor.models.posts import Stage

# The likeliest move of each stage comes first: the pages offer it before the others. Answered goes back to
# investigating when the customer does not agree. Whoever reopens a case writes that it is not solved: that is looked
# into, and that we have read it is said with the answer.
NEXT: Mapping[Stage, tuple[Stage, ...]] = MappingProxyType(
    {
        "received": ("acknowledged", "dismissed"),
        "acknowledged": ("assessed", "dismissed"),
        "assessed": ("investigating", "answered", "dismissed"),
        "investigating": ("answered", "dismissed"),
        "answered": ("closed", "investigating"),
        "closed": ("reopened",),
        "dismissed": ("reopened",),
        "reopened": ("investigating", "answered", "acknowledged", "dismissed"),
    }
)
OPEN: tuple[Stage, ...] = ("received", "acknowledged", "assessed", "investigating", "answered", "reopened")


def may_move(current: Stage, to: Stage) -> bool:
    """Whether a case at `current` may go to `to`."""
    return to in NEXT[current]


def stage_after(events: tuple[Event, ...]) -> Stage:
    """The stage that a history leads to, what was undone left out."""
    stages = [event.stage for event in effective(events) if event.stage is not None]
    return stages[-1] if stages else "received"
