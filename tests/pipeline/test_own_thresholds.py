"""`escucha learn` on a desk that dismisses half of what is flagged: thresholds of its own, kept with the version."""

import re
from datetime import UTC, datetime

import pytest

from monitor import store
from monitor.classify import learning
from monitor.models.posts import Correction
from monitor.pipeline import classify, learn, main_line
from monitor.settings.loading import Settings
from monitor.store.posts import classifications, mentions
from tests.cli.command_line import escucha
from tests.conftest import about, mention

NOW = datetime.now(UTC)
COUNT = 220
FLAGGED = "Norvia no me devuelve el dinero del pedido {} y nadie contesta"


@pytest.fixture
def dismissive(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """COUNT complaints, every other of which the desk says is none, whatever it says."""
    monkeypatch.setattr(learning, "SETTINGS", ((1.0, 2.0),))
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(settings.store.path))
    found = about("Norvia", *(mention(str(at), FLAGGED.format(1000 + 7 * at), posted_at=NOW) for at in range(COUNT)))
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, found, NOW)
    main_line.classify_pending(settings)
    with store.connect(settings.store) as connection:
        ids = connection.execute("SELECT mention_id, post_id FROM mentions").fetchall()
        for mention_id, post_id in ids:
            said = Correction(mention_id, "Ana", NOW, complaint=int(post_id) % 2 == 0)
            classifications.correct(connection, said)
    return settings


def test_thresholds_of_the_desks_own_are_in_force_and_shown(dismissive: Settings) -> None:
    shipped = classify.active_model(dismissive)
    said = escucha("learn").stdout
    shown = " ".join(said.split())
    moved = r"thresholds: es: case from 0\.\d\d → 0\.\d\d, review from 0\.\d\d → 0\.\d\d"
    assert re.search(rf"{moved}, by {COUNT} judged texts of your own, 0 of the random sample", shown)
    assert "(targets not reached: complaint_precision)" in shown
    after = classify.active_model(dismissive)
    assert after.version == f"{shipped.version}+learned-1"
    assert after.heads
    assert max(point.precision for point in after.heads.points["es"]) < 0.7
    (version,) = learn.usable_versions(dismissive).versions
    assert version.thresholds["es"].decisions == COUNT
    assert f"thresholds: es, by {COUNT} judged texts, 0 of the random sample" in escucha("versions").stdout
    assert "No new corrections" in escucha("learn").stdout


def test_too_few_decisions_say_how_many_are_missing(dismissive: Settings) -> None:
    with store.connect(dismissive.store) as connection:
        connection.execute("DELETE FROM corrections WHERE mention_id > 150")
    outcome = learn.learn(dismissive)
    assert (outcome.thresholds, outcome.missing) == ({}, {"es": 50})
