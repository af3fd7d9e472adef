"""The sections `[log]` and `[retention]`: what is written down of months unattended, and what is kept for how long.

In `[retention]` days are counted by kind; 0: it stays for ever.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field

from monitor.settings.section import Days, Section


class Log(Section):
    """The log: a file that is turned over when it is full. It holds no post's text, no handle and no secret."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    file: Path | None = Field(default=None, description="None: escucha.log beside the database")
    format: Literal["text", "json"] = "text"
    max_megabytes: float = Field(default=10, gt=0, le=10_000, description="size at which a new file is begun")
    keep_files: int = Field(default=10, ge=0, le=1_000, description="how many full files are kept")


class Retention(Section):
    """Days by kind. What is emptied stays as a row without words and names, so that figures of past months stay."""

    posts: Days = Field(
        default=0, ge=0, description="posts that no case holds: emptied so long after they were written"
    )
    cases: Days = Field(default=0, ge=0, description="cases, with their posts: emptied so long after they last changed")
    received: Days = Field(default=0, ge=0, description="answers of networks and rows of files, as they were received")
    rejects: Days = Field(default=0, ge=0, description="what could not be read; never longer than `posts`")
    exports: Days = Field(default=0, ge=0, description="files that were handed over to `exports.folder`")
    logs: Days = Field(default=0, ge=0, description="files of the log that were turned over")
    audit: Days = Field(default=0, ge=0, description="entries of the audit log; its chain stays whole")

    @property
    def received_days(self) -> float:
        """Of what was received: never longer than the posts that came of it."""
        return _shortest(self.received, self.posts)

    @property
    def rejects_days(self) -> float:
        """Of what could not be read: the same."""
        return _shortest(self.rejects, self.posts)

    @property
    def is_set(self) -> bool:
        """Whether anything ends at all."""
        return any(self.model_dump().values())


def _shortest(*days: float) -> float:
    return min((one for one in days if one), default=0)
