"""What changed queries would find among stored posts: each counted as collecting matches it."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from monitor import store
from monitor.models.posts import MatchedMention
from monitor.settings.loading import Brand, Settings
from monitor.settings_editing import preview as module
from monitor.settings_editing.preview import BrandPreview, preview
from monitor.store.posts import mentions
from monitor.store.posts.contents import PostSpan
from tests.conftest import NOW, about, mention

AN_HOUR_AGO = NOW - timedelta(hours=1)


def brands(settings: Settings, **queries: str | tuple[str, ...]) -> Settings:
    """The settings with these brands: name=query, or name=(query, ..., "@own account", ...)."""
    made = []
    for name, given in queries.items():
        words = (given,) if isinstance(given, str) else given
        own = tuple(word for word in words if word.startswith("@"))
        made.append(Brand(name=name, queries=tuple(word for word in words if word not in own), own_accounts=own))
    return settings.model_copy(update={"brands": tuple(made)})


def keep(settings: Settings, *texts: str, **facts: Any) -> None:
    facts = {"posted_at": AN_HOUR_AGO} | facts
    made = [mention(f"{facts['posted_at']:%d%H}{number} {text}", text, **facts) for number, text in enumerate(texts)]
    save(settings, about("Norvia", *made))


def save(settings: Settings, made: list[MatchedMention]) -> None:
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, made, NOW)


def previewed(before: Settings, after: Settings, **options: Any) -> list[BrandPreview]:
    with store.connect(before.store, read_only=True) as connection:
        return preview(connection, before, after, now=NOW, **options)


def test_a_narrower_query_loses_posts_and_asks_for_nothing_new(settings: Settings) -> None:
    keep(settings, "Nórvia no llega", "norvia busca empleo", "Empleo en NORVIA", "otra cosa")
    found = previewed(brands(settings, Norvia="norvia"), brands(settings, Norvia="norvia -empleo"))
    assert found == [BrandPreview("Norvia", matching=1, gained=0, lost=2)]


def test_a_wider_query_gains_what_is_stored_and_says_that_there_may_be_more(settings: Settings) -> None:
    keep(settings, "norvia", "norbia no llega", "nor via")
    found = previewed(brands(settings, Norvia="norvia"), brands(settings, Norvia=("norvia", "norbia", '"nor via"')))
    assert found == [BrandPreview("Norvia", matching=3, gained=2, lost=0, may_find_more=True)]


def test_nothing_changed_is_nothing_gained_and_nothing_lost(settings: Settings) -> None:
    keep(settings, "norvia", "faro")
    same = brands(settings, Norvia="norvia", Faro="faro")
    assert previewed(same, same) == [BrandPreview("Norvia", 1, 0, 0), BrandPreview("Faro", 1, 0, 0)]


def test_a_post_is_told_for_each_brand_and_one_that_goes_comes_last(settings: Settings) -> None:
    keep(settings, "norvia y faro", "faro")
    found = previewed(brands(settings, Norvia="norvia", Faro="faro"), brands(settings, Sur="norvia", Faro="faro"))
    assert found == [BrandPreview("Sur", 1, 1, 0), BrandPreview("Faro", 2, 0, 0), BrandPreview("Norvia", 0, 0, 1)]


def test_what_our_own_accounts_wrote_does_not_count(settings: Settings) -> None:
    keep(settings, "norvia abre hoy", author="Norvia_Ayuda")
    keep(settings, "norvia no llega", author="ana", posted_at=AN_HOUR_AGO - timedelta(days=1))
    before, after = brands(settings, Norvia="norvia"), brands(settings, Norvia=("norvia", "@norvia_ayuda"))
    assert previewed(before, after) == [BrandPreview("Norvia", matching=1, gained=0, lost=1)]


def test_language_and_author_are_tried_as_they_were_collected(settings: Settings) -> None:
    keep(settings, "norvia", language="es-MX", author="ana")
    after = brands(settings, Norvia=("norvia lang:es from:ana",))
    assert previewed(brands(settings, Norvia="norvia lang:pt"), after)[0].gained == 1


def test_only_the_last_days_count_and_nothing_that_is_to_come(settings: Settings) -> None:
    for at in (NOW - timedelta(days=8), NOW - timedelta(days=6), NOW, NOW + timedelta(days=1)):
        keep(settings, "norvia", posted_at=at)
    same = brands(settings, Norvia="norvia")
    assert [previewed(same, same, days=days)[0].matching for days in (7, 9, 1)] == [2, 3, 1]


def test_a_store_without_posts_of_these_days(settings: Settings) -> None:
    keep(settings, "norvia", posted_at=NOW - timedelta(days=100))
    same = brands(settings, Norvia="norvia")
    assert previewed(same, same) == [BrandPreview("Norvia", 0, 0, 0)]
    assert previewed(brands(settings), brands(settings)) == []


def test_where_time_is_up_a_part_of_the_posts_speaks_for_all(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BLOCK", 10)
    keep(settings, *(("norvia", "norvia faro") * 50))
    before, after = brands(settings, Norvia="norvia"), brands(settings, Norvia="norvia -faro")
    assert previewed(before, after) == [BrandPreview("Norvia", 50, 0, 50)]
    assert previewed(before, after, longest=0) == [BrandPreview("Norvia", 50, 0, 50, is_estimate=True)]


@pytest.mark.parametrize(
    ("posts", "last", "blocks"), [(10_000, 10_000, 5), (9_999, 30_000, 5), (3, 10_000_000, 250), (0, -1, 0)]
)
def test_blocks_hold_every_id_once_and_are_few_where_posts_of_other_days_lie_between(
    posts: int, last: int, blocks: int
) -> None:
    made = module._blocks(PostSpan(posts, 1 if posts else 0, last))
    assert len(made) == blocks
    ids = sorted((block.start, block.stop) for block in made)
    assert all(before[1] == after[0] for before, after in pairwise(ids))
    assert not ids or (ids[0][0] == 1 and ids[-1][1] > last)


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        ("norvia lang:es", "norvia lang:es -empleo", False),
        ("norvia OR norbia", "norvia", True),
        ("(norvia OR norbia) lang:es", "-empleo (norvia OR norbia) lang:es", False),
        ("norvia lang:es", "norvia", True),
        ("-empleo norvia", "norvia", True),
    ],
)
def test_whether_a_query_asks_for_more_is_said_unless_it_surely_does_not(
    settings: Settings, before: str, after: str, more: bool
) -> None:
    keep(settings, "norvia")
    assert previewed(brands(settings, Norvia=before), brands(settings, Norvia=after))[0].may_find_more is more
