"""Whose a handle is by a person's word, and taking that back."""

from dataclasses import dataclass
from datetime import datetime

from monitor.store.connection import Connection
from monitor.store.customers.customers import LinkReason, LinkStatus


@dataclass(frozen=True, slots=True)
class HandleLink:
    """How a handle stands to a customer, and who decided so when (None: nobody did)."""

    status: LinkStatus
    reason: LinkReason
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class HandleDecision:
    """A person's word on one handle and one customer: how it stands now, and how it stood (None: not at all)."""

    network: str
    handle: str
    customer_id: str
    now: HandleLink
    was: HandleLink | None


def statuses(connection: Connection, network: str, handle: str) -> dict[str, LinkStatus]:
    """How a handle stands to each customer it has to do with."""
    rows = connection.execute(
        "SELECT customer_id, status FROM handles WHERE network = ? AND handle = lower(?)", [network, handle]
    ).fetchall()
    return dict(rows)


def decide(
    connection: Connection, network: str, handle: str, customer_id: str, status: LinkStatus, actor: str, now: datetime
) -> HandleDecision:
    """Records a person's word on whether this handle is this customer's; a row is added where there is none."""
    previous = _current_link(connection, network, handle, customer_id)
    decision = HandleDecision(
        network,
        handle,
        customer_id,
        HandleLink(status, previous.reason if previous else "by_hand", actor, now),
        previous,
    )
    _write(connection, decision, decision.now)
    return decision


def undo_decision(connection: Connection, decision: HandleDecision) -> bool:
    """Lets the handle stand as it stood before, if it stands as was decided; False where it does not."""
    if _current_link(connection, decision.network, decision.handle, decision.customer_id) != decision.now:
        return False
    if decision.was:
        _write(connection, decision, decision.was)
    else:
        connection.execute(
            "DELETE FROM handles WHERE network = ? AND handle = lower(?) AND customer_id = ?",
            [decision.network, decision.handle, decision.customer_id],
        ).fetchall()
    return True


def _current_link(connection: Connection, network: str, handle: str, customer_id: str) -> HandleLink | None:
    rows = connection.execute(
        """
        SELECT status, reason, decided_by, decided_at FROM handles
        WHERE network = ? AND handle = lower(?) AND customer_id = ?
        """,
        [network, handle, customer_id],
    ).fetchall()
    return HandleLink(*rows[0]) if rows else None


def _write(connection: Connection, where: HandleDecision, how: HandleLink) -> None:
    connection.execute(
        """
        INSERT INTO handles (network, handle, customer_id, status, reason, decided_by, decided_at)
        VALUES ($1, lower($2), $3, $4, $5, $6, $7)
        ON CONFLICT (network, handle, customer_id)
        DO UPDATE SET status = $4, reason = $5, decided_by = $6, decided_at = $7
        """,
        [where.network, where.handle, where.customer_id, how.status, how.reason, how.decided_by, how.decided_at],
    ).fetchall()
