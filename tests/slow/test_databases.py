"""The databases that `deploy/postgres.sh` makes: one for Escucha's tables, one on which Prefect's server starts."""

import os
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import yaml

from monitor import store
from monitor.settings.loading import Store
from tests.polling import until
from tests.ports import free_ports
from tests.postgres_server import SUPERUSER, PostgresServer

pytestmark = pytest.mark.slow
DEPLOY = Path(__file__).parents[2] / "deploy"
PASSWORDS = {"STORE_PASSWORD": "tr3s'tristes", "PREFECT_STORE_PASSWORD": "t1gr3s@/:?", "PREFECT_PASSWORD": "comen"}


@pytest.fixture(scope="module")
def made(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> PostgresServer:
    """The server, once the script has run there; Escucha's role is called `installed`, as the tests have one."""
    script = tmp_path_factory.mktemp("made") / "postgres.sh"
    text = (DEPLOY / "postgres.sh").read_text(encoding="utf-8").replace(" escucha ", " installed ")
    script.write_text(text, encoding="utf-8")
    access = {"PGHOST": "127.0.0.1", "PGPORT": str(postgres_server.port), "PGPASSWORD": postgres_server.password}
    paths = {"PATH": f"{postgres_server.programs}{os.pathsep}{os.environ['PATH']}"}
    environment = os.environ | access | paths | PASSWORDS
    subprocess.run(["sh", str(script)], env=environment, check=True, capture_output=True)
    return postgres_server


def test_escuchas_tables_go_into_its_database(made: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORDS["STORE_PASSWORD"])
    place = Store(url=f"postgresql://installed@127.0.0.1:{made.port}/installed")
    with store.connect(place) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchall() == [(0,)]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(f"postgresql://installed@127.0.0.1:{made.port}/prefect")
    with psycopg.connect(made.url("postgres", SUPERUSER)) as admin:
        rows = admin.execute(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = 'installed'"
        )
        assert rows.fetchall() == [(False,)]


def test_prefects_server_starts_on_its_own(made: PostgresServer, tmp_path: Path) -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    (port,) = free_ports(1)
    given = compose["services"]["prefect"]["environment"]
    for name, password in PASSWORDS.items():
        given = {key: value.replace(f"${{{name}:?}}", password) for key, value in given.items()}
    own = {"PREFECT_SERVER_DATABASE_HOST": "127.0.0.1", "PREFECT_SERVER_DATABASE_PORT": str(made.port)}
    environment = os.environ | given | own | {"PREFECT_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log)
    try:
        until(lambda: server.poll() is not None or _answers(f"http://127.0.0.1:{port}/api/health"))
        assert server.poll() is None, (tmp_path / "log").read_text(errors="replace")
    finally:
        server.terminate()
        server.wait(60)
    with psycopg.connect(made.url("prefect", SUPERUSER)) as admin:
        assert admin.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'flow_run'").fetchall() == [
            ("prefect",)
        ]


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
        return bool(answer.status == 200)
    return False
