"""What each network is: the profile in its package `monitor.sources.<network>.network`, found by the package's name."""

import pkgutil
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType, ModuleType

_SOURCES = "monitor.sources"


@dataclass(frozen=True, slots=True)
class PostIds:
    """What the ids of a network's posts tell: when a post was made (UTC), and its address, in both directions."""

    time: Callable[[str], datetime | None]
    permalink: Callable[[str | None, str], str | None]  # of an author's handle, where known, and an id
    in_permalink: Callable[[str], str | None]
    author_in_permalink: Callable[[str], str | None] = lambda _address: None  # the author's handle


@dataclass(frozen=True, slots=True)
class NetworkProfile:
    """What is true of a network, whoever asks."""

    display_name: str
    aliases: tuple[str, ...] = ()  # other names that files give it
    has_accounts: bool = True  # whether authors go by a handle that may be a customer's
    dotted_handles: bool = True  # whether a handle may hold dots and hyphens
    handle_prefix: str = ""  # written before a handle, such as u/
    handles_name_server: bool = False  # whether a handle may be name@server
    answer_limit: int | None = None  # characters that a public answer may have
    answer_length: Callable[[str], int] = len  # how much of the limit a text takes
    private_messages: bool = False  # whether a customer can be asked to write in private
    post_ids: PostIds | None = None  # None: ids tell nothing
    rechecks: bool = False  # whether the network tells what became of a post: edited, deleted
    hosts: tuple[str, ...] = ()  # where its posts stand, with what ends in them; none: anywhere

    def is_home(self, host: str) -> bool:
        """Whether a host of the web is the network's own."""
        return any(host == home or host.endswith(f".{home}") for home in self.hosts)


_FILES_ONLY = {
    "linkedin": NetworkProfile("LinkedIn", hosts=("linkedin.com",)),
    "threads": NetworkProfile("Threads", hosts=("threads.net", "threads.com")),
    "tiktok": NetworkProfile("TikTok", hosts=("tiktok.com",)),
    "trustpilot": NetworkProfile("Trustpilot", hosts=("trustpilot.com",)),
}
"""Networks that no source reads; their posts come from files."""


@cache
def modules() -> Mapping[str, ModuleType]:
    """The modules `network` of the packages that read a network, by the network's name, in alphabetical order.

    Each holds a `PROFILE` and a class of settings, `SETTINGS`.
    """
    packages = sorted(found.name for found in pkgutil.iter_modules(import_module(_SOURCES).__path__) if found.ispkg)
    places = {name: f"{_SOURCES}.{name}.network" for name in packages}
    return MappingProxyType({name: import_module(place) for name, place in places.items() if find_spec(place)})


@cache
def profiles() -> Mapping[str, NetworkProfile]:
    """Every profile by the network's name: of networks that are read, then of those that only files bring."""
    read = {name: module.PROFILE for name, module in modules().items()}
    return MappingProxyType(read | _FILES_ONLY)


@cache
def names_in_files() -> Mapping[str, str]:
    """The network for each name that a file may give it, aliases among them."""
    aliases = {alias: name for name, profile in profiles().items() for alias in profile.aliases}
    return MappingProxyType({name: name for name in profiles()} | aliases)


@lru_cache(maxsize=256)  # asked for several times a post
def profile(network: str) -> NetworkProfile:
    """The network's profile, also by an alias; of an unknown one what can be assumed of any."""
    known = profiles().get(names_in_files().get(network, network))
    return known or NetworkProfile(network.replace("_", " ").capitalize())


def unchecked(names: Iterable[str]) -> list[str]:
    """Those of these networks that do not tell what became of a post; names of no network are not among them."""
    known = {names_in_files()[name] for name in names if name in names_in_files()}
    return sorted(name for name in known if not profiles()[name].rechecks)


def unread(configured: Collection[str], stored: Iterable[str]) -> list[str]:
    """Networks that would tell what became of a post, of which there are only posts from files: nobody asks them."""
    known = profiles()
    return [name for name in stored if name not in configured and name in known and known[name].rechecks]
