"""Keys that every network on Meta's Graph API has."""

from pydantic import Field, SecretStr

from monitor.settings.network import NetworkSettings


class GraphSettings(NetworkSettings):
    """A network on the Graph API."""

    access_token: SecretStr = SecretStr("")
    version: str = Field(default="v24.0", pattern=r"v\d+\.\d+", description="of the Graph API")
