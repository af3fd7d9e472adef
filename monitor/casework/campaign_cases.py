"""Cases for the copies of a campaign after all: when a person says that it is real."""

import logging
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor import store
from monitor.casework import apply, grouping
from monitor.casework.apply import AppliedChange
from monitor.casework.campaigns import join_incident
from monitor.models.campaigns import RepeatedText
from monitor.runs import Progress, no_progress
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import campaign_posts, campaigns, candidates, cases, events, incidents

logger = logging.getLogger(__name__)

_AT_ONCE = 500
"""Posts that get their cases in one transaction."""


def open_all(
    settings: Settings, campaign_id: int, actor: str, now: datetime, progress: Progress = no_progress
) -> list[AppliedChange]:
    """Cases for all copies, in transactions of some hundred; what a crash leaves is done by the next pass."""
    done: list[AppliedChange] = []
    while True:
        with store.connect(settings.store) as connection:
            text = campaigns.get(connection, campaign_id)
            if text is None or text.ruling != "real" or not campaign_posts.held_posts(connection, campaign_id, 1):
                return done
            done += _open_held(connection, settings, text, actor, now)
        progress("open", len(done), len(done))


def _open_held(
    connection: Connection, settings: Settings, text: RepeatedText, actor: str, now: datetime
) -> list[AppliedChange]:
    """Opens cases in the campaign's incident for up to `_AT_ONCE` of its posts.

    Posts of which the model was not sure count as complaints; those that are none only cease to be held.
    """
    held_ids = campaign_posts.held_posts(connection, text.campaign_id, _AT_ONCE)
    last_event_id = events.last_id(connection)
    found = candidates.candidate_posts(connection, held_ids)
    posts = [replace(post, complaint=post.complaint or post.unsure) for post in found]
    of_brand = [post for post in posts if post.conversation.brand == text.brand]
    grouping.group_posts(connection, of_brand, settings, actor, now, gather=False)
    campaign_posts.release_posts(connection, text.campaign_id, held_ids)
    case_ids = cases.of_mentions(connection, held_ids)
    incident = incidents.get(connection, text.incident_id or 0)
    free = [case.case_id for case in cases.get_many(connection, case_ids) if case.incident_id is None]
    changes = dict.fromkeys(free, partial(join_incident, incident=incident))
    apply.apply(connection, settings, changes, actor=actor, now=now)
    history = events.of_cases(connection, case_ids)
    logger.info("cases opened", extra={"count": len(free)})
    return [
        AppliedChange(case, tuple(event for event in history[case.case_id] if event.event_id > last_event_id))
        for case in cases.get_many(connection, case_ids)
    ]
