"""A whole installation: PostgreSQL, Prefect's server on it, and two machines with a worker of each role.

A machine is a folder and a host name of its own; what has ended is started again, as systemd does it.
"""

import base64
import os
import random
import secrets
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import yaml

from tests.polling import until
from tests.ports import free_ports
from tests.postgres_server import SUPERUSER, USER, PostgresServer
from tests.slow.two_machines.unit import Unit

ROOT = Path(__file__).parents[3]
HOSTS, ROLES = ("one", "two"), ("collect", "classify", "desk")
DURABLE = ("fsync=off", "full_page_writes=off", "max_connections=100", "shared_buffers=256MB", "max_wal_size=2GB")
"""What is committed outlives a crash of the server's processes, though not one of this machine."""
_RESTART = 10.0  # seconds, as in deploy/systemd
_STARTING = 900.0  # seconds, for a machine under load
_OF_RHYTHM = ("collect", "classify", "open_cases", "hand_over")


@dataclass(slots=True)
class Installation:
    """All of it. `workers` are by machine and role; `restarts` counts what ended though nobody had killed it."""

    postgres: PostgresServer
    store_url: str
    folder: Path
    api: str
    server: Unit
    workers: dict[tuple[str, str], Unit]
    struck: set[str] = field(default_factory=set)
    restarts: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def start(self, rhythm: float) -> None:
        """Starts everything; flows come due every `rhythm` seconds."""
        self.server.start()
        until(lambda: self._answers("health"), _STARTING)
        for unit in self.workers.values():
            unit.start()
        until(lambda: all(self._answers(f"work_pools/{role}") for role in ROLES), _STARTING)
        self._deploy(rhythm)
        threading.Thread(target=self._keep_running, daemon=True).start()

    def _answers(self, path: str) -> bool:
        """Whether Prefect's server has that."""
        credentials = self.workers["one", "desk"].environment["PREFECT_API_AUTH_STRING"].encode()
        header = {"Authorization": f"Basic {base64.b64encode(credentials).decode()}"}
        request = urllib.request.Request(f"{self.api}/{path}", headers=header)
        with suppress(OSError), urllib.request.urlopen(request, timeout=2) as answer:
            return bool(answer.status == 200)
        return False

    def _deploy(self, rhythm: float) -> None:
        """As `prefect deploy --all` does it, but for the schedules."""
        planned = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
        for deployment in planned["deployments"]:
            if deployment["entrypoint"].rpartition(":")[2] in _OF_RHYTHM:
                deployment["schedules"] = [{"interval": rhythm}]
        file = self.folder / "prefect.yaml"
        file.write_text(yaml.safe_dump(planned), encoding="utf-8")
        command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(file)]
        environment = self.workers["one", "desk"].environment
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def _keep_running(self) -> None:
        ended: dict[str, int] = {}
        while not self._ended.wait(1.0):
            for unit in (self.server, *self.workers.values()):
                ended[unit.name] = 0 if unit.is_running() else ended.get(unit.name, 0) + 1
                if ended[unit.name] > _RESTART and not self._ended.is_set():
                    if unit.name not in self.struck:
                        self.restarts.append(unit.name)
                    self.struck.discard(unit.name)
                    unit.start()

    def strike(self, unit: Unit, *, alone: bool) -> None:
        """Kills a worker; it comes again after a while."""
        self.struck.add(unit.name)
        unit.kill(alone=alone)

    def worker_of(self, pid: int) -> Unit | None:
        """The worker below which that process runs."""
        found = (unit for unit in self.workers.values() if any(process.pid == pid for process in unit.below()))
        return next(found, None)

    def any_worker(self, chance: random.Random) -> Unit:
        """One that runs, if any does."""
        running = [unit for unit in self.workers.values() if unit.is_running()]
        return chance.choice(running or list(self.workers.values()))

    def stop(self) -> None:
        """Ends everything in order, the workers first."""
        self._ended.set()
        for unit in self.workers.values():
            if unit.process is not None:
                unit.process.terminate()
        for unit in (*self.workers.values(), self.server):
            unit.stop()


@contextmanager
def installed(postgres: PostgresServer, folder: Path, settings: str) -> Iterator[Installation]:
    """The installation, not started yet; `settings` is the escucha.toml of each machine."""
    store_url = postgres.create_database("two_machines")
    (port,) = free_ports(1)
    api, password = f"http://127.0.0.1:{port}/api", secrets.token_hex(8)
    shared = {
        "ESCUCHA_STORE__URL": store_url, "ESCUCHA_DESK__SECRET": secrets.token_hex(16), "PREFECT_API_URL": api,
        "PREFECT_API_AUTH_STRING": f"admin:{password}", "ESCUCHA_EXPORTS__FOLDER": str(folder / "complaint-team"),
    }  # fmt: skip
    workers: dict[tuple[str, str], Unit] = {}
    for host in HOSTS:
        machine = folder / host
        (machine / "tmp").mkdir(parents=True)
        (machine / "escucha.toml").write_text(settings, encoding="utf-8")
        (machine / "sitecustomize.py").write_text(f"import socket\nsocket.gethostname = lambda: {host!r}\n")
        environment = os.environ | shared | {
            "ESCUCHA_CONFIG": str(machine / "escucha.toml"), "ESCUCHA_LOG__FILE": str(machine / "escucha.log"),
            "ESCUCHA_LOG__FORMAT": "json", "ESCUCHA_LOG__KEEP_FILES": "0", "ESCUCHA_LOG__MAX_MEGABYTES": "500",
            "PREFECT_HOME": str(machine / "prefect"), "HOME": str(machine), "TMPDIR": str(machine / "tmp"),
            "PYTHONPATH": f"{machine}{os.pathsep}{ROOT}", "DO_NOT_TRACK": "1",
        }  # fmt: skip
        for role in ROLES:
            arguments = ("monitor", "worker", "--role", role)
            workers[host, role] = Unit(f"{host}-{role}", arguments, environment, machine)
    of_server = {"PREFECT_HOME": str(folder / "prefect"), "PREFECT_SERVER_API_AUTH_STRING": f"admin:{password}"}
    start = ("prefect", "server", "start", "--host", "127.0.0.1")
    server = Unit("server", start, _prefect(postgres, port) | of_server, folder)
    installation = Installation(postgres, store_url, folder, api, server, workers)
    try:
        yield installation
    finally:
        installation.stop()


def _prefect(postgres: PostgresServer, port: int) -> dict[str, str]:
    """What deploy/compose.yaml gives Prefect's server; its database is there afterwards."""
    with postgres.admin() as admin:
        admin.execute(f"CREATE DATABASE prefect OWNER {USER}")
    with psycopg.connect(postgres.url("prefect", SUPERUSER), autocommit=True) as admin:
        admin.execute("CREATE EXTENSION pg_trgm")
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    return os.environ | compose["services"]["prefect"]["environment"] | {
        "PREFECT_SERVER_DATABASE_HOST": "127.0.0.1", "PREFECT_SERVER_DATABASE_PORT": str(postgres.port),
        "PREFECT_SERVER_DATABASE_USER": USER, "PREFECT_SERVER_DATABASE_PASSWORD": postgres.password,
        "PREFECT_SERVER_API_PORT": str(port), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
