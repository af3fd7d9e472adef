"""Trying a network: one cheap call."""

from monitor import registry, store
from monitor.listings import Meter
from monitor.running import now
from monitor.settings import Settings
from monitor.store import reads


def probe(settings: Settings, network: str) -> str:
    """Calls the network once, whatever it asked to wait for. Returns who we are there.

    Raises SettingsError for a network there is not, and SourceErrors, which say what is missing and where to get it.
    """
    meter = Meter()
    source = registry.module(network).connect(settings, meter)
    try:
        return source.probe()
    finally:
        if settings.store.path.exists():
            with store.connect(settings.store) as connection:
                reads.spend(connection, network, meter.take(), (), now())
