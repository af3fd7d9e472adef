"""Posts that match no brand: no case by themselves, and the ways in which they come to a brand."""

from datetime import datetime, timedelta

import pytest

from monitor import desk, store
from monitor.models.posts import Match, MatchedMention
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store.metrics import voices
from monitor.store.posts import mentions
from tests import desk_store
from tests.conftest import NOW, about, mention


def brands_of(settings: Settings) -> list[tuple[str, str]]:
    """Every post with its brand, in the order of the posts."""
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(
            "SELECT DISTINCT post_id, brand FROM matches JOIN mentions USING (mention_id) ORDER BY post_id, brand"
        ).fetchall()


def case_brands(settings: Settings) -> list[str]:
    with store.connect(settings.store, read_only=True) as connection:
        return [row[0] for row in connection.execute("SELECT brand FROM cases ORDER BY case_id").fetchall()]


def loose(settings: Settings, post_id: str, at: datetime, **facts: object) -> int:
    return desk_store.post(settings, post_id, f"No me llega nada de lo que pedí, {post_id}", at, brands=("",), **facts)


def test_a_post_of_no_brand_opens_no_case_until_somebody_says_whose_it_is(settings: Settings) -> None:
    post = loose(settings, "p1", NOW)
    assert main_line.open_cases(settings) == (0, 0)
    outcome = desk.open_case(settings, post, "Norvia", actor="ana", now=NOW)
    assert (case_brands(settings), brands_of(settings)) == (["Norvia"], [("p1", "Norvia")])
    done = {change.case.case_id: [event.event_id for event in change.events] for change in outcome.done}
    desk.undo(settings, done, actor="ana", now=NOW, corrections=outcome.corrections)
    assert (case_brands(settings), brands_of(settings)) == ([], [("p1", "")])


def test_without_brands_in_the_settings_complaints_open_cases(settings: Settings) -> None:
    loose(settings, "p1", NOW)
    assert main_line.open_cases(settings.model_copy(update={"brands": ()})) == (1, 0)


@pytest.mark.parametrize("own_post_first", [True, False])
@pytest.mark.parametrize("link", ["in_reply_to", "thread_id"])
def test_an_answer_to_one_of_our_posts_is_about_our_brand(settings: Settings, link: str, own_post_first: bool) -> None:
    def ours() -> None:
        loose(settings, "own", NOW, author="Norvia_Ayuda", p_complaint=0.0)
        main_line.open_cases(settings)

    if own_post_first:
        ours()
    loose(settings, "reply", NOW + timedelta(minutes=5), author="eva", **{link: "own"})
    loose(settings, "elsewhere", NOW, author="luis")
    main_line.open_cases(settings)
    if not own_post_first:
        ours()
    assert brands_of(settings) == [("elsewhere", ""), ("own", "Norvia"), ("reply", "Norvia")]
    assert case_brands(settings) == ["Norvia"]


def test_what_joins_a_case_is_its_brands(settings: Settings) -> None:
    desk_store.post(settings, "p1", "El pedido de Norvia no llega", NOW, thread_id="t")
    loose(settings, "p2", NOW + timedelta(minutes=5), thread_id="t")
    assert main_line.open_cases(settings) == (1, 0)
    assert brands_of(settings) == [("p1", "Norvia"), ("p2", "Norvia")]


def test_a_post_that_comes_again_with_a_brand_is_no_longer_of_none(settings: Settings) -> None:
    loose(settings, "p1", NOW)
    main_line.open_cases(settings)
    again = mention("p1")
    with store.connect(settings.store) as connection:
        mentions.save(connection, 2, about("Norvia", again), NOW)
        mentions.save(connection, 3, [MatchedMention(again, (Match("", "import"),))], NOW)
        since, until = NOW - timedelta(days=1), NOW + timedelta(days=1)
        apart = voices.told_apart(connection, since, until, voices.speakers(settings))
        assert voices.counts(connection, since, until, apart)[0] == 1
    assert brands_of(settings) == [("p1", "Norvia")]
    assert main_line.open_cases(settings) == (1, 0)
