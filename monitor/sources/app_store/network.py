"""The App Store: what it is, and the keys of its settings."""

from pydantic import Field

from monitor.networks import NetworkProfile
from monitor.settings.network import NetworkSettings

PROFILE = NetworkProfile("App Store", hosts=("apps.apple.com", "itunes.apple.com"))


class AppStoreSettings(NetworkSettings):
    """Customer reviews of Apple's App Store; a brand's `places.app_store` names its apps."""

    countries: tuple[str, ...] = Field(default=("es",), min_length=1, description="two-letter codes of stores")


SETTINGS = AppStoreSettings
