"""Words of events are erased and the chain stands; whatever else is done to them is found."""

import pytest

from monitor import store
from monitor.models.cases import NewEvent
from monitor.settings.loading import Settings
from monitor.store import backfills
from monitor.store.cases import events
from monitor.store.privacy import redaction
from monitor.store.privacy.redaction import LeftWords
from tests.conftest import NOW

GONE = LeftWords("", None, None)


@pytest.fixture(params=["of this version", "of an earlier version"])
def erased(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Six events of two cases, of which two lost their words, one of them in two erasures."""
    with store.connect(settings.store) as connection:
        notes = [NewEvent(case, "note", note=f"calle Olmo {case}", was="a", became="b") for case in (1, 2, 1, 2, 1, 2)]
        events.append(connection, notes, "marta", NOW)
        if request.param == "of an earlier version":
            connection.execute("UPDATE case_events SET salt = NULL")
            backfills.chain_all(connection)
        assert len(redaction.redact(connection, {2: GONE, 3: LeftWords("calle", "a", "b")}, "cli:eva", NOW)) == 2
        assert len(redaction.redact(connection, {3: GONE}, "cli:eva", NOW)) == 1
        assert redaction.redact(connection, {3: GONE}, "cli:eva", NOW) == []
        events.append(connection, [NewEvent(1, "note", note="después")], "luis", NOW)
    return settings


def broken(settings: Settings, *tampering: str) -> tuple[int, int] | None:
    with store.connect(settings.store) as connection:
        for statement in tampering:
            connection.execute(statement)
        return events.verify(connection).broken


def test_the_history_is_sound_and_tells_of_each_erasure(erased: Settings) -> None:
    assert broken(erased) is None
    with store.connect(erased.store, read_only=True) as connection:
        assert events.verify(connection).is_sound
        histories = events.of_cases(connection, [1, 2])
        assert [event.kind for event in histories[1]] == ["note", "note", "note", "erased", "erased", "note"]
        assert [event.note for event in histories[2]] == ["", "calle Olmo 2", "calle Olmo 2", ""]
        salts = connection.execute("SELECT count(salt) FROM case_events WHERE event_id IN (2, 3)").fetchall()
        assert salts == [(0,)]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE case_events SET note = 'otra cosa' WHERE event_id = 2",
        "UPDATE case_events SET actor = 'eva' WHERE event_id = 3",
        "UPDATE case_events SET note = 'otra cosa' WHERE event_id = 4",
        "UPDATE case_events SET hash = repeat('0', 64) WHERE event_id = 3",
        "UPDATE case_events SET became = repeat('0', 64) WHERE kind = 'erased'",
        "DELETE FROM erased_events WHERE event_id = 2",
        "UPDATE erased_events SET form = repeat('0', 64) WHERE event_id = 2",
        "INSERT INTO erased_events SELECT 4, marker_id, NULL, form FROM erased_events WHERE event_id = 2",
        "INSERT INTO erased_events SELECT 4, 99, NULL, repeat('0', 64)",
    ],
)
def test_whatever_was_changed_without_an_erasure_is_found(erased: Settings, tampering: str) -> None:
    assert broken(erased, tampering) is not None


def test_words_taken_out_by_hand_with_a_made_up_erasure_are_found(erased: Settings) -> None:
    with store.connect(erased.store) as connection:
        (event,) = [event for event in events.of_cases(connection, [2])[2] if event.event_id == 4]
    from dataclasses import replace

    from monitor.store import hashing

    form = hashing.form(replace(event, note=""))
    assert broken(
        erased,
        "UPDATE case_events SET note = '', salt = NULL WHERE event_id = 4",
        f"INSERT INTO erased_events VALUES (4, 7, NULL, '{form}')",
    )
