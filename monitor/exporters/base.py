"""What a module in `monitor.exporters` offers: a destination of cases; a new one is one more such module."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from monitor.models.exports import CaseRow, CaseTeller
from monitor.settings.loading import Settings


class Exporter(Protocol):
    """The module itself."""

    def place_for_new(self, settings: Settings) -> str | None:
        """Where new cases are to go, `{export_id}` in it; None when the settings name no such destination."""

    def is_taken(self, place: str) -> bool:
        """Whether something lies at that place already, which no new delivery may replace."""

    def words_for(self, settings: Settings, place: str) -> CaseTeller | None:
        """Who says the histories of the cases that go there; None: codes, for programs."""

    def deliver(self, rows: Iterable[CaseRow], place: str, settings: Settings) -> str:
        """Delivers the cases there and returns the receipt; what lies there already was delivered, and stays.

        Raises HandOverTransient for what is worth another try, HandOverPermanent for what is not.
        """

    def replace(self, rows: Iterable[CaseRow], place: str, settings: Settings) -> str:
        """Delivers the cases once more in place of what lies there, since some were erased, and returns the receipt."""

    def tell_erased(
        self, codes: Sequence[str], changed: Sequence[str], place: str, settings: Settings, now: datetime
    ) -> str:
        """Tells whoever takes what is delivered there which cases they have to delete, and which to take anew.

        Returns where that stands.
        """

    def remove(self, place: str) -> None:
        """Removes what lies there, whose time is over; nothing where nothing does."""
