"""What `escucha doctor` looks at. A check returns what it found, or raises with what is missing and how to get it."""

import shutil
import socket
import sys
import time
from collections.abc import Callable, Mapping

from monitor.cli import common
from monitor.errors import EscuchaError, ModelError, SettingsError

DASHBOARD_PORT = 8501
_TRIED = ("El pedido no ha llegado y nadie contesta", "Gracias, un servicio excelente")


def outcome(check: Callable[[], str]) -> tuple[bool, str]:
    """Whether the check failed, and what to tell."""
    try:
        return False, check()
    except (EscuchaError, OSError, ImportError) as error:
        return True, str(error)


def _python() -> str:
    return sys.version.split()[0]


def _settings() -> str:
    from monitor.answers import drafts

    settings = common.current_settings()
    drafts.all_templates(settings)
    if not settings.brands:
        return "no brand yet: copy escucha.example.toml to escucha.toml and name yours (the demo brings its own)"
    return ", ".join(brand.name for brand in settings.brands)


def _store() -> str:
    from monitor import store
    from monitor.store import status

    settings = common.current_settings()
    if not settings.store.path.exists():
        return f"{settings.store.path} will be made on first use"
    with store.connect(settings.store, read_only=True) as connection:
        return f"{settings.store.path}: {status.read(connection).mentions:,} mentions"


def _space() -> str:
    folder = common.current_settings().store.path.parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    if free < 1:
        raise SettingsError(f"only {free:.1f} GB free at {folder}; make room or set store.url elsewhere")
    return f"{free:.0f} GB free"


def _classifier() -> str:
    from monitor.pipeline.classify import active

    settings = common.current_settings()
    section, classifier = settings.classifier, active(settings)
    complaint, praise = classifier.scores(_TRIED)
    if complaint.p_complaint <= praise.p_complaint:
        named = any(one.model for one in (section, section.sentiment, section.complaint))
        remedy = "correct its labels, or name another model" if named else "reinstall Escucha (make clean run)"
        raise ModelError(f"the answers of {classifier.version} make no sense: {remedy}")
    several = [f"{text} {number}" for number in range(16) for text in _TRIED]
    started = time.perf_counter()
    classifier.scores(several)
    return f"{classifier.version}, {len(several) / (time.perf_counter() - started):,.0f} short posts/s"


def _thresholds() -> str:
    from monitor.classify import model, policy
    from monitor.pipeline.classify import active

    settings = common.current_settings()
    return common.limits_told(policy.in_force(model.points(active(settings)), settings.policy))


def port_taken(port: int) -> bool:
    """Whether something listens on this port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _port() -> str:
    state = "in use (a dashboard?)" if port_taken(DASHBOARD_PORT) else "free"
    return f"port {DASHBOARD_PORT} is {state}"


def _networks() -> str:
    from monitor.collect import collector

    found = collector.configured(common.current_settings())
    if not found:
        return "none is set up; a section of [networks] in escucha.toml does"
    return f"{', '.join(found)} (escucha doctor --network {found[0]} tries one)"


def network_check(network: str) -> Callable[[], str]:
    """A check that calls the network once and says who we are there and how much there is to read."""

    def check() -> str:
        from monitor.collect import collector
        from monitor.collect import probe as collect_probe

        settings = common.current_settings()
        who = collect_probe.probe(settings, network)
        wanted = collector.listings(settings, network, settings.brands)
        return f"{who}; {len(wanted):,} {'listing' if len(wanted) == 1 else 'listings'} to read"

    return check


CHECKS: Mapping[str, Callable[[], str]] = {
    "python": _python,
    "settings": _settings,
    "networks": _networks,
    "database": _store,
    "disk": _space,
    "classifier": _classifier,
    "thresholds": _thresholds,
    "dashboard": _port,
}
