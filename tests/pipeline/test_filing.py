"""Categories learned from how people filed cases, on a real database with the bundled classifier."""

import pytest

from monitor import desk, store
from monitor.models.posts import Correction
from monitor.pipeline import learn, main_line
from monitor.runs import now
from monitor.settings.desk import CATEGORIES, Category
from monitor.settings.loading import Settings
from monitor.store.posts import classifications, mentions
from tests.conftest import NOW, about, mention

ROUTES = ("la Sierra", "el Puerto", "la Vega", "el Alto", "la Costa", "el Valle", "la Ría", "el Llano")
OTHERS = ("No para de sonar la alarma {}", "El perro de la entrada {} muerde", "El jardín {} huele mal")


@pytest.fixture
def park(settings: Settings) -> Settings:
    """A business that has a category of its own, without words."""
    own = (*CATEGORIES, Category(name="trams"))
    return settings.model_copy(update={"desk": settings.desk.model_copy(update={"categories": own})})


def filed_cases(settings: Settings) -> None:
    """Cases about trams, filed by Ana; others that nobody filed, and some that she filed elsewhere."""
    texts = [f"Norvia, el tranvía de {route} vuelve a ir abarrotado" for route in ROUTES]
    texts += [other.format(at) for at in range(6) for other in OTHERS]
    with store.connect(settings.store) as connection:
        found = (mention(str(at), text, author=f"c{at}") for at, text in enumerate(texts))
        mentions.save(connection, 1, about("Norvia", *found), NOW)
    main_line.classify_pending(settings)
    with store.connect(settings.store) as connection:
        for (mention_id,) in connection.execute("SELECT mention_id FROM mentions").fetchall():
            classifications.correct(connection, Correction(mention_id, "ana", NOW, None, True))
    main_line.open_cases(settings)
    with store.connect(settings.store, read_only=True) as connection:
        cases = connection.execute(
            "SELECT c.case_id, c.version, m.text FROM cases c JOIN case_mentions k USING (case_id) "
            "JOIN mentions m USING (mention_id) ORDER BY c.case_id"
        ).fetchall()
    for case_id, version, text in cases:
        category = "trams" if "tranvía" in text else "service" if "perro" in text else ""
        if category:
            desk.edit(settings, case_id, {"category": category}, version=version, actor="ana", now=now())


def test_people_s_filings_make_a_category_that_new_posts_get(park: Settings) -> None:
    filed_cases(park)
    outcome = learn.learn(park)
    assert outcome.heads["category"].better
    with store.connect(park.store) as connection:
        new = mention("new", "Norvia, otra vez el tranvía de la Playa va abarrotado", author="otra")
        mentions.save(connection, 1, about("Norvia", new), NOW)
    main_line.classify_pending(park)
    with store.connect(park.store, read_only=True) as connection:
        said = connection.execute("SELECT category FROM labels ORDER BY mention_id DESC LIMIT 1").fetchall()
    assert said == [("trams",)]
