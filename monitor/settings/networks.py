"""Settings of the networks: one section each. A network of which no key is set is not read by itself."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr

from monitor.settings.section import Days, Minutes, Seconds, Section


class Files(Section):
    """A drop folder: `<folder>/<network>/*.csv` and the like are read once, page by page."""

    folder: Path | None = None
    page_size: int = Field(default=20_000, ge=1, le=100_000, description="rows a page")


class Network(Section):
    """What every network has. Credentials are SecretStr; the budgets count per UTC day, None: no limit."""

    where: ClassVar[str] = ""  # where its credentials come from, for errors

    base_url: str = Field(default="", description="another address of the API; empty: the network's own")
    timeout: Seconds = Field(default=15.0, gt=0, description="seconds without an answer")
    overlap_minutes: Minutes = Field(default=10.0, ge=0, description="read again, for posts that appear late")
    first_days: Days = Field(default=7.0, gt=0, description="how far the first read goes back")
    recheck_days: Days = Field(default=30.0, ge=0, description="posts so young are looked up again: edited, deleted?")
    daily_requests: int | None = Field(default=None, gt=0)
    daily_reads: int | None = Field(default=None, gt=0, description="paid resources or quota units")
    daily_dollars: float | None = Field(default=None, gt=0)

    @property
    def has_budget(self) -> bool:
        """Whether the day's spending is limited."""
        return any((self.daily_requests, self.daily_reads, self.daily_dollars))

    @property
    def is_set(self) -> bool:
        """Whether the settings say anything about this network."""
        return bool(self.model_fields_set)


class X(Network):
    """X, through the API v2."""

    where: ClassVar[str] = "https://developer.x.com/en/portal/dashboard (project, app, Keys and tokens)"
    bearer_token: SecretStr = SecretStr("")
    post_dollars: float = Field(default=0.005, ge=0, description="price of a post read")
    user_dollars: float = Field(default=0.010, ge=0, description="price of an author read")
    mention_dollars: float = Field(default=0.001, ge=0, description="price of a mention of an own account")


class Reddit(Network):
    """Reddit, through its OAuth API."""

    where: ClassVar[str] = "https://www.reddit.com/prefs/apps (create another app, type script)"
    client_id: SecretStr = SecretStr("")
    client_secret: SecretStr = SecretStr("")
    username: str = ""
    password: SecretStr = SecretStr("")
    refresh_token: SecretStr = SecretStr("")
    subreddits: tuple[str, ...] = Field(default=(), description="whose comments are read and matched")
    thread_days: Days = Field(default=7.0, ge=0, description="matching submissions so young are read with comments")


class Mastodon(Network):
    """A Mastodon server, or one that speaks its API; `base_url` names it (empty: https://mastodon.social)."""

    where: ClassVar[str] = "your server's Preferences, Development, New application (scope read)"
    access_token: SecretStr = SecretStr("")


class Bluesky(Network):
    """Bluesky, through the account's server."""

    where: ClassVar[str] = "https://bsky.app/settings/app-passwords"
    handle: str = ""
    app_password: SecretStr = SecretStr("")
    jetstream_url: str = Field(default="", description="another Jetstream server; empty: Bluesky's own")


class YouTube(Network):
    """YouTube, through the Data API v3."""

    where: ClassVar[str] = "https://console.cloud.google.com/apis/credentials (API key; enable YouTube Data API v3)"
    api_key: SecretStr = SecretStr("")
    channels: tuple[str, ...] = Field(default=(), description="others' channels whose comments are read and matched")
    videos: tuple[str, ...] = Field(default=(), description="others' videos whose comments are read and matched")


class Feeds(Network):
    """RSS and Atom feeds."""

    urls: tuple[str, ...] = Field(default=(), description="feeds that are read and matched")


class AppStore(Network):
    """Customer reviews of Apple's App Store; a brand's `places.app_store` names its apps."""

    countries: tuple[str, ...] = Field(default=("es",), min_length=1, description="two-letter codes of stores")


class Facebook(Network):
    """Facebook pages, through the Graph API."""

    where: ClassVar[str] = "https://developers.facebook.com/tools/explorer (page token with pages_read_engagement)"
    access_token: SecretStr = SecretStr("")
    version: str = Field(default="v24.0", pattern=r"v\d+\.\d+", description="of the Graph API")


class Instagram(Facebook):
    """Instagram business accounts, through the Graph API."""

    where: ClassVar[str] = "https://developers.facebook.com/tools/explorer (token with instagram_manage_comments)"


class Networks(Section):
    """The networks that are read."""

    files: Files = Files()
    x: X = X()
    reddit: Reddit = Reddit()
    mastodon: Mastodon = Mastodon()
    bluesky: Bluesky = Bluesky()
    youtube: YouTube = YouTube()
    feeds: Feeds = Feeds()
    app_store: AppStore = AppStore()
    facebook: Facebook = Facebook()
    instagram: Instagram = Instagram()

    def of(self, network: str) -> Network:
        """The section of a network that is read over HTTP. Raises KeyError when there is none."""
        section = getattr(self, network, None)
        if not isinstance(section, Network):
            raise KeyError(network)
        return section
