"""What `escucha doctor` looks at. A check returns what it found, or raises with what is missing and how to get it.

What works and needs a person yet is a further line of what it returns.
"""

import logging
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from monitor.cli import advice, common, recheck, stores
from monitor.cli.output import targets
from monitor.errors import EscuchaError, ModelError, SettingsError

if TYPE_CHECKING:
    from monitor.settings.loading import Store

logger = logging.getLogger(__name__)

DASHBOARD_PORT = 8501
LAST_PORT = 65_535  # ports are numbered from 1 to here
_SAMPLE_TEXTS = ("El pedido no ha llegado y nadie contesta", "Gracias, un servicio excelente")


def run_check(name: str, check: Callable[[], str]) -> tuple[bool, str]:
    """Whether the check failed, and its message, which does not begin with the name again."""
    try:
        return False, check()
    except (EscuchaError, OSError, ImportError) as error:
        logger.warning("check failed", extra={"step": name, "reason": type(error).__name__})
        return True, str(error).removeprefix(f"{name}: ")


def _python() -> str:
    return sys.version.split()[0]


def _settings() -> str:
    from monitor.answers import drafts
    from monitor.query import parser

    settings = common.current_settings()
    drafts.all_templates(settings)
    if not settings.brands:
        return "no brand yet: copy escucha.example.toml to escucha.toml and enter yours (the demo brings its own)"
    hints = (
        f"{text}: {hint}" for brand in settings.brands for text in brand.queries for hint in parser.parse(text).hints
    )
    return "\n".join([", ".join(brand.name for brand in settings.brands), *hints])


def _store() -> str:
    from monitor import store
    from monitor.store import status

    settings = common.current_settings()
    if not store.exists(settings.store):
        place = settings.store.place
        if settings.store.is_server:
            return f"{place}: its tables will be made on first use"
        return f"{place} will be created on first use"
    with store.connect(settings.store, read_only=True) as connection:
        count = status.read(connection).mentions
    state = f"{settings.store.place}: {count:,} {common.plural(count, 'mention')}"
    return "\n".join([state, *stores.standing_lines(store.standing(settings.store))])


def _people() -> str:
    from monitor import store
    from monitor.casework import staffing
    from monitor.runs import now

    settings = common.current_settings()
    count, rule = len(settings.desk.people), settings.desk.assign
    state = f"{count:,} in desk.people, cases assigned {rule}" if count else "none in desk.people: any name works"
    if not store.exists(settings.store):
        return state
    with store.connect(settings.store, read_only=True) as connection:
        return "\n".join([state, *staffing.sentences(staffing.read(connection, settings, now()))])


def _schedules() -> str:
    from monitor.pipeline import leases

    settings = common.current_settings()
    standstill = leases.standstill(settings)
    if standstill is not None:
        raise EscuchaError(". Next: ".join(leases.describe(standstill, settings)))
    return leases.describe_schedules(settings)


def _work() -> str:
    from monitor.pipeline import leases

    return " · ".join(leases.describe_work(common.current_settings())) or "nothing is being done now"


def _space() -> str:
    place = common.current_settings().store
    folder = place.path.parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    if free < 1 and place.is_server:
        raise SettingsError(f"only {free:.1f} GB free at {folder}: free some space")
    if free < 1:
        raise SettingsError(f"only {free:.1f} GB free at {folder}: free some space, or set store.url to another disk")
    return _server_space(place, free) if place.is_server else f"{free:.0f} GB free"


def _server_space(place: "Store", free: float) -> str:
    """What is known from here of the disk that the database is on."""
    from monitor import store
    from monitor.store.engines import dialects

    local = f"{free:.0f} GB free on this machine"
    if not store.exists(place):
        return local
    with store.connect(place, read_only=True) as connection:
        size = (dialects.size_on_server(connection) or 0) / 1e9
    return f"the database takes {size:.1f} GB on its server, which does not tell how much is free there; {local}"


def _log() -> str:
    from monitor.logs import setup

    file = setup.log_file(common.current_settings())
    folder = file.parent
    while not folder.exists():
        folder = folder.parent
    if file.is_dir() or not folder.is_dir() or not os.access(file if file.exists() else folder, os.W_OK):
        raise SettingsError(f"{file} cannot be written: name another file in [log] file, or let Escucha write there")
    return str(file)


def _classifier() -> str:
    from monitor.pipeline.classify import active_model

    settings = common.current_settings()
    section, classifier = settings.classifier, active_model(settings)
    complaint, praise = classifier.scores(_SAMPLE_TEXTS)
    if complaint.p_complaint <= praise.p_complaint:
        is_configured = any(part.model for part in (section, section.sentiment, section.complaint))
        remedy = "correct its labels, or name another model" if is_configured else "reinstall Escucha (make clean run)"
        raise ModelError(f"the model {classifier.version} takes praise for a complaint: {remedy}")
    posts = [f"{text} {number}" for number in range(16) for text in _SAMPLE_TEXTS]
    started = time.perf_counter()
    classifier.scores(posts)
    return f"{classifier.version}, {len(posts) / (time.perf_counter() - started):,.0f} short posts/s"


def _thresholds() -> str:
    from monitor.classify import model, policy
    from monitor.pipeline.classify import active_model

    settings = common.current_settings()
    points = model.operating_points(active_model(settings))
    limits = policy.thresholds_by_language(points, settings.policy)
    return common.format_thresholds(limits, settings.policy.about_at)


def _promise() -> str:
    from monitor import store
    from monitor.cli.classifier import promise

    settings = common.current_settings()
    if not store.exists(settings.store):
        return "nothing was judged yet"
    state, warnings = promise.lines(*promise.read(settings))
    return "\n".join([state, *warnings])


def port_taken(port: int) -> bool:
    """Whether something listens on this port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def another_port(port: int) -> int:
    """The port to propose instead of one that is in use."""
    return port + 1 if port < LAST_PORT else port - 1


def _port() -> str:
    state = "in use (perhaps by a dashboard)" if port_taken(DASHBOARD_PORT) else "free"
    return f"port {DASHBOARD_PORT} is {state}"


def _networks() -> str:
    from monitor.collect import collector

    networks = collector.configured_networks(common.current_settings())
    if not networks:
        return "none is set up yet: fill in a section of [networks] in escucha.toml"
    state = f"{', '.join(networks)} (escucha doctor --network {networks[0]} tries one)"
    return "\n".join([state, *_network_warnings(networks)])


def _network_warnings(names: Sequence[str]) -> list[str]:
    from monitor import store
    from monitor.runs import now
    from monitor.store import status
    from monitor.store.posts import rechecks

    settings = common.current_settings()
    if not store.exists(settings.store):
        return list(recheck.unnoticed(names, ()))
    with store.connect(settings.store, read_only=True) as connection:
        lines = [
            line for row in status.networks(connection, names, now()) for line in recheck.warnings(row, settings.zone)
        ]
        return [*lines, *recheck.unnoticed(names, rechecks.networks(connection))]


def network_check(network: str) -> Callable[[], str]:
    """A check that calls the network once and says which account it answers to and how much there is to collect."""

    def check() -> str:
        from monitor.collect import collector
        from monitor.collect import probe as collect_probe

        settings = common.current_settings()
        account = collect_probe.probe(settings, network)
        count = len(collector.listings(settings, network, settings.brands))
        return f"{account}; {count:,} {'search or page' if count == 1 else 'searches and pages'} to collect"

    return check


CHECKS: Mapping[str, Callable[[], str]] = {
    "python": _python,
    "settings": _settings,
    "credentials": advice.credentials,
    "secret": advice.shared_secret,
    "networks": _networks,
    "drop folder": advice.drop_folder,
    "exports folder": targets.exports_folder,
    "database": _store,
    "people": _people,
    "preset": advice.desk_preset,
    "schedules": _schedules,
    "work": _work,
    "disk": _space,
    "log": _log,
    "classifier": _classifier,
    "thresholds": _thresholds,
    "promise": _promise,
    "terms": advice.weights_terms,
    "dashboard": _port,
}
