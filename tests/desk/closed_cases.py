"""Cases on their way to their end, and the follow-ups that their closing plans."""

from datetime import datetime, timedelta

from monitor import desk, store
from monitor.casework.apply import AppliedChange
from monitor.desk.follow_ups import Contact
from monitor.models.posts import Stage
from monitor.settings.loading import Settings
from monitor.store.cases import cases, follow_ups
from tests import desk_store
from tests.conftest import NOW

FINE = Contact("phone", "fine", "Le llegó el reembolso")
AGAIN = Contact("phone", "again", "Se lo han vuelto a cobrar")


@desk_store.filled_once
def closed_case(settings: Settings, now: datetime = NOW) -> int:
    """A case closed at `now`."""
    mention_id = desk_store.post(settings, f"p{now:%H%M%S}", "Me cobraron dos veces", now - timedelta(hours=3))
    desk_store.open_cases(settings, [mention_id], now - timedelta(hours=2))
    with store.connect(settings.store, read_only=True) as connection:
        case_id = connection.execute("SELECT max(case_id) FROM cases").fetchall()[0][0]
    for stage in ("acknowledged", "assessed", "answered"):
        move(settings, case_id, stage, now - timedelta(hours=1))
    close(settings, case_id, now)
    return int(case_id)


def move(settings: Settings, case_id: int, stage: Stage, now: datetime) -> AppliedChange:
    """Moves the case as it stands to another stage; closing it, the customer agreed."""
    with store.connect(settings.store, read_only=True) as connection:
        version = cases.get(connection, case_id).version
    agreement = "agreed" if stage == "closed" else None
    return desk.move_case(settings, case_id, stage, version=version, actor="Ana", now=now, agreement=agreement)


def close(settings: Settings, case_id: int, now: datetime) -> AppliedChange:
    """Closes the case."""
    return move(settings, case_id, "closed", now)


def planned(settings: Settings, case_id: int) -> list[follow_ups.FollowUp]:
    """The follow-ups of the case that are still to come."""
    with store.connect(settings.store, read_only=True) as connection:
        return [one for one in follow_ups.of_case(connection, case_id) if one.status == "planned"]
