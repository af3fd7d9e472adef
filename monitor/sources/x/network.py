"""X: what it is, and the keys of its settings."""

from typing import ClassVar

from pydantic import Field, SecretStr

from monitor.networks import NetworkProfile, PostIds
from monitor.settings.network import NetworkSettings
from monitor.sources.x.ids import author_in_permalink, id_in_permalink, permalink, time_of_id
from monitor.sources.x.length import answer_length

PROFILE = NetworkProfile(
    "X",
    rechecks=True,
    aliases=("twitter",),
    dotted_handles=False,
    answer_limit=280,
    answer_length=answer_length,
    private_messages=True,
    post_ids=PostIds(time_of_id, permalink, id_in_permalink, author_in_permalink),
    hosts=("x.com", "twitter.com"),
)


class XSettings(NetworkSettings):
    """X, through the API v2."""

    where: ClassVar[str] = "https://developer.x.com/en/portal/dashboard (project, app, Keys and tokens)"
    bearer_token: SecretStr = SecretStr("")
    post_dollars: float = Field(default=0.005, ge=0, description="price of a post read")
    user_dollars: float = Field(default=0.010, ge=0, description="price of an author read")
    mention_dollars: float = Field(default=0.001, ge=0, description="price of a mention of an own account")


SETTINGS = XSettings
