"""The section `[log]`: what is written down of months unattended, and where."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from monitor.settings.section import Section


class Log(Section):
    """The log: a file that is turned over when it is full. It holds no post's text, no handle and no secret."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    file: Path | None = Field(default=None, description="None: escucha.log beside the database")
    format: Literal["text", "json"] = "text"
    max_megabytes: float = Field(default=10, gt=0, le=10_000, description="size at which a new file is begun")
    keep_files: int = Field(default=10, ge=0, le=1_000, description="how many full files are kept")
