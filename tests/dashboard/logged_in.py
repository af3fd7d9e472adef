"""A browser in which somebody is logged in, as AppTest has no cookies of its own."""

from datetime import UTC, datetime

import pytest

from dashboard.login import live
from monitor import store
from monitor.login import sessions
from monitor.settings.loading import Settings
from monitor.store.logins.sessions import LiveSession


class Browser:
    """What stands in for the cookie: the token it holds."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings, self.token = settings, ""
        monkeypatch.setattr(live, "of_page", self._of_page)

    def _of_page(self, settings: Settings) -> LiveSession | None:
        live.forget()
        return live.find(settings, self.token)

    def log_in(self, name: str) -> None:
        """Begins a session."""
        with store.connect(self.settings.store) as connection:
            now = datetime.now(UTC)
            self.token = sessions.begin(connection, self.settings, name.casefold(), name, now).token
