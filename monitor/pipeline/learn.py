"""Learning from what people say and do, and the versions that come of it. Nothing changes unless it is better."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from monitor import store
from monitor.classify import hub, model, policy, selection
from monitor.classify.heads import Heads
from monitor.classify.model import Classifier
from monitor.classify.policy import Thresholds
from monitor.errors import EscuchaError, ModelError
from monitor.models.audit import NewEntry
from monitor.models.posts import IngestCounts
from monitor.pipeline import classify, filing, own_points
from monitor.pipeline.study import HeadStudy, desk_decisions, study
from monitor.runs import Progress, no_progress, now, record_run
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.audit import entries
from monitor.store.cases import filed_complaints
from monitor.store.posts import judgements, model_versions, review_sample
from monitor.store.posts.model_versions import ActiveVersion, HeadFigures, OwnDecisions, Version

logger = logging.getLogger(__name__)

_UNABLE = "only Escucha's own classifier learns from corrections; empty classifier.model to use it"


@dataclass(frozen=True, slots=True)
class LearningOutcome:
    """What came of learning: `version` is in force afterwards, `before` was. Without news, nothing was studied.

    `missing`: how many more judged texts a language needs for thresholds of its own, of those that have some.
    """

    before: str
    version: str
    heads: Mapping[str, HeadStudy]
    news: bool = True
    thresholds: Mapping[str, "OwnThresholds"] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def better(self) -> bool:
        """Whether there is something to gain: a head that is better, or thresholds that the team's decisions move."""
        is_head_better = any(head_study.better for head_study in self.heads.values())
        return is_head_better or any(own.before != own.after for own in self.thresholds.values())


@dataclass(frozen=True, slots=True)
class OwnThresholds:
    """The thresholds of a language by the team's own decisions, beside those in force before."""

    origin: OwnDecisions
    before: Thresholds
    after: Thresholds


@dataclass(frozen=True, slots=True)
class UsableVersions:
    """The shipped heads of the classifier in the settings, what is in force, and every learned version."""

    shipped: Heads
    in_force: ActiveVersion | None
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
        return sum(not self.fits(version) for version in self.versions)


@dataclass(frozen=True, slots=True)
class _Candidate:
    heads: Heads
    base: Heads
    at: datetime
    corrections: int
    thresholds: Mapping[str, OwnDecisions] = field(default_factory=dict)


def usable_versions(settings: Settings) -> UsableVersions:
    """Return what can be used, without loading the classifier. Raises ModelError when it is none that learns."""
    section = settings.classifier
    names = {head.model or section.model for head in (section.sentiment, section.complaint)}
    name = names.pop()
    if names or hub.is_external(name):
        raise ModelError(_UNABLE)
    shipped = model.describe(Path(name).expanduser() if name else None).heads
    if not store.exists(settings.store):
        return UsableVersions(shipped, None, ())
    with store.connect(settings.store, read_only=True) as connection:
        return UsableVersions(
            shipped, model_versions.active(connection, shipped.fingerprint), model_versions.all_versions(connection)
        )


def use(settings: Settings, version: str, *, actor: str = "", origin: str = "") -> None:
    """Makes a version the one in force: a learned one, or the shipped one. Raises EscuchaError for any other name."""
    usable = usable_versions(settings)
    if version != usable.shipped.version:
        learned = next((candidate for candidate in usable.versions if candidate.version == version), None)
        if learned is None:
            raise EscuchaError(f"there is no version {version}; escucha versions lists what there is")
        if not usable.fits(learned):
            raise EscuchaError(f"{version} was learned from another model; it does not fit {usable.shipped.version}")
    with store.connect(settings.store) as connection:
        _activate(connection, (usable.current, version), usable.shipped.fingerprint, actor, origin)
    logger.info("model version activated", extra={"model": version})


def queue_again(settings: Settings, since: datetime | None) -> int:
    """Queues what another version than the one in force has classified, posted since then. Returns how many."""
    name = classify.active_model(settings).version
    with store.connect(settings.store) as connection:
        count = model_versions.requeue(connection, name, since)
    logger.info("mentions queued for classification again", extra={"model": name, "count": count})
    return count


def learn(
    settings: Settings,
    progress: Progress = no_progress,
    *,
    dry_run: bool = False,
    actor: str = "",
    origin: str = "",
) -> LearningOutcome:
    """Fits the heads to all corrections, and makes them the ones in force if they are better; `dry_run` only tells.

    The database is not open while anything is computed, and what is new is written in one transaction. Raises
    ModelError when the classifier cannot learn or lacks its reference set.
    """
    if dry_run:
        return _study_corrections(settings, progress)[0]
    with record_run(settings, "learn", "") as record:
        outcome, candidate = _study_corrections(settings, progress)
        if not outcome.better:
            logger.info("nothing better was learned", extra={"run": record.run_id, "count": candidate.corrections})
            return outcome
        fingerprint = candidate.base.fingerprint
        figures: dict[str, HeadFigures] = {
            head: head_study.figures for head, head_study in outcome.heads.items() if head_study.figures
        }
        with store.connect(settings.store) as connection:
            name = model_versions.next_name(connection, candidate.base.version)
            version = Version(
                name,
                candidate.base.version,
                fingerprint,
                candidate.at,
                candidate.corrections,
                figures,
                candidate.thresholds,
            )
            model_versions.save(connection, version, replace(candidate.heads, version=name).to_json())
            _activate(connection, (outcome.before, name), fingerprint, actor, origin)
            record.add(connection, candidate.corrections, IngestCounts(stored=1))
        logger.info(
            "model version learned", extra={"run": record.run_id, "model": name, "count": candidate.corrections}
        )
        return replace(outcome, version=name)


def _activate(connection: Connection, change: tuple[str, str], fingerprint: str, actor: str, origin: str) -> None:
    """Puts the second of two versions in the place of the first, and records who did."""
    before, version = change
    at = now()
    model_versions.activate(connection, version, fingerprint, at)
    told = NewEntry("model", actor, origin, "model", version, was=before, became=version)
    entries.record(connection, told, now=at)


def _study_corrections(settings: Settings, progress: Progress) -> tuple[LearningOutcome, _Candidate]:
    classifier = selection.select(settings.classifier)
    if not isinstance(classifier, Classifier):
        raise ModelError(_UNABLE)
    base, at = classifier.heads, now()
    with store.connect(settings.store, read_only=True) as connection:
        lessons = judgements.lessons(connection)
        complaints = filed_complaints.last_complaints(connection, filing.MOST_COMPLAINTS)
        stream = judgements.stream(connection, at - review_sample.RECENT)
        current = model_versions.active(connection, base.fingerprint)
        active = classify.heads_in_force(connection, base)
    learned = current.learned if current else None
    since = learned.made_at if learned else None
    said_times = [*(lesson.said_at for lesson in lessons), *(one.said_at for one in complaints if one.said_at)]
    is_old = since is not None and all(said_at <= since for said_at in said_times)
    if is_old and not filing.has_new_examples(settings.desk, active):
        return LearningOutcome(active.version, active.version, {}, news=False), _Candidate(
            active, base, at, len(lessons)
        )
    head_studies, heads = study(classifier, lessons, active, since, progress)
    category_study, heads = filing.study(classifier, complaints, settings.desk, heads)
    complaint = head_studies["complaint"]
    judged = desk_decisions(classifier, lessons, active, complaint, since, at - review_sample.RECENT)
    points, origins = own_points.fit(judged, stream, heads.points, settings.policy)
    heads = replace(heads, points={**heads.points, **points})
    thresholds = {
        language: OwnThresholds(
            origin,
            policy.thresholds(active.points, language, settings.policy),
            policy.thresholds(points, language, settings.policy),
        )
        for language, origin in origins.items()
    }
    needs = own_points.missing_by_language(lessons)
    missing = {language: count for language, count in needs.items() if count and language not in origins}
    studies: dict[str, HeadStudy] = dict([*head_studies.items(), ("category", category_study)])
    outcome = LearningOutcome(active.version, active.version, studies, thresholds=thresholds, missing=missing)
    kept = dict(learned.thresholds) if learned and not complaint.better else dict[str, OwnDecisions]()
    return outcome, _Candidate(heads, base, at, len(lessons), kept | origins)
