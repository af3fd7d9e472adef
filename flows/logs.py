"""The library's log lines in the log of the Prefect run they belong to, beside the file that keeps all of them."""

import logging

from prefect import get_run_logger
from prefect.exceptions import MissingContextError

from monitor.logs import setup
from monitor.logs.formats import TextFormat
from monitor.settings import loading


class _RunLog(logging.Handler):
    """Hands records to the logger of the flow or task run under way; outside one there is nothing to hand to."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hands the record over."""
        try:
            get_run_logger().log(record.levelno, "%s", self.format(record))
        except MissingContextError:
            return


def load_settings() -> loading.Settings:
    """The settings in force, the log set up as they say and seen in Prefect too. Raises SettingsError."""
    settings = loading.load()
    setup.configure(settings)
    library = logging.getLogger("monitor")
    if not any(isinstance(handler, _RunLog) for handler in library.handlers):
        handler = _RunLog(logging.INFO)
        handler.setFormatter(TextFormat(with_head=False))
        library.addHandler(handler)
        library.propagate = False  # Prefect's handlers at the root print tracebacks, which may quote posts
    return settings
