"""How much may be asked of a network: the day's budget, and the pauses that it asks for."""

import logging
from datetime import UTC, datetime, timedelta

from monitor.errors import BudgetSpent, RateLimited
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.settings.network import NetworkSettings
from monitor.store.posts.collection_state import LONGEST_PAUSE, Pause, Spending

logger = logging.getLogger(__name__)

_LONGEST_GUESS = timedelta(hours=1)  # of a network that does not say how long


def check_budget(section: NetworkSettings, network: str, spent: Spending, requests: int) -> None:
    """Raises BudgetSpent when the day's budget is used up, by what is in the ledger and `requests` that are not."""
    budgets = (
        ("requests", spent.requests + requests, section.daily_requests),
        ("reads", spent.reads, section.daily_reads),
        ("dollars", spent.dollars, section.daily_dollars),
    )
    for name, used, budget in budgets:
        if budget is not None and used >= budget:
            midnight = midnight_after(now())
            context = {"network": network, "reason": name, "requests": spent.requests + requests}
            logger.warning("budget reached", extra={**context, "dollars": spent.dollars, "until": midnight.isoformat()})
            raise BudgetSpent(
                f"{network}: {used:g} of {budget:g} {name} of the day's budget are spent; "
                f"networks.{network}.daily_{name} sets it",
                midnight,
            )


def midnight_after(at: datetime) -> datetime:
    """When the day of the budgets (UTC) ends."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def pause_after(limited: RateLimited, previous: Pause | None) -> Pause:
    """Until when to ask no more: as long as was told, else twice as long as `previous`, an hour at most.

    A time further ahead than LONGEST_PAUSE is cut, which the reason says: the network may mean it, or a clock be wrong.
    """
    strikes = previous.strikes if previous else 0
    at = now()
    until = limited.reset_at or at + min(_LONGEST_GUESS, timedelta(minutes=2 ** min(strikes, 10)))
    if until > at + LONGEST_PAUSE:
        hours = LONGEST_PAUSE / timedelta(hours=1)
        reason = f"{limited} (it named {until:%Y-%m-%d %H:%M} UTC; it is asked again after {hours:g} hours)"
        logger.warning("pause cut", extra={"until": until.isoformat(), "seconds": LONGEST_PAUSE.total_seconds()})
        return Pause(at + LONGEST_PAUSE, 0, reason)
    return Pause(until, 0 if limited.reset_at else strikes + 1, str(limited))


def is_paused(pause: Pause | None, network: str) -> bool:
    """Whether the network is to be left alone. A stored pause that cannot be meant is told in the log."""
    if pause is None or pause.until <= now():
        return False
    if pause.is_in_force(now()):
        return True
    context = {"network": network, "until": pause.until.isoformat(), "reason": "a wrong clock, or longer than allowed"}
    logger.warning("pause not believed; the network is asked again", extra=context)
    return False


def partial_read_error(settings: Settings, reason: str, until: datetime) -> RateLimited:
    """The error for a read that ends in part, which says when it goes on."""
    local = until.astimezone(settings.zone)
    is_today = local.date() == now().astimezone(settings.zone).date()
    clock = f"{local:%H:%M}" if is_today else f"{local:%Y-%m-%d %H:%M}"
    return RateLimited(f"partial, resumes at {clock} ({reason})", until)
