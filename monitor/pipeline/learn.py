"""Learning from people's corrections, and the versions that come of it. Nothing changes unless it is better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from monitor import store
from monitor.classify import choose, hub, model
from monitor.classify.check import Head
from monitor.classify.heads import Heads
from monitor.classify.model import Classifier
from monitor.errors import EscuchaError, ModelError
from monitor.models.posts import Saved
from monitor.pipeline import classify
from monitor.pipeline.study import Studied, study
from monitor.runs import Progress, now, recorded, silent
from monitor.settings.loading import Settings
from monitor.store.posts import model_versions
from monitor.store.posts.model_versions import HeadFigures, InForce, Version

_UNABLE = "only Escucha's own classifier learns from corrections; empty classifier.model to use it"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of learning: `version` is in force afterwards, `before` was. Without news, nothing was studied."""

    before: str
    version: str
    heads: Mapping[Head, Studied]
    news: bool = True

    @property
    def better(self) -> bool:
        """Whether there is something to gain."""
        return any(one.better for one in self.heads.values())


@dataclass(frozen=True, slots=True)
class Known:
    """The shipped heads of the classifier in the settings, what is in force, and every learned version."""

    shipped: Heads
    in_force: InForce | None
    versions: Sequence[Version]

    @property
    def current(self) -> str:
        """The name of the version that classifies now."""
        return self.in_force.version if self.in_force else self.shipped.version

    def fits(self, version: Version) -> bool:
        """Whether a learned version belongs to the classifier in the settings."""
        return version.fingerprint == self.shipped.fingerprint

    @property
    def misfits(self) -> int:
        """How many learned versions cannot be used, because they belong to another classifier."""
        return sum(not self.fits(one) for one in self.versions)


@dataclass(frozen=True, slots=True)
class _Made:
    heads: Heads
    base: Heads
    at: datetime
    corrections: int


def known(settings: Settings) -> Known:
    """Return what can be used, without loading the classifier. Raises ModelError when it is none that learns."""
    section = settings.classifier
    named = {one.model or section.model for one in (section.sentiment, section.complaint)}
    name = named.pop()
    if named or hub.is_foreign(name):
        raise ModelError(_UNABLE)
    shipped = model.describe(Path(name).expanduser() if name else None).heads
    if not settings.store.path.exists():
        return Known(shipped, None, ())
    with store.connect(settings.store, read_only=True) as connection:
        return Known(
            shipped, model_versions.in_force(connection, shipped.fingerprint), model_versions.every(connection)
        )


def use(settings: Settings, version: str) -> None:
    """Makes a version the one in force: a learned one, or the shipped one. Raises EscuchaError for any other name."""
    found = known(settings)
    if version != found.shipped.version:
        chosen = next((one for one in found.versions if one.version == version), None)
        if chosen is None:
            raise EscuchaError(f"there is no version {version}; escucha versions lists what there is")
        if not found.fits(chosen):
            raise EscuchaError(f"{version} was learned from another model; it does not fit {found.shipped.version}")
    with store.connect(settings.store) as connection:
        model_versions.activate(connection, version, found.shipped.fingerprint, now())


def queue_again(settings: Settings, since: datetime | None) -> int:
    """Queues what another version than the one in force has classified, posted since then. Returns how many."""
    name = classify.active(settings).version
    with store.connect(settings.store) as connection:
        return model_versions.queue_again(connection, name, since)


def learn(settings: Settings, progress: Progress = silent, *, dry_run: bool = False) -> Outcome:
    """Fits the heads to all corrections, and makes them the ones in force if they are better; `dry_run` only tells.

    The database is not open while anything is computed, and what is new is written in one transaction. Raises
    ModelError when the classifier cannot learn or lacks its reference set.
    """
    if dry_run:
        return _studied(settings, progress)[0]
    with recorded(settings, "learn", "") as record:
        outcome, made = _studied(settings, progress)
        if not outcome.better:
            return outcome
        fingerprint = made.base.fingerprint
        figures: dict[str, HeadFigures] = {head: one.figures for head, one in outcome.heads.items() if one.figures}
        with store.connect(settings.store) as connection:
            name = model_versions.next_name(connection, made.base.version)
            version = Version(name, made.base.version, fingerprint, made.at, made.corrections, figures)
            model_versions.save(connection, version, replace(made.heads, version=name).stated())
            model_versions.activate(connection, name, fingerprint, now())
            record.add(connection, made.corrections, Saved(stored=1))
        return replace(outcome, version=name)


def _studied(settings: Settings, progress: Progress) -> tuple[Outcome, _Made]:
    classifier = choose.choose(settings.classifier)
    if not isinstance(classifier, Classifier):
        raise ModelError(_UNABLE)
    base, at = classifier.heads, now()
    with store.connect(settings.store, read_only=True) as connection:
        said = model_versions.lessons(connection)
        current = model_versions.in_force(connection, base.fingerprint)
        active = classify.heads_in_force(connection, base)
    since = current.learned.made_at if current and current.learned else None
    if since and all(one.said_at <= since for one in said):
        return Outcome(active.version, active.version, {}, news=False), _Made(active, base, at, len(said))
    studied, made = study(classifier, said, active, since, progress)
    return Outcome(active.version, active.version, studied), _Made(made, base, at, len(said))
