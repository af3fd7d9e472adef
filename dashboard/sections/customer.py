"""Who the customer is."""

from datetime import datetime

from dashboard.queries.cases import CasePage


def draw(page: CasePage, now: datetime) -> None:
    """Draws the part."""
    del page, now
