"""What has been kept for its time goes, in steps, and the figures of past months stay; a dry run only counts."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import store
from monitor.privacy import retention
from monitor.privacy.retention import Retained
from monitor.settings.loading import Settings
from monitor.settings.log import Retention
from monitor.store import consistency
from monitor.store.cases import events
from monitor.store.metrics import groups, voices
from monitor.store.metrics.scope import MetricsScope
from monitor.store.posts import mentions
from monitor.store.privacy import ageing
from tests import desk_store
from tests.conftest import NOW, about, mention
from tests.desk.closed_cases import move
from tests.store.privacy import someone

LATER = NOW + timedelta(days=100)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = desk_store.configured(tmp_path, monkeypatch)
    monkeypatch.setattr(ageing, "AT_ONCE", 10)  # one case a transaction
    kept = Retention(posts=30, cases=30, exports=30)
    exports = settings.exports.model_copy(update={"folder": tmp_path / "out", "format": "csv"})
    settings = settings.model_copy(update={"retention": kept, "exports": exports})
    case_id = someone.fill(settings)
    for stage in ("acknowledged", "assessed", "answered", "closed"):
        move(settings, case_id, stage, NOW + timedelta(hours=1))
    old = [mention(str(number), f"Norvia, texto {number}", author=f"a{number % 7}") for number in range(23)]
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE runs SET started_at = ?", [NOW])  # the hand-over's
        mentions.save(connection, 1, about("Norvia", *old), NOW)
        mentions.save(connection, 1, about("Norvia", mention("new", posted_at=LATER)), LATER)
        connection.execute("UPDATE exports SET delivered_at = ?", [NOW])
    return settings


def month(settings: Settings) -> list[object]:
    scope = MetricsScope(NOW.date().replace(day=1), NOW.date().replace(day=31), settings.zone)
    with store.connect(settings.store, read_only=True) as connection:
        apart = voices.told_apart(connection, scope.since, scope.until)
        return [
            groups.groups(connection, scope, LATER),
            groups.repeats(connection, scope, LATER),
            voices.counts(connection, scope.since, scope.until, apart),
            voices.people(connection, scope.since, scope.until, apart),
        ]


def test_what_is_old_goes_and_the_figures_stay(settings: Settings, tmp_path: Path) -> None:
    before = month(settings)
    counted = retention.due(settings, LATER)
    assert (counted.posts, counted.cases, counted.rejects, counted.exports, counted.logs) == (23, 1, 1, 1, 0)
    assert retention.due(settings, LATER) == counted, "counting changes nothing"
    done = retention.apply(settings, LATER, actor="escucha", origin="flow")
    assert (done.posts, done.cases, done.rejects, done.exports) == (23, 1, 1, 1)
    assert retention.due(settings, LATER) == Retained()
    assert month(settings) == before
    assert list((tmp_path / "out").iterdir()) == []
    with store.connect(settings.store, read_only=True) as connection:
        assert events.verify(connection).is_sound
        assert not consistency.inconsistent_cases(connection)
        left = connection.execute("SELECT post_id FROM mentions WHERE text <> '' AND author <> 'bruno'").fetchall()
        assert left == [("new",)]
        notes = connection.execute("SELECT count(*) FROM case_events WHERE contains(note, 'calle Olmo')").fetchall()
        assert notes == [(0,)]
    with store.connect(settings.store) as connection:
        assert mentions.save(connection, 2, about("Norvia", mention("3")), LATER).stored == 0


def test_everything_stays_where_the_settings_say_nothing(settings: Settings) -> None:
    kept = settings.model_copy(update={"retention": Retention()})
    assert retention.apply(kept, LATER, actor="escucha", origin="flow") == Retained()


def test_what_was_received_or_rejected_never_outlives_the_posts() -> None:
    assert Retention(posts=30).rejects_days == 30
    assert Retention(posts=30, received=7, rejects=90).received_days == 7
    assert Retention(posts=30, received=7, rejects=90).rejects_days == 30
