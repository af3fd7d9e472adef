"""What reading would cost, said before it is done."""

from monitor.collecting import brands_named, listings
from monitor.listings import Window
from monitor.settings import Settings


def estimate(settings: Settings, network: str, brand: str | None, window: Window | None) -> list[str]:
    """Lines for a person: what each listing would cost, then what the day has cost."""
    wanted = listings(settings, network, brands_named(settings, brand))
    return [f"{network}: {one.key}" for one in wanted]
