"""What the dashboard shows of networks: gaps, pauses, costs, positions; edited and deleted posts."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.health import coverage, queries
from dashboard.inbox import queries as inbox_queries
from dashboard.queries import cases, posts
from monitor import store
from monitor.collect import watermark
from monitor.collect.watermark import Walk, Watermark
from monitor.models.case_filters import CaseFilters
from monitor.models.listings import WITHHELD, Charge, CoverageGap
from monitor.models.posts import IngestCounts
from monitor.settings.loading import Settings
from monitor.store import runs
from monitor.store.posts import absences, collection_state, edits, mentions
from tests import desk_store
from tests.conftest import about, mention
from tests.dashboard.pages import open_page, page_text
from tests.dashboard.viewer import look

DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def edit_and_delete(config: Settings, now: datetime) -> tuple[int, int]:
    """Two cases: the post of the first was edited, that of the second deleted on the network."""
    edited = desk_store.post(config, "e1", "Norvia no contesta", now - DAY, author="luz")
    deleted = desk_store.post(config, "d1", "Quiero mi dinero", now - DAY, author="pau")
    desk_store.open_cases(config, [edited, deleted], now)
    with store.connect(config.store) as connection:
        again = mention("e1", "Norvia ya contesta", author="luz", posted_at=now - DAY, edited_at=now)
        edits.update(connection, 1, [again], now)
        edits.mark_deleted(connection, "x", ["d1"], now)
    return edited, deleted


def run(config: Settings, subject: str, status: str, at: datetime, step: str = "collect") -> None:
    """Records a run that lasted a second."""
    with store.connect(config.store) as connection:
        run_id = runs.start(connection, step, subject, at)
        runs.progress(connection, run_id, 1, IngestCounts(stored=1))
        runs.finish(connection, run_id, status, "", at + timedelta(seconds=1))  # type: ignore[arg-type]


def found(config: Settings, now: datetime) -> list[queries.Gap]:
    with store.connect(config.store, read_only=True) as connection:
        return queries.gaps(connection, longer_than=timedelta(hours=1), since=now - 2 * DAY, now=now)


def test_a_network_read_in_part_is_no_gap_while_it_goes_on(config: Settings, now: datetime) -> None:
    for minutes in (110, 70, 20):
        run(config, "x", "partial", now - timedelta(minutes=minutes))
    assert found(config, now) == []


def test_backfills_count_only_when_they_fail(config: Settings, now: datetime) -> None:
    run(config, "x: 2026-01-01 - 2026-02-01", "done", now - DAY)
    assert found(config, now) == []


def test_a_hole_of_several_listings_is_one_line(config: Settings, now: datetime) -> None:
    hole = CoverageGap(now - DAY, now - DAY / 2, "nothing was read for longer than the network reaches back")
    with store.connect(config.store) as connection:
        for query in ("search: a", "search: b"):
            collection_state.record_gaps(connection, "x", query, [hole], 1, now)
    with store.connect(config.store, read_only=True) as connection:
        (gap,) = queries.network_gaps(connection, since=now - DAY)
    assert (gap.subject, gap.since, gap.until) == ("x", now - DAY, now - DAY / 2)


def test_costs_are_summed_over_seven_days(config: Settings, now: datetime) -> None:
    with store.connect(config.store) as connection:
        for days in (0, 6, 7):
            collection_state.add_spending(connection, "x", 10, [Charge("", 0.5, 100)], now - days * DAY)
    with store.connect(config.store, read_only=True) as connection:
        (row,) = queries.spent(connection, now)
    assert (row.today.requests, row.week.requests, row.week.reads, row.week.dollars) == (10, 20, 200, 1.0)


@pytest.mark.parametrize(
    ("hours", "spanish", "english"),
    [
        (2, "X: nada entre las 03:00 y las 05:00", "X: nothing between 03:00 and 05:00"),
        (26, "X: nada entre las 03:00 y el ", "X: nothing between 03:00 and "),
    ],
)
def test_a_gap_is_a_sentence(
    config: Settings, filled: dict[str, int], now: datetime, hours: int, spanish: str, english: str
) -> None:
    since = (now - 5 * DAY).astimezone(config.zone).replace(hour=3, minute=0, second=0)
    hole = CoverageGap(since, since + timedelta(hours=hours), watermark.TOO_LATE)
    with store.connect(config.store) as connection:
        collection_state.record_gaps(connection, "x", "search: a", [hole], 1, now)
    assert spanish in page_text(open_page("health"))
    assert english in page_text(open_page("health", lang="en"))


@pytest.mark.parametrize(
    ("reason", "spanish", "english"),
    [
        (watermark.OUTLIVED, "La lectura tardó tanto", "Reading took so long"),
        (watermark.ENDLESS.format(pages=10_000), "tras 10.000 páginas", "after 10,000 pages"),
        (WITHHELD.format(announced=1403, given=705), "cuenta 1403", "counts 1,403 posts there and gave 705"),
    ],
)
def test_why_there_is_a_gap_is_told_in_the_readers_language(
    config: Settings, filled: dict[str, int], now: datetime, reason: str, spanish: str, english: str
) -> None:
    with store.connect(config.store) as connection:
        gap = CoverageGap(now - DAY, now - DAY / 2, reason)
        collection_state.record_gaps(connection, "x", "search: a", [gap], 1, now)
    assert spanish in page_text(open_page("health"))
    assert english in page_text(open_page("health", lang="en"))


def test_a_gap_that_lasts_is_a_sentence(config: Settings, filled: dict[str, int], now: datetime) -> None:
    began = now - timedelta(hours=30)
    run(config, "x", "done", began)
    at = (began + timedelta(seconds=1)).astimezone(config.zone)
    assert f"X: nada desde las {at:%H:%M}" in page_text(open_page("health"))


def test_health_shows_gaps_pauses_costs_and_positions(config: Settings, filled: dict[str, int], now: datetime) -> None:
    cap = CoverageGap(
        now - DAY, now - DAY / 2, "the network ends this listing after about 1000 posts; read it more often"
    )
    walk = Walk(now, None, "c", now, 1_200)
    with store.connect(config.store) as connection:
        collection_state.record_gaps(connection, "x", "search: a", [cap], 1, now)
        collection_state.set_pause(connection, "mastodon", collection_state.Pause(now + timedelta(minutes=9), 0, "429"))
        collection_state.add_spending(connection, "x", 12, [Charge("", 3.25, 650)], now)
        collection_state.move_watermark(connection, "x", "search: a", Watermark(now - DAY, now, "", walk).text(), now)
        collection_state.move_watermark(connection, "x", "0f9a", "end", now)
    run(config, "x", "partial", now)
    run(config, "x", "done", now, "recheck")
    words = page_text(open_page("health"))
    for sentence in (
        "La red solo ofrece unas 1000 publicaciones",
        "Mastodon pide esperar hasta las",
        "3,25 $",
        "Recogido hasta el",
        "en curso, 1200 publicaciones",
        "Recogido por completo",
        "Parcial",
        "Nueva comprobación",
    ):
        assert sentence in words, sentence
    english = page_text(open_page("health", lang="en"))
    for sentence in (
        "Mastodon asks to wait until",
        "$3.25",
        "Collected up to",
        "in progress, 1,200 posts",
        "Partial",
        "Recheck",
    ):
        assert sentence in english, sentence


def test_a_sum_beside_its_budget_is_marked_when_that_is_used_up(
    config: Settings, filled: dict[str, int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_NETWORKS__X__DAILY_DOLLARS", "3")
    with store.connect(config.store) as connection:
        collection_state.add_spending(connection, "x", 12, [Charge("", 3.25, 650)], now)
    assert '<b class="fixed over">$3.25 of $3.00</b>' in page_text(open_page("health", lang="en"))


def test_words_for_a_watermark_that_is_none_are_the_text_itself() -> None:
    assert coverage._watermark_text("something else") == "something else"
    assert watermark.parse(None) == Watermark()


def test_the_inbox_offers_no_deleted_post(config: Settings, now: datetime) -> None:
    edited, _ = edit_and_delete(config, now)
    with store.connect(config.store, read_only=True) as connection:
        page = inbox_queries.page(
            connection, inbox_queries.InboxFilters(), config.desk.priority, now=now, offset=0, limit=10
        )
    assert [place.mention_id for place in page.places] == [edited]
    assert page.complaints == 1


def test_a_post_comes_with_the_texts_it_had(config: Settings, now: datetime) -> None:
    ids = edit_and_delete(config, now)
    with store.connect(config.store, read_only=True) as connection:
        edited, deleted = posts.by_id(connection, ids)
    assert [text.text for text in edited.earlier] == ["Norvia no contesta"]
    assert (deleted.text, deleted.author, deleted.earlier) == ("", None, ())
    assert deleted.deleted_at == now


def test_the_case_page_shows_an_earlier_text_one_click_away(config: Settings, now: datetime) -> None:
    edit_and_delete(config, now)
    words = page_text(open_page("case", case="1"))
    assert "Editada" in words
    assert "<summary>Ver la versión anterior</summary>" in words
    assert "Norvia no contesta" in words


def test_the_case_of_a_deleted_post_keeps_its_history(config: Settings, now: datetime) -> None:
    edit_and_delete(config, now)
    words = page_text(open_page("case", case="2"))
    assert "Publicación eliminada en la red" in words
    assert "Una publicación del caso se ha eliminado en la red" in words
    assert "Caso abierto" in words
    assert "pau" not in words
    assert "Deleted on the network" in page_text(open_page("case", case="2", lang="en"))


def test_two_deleted_authors_are_not_one(config: Settings, now: datetime) -> None:
    ids = [
        desk_store.post(config, f"t{number}", "Quiero mi dinero", now - DAY, author=f"a{number}", thread_id="t")
        for number in (1, 2)
    ]
    desk_store.open_cases(config, ids[:1], now)
    with store.connect(config.store) as connection:
        edits.mark_deleted(connection, "x", ["t1", "t2"], now)
    desk_store.open_cases(config, ids[1:], now)
    with store.connect(config.store, read_only=True) as connection:
        listing = cases.list_page(connection, CaseFilters(), look(now), offset=0, limit=10)
    assert listing.counts["every"] == 2


def test_the_list_of_cases_says_that_a_post_was_deleted(config: Settings, now: datetime) -> None:
    edit_and_delete(config, now)
    with store.connect(config.store, read_only=True) as connection:
        listing = cases.list_page(connection, CaseFilters(), look(now), offset=0, limit=10)
    assert {entry.case.case_id: entry.opening.deleted for entry in listing.entries} == {1: False, 2: True}
    assert "Publicación eliminada en la red" in page_text(open_page("cases"))


def test_runs_of_a_wrong_clock_are_no_gap(config: Settings, now: datetime) -> None:
    for minutes in (60, 45):
        run(config, "x", "done", now - timedelta(minutes=minutes))
    run(config, "x", "done", now + 30 * DAY)
    run(config, "x", "done", now - timedelta(minutes=30))
    run(config, "x", "done", now - DAY * 1.5)
    run(config, "x", "done", now - timedelta(minutes=15))
    assert found(config, now) == []


def test_health_tells_of_deletions_that_are_doubted_and_of_networks_that_tell_none(
    config: Settings, filled: dict[str, int], now: datetime
) -> None:
    with store.connect(config.store) as connection:
        posts = [mention(f"gone{number}", posted_at=now) for number in range(1200)]
        mentions.save(connection, 1, about("Norvia", *posts), now)
        absences.note(connection, "x", [post.post_id for post in posts], now)
        pause = collection_state.Pause(now + timedelta(minutes=9), 0, "429")
        collection_state.set_pause(connection, "feeds: https://norvia.invalid/feed", pause, now)
        connection.execute("UPDATE mentions SET network = 'app_store', sample = false WHERE network = 'reddit'")
    words, english = page_text(open_page("health")), page_text(open_page("health", lang="en"))
    assert "X da por borradas 1200 publicaciones" in words
    assert "<code>escucha recheck --network x --believe</code>" in words
    assert "Para probar ya: <code>escucha resume --network feeds</code>" in words
    assert "Estas redes no dicen qué fue de una publicación" in words
    assert "no se notan las ediciones ni los borrados: App Store" in words
    assert "X: 1,200 posts are said to be gone since" in english
    assert "edits and deletions there go unnoticed: App Store" in english


def test_health_names_networks_of_which_there_are_only_files_as_the_commands_do(
    config: Settings, filled: dict[str, int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a network that is set up, and of what is no network, there is nothing to say."""
    monkeypatch.setenv("ESCUCHA_NETWORKS__MASTODON__BASE_URL", "https://norvia.invalid")
    with store.connect(config.store) as connection:
        posts = [mention("f1", network=name, posted_at=now) for name in ("youtube", "reddit", "mastodon", "phone")]
        mentions.save(connection, 1, about("Norvia", *posts), now)
        connection.execute("UPDATE mentions SET sample = (network = 'x')")
    words, english = page_text(open_page("health")), page_text(open_page("health", lang="en"))
    assert (
        "Estas redes no están configuradas, así que allí no se notan las ediciones ni los borrados: Reddit, YouTube<"
        in words
    )
    assert "These networks are not set up; edits and deletions there go unnoticed: Reddit, YouTube<" in english


def test_what_a_run_says_stands_below_it_over_the_whole_width(
    config: Settings, filled: dict[str, int], now: datetime
) -> None:
    with store.connect(config.store) as connection:
        for status, message in (("failed", "401 <b>Unauthorized</b>"), ("done", "")):
            run_id = runs.start(connection, "collect", "mastodon", now)
            runs.finish(connection, run_id, status, message, now)  # type: ignore[arg-type]
    words = page_text(open_page("health"))
    below = '<tr><td colspan="9"><div class="below">401 &lt;b&gt;Unauthorized&lt;/b&gt;</div></td></tr>'
    assert words.count('class="below"') == 1
    assert below in words
    assert "Mensaje" not in words
