"""How much may be asked of a network: the day's budget, and the pauses that it asks for."""

import logging
from datetime import datetime, timedelta

from monitor.errors import BudgetSpent, RateLimited
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.settings.network import NetworkSettings
from monitor.store.posts.collection_state import Pause, Spending

logger = logging.getLogger(__name__)

_LONGEST_PAUSE = timedelta(hours=1)


def check_budget(section: NetworkSettings, network: str, spent: Spending, requests: int) -> None:
    """Raises BudgetSpent when the day's budget is used up, by what is in the ledger and `requests` that are not."""
    budgets = (
        ("requests", spent.requests + requests, section.daily_requests),
        ("reads", spent.reads, section.daily_reads),
        ("dollars", spent.dollars, section.daily_dollars),
    )
    for name, used, budget in budgets:
        if budget is not None and used >= budget:
            midnight = now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            context = {"network": network, "reason": name, "requests": spent.requests + requests}
            logger.warning("budget reached", extra={**context, "dollars": spent.dollars, "until": midnight.isoformat()})
            raise BudgetSpent(
                f"{network}: {used:g} of {budget:g} {name} of the day's budget are spent; "
                f"networks.{network}.daily_{name} sets it",
                midnight,
            )


def pause_after(limited: RateLimited, previous: Pause | None) -> Pause:
    """Until when to ask no more: as long as was told, else twice as long as `previous`, an hour at most."""
    strikes = previous.strikes if previous else 0
    until = limited.reset_at or now() + min(_LONGEST_PAUSE, timedelta(minutes=2**strikes))
    return Pause(until, 0 if limited.reset_at else strikes + 1, str(limited))


def partial_read_error(settings: Settings, reason: str, until: datetime) -> RateLimited:
    """The error for a read that ends in part, which says when it goes on."""
    local = until.astimezone(settings.zone)
    is_today = local.date() == now().astimezone(settings.zone).date()
    clock = f"{local:%H:%M}" if is_today else f"{local:%Y-%m-%d %H:%M}"
    return RateLimited(f"partial, resumes at {clock} ({reason})", until)
