"""A post that could not be read, as it is kept."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KeptReject:
    """Why and where a post could not be read, and all that was received of it.

    `raw` is text of people's, and '' where it was deleted on its network, or is not to leave the database.
    """

    reason: str
    place: str
    network: str
    rejected_at: datetime
    run_id: int
    raw: str
