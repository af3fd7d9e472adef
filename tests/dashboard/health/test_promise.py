"""The promised precision on the page that tells the system's state: kept or not, what to do, and what has moved."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import store
from monitor.models.posts import Classification, Correction, Match, MatchedMention, Mention, Scores
from monitor.pipeline import promises
from monitor.settings.loading import Settings
from monitor.store.posts import classifications, judgements, mentions
from tests import desk_store
from tests.dashboard.pages import open_page, page_text


@desk_store.filled_once
def weeks_of_posts(config: Settings, wrong: int) -> None:
    """Ten weeks of 60 posts, in the last one a third in Portuguese; a `wrong` tenth of 120 flagged ones is none."""
    now = datetime.now(UTC)
    posts = [
        ("pt" if at < 60 and at % 3 == 0 else "es", now - timedelta(days=at // 60 * 7 + 1, minutes=at))
        for at in range(600)
    ]
    matched = [
        MatchedMention(Mention("x", f"w{at}", f"Norvia {at}", when, f"w{at}", {}), (Match("Norvia", "norvia"),))
        for at, (_, when) in enumerate(posts)
    ]
    scores = Scores(0.8, 0.1, 0.1, 0.9)
    with store.connect(config.store) as connection:
        mentions.save(connection, 1, matched, now)
        ids = dict(connection.execute("SELECT post_id, mention_id FROM mentions").fetchall())
        made = [
            Classification(
                ids[f"w{at}"], scores, "negative", "complaint" if at % 5 == 0 else "other", tongue, "m", when
            )
            for at, (tongue, when) in enumerate(posts)
        ]
        classifications.save(connection, made)
        for at in range(0, 600, 5):
            said = Correction(ids[f"w{at}"], "Ana", posts[at][1] + timedelta(hours=1), complaint=at // 5 % 10 >= wrong)
            classifications.correct(connection, said)


@pytest.mark.parametrize(("wrong", "verdict"), [(4, "No se cumple"), (0, "Se cumple")])
def test_what_is_promised_stands_beside_what_is_kept(config: Settings, wrong: int, verdict: str) -> None:
    weeks_of_posts(config, wrong)
    app = open_page("health")
    assert not app.exception
    text = page_text(app)
    assert "Precisión prometida y cumplida" in text
    assert f'<span class="chip promise-{"broken" if wrong else "kept"}">{verdict}</span>' in text
    assert ("Todos los idiomas: de 120 publicaciones que abrieron un caso sin preguntar" in text) == bool(wrong)
    assert ("decidid sobre" in text) == bool(wrong)
    assert "Portugués 0 % → 33 %" in text
    assert "Portugués (20 publicaciones" not in text  # too few of it yet


@pytest.mark.parametrize("wrong", [4, 0])
def test_all_that_the_desk_ever_said_is_read_where_a_promise_is_broken(
    config: Settings, wrong: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    weeks_of_posts(config, wrong)
    reads, lessons = [], judgements.lessons

    def noted(connection: store.Connection) -> list[judgements.Lesson]:
        reads.append(1)
        return lessons(connection)

    monkeypatch.setattr(judgements, "lessons", noted)
    promises.read(config, datetime.now(UTC), datetime.now(UTC) - timedelta(weeks=10))
    assert len(reads) == bool(wrong)


def test_where_nothing_was_judged_nothing_is_said_of_a_promise(config: Settings, filled: dict[str, int]) -> None:
    app = open_page("health")
    assert not app.exception
    assert page_text(app).count("Pocas para saberlo") == 2
