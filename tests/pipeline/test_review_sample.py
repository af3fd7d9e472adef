"""The random sample of what was put aside: drawn by id alone, bounded, shown in the Inbox, and gone once judged."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import desk, store
from monitor.models.posts import MatchedMention
from monitor.pipeline import main_line
from monitor.settings.classifier import Policy
from monitor.settings.loading import Brand, Settings
from monitor.store.posts import mentions, review_sample
from tests.conftest import about, mention

NOW = datetime.now(UTC)
QUIET = "Norvia inaugura hoy su oficina número {}"


def classified(settings: Settings, posts: list[MatchedMention]) -> list[int]:
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, posts, NOW)
    main_line.classify_pending(settings)
    return drawn(settings)


def drawn(settings: Settings) -> list[int]:
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT mention_id FROM review_sample ORDER BY mention_id").fetchall()
    return [mention_id for (mention_id,) in rows]


def with_policy(settings: Settings, **policy: float) -> Settings:
    brand = Brand(name="Norvia", queries=("norvia",), own_accounts=("norvia_ayuda",))
    return settings.model_copy(update={"policy": Policy(**policy), "brands": (brand,)})  # type: ignore[arg-type]


def quiet(count: int, **facts: object) -> list[MatchedMention]:
    return about("Norvia", *(mention(str(at), QUIET.format(at), posted_at=NOW, **facts) for at in range(count)))


def test_one_in_a_hundred_is_drawn_by_its_id_alone() -> None:
    chosen = [mention_id for mention_id in range(100_000) if review_sample.is_drawn(mention_id, 0.01)]
    assert 900 < len(chosen) < 1_100
    assert set(chosen) < {mention_id for mention_id in range(100_000) if review_sample.is_drawn(mention_id, 0.02)}
    assert not any(review_sample.is_drawn(mention_id, 0.0) for mention_id in chosen)
    assert all(review_sample.is_drawn(mention_id, 1.0) for mention_id in range(1_000))


def test_only_what_was_put_aside_is_drawn(settings: Settings) -> None:
    settings = with_policy(settings, review_share=1.0)
    complaint = about("Norvia", mention("c", "Norvia no me devuelve el dinero y nadie contesta", posted_at=NOW))
    ours = about("Norvia", mention("o", "Norvia les desea un buen día", posted_at=NOW, author="norvia_ayuda"))
    passed_on = about("Norvia", mention("r", "Norvia abre el lunes", posted_at=NOW, is_repost=True))
    old = about("Norvia", mention("old", "Norvia abre el martes", posted_at=NOW - timedelta(days=400)))
    sample = about("Norvia", mention("s", "Norvia abre el jueves", posted_at=NOW, sample=True))
    nobody = about("", mention("n", "El viernes abre una tienda", posted_at=NOW))
    ids = classified(settings, [*quiet(3), *complaint, *ours, *passed_on, *old, *sample, *nobody])
    with store.connect(settings.store, read_only=True) as connection:
        expected = [mentions.id_of(connection, "x", str(at)) for at in range(3)]
    assert ids == sorted(expected)


def test_no_more_than_the_settings_say_are_drawn_in_a_day(settings: Settings) -> None:
    settings = with_policy(settings, review_share=1.0, review_most=2)
    assert len(classified(settings, quiet(5))) == 2
    assert len(classified(settings, about("Norvia", mention("z", "Norvia abre el sábado", posted_at=NOW)))) == 2
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE review_sample SET drawn_at = drawn_at - INTERVAL '2 days'")
    assert len(classified(settings, about("Norvia", mention("y", "Norvia abre el domingo", posted_at=NOW)))) == 3


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_nobody_is_shown_any_where_the_settings_say_none(settings: Settings, share: float) -> None:
    assert len(classified(with_policy(settings, review_share=share), quiet(2))) == 2 * share


def test_what_was_judged_no_longer_waits(settings: Settings) -> None:
    settings = with_policy(settings, review_share=1.0)
    first, second, third = classified(settings, quiet(3))
    desk.dismiss_mention(settings, first, actor="Ana", now=NOW)
    desk.open_case(settings, second, "Norvia", actor="Ana", now=NOW)
    desk.correct(settings, third, actor="Ana", now=NOW, sentiment="neutral")
    with store.connect(settings.store, read_only=True) as connection:
        waiting = connection.execute(review_sample.WAITING, {"now": NOW}).fetchall()
        later = connection.execute(review_sample.WAITING, {"now": NOW + timedelta(days=15)}).fetchall()
    assert (waiting, later) == ([(third,)], [])
