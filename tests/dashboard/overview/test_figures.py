"""Every figure of what people say lists exactly what it counts: Overview, Metrics and report against plain Python."""

import html
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from dashboard.queries import overview, periods
from dashboard.queries.overview import MentionCounts, Sums
from monitor import reporting, store
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.store.metrics import flow, listening, voices
from monitor.store.metrics.scope import MetricsScope
from monitor.store.metrics.voices import KINDS, Apart
from tests import said_store
from tests.dashboard.pages import open_page, page_text
from tests.said_store import BRANDS, MadePost, of_kind

CONFIG = """
language = "en"
time_zone = "America/Bogota"
[store]
url = "{store}"
[desk]
employees = ["@empleada"]
[[brands]]
name = "Norvia"
queries = ["norvia"]
own_accounts = ["norvia_ayuda"]
[[brands]]
name = "Aguas del Faro"
queries = ["faro"]
own_accounts = ["@Faro_Oficial"]
"""


@pytest.fixture
def two_brands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with two brands that have own accounts, and an employee."""
    file = tmp_path / "escucha.toml"
    file.write_text(CONFIG.format(store=(tmp_path / "store.duckdb").as_posix()), encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_CONFIG", str(file))
    return loading.load()


def sums(posts: Sequence[MadePost]) -> Sums:
    """Mentions, negative ones and complaints, one by one."""
    negative = sum(post.sentiment == "negative" for post in posts)
    return Sums(len(posts), negative, sum(post.complaint >= 0.7 for post in posts))


def by_day(rows: pd.DataFrame) -> Counter[date]:
    return Counter({day.date(): int(n) for day, n in rows.groupby("day")["n"].sum().items()})


@pytest.mark.parametrize("brand", [None, *BRANDS, ""])
def test_the_overview_counts_what_people_say(two_brands: Settings, brand: str | None) -> None:
    now = datetime.now(UTC)
    made, zone, who = said_store.fill(two_brands, now, seed=1), two_brands.zone, voices.speakers(two_brands)
    period = periods.last_days(30, periods.local_date(now, zone), zone)
    said, owned, before = (
        of_kind(made, kind, span.first, span.last, zone, brand)
        for kind, span in (("said", period), ("owned", period), ("said", period.before))
    )
    with store.connect(two_brands.store, read_only=True) as connection:
        apart = voices.told_apart(connection, period.before.start, period.end, who, brand)
        days = overview.by_day(connection, period, brand, apart)
        owned_days = overview.by_day(connection, period, brand, apart, owned=True)
        labels = overview.by_label(connection, period.before, brand, apart)
        places = overview.by_place(connection, period, brand, apart)
        counted = overview.said(connection, period, brand, apart, len(said))
    assert said
    assert (overview.sums(days), overview.sums(labels)) == (sums(said), sums(before))
    assert by_day(days) == Counter(post.at.astimezone(zone).date() for post in said)
    assert by_day(owned_days) == Counter(post.at.astimezone(zone).date() for post in owned)
    told = Apart(*(len(of_kind(made, kind, period.first, period.last, zone, brand)) for kind in KINDS))
    people = len({(post.network, post.author.lower()) for post in said if post.author})
    assert counted == overview.SaidCounts(len(said), people, told, 0)
    for found, key in zip(places, ("network", "brands"), strict=True):
        assert set(found) == places_of(said, key)


def places_of(said: Sequence[MadePost], key: str) -> set[MentionCounts]:
    names = {post: (post.network,) if key == "network" else post.brands for post in said}
    places = set()
    for name in {name for of_post in names.values() for name in of_post}:
        found = sums([post for post in said if name in names[post]])
        places.add(MentionCounts(name, found.mentions, found.complaints))
    return places


@pytest.mark.parametrize("brand", [None, *BRANDS])
def test_metrics_and_report_count_what_people_say(two_brands: Settings, brand: str | None) -> None:
    now = datetime.now(UTC)
    made, zone = said_store.fill(two_brands, now, seed=2), two_brands.zone
    month = (now.astimezone(zone).date().replace(day=1) - timedelta(days=1)).replace(day=1)
    scope = MetricsScope(*said_month(month), zone, brand, speakers=voices.speakers(two_brands))
    said, owned = (of_kind(made, kind, scope.first, scope.last, zone, brand) for kind in ("said", "owned"))
    apart = Apart(*(len(of_kind(made, kind, scope.first, scope.last, zone, brand)) for kind in KINDS))
    with store.connect(two_brands.store, read_only=True) as connection:
        volume, weeks = flow.volume(connection, scope, now), listening.weeks(connection, scope)
        coverage = listening.coverage(connection, scope, now)
    assert (volume.mentions, volume.apart) == (len(said), apart)
    assert coverage.unclassified == 0
    mondays = [week_of(post, two_brands) for post in said]
    assert {week.monday: week.n for week in weeks if week.n} == Counter(mondays)
    for kind in ("negative", "neutral", "positive"):
        kind_counts = Counter(week for week, post in zip(mondays, said, strict=True) if post.sentiment == kind)
        assert Counter({week.monday: getattr(week, kind) for week in weeks}) == kind_counts
    assert Counter({week.monday: week.owned for week in weeks}) == Counter(week_of(post, two_brands) for post in owned)
    page = reporting.perception(two_brands, month, "en", now=now, brand=brand)
    text = " ".join(html.unescape(re.sub("<[^>]+>", " ", page)).split())
    assert f"{len(said)} mentions posted in the month." in text
    assert f"by own accounts, {apart.owned}; reposts, {apart.reposts}; word-for-word copies, {apart.copies};" in text


def said_month(month: date) -> tuple[date, date]:
    return month, (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def week_of(post: MadePost, settings: Settings) -> date:
    day = post.at.astimezone(settings.zone).date()
    return day - timedelta(days=day.weekday())


def test_the_pages_show_these_figures_and_say_what_is_in_none(two_brands: Settings) -> None:
    now = datetime.now(UTC)
    made, zone = said_store.fill(two_brands, now, seed=3), two_brands.zone
    period = periods.last_days(90, periods.local_date(now, zone), zone)
    said = of_kind(made, "said", period.first, period.last, zone)
    app = open_page("overview", period="90", lang="en")
    assert not app.exception
    tiles = {metric.label: metric.value for metric in app.metric}
    expected = sums(said)
    assert (tiles["Mentions"], tiles["Complaint posts"]) == (str(expected.mentions), str(expected.complaints))
    assert tiles["Negative"] == f"{100 * expected.negative / expected.mentions:.0f}%"
    text = page_text(app)
    people = len({(post.network, post.author.lower()) for post in said if post.author})
    assert f"Mentions: {len(said)} posts by {people} people." in text
    for kind, words in (("owned", "by own accounts"), ("reposts", "reposts"), ("copies", "copies")):
        assert f"{len(of_kind(made, kind, period.first, period.last, zone))} {words}" in text
    app.button(key="see-unmatched").click().run()
    assert not app.exception
    assert app.title[0].value == "Inbox"
    assert app.selectbox(key="inbox-brand").value == ""
