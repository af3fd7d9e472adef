"""Before the dashboard is served: nobody from elsewhere comes in without a login, and the first administrator can."""

import logging
from ipaddress import ip_address
from typing import TYPE_CHECKING

from monitor.cli import common
from monitor.errors import SettingsError, StoreError

if TYPE_CHECKING:
    from monitor.settings.loading import Settings

logger = logging.getLogger(__name__)


def require_login(settings: "Settings", address: str) -> None:
    """Raises SettingsError where others than this computer could ask, and nobody would have to log in, or could."""
    from monitor.settings.own_secret import own_secret

    if settings.access.is_off and not _is_own(address):
        raise SettingsError(
            f'{address} is open to other computers, and nobody logs in: set mode = "accounts" in [access] '
            "(ESCUCHA_ACCESS__MODE=accounts), then escucha users add NAME --role admin. A proxy with a login of its "
            "own runs on this computer and asks at 127.0.0.1"
        )
    if settings.access.mode == "accounts" and settings.store.is_server:
        own_secret(settings)


def tell_first_login(settings: "Settings", url: str) -> None:
    """Says how the first administrator gets in, where there is none: by a link, on a terminal only, never in a log."""
    try:
        _tell(settings, url)
    except StoreError as error:  # the pages say what is wrong with it
        logger.warning("administrators not counted", extra={"reason": type(error).__name__})


def _tell(settings: "Settings", url: str) -> None:
    from monitor import access, store
    from monitor.login import links
    from monitor.runs import now

    if settings.access.is_off:
        return
    if settings.access.mode == "accounts" and common.stdout.is_terminal:
        link = links.first_link(settings, now(), at=url)
        if link is not None:
            common.stdout.print("no administrator yet: open this within 24 hours, once, and choose name and password:")
            common.stdout.print(f"  {link}", soft_wrap=True, highlight=False)
        return
    with store.connect(settings.store) as connection:
        if access.admins(connection):
            return
    if settings.access.mode == "accounts":
        common.print_warning("no administrator yet: escucha users add NAME --role admin, then escucha users link NAME")
    else:
        common.print_warning(
            "no administrator yet: escucha users add NAME --role admin, then escucha users identity NAME ADDRESS"
        )


def _is_own(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
