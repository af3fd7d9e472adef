"""Who holds a lock on a file, and since when.

Whoever takes the database's lock writes into the lock's file who it is. The system's own list of locks says who really
holds one (Linux: /proc/locks); where there is none, and for another machine's, the last record is told as what it is.
"""

import functools
import json
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

_LOCKS = Path("/proc/locks")
_MOST_WORDS = 4  # of a command: what follows may be a secret
_LONGEST_COMMAND = 200  # characters that are written down
_RECORD = 1_024  # bytes of a record, filled up with spaces
_MOST_HOLDERS = 3  # that are named


@dataclass(frozen=True, slots=True)
class LockRecord:
    """What a process wrote when it took a lock: its host, number, command, and when (UTC)."""

    host: str
    pid: int
    command: str
    since: datetime

    def __str__(self) -> str:
        return f"{self.command} (process {self.pid} on {self.host}) {_time_text('since', self.since)}"


def write_record(file: IO[str]) -> None:
    """Writes into a lock's file, just taken, who has it. A disk that is full keeps nobody from reading."""
    time = datetime.now(UTC).isoformat(timespec="seconds")
    line = json.dumps([socket.gethostname(), os.getpid(), _own_command(os.getpid()), time])
    with suppress(OSError):  # always the same length: a file that is cut first is written to the disk at its closing
        os.pwrite(file.fileno(), f"{line:<{_RECORD - 1}}\n".encode()[:_RECORD], 0)


def read_record(file: Path) -> LockRecord | None:
    """Who wrote last into a lock's file; None if nobody did."""
    try:
        host, pid, command, since = json.loads(file.read_bytes()[:_RECORD])
        return LockRecord(str(host), int(pid), str(command), datetime.fromisoformat(since))
    except (OSError, ValueError, TypeError, LookupError):
        return None


def describe(file: Path, record: LockRecord | None = None) -> str:
    """Who holds a lock on this file, since when, in words; '' where nobody can be named. The file is not opened."""
    names = [_process_words(pid, record) for pid in _locking_pids(file)]
    if names:
        omitted = len(names) - _MOST_HOLDERS
        return ", ".join(names[:_MOST_HOLDERS]) + (f" and {omitted} more" if omitted > 0 else "")
    is_elsewhere = record is not None and record.host != socket.gethostname()
    return f"last taken by {record}" if record and (is_elsewhere or not _LOCKS.exists()) else ""


def _locking_pids(file: Path) -> list[int]:
    try:
        status = file.stat()
        rows = [line.split() for line in _LOCKS.read_text(encoding="ascii", errors="replace").splitlines()]
    except OSError:
        return []
    locks = [(pid, place.rpartition(":")) for pid, place in map(_lock_of, rows)]
    pids = [(pid, device) for pid, (device, _, inode) in locks if pid > 0 and inode == str(status.st_ino)]
    device_name = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}"
    # Some file systems have another number there than they tell who asks.
    exact_pids = {pid for pid, device in pids if device == device_name}
    return sorted(exact_pids or {pid for pid, _ in pids})


def _lock_of(row: Sequence[str]) -> tuple[int, str]:
    """(pid, device:inode) of a line of /proc/locks; (0, '') for one that waits (`->`) or has another form."""
    if len(row) < 8 or row[1] == "->" or not row[4].isdigit():
        return 0, ""
    return int(row[4]), row[5]


def _process_words(pid: int, record: LockRecord | None) -> str:
    host, stopped = socket.gethostname(), _stopped_words(pid)
    if record and (record.pid, record.host) == (pid, host):
        return f"{record}{stopped}"
    started = _started_at(pid)
    running = f", {_time_text('running since', started)}" if started else ""
    return f"{command_of(pid)} (process {pid} on {host}{running}){stopped}"


def _stopped_words(pid: int) -> str:
    """What lets a process go on that was stopped (Ctrl-Z, SIGSTOP); '' for one that runs."""
    fields = _stat_fields(pid)
    return f", which is stopped: kill -CONT {pid} lets it go on" if fields and fields[0] in ("T", "t") else ""


def _time_text(words: str, time: datetime) -> str:
    """In the zone of this machine: the settings, which name another, may be what cannot be read."""
    return f"{words} {time.astimezone():%Y-%m-%d %H:%M:%S %Z}"


def command_of(pid: int) -> str:
    """The first words of a process's command, without options, which may hold secrets; 'a process' if unknown."""
    try:
        parts = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return "a process"
    words: list[str] = []
    for part in parts[:_MOST_WORDS]:
        if not part or (part.startswith("-") and part != "-m"):
            break
        words.append(Path(part).name if "/" in part else part)
    return " ".join(words) or "a process"


@functools.cache
def _own_command(pid: int) -> str:
    return command_of(pid)[:_LONGEST_COMMAND]


def _started_at(pid: int) -> datetime | None:
    """When a process started (UTC); None where the system does not tell."""
    try:
        ticks = int(_stat_fields(pid)[19])
        uptime = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, LookupError):
        return None
    age = uptime - ticks / os.sysconf("SC_CLK_TCK")
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() - age, UTC)


def _stat_fields(pid: int) -> list[str]:
    """What the system says of a process, from its state on; empty where it says nothing."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
