"""Categories learned from how people filed cases, on a real database with the bundled classifier."""

from dataclasses import replace

import pytest

from monitor import desk, store
from monitor.classify import model
from monitor.models.posts import Correction
from monitor.pipeline import classify, filing, learn, main_line
from monitor.runs import now
from monitor.settings.desk import CATEGORIES, Category
from monitor.settings.loading import Settings
from monitor.store.cases.filed_complaints import FiledComplaint
from monitor.store.posts import classifications, mentions, model_versions
from monitor.store.posts.model_versions import Version
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


def test_examples_in_the_settings_make_a_category(park: Settings) -> None:
    trams = tuple(f"El tranvía de {route} vuelve a ir abarrotado" for route in ROUTES)
    dogs = tuple(OTHERS[1].format(at) for at in range(5))
    own = (*CATEGORIES, Category(name="trams", examples=trams), Category(name="dogs", examples=dogs))
    desk_settings = park.desk.model_copy(update={"categories": own})
    shipped = model.load()
    assert filing.has_new_examples(desk_settings, shipped.heads)
    study, heads = filing.study(shipped, [], desk_settings, shipped.heads)
    assert study.better
    texts = ["Otra vez el tranvía de la Playa va abarrotado", "El perro de la entrada 9 muerde"]
    assert [one.category for one in shipped.with_heads(heads).scores(texts)] == ["trams", "dogs"]
    assert not filing.has_new_examples(desk_settings, heads)


def test_too_few_filed_complaints_are_counted(park: Settings) -> None:
    filed = [FiledComplaint("El tranvía va lleno", "trams", NOW), FiledComplaint("Otra cosa", "", None)]
    study, heads = filing.study(model.load(), filed, park.desk, model.load().heads)
    assert (study.texts, study.missing, heads) == (1, 10, model.load().heads)


def test_a_version_without_categories_has_the_shipped_ones(settings: Settings) -> None:
    shipped = model.load().heads
    with store.connect(settings.store) as connection:
        old = Version("m+learned-1", shipped.version, shipped.fingerprint, NOW, 30, {})
        model_versions.save(connection, old, replace(shipped, version=old.version, categories=None).to_json())
        model_versions.activate(connection, old.version, shipped.fingerprint, NOW)
        in_force = classify.heads_in_force(connection, shipped)
    assert in_force.version == old.version
    assert in_force.categories is shipped.categories
