"""Feeds: what they are, and the keys of their settings."""

from pydantic import Field

from monitor.networks import NetworkProfile
from monitor.settings.network import NetworkSettings

PROFILE = NetworkProfile("Feeds", has_accounts=False)


class FeedsSettings(NetworkSettings):
    """RSS and Atom feeds."""

    urls: tuple[str, ...] = Field(default=(), description="feeds that are read and matched")


SETTINGS = FeedsSettings
