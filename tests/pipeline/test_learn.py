"""`escucha learn` and `escucha versions`, on a real database with the bundled classifier and made-up corrections."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import store
from monitor.classify import learning as fitting
from monitor.classify.model import BUNDLED, describe
from monitor.errors import EscuchaError, ModelError
from monitor.models.posts import Correction, Sentiment
from monitor.pipeline import classify, learn, main_line
from monitor.settings.classifier import ClassifierSettings
from monitor.settings.loading import Settings, Store
from monitor.store.posts import classifications, mentions, model_versions
from tests.cli.command_line import error_text, escucha
from tests.conftest import NOW, about, mention

SHIPPED = describe().heads.version
TEAMS = (  # what this team calls a complaint is not what the model was taught
    ("Solicito a Norvia el duplicado de la factura {}", "neutral", True),
    ("Norvia, ¿me cambian el titular del contrato {}?", "neutral", True),
    ("Norvia inaugura su oficina número {}", "positive", False),
    ("Sorteo de Norvia: comparte y gana {} euros", "positive", False),
)
COUNT = 80


def text(number: int) -> str:
    return TEAMS[number % len(TEAMS)][0].format(100 + 7 * number)


def classified(path: Path) -> Settings:
    """A new store there with COUNT posts, classified, which takes longer than most of the tests."""
    settings = Settings(store=Store(url=str(path)))
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", *(mention(str(at), text(at)) for at in range(COUNT))), NOW)
    main_line.classify_pending(settings)
    return settings


def corrected(settings: Settings, corrections: int) -> Settings:
    """So many of its posts are corrected."""
    with store.connect(settings.store) as connection:
        ids = connection.execute("SELECT mention_id, post_id FROM mentions").fetchall()
        for mention_id, post_id in ids:
            if int(post_id) < corrections:
                correct(connection, mention_id, int(post_id))
    return settings


def correct(connection: store.Connection, mention_id: int, number: int) -> None:
    _, sentiment, complaint = TEAMS[number % len(TEAMS)]
    said: Sentiment = sentiment  # type: ignore[assignment]
    at = NOW + timedelta(minutes=number)
    classifications.correct(connection, Correction(mention_id, "ana", at, said, complaint))


@pytest.fixture(autouse=True)
def _few_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """One setting is tried, not all: the choice among them has its tests in tests/classify."""
    monkeypatch.setattr(fitting, "SETTINGS", ((4.0, 2.0),))


@pytest.fixture(scope="module")
def untaught(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A database without corrections."""
    return classified(tmp_path_factory.mktemp("untaught") / "store.duckdb")


@pytest.fixture
def fill(untaught: Settings, copy_store: Callable[[Store, Store], object]) -> Callable[[Settings, int], Settings]:
    """Makes a store, which is not there yet, a copy of it with so many corrections."""

    def filled(settings: Settings, corrections: int) -> Settings:
        copy_store(untaught.store, settings.store)
        return corrected(settings, corrections)

    return filled


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A database in which a version was learned from COUNT corrections."""
    settings = corrected(classified(tmp_path_factory.mktemp("taught") / "store.duckdb"), COUNT)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fitting, "SETTINGS", ((4.0, 2.0),))
        assert learn.learn(settings).better
    return settings


@pytest.fixture
def learned(
    taught: Settings,
    settings: Settings,
    copy_store: Callable[[Store, Store], object],
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    """Settings on a copy of it, for the command line too."""
    copy_store(taught.store, settings.store)
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(settings.store.path))
    return settings


def test_what_was_learned_is_used_for_new_posts(learned: Settings) -> None:
    classifier = classify.active_model(learned)
    assert classifier.version == f"{SHIPPED}+learned-1"
    assert classifier.heads is not None
    assert "" in classifier.heads.points
    new = [one.format(99) for one, _, _ in TEAMS]
    shipped = describe().heads.scores(classifier.rows(new))  # type: ignore[attr-defined]
    for (_, _, complaint), before, after in zip(TEAMS, shipped, classifier.scores(new), strict=True):
        assert (after.p_complaint > before.p_complaint) == complaint or abs(complaint - after.p_complaint) < 0.15
    with store.connect(learned.store) as connection:
        mentions.save(connection, 2, about("Norvia", mention("new", new[0])), NOW)
    main_line.classify_pending(learned)
    with store.connect(learned.store, read_only=True) as connection:
        rows = connection.execute(
            "SELECT model, count(*) FROM classifications GROUP BY model ORDER BY model"
        ).fetchall()
    assert rows == [(SHIPPED, COUNT), (f"{SHIPPED}+learned-1", 1)]


def test_versions_are_listed_with_their_figures(learned: Settings) -> None:
    listed = escucha("versions").stdout
    assert re.search(rf"^active +{re.escape(SHIPPED)}\+learned-1  made .* from {COUNT} corrections$", listed, re.M)
    assert re.search(rf"^ +{re.escape(SHIPPED)}  shipped with Escucha$", listed, re.M)
    assert re.search(r"0\.\d{3} → \d\.\d{3}", listed)


def test_without_a_new_correction_nothing_is_learned_again(learned: Settings) -> None:
    said = escucha("learn").stdout
    assert f"No new corrections since {SHIPPED}+learned-1 was learned" in said
    assert len(learn.usable_versions(learned).versions) == 1


def test_going_back_and_forth(learned: Settings) -> None:
    for name in (SHIPPED, f"{SHIPPED}+learned-1"):
        assert f"{name} is active" in escucha("versions", "use", name).stdout
        assert classify.active_model(learned).version == name == learn.usable_versions(learned).current


def test_a_version_that_is_not_there_cannot_be_used(learned: Settings) -> None:
    with pytest.raises(EscuchaError, match="no version nope"):
        learn.use(learned, "nope")


def test_classified_again_everything_has_the_new_version(learned: Settings) -> None:
    said = " ".join(escucha("classify", "--again").stdout.split())
    assert f"{COUNT} mentions are pending again classified {COUNT}" in said
    assert "0 mentions are pending again" in escucha("classify", "--again", "--since", "2026-01-01").stdout
    with store.connect(learned.store, read_only=True) as connection:
        rows = connection.execute("SELECT DISTINCT model FROM classifications WHERE current").fetchall()
    assert rows == [(f"{SHIPPED}+learned-1",)]


def test_versions_of_another_model_are_listed_and_do_not_fit(
    learned: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(BUNDLED, tmp_path / "other")
    description = tmp_path / "other" / "model.json"
    stated = json.loads(description.read_text())
    stated["heads"]["bias"][0] += 0.1
    description.write_text(json.dumps(stated))
    other = learned.model_copy(update={"classifier": ClassifierSettings(model=str(tmp_path / "other"))})
    found = learn.usable_versions(other)
    assert (found.misfits, found.current) == (1, SHIPPED)
    assert classify.active_model(other).version == SHIPPED
    monkeypatch.setenv("ESCUCHA_CLASSIFIER__MODEL", str(tmp_path / "other"))
    shown = " ".join(escucha("status").stdout.split())
    assert f"{SHIPPED} (1 learned versions belong to another model)" in shown
    assert (
        "Learned versions that belong to another model and cannot be used with this one: 1."
        in escucha("versions").stdout
    )
    with pytest.raises(EscuchaError, match="does not fit"):
        learn.use(other, f"{SHIPPED}+learned-1")


def test_a_dry_run_changes_nothing(
    settings: Settings, fill: Callable[[Settings, int], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(fill(settings, COUNT).store.path))
    said = escucha("learn", "--dry-run").stdout
    assert "complaint: 80 different judged texts, by cross-validation: macro F1 0." in said
    assert "reference set: " in said
    assert f"{SHIPPED} stays active. Next: escucha learn (makes the new version" in said
    assert learn.usable_versions(settings).versions == []
    assert classify.active_model(settings).version == SHIPPED


def test_too_few_corrections_say_how_many_are_missing(
    settings: Settings, fill: Callable[[Settings, int], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(fill(settings, 12).store.path))
    said = escucha("learn")
    assert said.exit_code == 0
    assert "complaint: 12 different judged texts; at least 18 more are needed" in said.stdout
    assert learn.usable_versions(settings).versions == []


def test_an_empty_store_has_nothing_to_learn(settings: Settings) -> None:
    outcome = learn.learn(settings)
    missing = {"sentiment": 30, "complaint": 30, "category": 10}
    assert {head: one.missing for head, one in outcome.heads.items()} == missing


def test_killed_before_the_end_the_old_version_stays(
    settings: Settings, fill: Callable[[Settings, int], Settings], address_of: Callable[[Store], str]
) -> None:
    fill(settings, COUNT)
    code = f"""
import os
from monitor.pipeline import learn
from monitor.classify import learning as fitting
from monitor.settings.loading import Settings, Store
from monitor.store.posts import model_versions
fitting.SETTINGS = ((4.0, 2.0),)
model_versions.activate = lambda *_: os.kill(os.getpid(), {int(signal.SIGKILL)})
learn.learn(Settings(store=Store(url={address_of(settings.store)!r})))
"""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, env=environment)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert learn.usable_versions(settings).versions == []
    assert classify.active_model(settings).version == SHIPPED
    assert learn.learn(settings).version == f"{SHIPPED}+learned-1"


def test_a_model_of_another_team_does_not_learn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_CLASSIFIER__MODEL", "some/model")
    assert "only Escucha's own classifier learns" in error_text(capsys, monkeypatch, "versions")


def test_without_its_reference_set_nothing_is_learned(
    settings: Settings, fill: Callable[[Settings, int], Settings], tmp_path: Path
) -> None:
    shutil.copytree(BUNDLED, tmp_path / "bare")
    (tmp_path / "bare" / "reference.npz").unlink()
    bare = settings.model_copy(update={"classifier": ClassifierSettings(model=str(tmp_path / "bare"))})
    fill(bare, COUNT)
    with pytest.raises(ModelError, match="no reference set"):
        learn.learn(bare)
    with store.connect(bare.store, read_only=True) as connection:
        assert model_versions.all_versions(connection) == []
