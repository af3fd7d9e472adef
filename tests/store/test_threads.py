"""Where a network tells only which post is answered, a chain of answers becomes one thread."""

from datetime import timedelta

from monitor import store
from monitor.settings.loading import Settings
from monitor.store.posts import edits, mentions
from tests.conftest import NOW, about, mention

CHAIN = [
    mention("4", thread_id="3", in_reply_to="3"),
    mention("3", thread_id="2", in_reply_to="2"),
    mention("2", thread_id="1", in_reply_to="1"),
    mention("1"),
]


def threads(settings: Settings) -> list[tuple[object, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute("SELECT post_id, thread_id FROM mentions ORDER BY post_id").fetchall()


def save(settings: Settings, *groups: int) -> None:
    """The chain, in groups that were stored one after the other."""
    at, later = 0, NOW
    for size in groups:
        later += timedelta(minutes=1)
        with store.connect(settings.store) as connection:
            mentions.save(connection, 1, about("Norvia", *CHAIN[::-1][at : at + size][::-1]), later)
            edits.join_threads(connection, CHAIN[::-1][at : at + size], later)
        at += size


def test_answers_of_one_page_are_one_thread(settings: Settings) -> None:
    save(settings, 4)
    assert threads(settings) == [(str(number), "1") for number in range(1, 5)]


def test_an_answer_that_comes_later_joins_the_thread(settings: Settings) -> None:
    save(settings, 1, 2, 1)
    assert threads(settings) == [(str(number), "1") for number in range(1, 5)]


def test_answers_to_a_post_that_is_not_stored_keep_it_as_their_thread(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", CHAIN[0]), NOW)
        edits.join_threads(connection, CHAIN[:1], NOW)
    assert threads(settings) == [("4", "3")]


def test_the_same_ids_on_another_network_do_not_count(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", mention("1", network="reddit", thread_id="0")), NOW)
        mentions.save(connection, 1, about("Norvia", CHAIN[2]), NOW)
        edits.join_threads(connection, [CHAIN[2]], NOW)
    assert ("2", "1") in threads(settings)
