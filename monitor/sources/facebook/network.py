"""Facebook: what it is, and the keys of its settings."""

from typing import ClassVar

from monitor.networks import NetworkProfile
from monitor.sources.meta.settings import GraphSettings

PROFILE = NetworkProfile(
    "Facebook", rechecks=True, aliases=("fb",), answer_limit=8_000, private_messages=True, hosts=("facebook.com",)
)


class FacebookSettings(GraphSettings):
    """Facebook pages, through the Graph API."""

    where: ClassVar[str] = "https://developers.facebook.com/tools/explorer (page token with pages_read_engagement)"


SETTINGS = FacebookSettings
