"""Instagram: what it is, and the keys of its settings."""

from typing import ClassVar

from monitor.networks import NetworkProfile
from monitor.sources.meta.settings import GraphSettings

PROFILE = NetworkProfile(
    "Instagram",
    rechecks=True,
    aliases=("ig", "insta"),
    answer_limit=2_200,
    private_messages=True,
    hosts=("instagram.com",),
)


class InstagramSettings(GraphSettings):
    """Instagram business accounts, through the Graph API."""

    where: ClassVar[str] = "https://developers.facebook.com/tools/explorer (token with instagram_manage_comments)"


SETTINGS = InstagramSettings
