"""The section `[access]`: whether whoever works here has to say who they are, and how."""

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from monitor.settings.section import Hours, Minutes, Section
from monitor.settings.survey import addresses

_PUBLIC = re.compile(r"https?://[\w.:\[\]-]+/?", re.ASCII)
_PROVIDER = re.compile(r"https?://[\w.:\[\]-]+(/[\w./~%-]*)?", re.ASCII)


class Oidc(Section):
    """Another system's login (OpenID Connect): `issuer` names it, the rest is what it gave us."""

    issuer: str = Field(default="", description="such as https://login.example/realms/desk; its own metadata are read")
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    claim: Literal["email", "sub"] = Field(
        default="email", description="what tells who somebody is: a confirmed address, or the provider's own number"
    )

    @field_validator("issuer")
    @classmethod
    def _is_of_the_web(cls, issuer: str) -> str:
        if issuer and not _PROVIDER.fullmatch(issuer):
            raise ValueError("give the address of the login, such as https://login.example")
        return issuer.rstrip("/").removesuffix("/.well-known/openid-configuration")


class Access(Section):
    """Who may work here. `off`: whoever sits at this computer, under the name they type, and with every right."""

    mode: Literal["off", "accounts", "oidc"] = Field(
        default="off", description="off: this computer alone; accounts: a password; oidc: another system's login"
    )
    url: str = Field(default="", description="what people type for the dashboard, such as https://escucha.example")
    session_hours: Hours = Field(default=12, gt=0, description="after which everybody logs in again")
    idle_minutes: Minutes = Field(default=120, gt=0, description="without a click, after which a login ends")
    trusted_proxies: tuple[str, ...] = Field(
        default=("127.0.0.1", "::1"), description="web servers before the dashboard, believed for whom they ask"
    )
    oidc: Oidc = Oidc()

    _are_addresses = field_validator("trusted_proxies")(addresses)

    @field_validator("url")
    @classmethod
    def _is_of_the_web(cls, url: str) -> str:
        if url and not _PUBLIC.fullmatch(url):
            raise ValueError("give what people type for the dashboard, without a path, such as https://escucha.example")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _knows_the_other_login(self) -> "Access":
        oidc = self.oidc
        if self.mode == "oidc" and not (oidc.issuer and oidc.client_id and oidc.client_secret.get_secret_value()):
            raise ValueError('mode = "oidc" needs issuer, client_id and client_secret in [access.oidc]')
        if self.mode == "oidc" and not self.url:
            raise ValueError('mode = "oidc" needs url: the other login sends people back there')
        return self

    @property
    def is_off(self) -> bool:
        """Whether nobody logs in, and everybody may do everything."""
        return self.mode == "off"

    @property
    def is_secure(self) -> bool:
        """Whether people come by HTTPS."""
        return self.url.startswith("https://")

    @property
    def host(self) -> str:
        """The host of `url`, without its port; '' where there is none."""
        return urlsplit(self.url).hostname or ""
