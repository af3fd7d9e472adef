"""Mastodon: what it is, and the keys of its settings."""

from typing import ClassVar

from pydantic import SecretStr

from monitor.networks import NetworkProfile
from monitor.settings.network import NetworkSettings

PROFILE = NetworkProfile("Mastodon", rechecks=True, handles_name_server=True, answer_limit=500, private_messages=True)
"""The limit is Mastodon's default; a server may allow more."""


class MastodonSettings(NetworkSettings):
    """A Mastodon server, or one that speaks its API; `base_url` names it (empty: https://mastodon.social)."""

    where: ClassVar[str] = "your server's Preferences, Development, New application (scope read)"
    access_token: SecretStr = SecretStr("")


SETTINGS = MastodonSettings
