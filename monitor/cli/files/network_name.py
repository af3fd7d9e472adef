"""The network that an import's posts are said to come from: how it is written, and whether it may be mistyped."""

import difflib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from monitor.settings.loading import Settings

_MISTYPED = 0.82  # so like a known name that it is that one with a letter too few, too many or wrong (difflib)


def written(network: str) -> str:
    """The network's name as it is stored: X, x and " x" are one network. Raises BadParameter."""
    name = network.strip().lower()
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise typer.BadParameter(f"--network {network!r}: write a name such as x, reddit, app_store")
    return name


def check(settings: "Settings", network: str) -> None:
    """Raises BadParameter for a name that is nearly a known network's, unless posts are stored under it already."""
    from monitor import networks

    near = None if network in networks.names_in_files() else _nearest(network)
    if near and network not in _stored(settings):
        raise typer.BadParameter(
            f"no known network is called {network}; did you mean {near}? "
            "A network of your own needs a name that is less like it"
        )


def unknown(network: str) -> Iterator[str]:
    """That nobody knows a network of this name, and which one may be meant; its posts are stored all the same."""
    from monitor import networks

    if network not in networks.names_in_files():
        near = _nearest(network)
        hint = f" (did you mean {near}?)" if near else ": its posts are stored under that name"
        yield f"no known network is called {network}{hint}"


def _nearest(network: str) -> str | None:
    from monitor import networks

    names = networks.names_in_files()
    return next((names[name] for name in difflib.get_close_matches(network, names, 1, _MISTYPED)), None)


def _stored(settings: "Settings") -> tuple[str, ...]:
    from monitor import store
    from monitor.store.posts import rechecks

    if not store.exists(settings.store):
        return ()
    with store.connect(settings.store, read_only=True) as connection:
        return tuple(rechecks.networks(connection))
