"""Every source brings edits in, and those that can look posts up again notice what was deleted."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from monitor import networks, store
from monitor.collect import recheck
from monitor.errors import UnexpectedAnswer
from monitor.models.listings import Meter
from monitor.sources import registry
from monitor.sources.base import Rechecks
from tests.sources.contract.conftest import Bench

LAST_LOOK = 1
"""Requests by which the last look may pass the budget: it is asked for while there is anything left."""
NEW = "Por fin llegó el pedido de Norvia #norvia"


def edit(bench: Bench, number: int) -> None:
    post = bench.site.posts.by_number(number)
    assert post is not None
    post.text, post.edited_at = NEW, datetime.now(UTC).replace(microsecond=0)


def classified(bench: Bench) -> None:
    """Nothing waits for the classifier, and all was stored two days ago."""
    with store.connect(bench.settings.store) as connection:
        connection.execute("DELETE FROM pending")
        connection.execute("UPDATE mentions SET stored_at = stored_at - INTERVAL '2 days'")


def check_edit(bench: Bench, post_id: str, old: str) -> None:
    ((mention_id, text),) = bench.rows("SELECT mention_id, text FROM mentions WHERE post_id = ?", post_id)
    assert NEW in text
    ((was,),) = bench.rows("SELECT text FROM edits WHERE mention_id = ?", mention_id)
    assert old in was
    assert bench.rows("SELECT step, mention_id FROM pending") == [("classify", mention_id)]


def test_an_edited_post(bench: Bench) -> None:
    posts = bench.add(bench.fake.page_size)
    bench.collect()
    classified(bench)
    post, old = posts[1], posts[1].text
    edit(bench, post.number)
    bench.collect()
    assert bench.stored() == bench.ids(posts)
    check_edit(bench, bench.fake.post_id(post), old)
    bench.collect()
    assert bench.rows("SELECT count(*) FROM edits") == [(1,)]


def test_a_post_that_cannot_be_read_is_counted_once_wherever_it_stands(bench: Bench) -> None:
    bench.add(1, broken=True)
    for number in range(4):
        bench.add(1)
        with suppress(UnexpectedAnswer):
            bench.collect()
        assert bench.rows("SELECT count(*) FROM rejects") == [(1,)], number


def test_the_profile_says_whether_posts_can_be_looked_up_again(bench: Bench) -> None:
    source = registry.module(bench.network).connect(bench.settings, Meter())
    assert isinstance(source, Rechecks) == networks.profile(bench.network).rechecks


def test_a_recheck(bench: Bench) -> None:
    source = registry.module(bench.network).connect(bench.settings, Meter())
    if not isinstance(source, Rechecks):
        pytest.skip(f"{bench.network} cannot look posts up again")
    posts = bench.add(3)
    bench.collect()
    classified(bench)
    old = posts[0].text
    edit(bench, posts[0].number)
    posts[2].deleted = True
    found = recheck.recheck(bench.settings, bench.network)
    assert (found.checked, found.edited, found.gone) == (3, 1, 1)
    check_edit(bench, bench.fake.post_id(posts[0]), old)
    told = "SELECT text, author, permalink FROM mentions WHERE deleted_at IS NOT NULL"
    ((text, author, permalink),) = bench.rows(told)
    assert (text, author, permalink) == ("", None, None)
    assert posts[2].text not in bench.everything()
    assert bench.ledger() == len(bench.site.asked)
    assert recheck.recheck(bench.settings, bench.network).checked == 0


def test_a_recheck_that_calls_everything_gone_is_not_believed(bench: Bench) -> None:
    source = registry.module(bench.network).connect(bench.settings, Meter())
    if not isinstance(source, Rechecks) or source.check_size < 10:
        pytest.skip(f"{bench.network} does not look up so many posts at once")
    posts = bench.add(10)
    bench.collect()
    classified(bench)
    for post in posts:
        post.deleted = True
    with pytest.raises(UnexpectedAnswer, match="base_url"):
        recheck.recheck(bench.settings, bench.network)
    assert bench.rows("SELECT count(*) FROM mentions WHERE deleted_at IS NULL") == [(10,)]


def test_looking_up_posts_that_are_all_gone_keeps_to_the_days_budget(bench: Bench) -> None:
    source = registry.module(bench.network).connect(bench.settings, Meter())
    if not isinstance(source, Rechecks):
        pytest.skip(f"{bench.network} cannot look posts up again")
    posts = bench.add(20)
    bench.collect()
    classified(bench)
    for post in posts:
        post.deleted = True
    budget = bench.ledger() + 6
    with suppress(UnexpectedAnswer):
        recheck.recheck(bench.settings_with(daily_requests=budget), bench.network)
    assert bench.ledger() == len(bench.site.asked)
    assert bench.ledger() <= budget + LAST_LOOK
