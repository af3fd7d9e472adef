"""Learned versions are kept, one is in force, and an older database gets the tables for them."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import store
from monitor.models.posts import Classification, Correction, Scores
from monitor.settings.loading import Settings
from monitor.store import backup, migrate
from monitor.store.cases import candidates
from monitor.store.posts import classifications, judgements, mentions, model_versions
from monitor.store.posts.model_versions import HeadFigures, Version
from tests.conftest import NOW, about, mention

FIGURES = {"complaint": HeadFigures(60, True, (0.7, 0.8), (0.5, 0.4), (0.9, 0.9), (0.3, 0.3))}
HEADS = {"version": "m+learned-1", "weight": [[0.5]], "bias": [0.0], "points": {}}


def keep(settings: Settings, name: str, fingerprint: str = "f", minutes: int = 0) -> Version:
    version = Version(name, "m", fingerprint, NOW + timedelta(minutes=minutes), 60, FIGURES)
    with store.connect(settings.store) as connection:
        model_versions.save(connection, version, HEADS)
        model_versions.activate(connection, name, fingerprint, version.made_at)
    return version


def classified(settings: Settings, *texts: str, **changes: object) -> None:
    with store.connect(settings.store) as connection:
        found = about("Norvia", *(mention(str(at), text, **changes) for at, text in enumerate(texts)))
        mentions.save(connection, 1, found, NOW)
        scores = Scores(0.8, 0.1, 0.1, 0.9)
        ids = connection.execute("SELECT mention_id FROM mentions").fetchall()
        rows = [Classification(one, scores, "negative", "complaint", "es", "m", NOW) for (one,) in ids]
        classifications.save(connection, rows)


def correct(settings: Settings, mention_id: int, minutes: int = 0, **labels: object) -> None:
    with store.connect(settings.store) as connection:
        at = NOW + timedelta(minutes=minutes)
        classifications.correct(connection, Correction(mention_id, "ana", at, **labels))  # type: ignore[arg-type]


@pytest.mark.duckdb_file("a migration from before PostgreSQL was an engine")
def test_a_database_of_the_first_version_gets_the_tables_and_keeps_its_rows(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = migrate.versions()
    with monkeypatch.context() as older:
        older.setattr(migrate, "versions", lambda: {1: every[1]})
        with store.connect(settings.store) as connection:
            connection.execute(
                """
                INSERT INTO mentions (mention_id, network, post_id, text, text_key, posted_at, thread_id, is_repost,
                sample, stored_at) VALUES (1, 'x', '1', 'no llega', 1, now(), '1', false, false, now())
                """
            )
        with store.connect(settings.store, read_only=True) as connection:
            tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        assert ("versions",) not in tables
    monkeypatch.setattr(migrate, "_current", set())
    with store.connect(settings.store, read_only=True) as connection:
        assert model_versions.all_versions(connection) == []
        assert model_versions.active(connection, "f") is None
        assert connection.execute("SELECT count(*) FROM mentions").fetchall() == [(1,)]


def test_what_is_kept_comes_back(settings: Settings) -> None:
    version = keep(settings, "m+learned-1")
    with store.connect(settings.store, read_only=True) as connection:
        assert model_versions.all_versions(connection) == [version]
        assert model_versions.heads(connection, "m+learned-1") == HEADS
        with pytest.raises(KeyError):
            model_versions.heads(connection, "m+learned-2")


def test_the_last_one_made_active_is_in_force_until_somebody_goes_back(settings: Settings) -> None:
    first, second = keep(settings, "m+learned-1"), keep(settings, "m+learned-2", minutes=1)

    def force() -> model_versions.ActiveVersion | None:
        with store.connect(settings.store, read_only=True) as connection:
            return model_versions.active(connection, "f")

    assert force() == model_versions.ActiveVersion("m+learned-2", second.made_at, second)
    for name, learned in (("m+learned-1", first), ("m", None)):
        with store.connect(settings.store) as connection:
            model_versions.activate(connection, name, "f", NOW)
        assert force() == model_versions.ActiveVersion(name, NOW, learned)


def test_other_shipped_heads_have_nothing_in_force(settings: Settings) -> None:
    keep(settings, "m+learned-1")
    with store.connect(settings.store, read_only=True) as connection:
        assert model_versions.active(connection, "g") is None
        assert [one.fingerprint for one in model_versions.all_versions(connection)] == ["f"]


def test_names_count_on_whatever_the_fingerprint(settings: Settings) -> None:
    for at in range(1, 11):
        keep(settings, f"m+learned-{at}", fingerprint=str(at % 2))
    with store.connect(settings.store, read_only=True) as connection:
        assert model_versions.next_name(connection, "m") == "m+learned-11"
        assert model_versions.next_name(connection, "n") == "n+learned-1"


@pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
def test_after_a_restore_no_version_gets_the_name_of_one_that_was_lost(settings: Settings, tmp_path: Path) -> None:
    keep(settings, "m+learned-1")
    backup.backup(settings.store, tmp_path / "copies" / "copy.duckdb")
    keep(settings, "m+learned-2")
    backup.restore(settings.store, tmp_path / "copies" / "copy.duckdb")
    with store.connect(settings.store, read_only=True) as connection:
        assert model_versions.next_name(connection, "m") == "m+learned-3"


def test_the_latest_word_counts_for_each_label_by_itself(settings: Settings) -> None:
    classified(settings, "no llega", "gracias")
    correct(settings, 1, 0, complaint=True, sentiment="neutral")
    correct(settings, 1, 5, complaint=False)
    with store.connect(settings.store, read_only=True) as connection:
        (lesson,) = judgements.lessons(connection)
    assert (lesson.text, lesson.language, lesson.sentiment, lesson.complaint) == ("no llega", "es", "neutral", False)
    assert lesson.said_at == NOW + timedelta(minutes=5)


def test_samples_teach_nothing(settings: Settings) -> None:
    classified(settings, "no llega", sample=True)
    correct(settings, 1, complaint=True)
    with store.connect(settings.store, read_only=True) as connection:
        assert judgements.lessons(connection) == []


def test_what_another_model_classified_is_queued_once(settings: Settings) -> None:
    classified(settings, "uno", "dos", "tres")
    with store.connect(settings.store) as connection:
        assert model_versions.requeue(connection, "m", None) == 0
        assert model_versions.requeue(connection, "m+learned-1", NOW + timedelta(days=1)) == 0
        assert model_versions.requeue(connection, "m+learned-1", NOW - timedelta(days=1)) == 3
        assert model_versions.requeue(connection, "m+learned-1", None) == 0
        assert classifications.pending_count(connection) == 3


def test_classified_again_a_post_keeps_its_case_and_a_persons_word(settings: Settings) -> None:
    from monitor.pipeline import main_line

    classified(settings, "uno", "dos")
    correct(settings, 2, complaint=False)
    assert main_line.open_cases(settings) == (1, 0)
    with store.connect(settings.store) as connection:
        model_versions.requeue(connection, "m2", None)
        waiting = classifications.pending(connection, classifications.next_ids(connection, 10))
        again = [
            Classification(one.mention_id, Scores(0.8, 0.1, 0.1, 0.95), "negative", "complaint", "es", "m2", NOW)
            for one in waiting
        ]
        assert classifications.save(connection, again) == 2
    assert main_line.open_cases(settings) == (0, 0)
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM case_mentions").fetchall() == [(1,)]
        assert connection.execute("SELECT decision FROM labels ORDER BY mention_id").fetchall() == [
            ("complaint",),
            ("other",),
        ]
        assert not candidates.queued_ids(connection, 1)


def test_a_half_made_version_is_not_there(settings: Settings) -> None:
    keep(settings, "m+learned-1")
    with suppress(RuntimeError), store.connect(settings.store) as connection:
        model_versions.save(connection, Version("m+learned-2", "m", "f", NOW, 1, FIGURES), HEADS)
        model_versions.activate(connection, "m+learned-2", "f", NOW)
        raise RuntimeError
    with store.connect(settings.store, read_only=True) as connection:
        assert [one.version for one in model_versions.all_versions(connection)] == ["m+learned-1"]


def test_the_migration_file_is_numbered() -> None:
    folder = Path(migrate.__file__).parent / "migrations"
    assert sorted(migrate.versions()) == list(range(1, len(list(folder.glob("*.sql"))) + 1))
