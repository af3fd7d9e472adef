"""The section `[networks]`: a drop folder, and one part for each network there is.

A network of which no key is set is not read by itself.
"""

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import Field, create_model

from monitor import networks
from monitor.settings.network import NetworkSettings
from monitor.settings.section import Section

_Kind = TypeVar("_Kind", bound=NetworkSettings)


class DropFolder(Section):
    """A drop folder: `<folder>/<network>/*.csv` and the like are read once, page by page."""

    folder: Path | None = None
    page_size: int = Field(default=10_000, ge=1, le=100_000, description="rows a page")


class NetworkSections(Section):
    """The networks that are read."""

    files: DropFolder = DropFolder()

    def of(self, network: str, kind: type[_Kind] = NetworkSettings) -> _Kind:  # type: ignore[assignment]
        """The section of a network that is read over HTTP. Raises KeyError when there is none of this kind."""
        section = getattr(self, network, None)
        if not isinstance(section, kind):
            raise KeyError(network)
        return section

    def is_off(self, network: str) -> bool:
        """Whether the settings say that a network is not read, whatever else they say of it."""
        section = getattr(self, network, None)
        return isinstance(section, NetworkSettings) and not section.read


if TYPE_CHECKING:
    Networks = NetworkSections
else:
    _SECTIONS = {name: (module.SETTINGS, module.SETTINGS()) for name, module in networks.modules().items()}
    Networks = create_model("Networks", __base__=NetworkSections, __module__=__name__, **_SECTIONS)
