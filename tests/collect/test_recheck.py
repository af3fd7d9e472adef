"""Looking posts up again: reading goes first, deletions are honoured, what cannot be meant is not believed at once."""

from collections import defaultdict
from datetime import timedelta

import pytest

from monitor import store
from monitor.collect import collector, recheck
from monitor.errors import UnexpectedAnswer
from monitor.settings.loading import Settings
from monitor.store.posts import absences, edits
from tests.collect.looked_up_network import START, Lookups, each_day, erased, in_place_of_x, rows, with_section

DAY = timedelta(days=1)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, engine: None) -> Lookups:
    return in_place_of_x(monkeypatch)


def read(settings: Settings, network: Lookups, count: int, author: str | None = None) -> list[str]:
    """So many posts are posted and read; they are due to be looked up a day later."""
    ids = network.add(count, author)
    collector.collect(settings, "x")
    return ids


@pytest.mark.parametrize(
    ("posts", "dollars", "first"),
    [
        (60, 3.0, "recheck"),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in ((80, 7.99, "recheck"), (80, 3.0, "collect"), (60, 7.99, "collect"), (60, 1.0, "recheck"))
        ),
    ],
)
def test_reading_goes_first_and_looking_up_keeps_to_its_share(
    settings: Settings, network: Lookups, posts: int, dollars: float, first: str
) -> None:
    limited = with_section(settings, daily_dollars=dollars)
    unread = []

    def day() -> None:
        network.add(posts, apart=timedelta(minutes=15))
        steps = {"recheck": lambda: recheck.recheck(limited, "x"), "collect": lambda: collector.collect(limited, "x")}
        steps.pop(first)()
        network.clock.at += timedelta(hours=6)
        for step in steps.values():
            step()
        network.clock.at -= timedelta(hours=6)
        ((stored,),) = rows(limited, "SELECT count(*) FROM mentions")
        unread.append(len(network.posts) - stored)

    each_day(network, 30, day)
    assert unread == [0] * 30
    spent = [dollars_again for (dollars_again,) in rows(limited, "SELECT dollars FROM recheck_ledger")]
    assert len(spent) >= 25
    assert max(spent) <= 0.25 * dollars + 1e-9


def test_old_posts_are_looked_up_more_rarely_and_never_past_their_days(settings: Settings, network: Lookups) -> None:
    post_ids = read(settings, network, 3)
    days = defaultdict(list)

    def day() -> None:
        asked = len(network.asked)
        recheck.recheck(settings, "x")
        for batch in network.asked[asked:]:
            for post_id in batch:
                days[post_id].append(round((network.clock.at - network.posts[0].at) / DAY))

    network.clock.at += DAY
    each_day(network, 60, day)
    assert set(days) == set(post_ids)
    assert days["0"] == [1, 3, 7, 13, 19, 25]


def test_a_budget_without_money_keeps_its_share_too(settings: Settings, network: Lookups) -> None:
    network.check_size = 10
    limited = with_section(settings, daily_requests=20)
    read(limited, network, 500)
    network.clock.at += DAY
    done = recheck.recheck(limited, "x")
    assert (done.checked, len(network.asked)) == (50, 5)
    assert done.resumes_at == START + 2 * DAY
    ((message,),) = rows(limited, "SELECT message FROM runs WHERE step = 'recheck'")
    assert "networks.x.recheck_share (0.25) and daily_requests" in message


def test_posts_of_open_cases_are_looked_up_first(settings: Settings, network: Lookups) -> None:
    network.check_size = 1
    read(settings, network, 3)
    with store.connect(settings.store) as connection:
        for case_id, post_id, stage in ((1, "1", "closed"), (2, "2", "investigating")):
            connection.execute(
                """
                INSERT INTO cases (case_id, code, brand, network, thread_id, author, language, stage, opened_at,
                    opened_by, first_post_at, last_post_at, changed_at, version)
                SELECT ?, 'C', 'Norvia', 'x', post_id, author, 'es', ?, posted_at, 'escucha', posted_at, posted_at,
                    posted_at, 1 FROM mentions WHERE post_id = ?
                """,
                [case_id, stage, post_id],
            )
            connection.execute(
                "INSERT INTO case_mentions SELECT ?, mention_id, 'Norvia' FROM mentions WHERE post_id = ?",
                [case_id, post_id],
            )
    network.clock.at += DAY
    recheck.recheck(settings, "x")
    assert [batch[0] for batch in network.asked] == ["2", "1", "0"]


def test_an_account_that_vanished_is_believed_where_others_answer(settings: Settings, network: Lookups) -> None:
    vanished = network.add(120, "ana")
    others = read(settings, network, 5)
    network.gone = {*vanished, others[0]}
    network.clock.at += DAY
    assert recheck.recheck(settings, "x").gone == 121
    assert erased(settings) == network.gone
    assert rows(settings, "SELECT * FROM absences") == []


def test_posts_of_others_are_witnesses_where_only_one_account_is_due(settings: Settings, network: Lookups) -> None:
    others = read(settings, network, 5)
    network.clock.at += DAY
    recheck.recheck(settings, "x")
    vanished = read(settings, network, 120, "ana")
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE mentions SET stored_at = stored_at - INTERVAL '1 day' WHERE author = 'ana'")
    network.gone = set(vanished)
    recheck.recheck(settings, "x")
    assert erased(settings) == set(vanished)
    assert set(network.asked[-1]) == set(others)


def test_disbelief_blocks_no_other_deletion_and_ends_after_days(settings: Settings, network: Lookups) -> None:
    """The account has no neighbours, so that nobody can say whether the network still answers."""
    vanished = read(settings, network, 120, "ana")
    network.gone = set(vanished)
    network.clock.at += DAY
    for _ in range(2):
        with pytest.raises(UnexpectedAnswer, match=r"120 posts are said to be gone.*--believe.*on 3 different days"):
            recheck.recheck(settings, "x")
        assert erased(settings) == set()
        network.clock.at += DAY
    recheck.recheck(settings, "x")
    assert erased(settings) == set(vanished)
    assert rows(settings, "SELECT * FROM absences") == []


def test_several_looks_on_one_day_are_one(settings: Settings, network: Lookups) -> None:
    network.gone = set(read(settings, network, 12, "ana"))
    network.clock.at += DAY
    with pytest.raises(UnexpectedAnswer):
        recheck.recheck(settings, "x")
    for hours in (1, 2, 3):
        network.clock.at += timedelta(hours=hours)
        recheck.recheck(settings, "x")
    assert rows(settings, "SELECT DISTINCT looks FROM absences") == [(1,)]
    assert erased(settings) == set()


def test_a_network_that_knows_nobody_is_disbelieved_for_a_week(settings: Settings, network: Lookups) -> None:
    """A test server behind `base_url`, a token that lost a scope: then the posts are there after all."""
    everybody = read(settings, network, 150)
    network.gone = set(everybody)
    network.clock.at += DAY
    for _ in range(6):
        with pytest.raises(UnexpectedAnswer, match="base_url"):
            recheck.recheck(settings, "x")
        network.clock.at += DAY
    assert erased(settings) == set()
    network.gone = {"7"}
    assert recheck.recheck(settings, "x").gone == 1
    assert erased(settings) == {"7"}
    assert rows(settings, "SELECT * FROM absences") == []


def test_a_store_of_few_posts_that_a_wrong_server_does_not_know_is_kept(settings: Settings, network: Lookups) -> None:
    network.gone = set(read(settings, network, 6))
    for _ in range(2):
        network.clock.at += DAY
        with pytest.raises(UnexpectedAnswer, match="6 posts are said to be gone"):
            recheck.recheck(settings, "x")
    assert erased(settings) == set()
    network.gone = set()
    network.clock.at += DAY
    recheck.recheck(settings, "x")
    assert rows(settings, "SELECT * FROM absences") == []


def test_a_few_posts_are_believed_to_be_gone_where_others_are_there(settings: Settings, network: Lookups) -> None:
    """A server behind `base_url` that knows none of a small store is not; without any other post, the network is."""
    everybody = read(settings, network, 6)
    network.clock.at += DAY
    recheck.recheck(settings, "x")
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE mentions SET checked_at = checked_at - INTERVAL '1 day' WHERE post_id IN ('1', '2')")
    network.gone = set(everybody)
    with pytest.raises(UnexpectedAnswer, match="base_url"):
        recheck.recheck(settings, "x")
    assert erased(settings) == set()
    network.gone = {"1", "2"}
    network.clock.at += DAY
    recheck.recheck(settings, "x")
    assert erased(settings) == {"1", "2"}


def test_what_is_doubted_is_looked_at_past_its_days_and_told_until_it_is_settled(
    settings: Settings, network: Lookups
) -> None:
    network.gone = set(read(settings, network, 20, "ana"))
    network.clock.at += 29 * DAY
    for _ in range(2):
        with pytest.raises(UnexpectedAnswer):
            recheck.recheck(settings, "x")
        network.clock.at += DAY
    with store.connect(settings.store) as connection:  # a stream tells it of one
        edits.mark_deleted(connection, "x", ["3"], network.clock.at)
        assert absences.waiting(connection)["x"].posts == 19
    recheck.recheck(settings, "x")
    assert erased(settings) == network.gone


def test_one_that_is_there_proves_nothing_for_many_that_are_not(settings: Settings, network: Lookups) -> None:
    network.check_size = 5
    everybody = read(settings, network, 40)
    network.gone = set(everybody[1:])
    network.clock.at += DAY
    with pytest.raises(UnexpectedAnswer):
        recheck.recheck(settings, "x")
    assert len(erased(settings)) <= 9


def test_batches_however_small_are_disbelieved_together(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, engine: None
) -> None:
    network = in_place_of_x(monkeypatch, check_size=4)
    network.gone = set(read(settings, network, 30))
    network.clock.at += DAY
    with pytest.raises(UnexpectedAnswer):
        recheck.recheck(settings, "x")
    assert erased(settings) == set()


def test_an_answer_in_part_proves_nothing(settings: Settings, network: Lookups) -> None:
    """99 gone and one left out is no better than 100 gone."""
    everybody = read(settings, network, 100)
    network.gone, network.silent = set(everybody[1:]), {everybody[0]}
    network.clock.at += DAY
    with pytest.raises(UnexpectedAnswer):
        recheck.recheck(settings, "x")
    assert erased(settings) == set()


def test_a_person_is_believed(settings: Settings, network: Lookups) -> None:
    everybody = read(settings, network, 150)
    network.gone = set(everybody[1:])
    network.silent = {everybody[0]}
    network.clock.at += DAY
    with pytest.raises(UnexpectedAnswer):
        recheck.recheck(settings, "x")
    network.gone.remove(everybody[5])  # it was there after all
    network.clock.at += timedelta(minutes=1)
    assert recheck.recheck(settings, "x", believe=True).gone == 148
    assert erased(settings) == network.gone
    with store.connect(settings.store, read_only=True) as connection:
        assert absences.waiting(connection) == {}


def test_a_time_from_the_future_hides_no_post(settings: Settings, network: Lookups) -> None:
    """A clock that was ahead looked it up; and a post may be dated wherever its author likes."""
    read(settings, network, 1)
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE mentions SET checked_at = stored_at + INTERVAL '400 days'")
    network.clock.at += 2 * DAY
    assert recheck.recheck(settings, "x").checked == 1
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE mentions SET posted_at = posted_at + INTERVAL '10000 days'")
    network.clock.at += 60 * DAY
    assert recheck.recheck(settings, "x").checked == 0, "60 days are past recheck_days, whatever the post says"


def test_a_clock_that_is_set_back_meanwhile_ends_the_pass(settings: Settings, network: Lookups) -> None:
    read(settings, network, 3)
    network.clock.at += 3 * DAY
    real = network.connect

    def connect(*values: object) -> object:
        connection = real(*values)  # type: ignore[arg-type]
        check = connection.check

        def slow_check(post_ids: list[str]) -> object:
            network.clock.at -= 2.5 * DAY
            return check(post_ids)

        connection.check = slow_check  # type: ignore[assignment,method-assign]
        return connection

    network.connect = connect  # type: ignore[method-assign,assignment]
    assert recheck.recheck(settings, "x").checked == 3
