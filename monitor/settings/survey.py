"""Settings of the satisfaction survey: `[desk.survey]`."""

import ipaddress
import re

from pydantic import Field, field_validator

from monitor.settings.section import Section


def addresses(proxies: tuple[str, ...]) -> tuple[str, ...]:
    """These addresses and networks. Raises ValueError for what is neither."""
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            raise ValueError(f"{proxy!r} is no address or network, such as 127.0.0.1 or 10.0.0.0/8") from None
    return proxies


class SurveySettings(Section):
    """The question after a closure: where the page answers, and for how long."""

    url: str = Field(default="", description="such as https://care.example; empty: http://localhost:<port>")
    expire_days: int = Field(default=30, ge=1, le=3650)
    port: int = Field(default=8601, ge=1, le=65535)
    trusted_proxies: tuple[str, ...] = Field(
        default=(), description="addresses or networks of web servers before the page, believed for whom they ask"
    )

    _are_addresses = field_validator("trusted_proxies")(addresses)

    @field_validator("url")
    @classmethod
    def _is_of_the_web(cls, url: str) -> str:
        if url and not re.fullmatch(r"https?://[\w.:\[\]-]+(/[\w./~-]*)?", url, re.ASCII):
            raise ValueError("give where customers reach the survey page, such as https://care.example")
        return url.rstrip("/")
