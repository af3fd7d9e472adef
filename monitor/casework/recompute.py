"""Working open cases out again when the desk's settings, or Escucha's own rules, are not those of the last time.

Of stages, priorities and clocks only what follows from a case's history and the settings is written: nothing happened,
so there is no event, and what people see on their screens is not outdated by it (`version` stays). A customer's other
value is told in the history, and so are replies of ours that the settings call automatic by now. Closed cases keep what
they were closed under.
"""

import logging
from hashlib import sha256
from importlib.metadata import version

from monitor import store
from monitor.cases import state
from monitor.casework import apply, automatic_replies, customers
from monitor.runs import Progress, no_progress, now
from monitor.settings.loading import Settings
from monitor.store import Connection, key_values
from monitor.store.cases import events, open_cases

logger = logging.getLogger(__name__)

_RULES = 3  # one more whenever priorities or clocks are worked out in another way
_MARK = "standing"
_CHUNK = 2_000  # cases worked out under one hold of the database's lock


def is_due(connection: Connection, settings: Settings) -> bool:
    """Whether the open cases were last worked out under other settings or rules, or never."""
    return key_values.get(connection, _MARK) != _fingerprint(settings)


def refresh(settings: Settings, progress: Progress = no_progress) -> int:
    """Works all open cases out by the settings, and notes these. Returns how many cases there were.

    Customers come first, for the cut-offs of their segments may be others. Each chunk is read and written under one
    hold of the lock, so that no change by others comes in between.
    """
    with store.connect(settings.store) as connection:
        customers.set_values(connection, settings)
    customers.sync_all_links(settings, actor="escucha", now=now())
    done = last = 0
    while True:
        with store.connect(settings.store) as connection:
            chunk = open_cases.page_after(connection, last, _CHUNK)
            changes = automatic_replies.reread_listed(connection, settings, [case.case_id for case in chunk])
            if changes:
                apply.apply(connection, settings, changes, actor="escucha", now=now())
                chunk = open_cases.page_after(connection, last, _CHUNK)
            history = events.of_cases(connection, [case.case_id for case in chunk])
            with_history = [case for case in chunk if history[case.case_id]]
            open_cases.save_derived(
                connection,
                [state.derive(case, history[case.case_id], settings.desk, settings.zone) for case in with_history],
            )
            if len(chunk) < _CHUNK:
                key_values.put(connection, _MARK, _fingerprint(settings))
        done += len(chunk)
        progress("refresh", done, done)
        if len(chunk) < _CHUNK:
            logger.info("open cases recomputed", extra={"count": done})
            return done
        last = chunk[-1].case_id


def _fingerprint(settings: Settings) -> str:
    desk = settings.desk
    parts = (
        *(calendar.model_dump_json() for calendar in desk.calendars),
        desk.service.model_dump_json(),
        desk.priority.model_dump_json(),
        desk.segments.model_dump_json(),
        settings.time_zone,
        repr([(brand.automatic_accounts, brand.automatic_replies) for brand in settings.brands]),
        version("holidays"),
        str(_RULES),
    )
    return sha256("\n".join(parts).encode()).hexdigest()
