"""What is told apart from what people say, at its edges: copies, accounts, weeks, halves of a period."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor import store
from monitor.models.posts import Match, MatchedMention
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store.metrics import flow, listening, voices
from monitor.store.metrics.scope import MetricsScope
from monitor.store.metrics.voices import Apart
from monitor.store.posts import mentions
from tests import desk_store, flood, said_store
from tests.conftest import NOW, about, mention

LONG = "Llevo tres semanas esperando el reembolso de Norvia y nadie responde"


def counted(settings: Settings, *posts: MatchedMention) -> tuple[int, Apart]:
    since, until = NOW - timedelta(days=40), NOW + timedelta(days=1)
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, posts, NOW)
        apart = voices.told_apart(connection, since, until, voices.speakers(settings))
        return voices.counts(connection, since, until, apart)


@pytest.mark.parametrize(
    ("text", "after", "copies"),
    [
        (LONG, timedelta(hours=720), 1),
        (LONG, timedelta(hours=720, seconds=1), 0),
        ("Gracias, Norvia", timedelta(hours=1), 0),
        (LONG[:39], timedelta(hours=1), 0),
        (LONG[:40], timedelta(hours=1), 1),
    ],
)
def test_a_copy_is_long_and_not_old(settings: Settings, text: str, after: timedelta, copies: int) -> None:
    first, second = mention("1", text, posted_at=NOW - after), mention("2", text, author="luis")
    assert counted(settings, *about("Norvia", first, second)) == (2 - copies, Apart(copies=copies))


def test_passing_on_what_we_wrote_is_no_voice(settings: Settings) -> None:
    ours = mention("1", LONG, author="@Norvia_Ayuda", minutes=9)
    posts = about("Norvia", ours, mention("2", LONG), mention("3", LONG[::-1], is_repost=True))
    assert counted(settings, *posts) == (0, Apart(owned=1, copies=1, reposts=1))


def test_what_was_entered_by_hand_is_no_post_and_makes_none_a_copy(settings: Settings) -> None:
    by_hand = MatchedMention(mention("1", LONG, minutes=9), ())
    assert counted(settings, by_hand, *about("Norvia", mention("2", LONG))) == (1, Apart())


def test_accounts_of_the_settings_of_today_count_for_old_posts_too(settings: Settings) -> None:
    posts = about("Norvia", mention("1", author="norvia_mx"), mention("2", author="ana"))
    assert counted(settings, *posts) == (2, Apart())
    brand = settings.brands[0].model_copy(update={"own_accounts": ("norvia_mx",)})
    assert counted(settings.model_copy(update={"brands": (brand,)})) == (1, Apart(owned=1))


def test_copies_of_a_campaign_with_small_changes_are_one_voice(settings: Settings) -> None:
    posts = [flood.mention(f"w{n}", f"u{n}", flood.copy(n), NOW - timedelta(seconds=60 - n)) for n in range(60)]
    flood.arrive(settings, posts, NOW)
    main_line.open_cases(settings)
    assert counted(settings) == (1, Apart(copies=59))
    own = flood.mention("q", "afectada", f"{flood.CAMPAIGN} Lavadora rota", NOW)
    flood.arrive(settings, [own], NOW)
    main_line.open_cases(settings)
    assert counted(settings) == (2, Apart(copies=59))


def test_the_cases_of_copies_are_in_no_complaint_rate(settings: Settings) -> None:
    desk_settings = settings.desk.model_copy(
        update={"campaigns": settings.desk.campaigns.model_copy(update={"authors": 20})}
    )
    settings = settings.model_copy(update={"desk": desk_settings})
    said = [flood.mention("r", "eva", "Norvia, mi pedido no ha llegado y nadie me contesta desde ayer", NOW)]
    said += [flood.mention(f"w{n}", f"u{n}", flood.copy(n), NOW - timedelta(seconds=60 - n)) for n in range(40)]
    flood.arrive(settings, said, NOW)
    assert main_line.open_cases(settings) == (20, 0)
    day = NOW.astimezone(settings.zone).date()
    with store.connect(settings.store, read_only=True) as connection:
        found = flow.volume(connection, MetricsScope(day - timedelta(days=1), day, settings.zone), NOW)
    assert (found.complaint_rate.n, found.heard, found.mentions) == (2, 2, 2)


def test_the_first_of_the_brand_is_its_voice_whatever_said_the_same_elsewhere(settings: Settings) -> None:
    elsewhere = MatchedMention(mention("1", LONG, minutes=9), (Match("", "q"),))
    hers = about("Norvia", mention("2", LONG, author="luis"), mention("3", LONG, author="eva"))
    assert counted(settings, elsewhere, *hers) == (1, Apart(unmatched=1, copies=1))


def test_halves_add_up_to_the_whole(settings: Settings) -> None:
    said_store.fill(settings, NOW, seed=4)
    who = voices.speakers(settings)
    edges = [NOW - timedelta(days=90), NOW - timedelta(days=33), NOW]
    with store.connect(settings.store, read_only=True) as connection:
        parts = [
            voices.counts(connection, since, until, voices.told_apart(connection, since, until, who))
            for since, until in ((edges[0], edges[1]), (edges[1], edges[2]), (edges[0], edges[2]))
        ]
    first, second, whole = parts
    assert whole[0] == first[0] + second[0]
    assert whole[1].n == first[1].n + second[1].n
    assert whole[1].copies == first[1].copies + second[1].copies


@pytest.mark.parametrize(
    ("zone", "first", "times", "mondays"),
    [
        (
            "Europe/Madrid",
            date(2026, 1, 1),
            [(2025, 12, 31, 22, 59), (2025, 12, 31, 23, 0), (2026, 1, 4, 22, 59), (2026, 1, 4, 23, 0)],
            [date(2025, 12, 29), date(2025, 12, 29), date(2026, 1, 5)],
        ),
        (
            "Europe/Madrid",  # the clocks go forward on Sunday, 29 March
            date(2026, 3, 1),
            [(2026, 3, 29, 0, 59), (2026, 3, 29, 21, 59), (2026, 3, 29, 22, 0)],
            [date(2026, 3, 23), date(2026, 3, 23), date(2026, 3, 30)],
        ),
        (
            "America/Santiago",  # the clocks go back on Saturday, 4 April, at midnight
            date(2026, 4, 1),
            [(2026, 4, 5, 3, 59), (2026, 4, 6, 3, 59), (2026, 4, 6, 4, 0)],
            [date(2026, 3, 30), date(2026, 3, 30), date(2026, 4, 6)],
        ),
    ],
)
def test_weeks_are_local_at_the_years_turn_and_when_clocks_change(
    settings: Settings, zone: str, first: date, times: list[tuple[int, ...]], mondays: list[date]
) -> None:
    for at, moment in enumerate(times):
        desk_store.post(settings, str(at), "Norvia no llega", datetime(*moment, tzinfo=UTC))  # type: ignore[misc,arg-type]
    scope = MetricsScope(first, first + timedelta(days=30), ZoneInfo(zone))
    with store.connect(settings.store, read_only=True) as connection:
        weeks = listening.weeks(connection, scope)
    assert [week.monday for week in weeks for _ in range(week.n)] == mondays
