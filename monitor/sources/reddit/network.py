"""Reddit: what it is, and the keys of its settings."""

from typing import ClassVar

from pydantic import Field, SecretStr

from monitor.networks import NetworkProfile
from monitor.settings.network import NetworkSettings
from monitor.settings.section import Days

PROFILE = NetworkProfile(
    "Reddit", rechecks=True, handle_prefix="u/", answer_limit=10_000, private_messages=True, hosts=("reddit.com",)
)


class RedditSettings(NetworkSettings):
    """Reddit, through its OAuth API."""

    where: ClassVar[str] = (
        "https://www.reddit.com/prefs/apps (create another app, type script; since November 2025 Reddit has to approve "
        "it first: without, read feeds of subreddits or import files, see the README)"
    )
    client_id: SecretStr = SecretStr("")
    client_secret: SecretStr = SecretStr("")
    username: str = ""
    password: SecretStr = SecretStr("")
    refresh_token: SecretStr = SecretStr("")
    subreddits: tuple[str, ...] = Field(default=(), description="whose comments are read and matched")
    thread_days: Days = Field(default=7.0, ge=0, description="matching submissions so young are read with comments")


SETTINGS = RedditSettings
