"""A login at Bluesky that outlives the process: servers allow 30 logins in five minutes and 300 a day."""

import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from monitor import atomic_files
from monitor.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Session:
    """Who is logged in at `server`, where the account lives (`home`), and the two tokens, which are never shown."""

    server: str
    home: str
    handle: str
    did: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)


def session_file(database: Path, handle: str) -> Path:
    """The file that keeps the session of an account, beside the database."""
    return database.parent / "sessions" / f"bluesky-{re.sub(r'[^a-z0-9.-]', '_', handle.casefold())}.json"


def read(file: Path, server: str) -> Session | None:
    """The kept session; None when there is none for this server, to which alone its tokens may be sent."""
    try:
        session = Session(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    is_readable = all(isinstance(value, str) and value for value in asdict(session).values())
    return session if is_readable and session.server == server else None


def write(file: Path, session: Session) -> None:
    """Keeps a session, readable by its owner only. Raises SettingsError when the folder cannot be written."""
    try:
        with atomic_files.replacing(file) as stream:
            stream.write(json.dumps(asdict(session)).encode("utf-8"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"{file} cannot be written ({reason}): it keeps the login at Bluesky") from None


def forget(file: Path) -> None:
    """Drops the kept session."""
    with suppress(OSError):
        file.unlink()
