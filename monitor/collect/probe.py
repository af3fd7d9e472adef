"""Trying a network: one cheap call."""

import logging

from monitor import store
from monitor.models.listings import Meter
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.sources import registry
from monitor.store.posts import collection_state

logger = logging.getLogger(__name__)


def probe(settings: Settings, network: str) -> str:
    """Calls the network once, whatever it asked to wait for. Returns who we are there.

    Raises SettingsError for a network there is not, and SourceErrors, which say what is missing and where to get it.
    """
    meter = Meter()
    source = registry.module(network).connect(settings, meter)
    try:
        return source.probe()
    finally:
        logger.debug("network probed", extra={"network": network, "requests": meter.requests})
        if store.exists(settings.store):
            with store.connect(settings.store) as connection:
                collection_state.add_spending(connection, network, meter.take(), (), now())
