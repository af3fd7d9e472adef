"""Bluesky: what it is, and the keys of its settings."""

from typing import ClassVar

from pydantic import Field, SecretStr

from monitor.networks import NetworkProfile
from monitor.settings.network import NetworkSettings

PROFILE = NetworkProfile("Bluesky", rechecks=True, answer_limit=300, private_messages=True, hosts=("bsky.app",))


class BlueskySettings(NetworkSettings):
    """Bluesky, through the account's server."""

    where: ClassVar[str] = "https://bsky.app/settings/app-passwords"
    handle: str = ""
    app_password: SecretStr = SecretStr("")
    jetstream_url: str = Field(default="", description="another Jetstream server; empty: Bluesky's own")


SETTINGS = BlueskySettings
