from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.health import learning_queries, queries
from dashboard.inbox import queries as inbox_queries
from dashboard.queries import cases, overview, periods, posts
from dashboard.queries.overview import MentionCounts
from monitor import desk, store
from monitor.models.case_filters import CaseFilters
from monitor.models.posts import Classification, Correction, Scores
from monitor.settings.loading import Settings
from monitor.store.posts import classifications
from tests import desk_store
from tests.dashboard.pages import open_page, page_text
from tests.dashboard.viewer import look
from tests.desk_store import BRAND, OTHER_BRAND

ZONE = ZoneInfo("Europe/Madrid")


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def queue(config: Settings, now: datetime, **filters: object) -> list[int]:
    with store.connect(config.store, read_only=True) as connection:
        inbox_filters = inbox_queries.InboxFilters(**filters)  # type: ignore[arg-type]
        page = inbox_queries.page(connection, inbox_filters, config.desk.priority, now=now, offset=0, limit=10)
    return [place.mention_id for place in page.places if place.mention_id is not None]


def last_week(now: datetime) -> periods.Period:
    return periods.last_days(7, periods.local_date(now, ZONE), ZONE)


def test_a_mention_counts_once_and_for_each_of_its_brands(
    config: Settings, filled: dict[str, int], now: datetime
) -> None:
    with store.connect(config.store, read_only=True) as connection:
        days = overview.by_day(connection, last_week(now))
        networks, brands = overview.by_place(connection, last_week(now))
        other_days = overview.by_day(connection, last_week(now), OTHER_BRAND)
        other_places = overview.by_place(connection, last_week(now), OTHER_BRAND)
    assert days["n"].sum() == len(filled)
    assert networks == (MentionCounts("x", 4, 2), MentionCounts("reddit", 1, 0))
    assert brands == (MentionCounts(BRAND, 5, 2), MentionCounts(OTHER_BRAND, 1, 1))
    assert other_days["n"].sum() == 1
    assert other_places == ((MentionCounts("x", 1, 1),), (MentionCounts(OTHER_BRAND, 1, 1), MentionCounts(BRAND, 1, 1)))


def test_the_overview_tells_the_period_from_the_one_before(config: Settings, now: datetime) -> None:
    desk_store.post(config, "new", "hoy", now)
    desk_store.post(config, "old", "antes", now - timedelta(days=7), p_complaint=0.1)
    desk_store.post(config, "older", "mucho antes", now - timedelta(days=30))
    period = last_week(now)
    with store.connect(config.store, read_only=True) as connection:
        assert overview.by_day(connection, period)["n"].tolist() == [1]
        assert overview.sums(overview.by_label(connection, period)) == overview.Sums(1, 1, 1)
        assert overview.sums(overview.by_label(connection, period.before)) == overview.Sums(1, 1, 0)
        assert overview.sums(overview.by_label(connection, period, OTHER_BRAND)) == overview.Sums(0, 0, 0)
        assert overview.sums(overview.by_day(connection, period)) == overview.Sums(1, 1, 1)
        assert overview.sums(overview.by_day(connection, period, OTHER_BRAND)) == overview.Sums(0, 0, 0)
        assert overview.by_place(connection, period, OTHER_BRAND) == ((), ())


@pytest.mark.parametrize("brand", [None, BRAND, OTHER_BRAND])
def test_counting_by_bits_is_counting_distinct_mentions(config: Settings, now: datetime, brand: str | None) -> None:
    brands = ((BRAND,), (OTHER_BRAND,), (OTHER_BRAND, BRAND), ("",))
    for at in range(24):
        desk_store.post(
            config,
            f"p{at}",
            "Sigo sin señal",
            now - timedelta(hours=11 * at),
            brands=brands[at * 7 % 4],
            network=("x", "reddit", "feeds")[at % 3],
            p_complaint=(0.9, 0.5, 0.1)[at * 5 % 3],
        )
    desk_store.correct(config, Correction(9, "Ana", now, complaint=True))
    period = last_week(now)
    with store.connect(config.store, read_only=True) as connection:
        places_by_kind = overview.by_place(connection, period, brand)
        for places, place in zip(places_by_kind, ("network", "brand"), strict=True):
            counted = connection.execute(
                f"""
                SELECT {place}, count(DISTINCT mention_id),
                    count(DISTINCT mention_id) FILTER (WHERE decision = 'complaint')
                FROM labels JOIN matches USING (mention_id)
                WHERE labels.posted_at >= $start AND labels.posted_at < $end AND ($brand::VARCHAR IS NULL
                    OR mention_id IN (SELECT mention_id FROM matches WHERE brand = $brand)) GROUP BY {place}
                """,
                {"start": period.start, "end": period.end, "brand": brand},
            ).fetchall()
            assert sorted((place.name, place.mentions, place.complaints) for place in places) == sorted(counted)


def test_complaints_wait_until_their_case_is_taken(config: Settings, filled: dict[str, int], now: datetime) -> None:
    assert set(queue(config, now)) == {filled["complaint"], filled["hostile"]}
    with store.connect(config.store, read_only=True) as connection:
        (row,) = posts.by_id(connection, [filled["complaint"]])
    (case,) = row.cases
    desk.move_case(config, case.case_id, "acknowledged", version=case.version, actor="Ana", now=now)
    assert queue(config, now) == [filled["hostile"]]


def test_a_mention_of_two_brands_waits_for_both(config: Settings, filled: dict[str, int], now: datetime) -> None:
    case_id = desk.open_case(config, filled["hostile"], BRAND, actor="Ana", now=now).done[0].case.case_id
    desk.open_case(config, filled["hostile"], OTHER_BRAND, actor="Ana", now=now)
    with store.connect(config.store, read_only=True) as connection:
        version = posts.by_id(connection, [filled["hostile"]])[0].cases[0].version
    desk.move_case(config, case_id, "acknowledged", version=version, actor="Ana", now=now)
    assert filled["hostile"] in queue(config, now)


def test_posts_of_one_untouched_case_make_one_line(config: Settings, now: datetime) -> None:
    ids = [
        desk_store.post(config, f"p{hours}", "otra vez", now - timedelta(hours=hours), thread_id="t")
        for hours in range(3)
    ]
    desk_store.open_cases(config, ids, now)
    with store.connect(config.store, read_only=True) as connection:
        inbox_filters = inbox_queries.InboxFilters(order="newest")
        page = inbox_queries.page(connection, inbox_filters, config.desk.priority, now=now, offset=0, limit=10)
    assert page.places == (inbox_queries.QueueEntry(1, ids[0], 3),)
    assert (page.complaints, page.unsure) == (1, 0)


def test_what_waits_longer_is_more_urgent(config: Settings, now: datetime) -> None:
    fresh = desk_store.post(config, "a", "uno", now, author="a")
    waiting = desk_store.post(config, "b", "dos", now - timedelta(days=2), author="b")
    likely = desk_store.post(config, "c", "tres", now, author="c", p_complaint=0.99, p_negative=0.99)
    assert queue(config, now) == [likely, waiting, fresh] or queue(config, now) == [waiting, likely, fresh]
    assert queue(config, now, order="newest")[-1] == waiting


def test_the_queue_is_narrowed_by_brand_and_network(config: Settings, filled: dict[str, int], now: datetime) -> None:
    assert queue(config, now, brand=OTHER_BRAND) == [filled["hostile"]]
    assert queue(config, now, network="reddit") == []
    assert queue(config, now, queue="unsure") == [filled["unsure"]]


def test_a_correction_outranks_the_model_and_names_the_person(
    config: Settings, filled: dict[str, int], now: datetime
) -> None:
    desk_store.correct(config, Correction(filled["unsure"], "Ana", now, complaint=False))
    assert queue(config, now, queue="unsure") == []
    with store.connect(config.store, read_only=True) as connection:
        (row,) = posts.by_id(connection, [filled["unsure"]])
    assert row.corrected is not None
    assert (row.corrected.actor, row.corrected.complaint, row.decision) == ("Ana", False, "other")


def test_a_case_shows_its_whole_conversation(config: Settings, filled: dict[str, int], now: datetime) -> None:
    with store.connect(config.store, read_only=True) as connection:
        listing = cases.list_page(connection, CaseFilters(words="REEMBOLSO"), look(now), offset=0, limit=5)
        page = cases.case_page(connection, listing.entries[0].case.case_id)
    assert listing.counts["every"] == 1
    assert listing.entries[0].opening.sample
    assert page is not None
    assert [row.mention_id for row in page.conversation] == [filled["complaint"], filled["ours"]]
    assert page.members == {filled["complaint"]}
    assert [event.kind for event in page.events] == ["opened"]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"stages": ("closed",)}, 0),
        ({"stages": ("received",)}, 1),
        ({"words": "@ana"}, 1),
        ({"words": "%"}, 0),
        ({"brand": "x"}, 0),
    ],
)
def test_cases_are_filtered(
    config: Settings, filled: dict[str, int], now: datetime, filters: dict[str, object], count: int
) -> None:
    with store.connect(config.store, read_only=True) as connection:
        assert len(cases.matching_cases(connection, CaseFilters(**filters), look(now))) == count  # type: ignore[arg-type]


def test_gaps_are_long_silences_and_failures_that_last(config: Settings, now: datetime) -> None:
    runs = [("x", 300, "done"), ("x", 200, "failed"), ("x", 20, "done"), ("x", 5, "done")]
    runs += [("reddit", 30, "done"), ("reddit", 10, "failed"), ("reddit: a.csv", 900, "done")]
    runs += [("x: bad.csv", 30, "failed"), ("x: bad.csv", 15, "failed"), ("x: 2026-01-01 - 2026-01-05", 9, "failed")]
    with store.connect(config.store) as connection:
        for subject, minutes, status in runs:
            at = now - timedelta(minutes=minutes)
            connection.execute(
                "INSERT INTO runs VALUES (nextval('run_ids'), 'collect', ?, ?, ?, ?, 0, 0, 0, 0, '', 'h', 1)",
                [subject, at, at, status],
            )
    with store.connect(config.store, read_only=True) as connection:
        gaps = queries.gaps(connection, longer_than=timedelta(minutes=45), since=now - timedelta(days=1), now=now)
    assert [(gap.subject, gap.until is None, gap.failed) for gap in gaps] == [("reddit", True, 1), ("x", False, 1)]


def test_an_empty_store_has_zeroes_everywhere(config: Settings, now: datetime) -> None:
    with store.connect(config.store):
        pass
    with store.connect(config.store, read_only=True) as connection:
        assert overview.facts(connection) == (False, False, (), ())
        assert overview.by_day(connection, last_week(now)).empty
        assert overview.by_place(connection, last_week(now)) == ((), ())
        weights = config.desk.priority
        assert inbox_queries.page(
            connection, inbox_queries.InboxFilters(), weights, now=now, offset=0, limit=5
        ) == inbox_queries.QueuePage((), 0, 0)
        assert cases.list_page(connection, CaseFilters(), look(now), offset=0, limit=5).entries == ()
        assert cases.case_page(connection, 1) is None
        assert queries.totals(connection).mentions == 0


def test_agreement_counts_what_the_model_said_at_that_time(config: Settings, now: datetime) -> None:
    right = desk_store.post(config, "right", "no llega", now - timedelta(hours=5))
    wrong = desk_store.post(config, "wrong", "gracias", now - timedelta(hours=5), p_complaint=0.9)
    unsure = desk_store.post(config, "unsure", "¿y?", now - timedelta(hours=5), p_complaint=0.5)
    desk_store.correct(config, Correction(right, "ana", now, "negative", True))
    desk_store.correct(config, Correction(wrong, "ana", now, "positive", False))
    desk_store.correct(config, Correction(unsure, "ana", now, complaint=True))
    again = Classification(wrong, Scores(0, 0, 1, 0), "positive", "other", "es", "modelo-2", now + timedelta(hours=1))
    with store.connect(config.store) as connection:
        connection.execute("INSERT INTO pending VALUES ('classify', ?)", [wrong])
        classifications.save(connection, [again])
    with store.connect(config.store, read_only=True) as connection:
        weeks = learning_queries.agreement(connection, now - timedelta(days=1), config.zone)
        assert learning_queries.agreement(connection, now + timedelta(days=1), config.zone) == []
    assert [(week.head, week.corrections, week.agreements) for week in weeks] == [
        ("complaint", 2, 1),
        ("sentiment", 2, 1),
    ]
    assert weeks[0].monday.weekday() == 0


def test_a_week_of_corrections_is_one_of_the_settings_zone(config: Settings) -> None:
    sunday_night = datetime(2026, 3, 2, 3, tzinfo=UTC)  # in Bogota still Sunday, 1 March
    post = desk_store.post(config, "right", "no llega", sunday_night - timedelta(hours=5))
    desk_store.correct(config, Correction(post, "ana", sunday_night, "negative"))
    with store.connect(config.store, read_only=True) as connection:
        since = sunday_night - timedelta(days=30)
        weeks = learning_queries.agreement(connection, since, ZoneInfo("America/Bogota"))
    assert [week.monday.date().isoformat() for week in weeks] == ["2026-02-23"]


def test_a_case_merged_into_another_is_not_counted(config: Settings, now: datetime) -> None:
    ids = [desk_store.post(config, name, "no llega", now - timedelta(hours=2)) for name in ("p1", "p2")]
    desk_store.open_cases(config, ids, now - timedelta(hours=1))
    desk.merge(config, 1, [2], versions={1: 1, 2: 1}, actor="ana", now=now)
    with store.connect(config.store, read_only=True) as connection:
        assert overview.case_counts(connection, last_week(now), None) == overview.CaseCounts(1, 0, 1)


def test_who_spoke_last_goes_by_when_posts_were_written(config: Settings, now: datetime) -> None:
    """A whole conversation that is collected at once has one time of being told, and ours is told last."""

    def ago(days: float) -> datetime:
        return now - timedelta(days=days)

    first = desk_store.post(config, "p1", "Norvia, mi pedido no llega", ago(5))
    again = desk_store.post(config, "p2", "Dijisteis que hoy, norvia", ago(4), thread_id="p1")
    ours = {"author": "norvia_ayuda", "thread_id": "p1", "in_reply_to": "p1", "p_complaint": 0.0}
    reply = desk_store.post(config, "r1", "Hola, lo miramos y te decimos", ago(4.5), **ours)
    desk_store.place(config, [first, again, reply], now)
    with store.connect(config.store, read_only=True) as connection:
        assert cases.last_words(connection, [1]) == {1: cases.LastWord(ours=False, at=ago(4))}


@pytest.mark.parametrize("number", ["1", "ESC-000001-3", "esc 1 3"])
def test_a_case_is_found_by_its_number_and_by_its_code(config: Settings, filled: dict[str, int], number: str) -> None:
    assert "ESC-000001-3" in page_text(open_page("case", case=number))
