"""Handing on the open cases of somebody who is not there, all at once: to a person, or to the rule."""

from datetime import datetime

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.casework import assignment
from monitor.desk.bulk import LIMIT, BulkDone, assign_many
from monitor.errors import Refusal
from monitor.settings.loading import Settings
from monitor.store.cases import open_cases


@permitted(Permission.ASSIGN_OTHERS)
def give_cases(settings: Settings, owner: str, to: str, *, actor: str, now: datetime) -> BulkDone:
    """Gives the open cases of `owner`, as the cases spell it, to another person, the most pressing of them first.

    At most `LIMIT` at once. Raises EscuchaError when there is none, as `assign_many` does.
    """
    with store.connect(settings.store, read_only=True) as connection:
        versions = {case.case_id: case.version for case in open_cases.owned_by(connection, [owner])[:LIMIT]}
    return assign_many(settings, versions, to, actor=actor, now=now)


@permitted(Permission.ASSIGN_OTHERS, owners="owner")
def share_cases(settings: Settings, owner: str, *, actor: str, now: datetime) -> BulkDone:
    """Lets the rule give the open cases of `owner`; those that nobody has room for are nobody's, until somebody has.

    Raises EscuchaError where cases are assigned by hand.
    """
    if settings.desk.assign == "by_hand":
        raise Refusal("no_rule", "cases are assigned by hand here (desk.assign); choose a person")
    with store.connect(settings.store) as connection:
        return BulkDone(tuple(assignment.share(connection, settings, now, actor=actor, of=(owner,))), ())
