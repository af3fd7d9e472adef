"""What a module in `monitor.exporters` offers: a destination of cases; a new one is one more such module."""

from collections.abc import Iterable
from typing import Protocol

from monitor.models.exports import CaseRow
from monitor.settings.loading import Settings


class Exporter(Protocol):
    """The module itself."""

    def place_for_new(self, settings: Settings) -> str | None:
        """Where new cases are to go, `{export_id}` in it; None when the settings name no such destination."""

    def deliver(self, rows: Iterable[CaseRow], place: str, settings: Settings) -> str:
        """Delivers the cases there and returns the receipt; delivering the same again does no harm.

        Raises HandOverTransient for what is worth another try, HandOverPermanent for what is not.
        """
