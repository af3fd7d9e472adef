"""From where a visitor comes: the connection's other end, or what a trusted proxy says of it."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_WITH_PORT = re.compile(r"\[(.*)\](?::\d+)?|([\d.]+):\d+")


def address(peer: str, forwarded: Sequence[str], trusted: Sequence[str]) -> str:
    """The address that a request is counted for; of IPv6 its network of 64 bits, which one customer has whole.

    `forwarded` are the values of X-Forwarded-For, in order: each proxy adds at the end whom it was asked by. So they
    are read from the end, as long as the one who says it is `trusted` (addresses and networks).
    """
    networks = [ip_network(text, strict=False) for text in trusted]
    hops = [hop for value in forwarded for hop in value.split(",")]
    found = _parse(peer)
    while found is not None and hops and any(found in network for network in networks):
        said = _parse(hops.pop())
        if said is None:
            break
        found = said
    return _name(found) if found else peer


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    text = text.strip()
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2] or ""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _name(found: IPv4Address | IPv6Address) -> str:
    return str(IPv6Network((found, 64), strict=False) if isinstance(found, IPv6Address) else found)
