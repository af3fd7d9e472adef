"""From classified mentions to cases: placing, moving, dismissing, exporting once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor import desk, store
from monitor.classify import policy
from monitor.errors import EscuchaError, StoreConflict
from monitor.models.posts import Classification, Correction, Mention, PendingMention, Scores
from monitor.pipeline import main_line
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store.posts import classifications, mentions
from tests.conftest import NOW, about, mention


def classified(settings: Settings, *found: tuple[Mention, float], brand: str = "Norvia") -> None:
    """Stores mentions and gives each that probability of being a complaint."""
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about(brand, *(one for one, _ in found)), NOW)
        chances = {one.text: chance for one, chance in found}
        waiting = classifications.pending(connection, classifications.next_ids(connection, 1_000))
        classifications.save(connection, [_classification(one, chances[one.text], settings) for one in waiting])


def _classification(waiting: PendingMention, chance: float, settings: Settings) -> Classification:
    scores = Scores(0.8, 0.1, 0.1, chance)
    limits = policy.Thresholds(complaint_at=0.7, unsure_at=0.35)
    decision, _ = policy.decide(scores, waiting, settings.own_accounts, limits, settings.policy.about_at)
    return Classification(waiting.mention_id, scores, "negative", decision, "es", "test-1", NOW)


def rows(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_one_case_per_conversation(settings: Settings) -> None:
    classified(
        settings,
        (mention("1", "primera queja", minutes=60), 0.95),
        (mention("2", "y nadie contesta", minutes=30, thread_id="1"), 0.95),
        (mention("3", "a mí también", minutes=20, thread_id="1", author="luis"), 0.95),
        (mention("4", "otra cosa", minutes=10), 0.95),
    )
    assert main_line.open_cases(settings) == (3, 0)
    assert rows(
        settings, "SELECT code, count(*) FROM cases JOIN case_mentions USING (case_id) GROUP BY 1 ORDER BY 1"
    ) == [
        ("ESC-000001-3", 2),
        ("ESC-000002-1", 1),
        ("ESC-000003-7", 1),
    ]


def test_a_later_post_of_the_author_joins_as_an_event_even_when_it_is_no_complaint(settings: Settings) -> None:
    classified(settings, (mention("1", "no llega", minutes=60), 0.95))
    main_line.open_cases(settings)
    classified(settings, (mention("2", "¿hola?", minutes=5, thread_id="1"), 0.05))
    assert main_line.open_cases(settings) == (0, 1)
    assert rows(settings, "SELECT kind FROM case_events ORDER BY event_id") == [("opened",), ("post",)]
    assert rows(settings, "SELECT version, last_post_at > first_post_at FROM cases") == [(2, True)]


def test_an_earlier_post_of_the_conversation_is_taken_in_when_the_case_opens(settings: Settings) -> None:
    classified(settings, (mention("1", "¿cuándo llega?", minutes=60), 0.05))
    assert main_line.open_cases(settings) == (0, 0)
    classified(settings, (mention("2", "es una vergüenza", minutes=5, thread_id="1"), 0.95))
    assert main_line.open_cases(settings) == (1, 0)
    assert rows(settings, "SELECT kind, text FROM case_events JOIN mentions USING (mention_id) ORDER BY event_id") == [
        ("opened", "es una vergüenza"),
        ("post", "¿cuándo llega?"),
    ]


def test_a_case_without_telling_words_is_filed_as_the_classifier_says(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", mention("1", "otra vez lo mismo", minutes=60)), NOW)
        [waiting] = classifications.pending(connection, classifications.next_ids(connection, 1_000))
        said = _classification(waiting, 0.95, settings)
        classifications.save(connection, [replace(said, scores=replace(said.scores, category="billing"))])
        cached = classifications.cached_scores(connection, [waiting.text_key], "test-1")
    assert [scores.category for scores, _ in cached.values()] == ["billing"]
    main_line.open_cases(settings)
    assert rows(settings, "SELECT category FROM cases") == [("billing",)]


def test_after_the_window_the_same_conversation_opens_another_case(settings: Settings) -> None:
    week = int(timedelta(days=settings.policy.window_days) / timedelta(minutes=1))
    classified(
        settings,
        (mention("1", "vieja", minutes=week + 61), 0.95),
        (mention("2", "nueva", minutes=60, thread_id="1"), 0.95),
    )
    assert main_line.open_cases(settings) == (2, 0)


def test_a_complaint_after_a_dismissed_case_opens_another_and_is_not_hidden_in_it(settings: Settings) -> None:
    classified(settings, (mention("1", "no llega", minutes=60), 0.95))
    main_line.open_cases(settings)
    desk.move_case(settings, 1, "dismissed", version=1, actor="eva", now=NOW, reason="spam")
    classified(settings, (mention("2", "sigue sin llegar", minutes=5, thread_id="1"), 0.95))
    assert main_line.open_cases(settings) == (1, 0)
    assert rows(settings, "SELECT stage FROM cases ORDER BY case_id") == [("dismissed",), ("received",)]


def closed(settings: Settings, at: datetime) -> None:
    """Takes case 1 to its end, at that time."""
    for version, stage in enumerate(("acknowledged", "assessed", "answered", "closed"), start=1):
        desk.move_case(settings, 1, stage, version=version, actor="eva", now=at, agreement="agreed")  # type: ignore[arg-type]


def test_a_word_of_the_customer_reopens_a_closed_case(settings: Settings) -> None:
    classified(settings, (mention("1", "no llega", minutes=60), 0.95))
    main_line.open_cases(settings)
    closed(settings, now())
    classified(settings, (mention("2", "¿hola?", minutes=5, thread_id="1"), 0.05))
    assert main_line.open_cases(settings) == (0, 1)
    assert rows(settings, "SELECT stage, reopenings FROM cases") == [("reopened", 1)]
    told = "SELECT kind, stage FROM case_events WHERE kind IN ('post', 'stage') ORDER BY event_id DESC LIMIT 2"
    assert rows(settings, told) == [
        ("stage", "reopened"),
        ("post", None),
    ]


def test_thanks_join_a_closed_case_and_leave_it_closed(settings: Settings) -> None:
    classified(settings, (mention("1", "no llega", minutes=60), 0.95))
    main_line.open_cases(settings)
    closed(settings, now())
    classified(settings, (mention("2", "¡gracias!", minutes=5, thread_id="1"), 0.05))
    desk.correct(settings, 2, actor="eva", now=NOW, sentiment="positive")
    assert main_line.open_cases(settings) == (0, 1)
    assert rows(settings, "SELECT stage FROM cases") == [("closed",)]


def test_long_after_closing_a_complaint_opens_another_case(settings: Settings) -> None:
    classified(settings, (mention("1", "no llega", minutes=60), 0.95))
    main_line.open_cases(settings)
    closed(settings, now())
    settings = settings.model_copy(update={"desk": settings.desk.model_copy(update={"reopen_days": 0})})
    later = replace(mention("2", "otra vez", thread_id="1"), posted_at=now() + timedelta(minutes=1))
    classified(settings, (later, 0.95))
    assert main_line.open_cases(settings) == (1, 0)


def test_a_post_written_in_time_reopens_its_case_however_late_it_is_collected(settings: Settings) -> None:
    classified(settings, (mention("1", "no llega", minutes=60), 0.95))
    main_line.open_cases(settings)
    closed(settings, now())
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE cases SET resolved_at = ?", [now() - timedelta(days=50)])
    written = replace(mention("2", "otra vez", thread_id="1"), posted_at=now() - timedelta(days=45))
    classified(settings, (written, 0.95))
    assert main_line.open_cases(settings) == (0, 1)


def without_brand(settings: Settings, post: Mention, p_complaint: float) -> None:
    """Stores a classified post that matched no query."""
    classified(settings, (post, p_complaint))
    with store.connect(settings.store) as connection:
        connection.execute(
            "UPDATE matches SET brand = '' WHERE mention_id IN (SELECT mention_id FROM mentions WHERE post_id = ?)",
            [post.post_id],
        )


@pytest.mark.parametrize("p_complaint", [0.05, 0.95])
def test_what_the_customer_writes_in_the_thread_joins_though_it_names_no_brand(
    settings: Settings, p_complaint: float
) -> None:
    classified(settings, (mention("1", "no llega", minutes=60), 0.95))
    main_line.open_cases(settings)
    without_brand(settings, mention("2", "sigo sin nada", minutes=5, thread_id="1"), p_complaint)
    without_brand(settings, mention("3", "a mí tampoco", minutes=5, thread_id="1", author="luis"), 0.05)
    assert main_line.open_cases(settings) == (0, 1)
    assert main_line.open_cases(settings) == (0, 0)
    assert rows(settings, "SELECT brand, mention_id FROM case_mentions ORDER BY 2") == [("Norvia", 1), ("Norvia", 2)]


def test_it_joins_when_both_are_read_at_once(settings: Settings) -> None:
    without_brand(settings, mention("1", "¿hola?", minutes=70), 0.95)
    classified(settings, (mention("2", "no llega", minutes=60, thread_id="1"), 0.95))
    assert main_line.open_cases(settings) == (1, 0)
    assert rows(settings, "SELECT brand, count(*) FROM case_mentions GROUP BY 1") == [("Norvia", 2)]


def test_own_accounts_and_reposts_open_nothing(settings: Settings) -> None:
    classified(
        settings,
        (mention("1", "sentimos el fallo", author="Norvia_Ayuda"), 0.99),
        (mention("2", "RT @ana: no llega", is_repost=True), 0.99),
    )
    assert main_line.open_cases(settings) == (0, 0)
    assert rows(settings, "SELECT DISTINCT decision FROM labels") == [("other",)]


def test_unsure_waits_for_people_who_outrank_the_model(settings: Settings) -> None:
    classified(settings, (mention("1"), 0.5))
    assert main_line.open_cases(settings) == (0, 0)
    (done,) = desk.open_case(settings, 1, "Norvia", actor="eva", now=NOW).done
    (again,) = desk.open_case(settings, 1, "Norvia", actor="eva", now=NOW).done
    assert (again.case, again.events) == (done.case, ())
    assert rows(settings, "SELECT decision, model_decision, corrected FROM labels") == [("complaint", "unsure", True)]
    assert rows(settings, "SELECT opened_by FROM cases") == [("eva",)]
    assert main_line.open_cases(settings) == (0, 0)


def test_the_latest_correction_of_each_kind_holds(settings: Settings) -> None:
    classified(settings, (mention("1"), 0.95))
    desk.correct(settings, 1, actor="eva", now=NOW, sentiment="neutral")
    desk.correct(settings, 1, actor="ion", now=NOW + timedelta(minutes=1), complaint=False)
    assert rows(settings, "SELECT sentiment, model_sentiment, decision FROM labels") == [
        ("neutral", "negative", "other")
    ]
    with store.connect(settings.store) as connection:
        classifications.correct(connection, Correction(1, "eva", NOW + timedelta(minutes=2), sentiment="positive"))
    assert rows(settings, "SELECT sentiment, decision FROM labels") == [("positive", "other")]


def test_dismissing_the_only_complaint_dismisses_its_case(settings: Settings) -> None:
    classified(settings, (mention("1"), 0.95))
    main_line.open_cases(settings)
    desk.dismiss_mention(settings, 1, actor="eva", now=NOW, note="es una broma")
    assert rows(settings, "SELECT stage FROM cases") == [("dismissed",)]
    assert rows(settings, "SELECT actor, stage, note FROM case_events WHERE kind = 'stage'") == [
        ("eva", "dismissed", "es una broma")
    ]


def test_a_dismissed_case_is_reopened_when_its_post_is_called_a_complaint(settings: Settings) -> None:
    classified(settings, (mention("1"), 0.95))
    main_line.open_cases(settings)
    desk.dismiss_mention(settings, 1, actor="eva", now=NOW)
    desk.open_case(settings, 1, "Norvia", actor="ion", now=NOW)
    assert rows(settings, "SELECT stage FROM cases") == [("reopened",)]


def test_dismissing_one_of_two_complaints_keeps_the_case(settings: Settings) -> None:
    classified(settings, (mention("1", "no llega"), 0.95), (mention("2", "sigue sin llegar", thread_id="1"), 0.95))
    main_line.open_cases(settings)
    desk.dismiss_mention(settings, 2, actor="eva", now=NOW)
    assert rows(settings, "SELECT stage FROM cases") == [("received",)]


def test_a_case_moves_only_as_the_stages_say(settings: Settings) -> None:
    classified(settings, (mention("1"), 0.95))
    main_line.open_cases(settings)
    desk.move_case(settings, 1, "acknowledged", version=1, actor="eva", now=NOW)
    with pytest.raises(EscuchaError, match="ESC-000001-3 is acknowledged; from there it cannot become closed"):
        desk.move_case(settings, 1, "closed", version=2, actor="eva", now=NOW)


def test_the_second_of_two_people_is_told_and_nothing_is_lost(settings: Settings) -> None:
    classified(settings, (mention("1"), 0.95))
    main_line.open_cases(settings)
    desk.move_case(settings, 1, "acknowledged", version=1, actor="eva", now=NOW)
    with pytest.raises(StoreConflict, match="changed by somebody else"):
        desk.move_case(settings, 1, "dismissed", version=1, actor="ion", now=NOW, reason="spam")
    assert rows(settings, "SELECT stage FROM cases") == [("acknowledged",)]


def test_a_copied_text_is_known_and_a_second_classifier_changes_nothing(settings: Settings) -> None:
    classified(settings, (mention("1", "copia"), 0.95))
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", mention("2", "copia")), NOW)
        waiting = classifications.pending(connection, classifications.next_ids(connection, 10))
        known = classifications.cached_scores(connection, [one.text_key for one in waiting], "test-1")
        assert known[waiting[0].text_key][0].p_complaint == pytest.approx(0.95)
        assert classifications.cached_scores(connection, [waiting[0].text_key], "test-2") == {}
        ready = [_classification(one, 0.95, settings) for one in waiting]
        assert classifications.save(connection, ready) == 1
        assert classifications.save(connection, ready) == 0
    assert rows(settings, "SELECT count(*) FROM classifications") == [(2,)]
