"""YouTube: what it is, and the keys of its settings."""

from typing import ClassVar

from pydantic import Field, SecretStr

from monitor.networks import NetworkProfile
from monitor.settings.network import NetworkSettings

PROFILE = NetworkProfile(
    "YouTube", rechecks=True, aliases=("yt",), answer_limit=10_000, hosts=("youtube.com", "youtu.be")
)


class YouTubeSettings(NetworkSettings):
    """YouTube, through the Data API v3."""

    where: ClassVar[str] = "https://console.cloud.google.com/apis/credentials (API key; enable YouTube Data API v3)"
    api_key: SecretStr = SecretStr("")
    channels: tuple[str, ...] = Field(default=(), description="others' channels whose comments are read and matched")
    videos: tuple[str, ...] = Field(default=(), description="others' videos whose comments are read and matched")


SETTINGS = YouTubeSettings
