"""What people said by what they did: which cases are labels, and which dismissals are none."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import desk, store
from monitor.models.cases import DismissReason
from monitor.models.posts import Correction
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from monitor.store.posts import classifications, judgements, review_sample
from monitor.store.posts.judgements import Judgement
from tests import desk_store
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def config(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)  # type: ignore[arg-type]


def opened(config: Settings, **facts: object) -> int:
    """A complaint with a case; the id of the post."""
    mention_id = desk_store.post(config, "p1", "Norvia no me devuelve el dinero", NOW, **facts)
    desk_store.open_cases(config, [mention_id], NOW)
    return mention_id


def dismiss(config: Settings, reason: DismissReason) -> None:
    desk.move_case(config, 1, "dismissed", version=1, actor="Ana", now=LATER, reason=reason)


def said(config: Settings) -> list[tuple[str, bool | None]]:
    with store.connect(config.store, read_only=True) as connection:
        return [(lesson.text, lesson.complaint) for lesson in judgements.lessons(connection)]


def judged(config: Settings) -> list[Judgement]:
    with store.connect(config.store, read_only=True) as connection:
        return judgements.judgements(connection, NOW - timedelta(days=1))


def test_a_case_that_somebody_takes_is_a_complaint(config: Settings) -> None:
    opened(config)
    assert said(config) == []  # nobody has said anything of it yet
    taken = desk.take(config, 1, version=1, actor="Ana", now=LATER)
    assert said(config) == [("Norvia no me devuelve el dinero", True)]
    assert judged(config) == [Judgement("es", "complaint", NOW + timedelta(minutes=1), True, LATER, False)]
    done = {taken.case.case_id: [event.event_id for event in taken.events]}
    desk.undo(config, done, actor="Ana", now=LATER)
    assert said(config) == []


@pytest.mark.parametrize("reason", ["not_a_complaint", "duplicate", "spam", "not_ours", "other"])
def test_a_dismissal_is_a_label_only_if_it_says_that_it_is_no_complaint(
    config: Settings, reason: DismissReason
) -> None:
    opened(config)
    dismiss(config, reason)
    assert said(config) == ([("Norvia no me devuelve el dinero", False)] if reason == "not_a_complaint" else [])


def test_a_dismissal_holds_until_the_case_is_reopened_and_a_label_counts_before_it(config: Settings) -> None:
    mention_id = opened(config)
    dismiss(config, "not_a_complaint")
    desk_store.correct(config, Correction(mention_id, "Eva", NOW + timedelta(minutes=30), complaint=True))
    assert [complaint for _, complaint in said(config)] == [True]
    with store.connect(config.store) as connection:
        connection.execute("DELETE FROM corrections")
        version = cases.get(connection, 1).version
    assert [complaint for _, complaint in said(config)] == [False]
    desk.move_case(config, 1, "reopened", version=version, actor="Ana", now=LATER)
    assert said(config) == []


def test_samples_say_nothing_and_moods_go_on_counting(config: Settings) -> None:
    mention_id = opened(config, sample=True)
    desk.take(config, 1, version=1, actor="Ana", now=LATER)
    assert (said(config), judged(config)) == ([], [])
    other = desk_store.post(config, "p2", "Todo bien", NOW, p_complaint=0.1)
    desk_store.correct(config, Correction(other, "Ana", LATER, sentiment="neutral"))
    assert said(config) == [("Todo bien", None)]
    assert mention_id != other


def test_of_what_was_put_aside_only_the_random_sample_is_judged(config: Settings) -> None:
    found, drawn = (desk_store.post(config, f"p{n}", f"Hoy abren {n}", NOW, p_complaint=0.1) for n in (1, 2))
    with store.connect(config.store) as connection:
        review_sample.draw(connection, [drawn], share=1.0, most=5, now=NOW + timedelta(minutes=2))
        for mention_id in (found, drawn):
            classifications.correct(connection, Correction(mention_id, "Ana", LATER, complaint=True))
    assert [(one.decision, one.complaint, one.is_drawn) for one in judged(config)] == [("other", True, True)]
    assert len(said(config)) == 2  # both teach
    with store.connect(config.store, read_only=True) as connection:
        lessons = judgements.lessons(connection)
    assert sorted(lesson.is_drawn for lesson in lessons) == [False, True]


def test_the_decision_that_people_found_counts_and_not_a_later_one(config: Settings) -> None:
    mention_id = opened(config)
    desk_store.correct(config, Correction(mention_id, "Ana", LATER, complaint=False))
    with store.connect(config.store) as connection:
        connection.execute("UPDATE classifications SET current = false")
        connection.execute(
            """
            INSERT INTO classifications (mention_id, posted_at, text_key, model, language, p_negative, p_neutral,
                p_positive, p_complaint, sentiment, decision, current, classified_at)
            SELECT mention_id, posted_at, text_key, model, language, p_negative, p_neutral,
                p_positive, p_complaint, sentiment, 'other', true, $at FROM classifications
            """,
            {"at": LATER + timedelta(days=1)},
        )
    assert [one.decision for one in judged(config)] == ["complaint"]


def test_the_stream_is_counted_by_what_the_probability_decided(config: Settings) -> None:
    for at, p_complaint in enumerate((0.9, 0.8, 0.5, 0.1, 0.1, 0.1)):
        desk_store.post(config, f"p{at}", f"Norvia {at}", NOW, p_complaint=p_complaint, is_repost=at == 5)
    with store.connect(config.store) as connection:
        connection.execute("UPDATE classifications SET reason = 'not_about' WHERE mention_id = 5")
        counted = judgements.stream(connection, NOW - timedelta(days=1))
        weeks = judgements.weeks(connection, datetime.now(UTC), 520)
    assert counted == {("es", "complaint"): 2, ("es", "unsure"): 1, ("es", "other"): 1}
    assert [(week.language, week.posts, week.flagged) for week in weeks] == [("es", 5, 2)]
    assert weeks[0].score_sum == pytest.approx(2.4)
