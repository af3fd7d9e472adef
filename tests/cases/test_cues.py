import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cases import cues
from monitor.cases.cues import Suggestion, suggest
from monitor.casework import SEVERITIES
from monitor.desk_settings import CATEGORIES, Category


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("La factura de marzo trae comisiones que nadie me explicó", "billing"),
        ("You overcharged me on this month's bill", "billing"),
        ("El paquete de Norvia sigue sin llegar", "delivery"),
        ("My parcel has not arrived and the courier lost it", "delivery"),
        ("No puedo entrar en la app, me sale un mensaje de error", "digital"),
        ("The website keeps crashing at the login", "digital"),
        ("La lavadora llegó rota y es de mala calidad", "product"),
        ("The kettle is broken after a day, poor quality", "product"),
        ("La lavadora llegó rota y nadie se hace cargo", "product"),
        ("Cambiaron las condiciones del contrato sin previo aviso", "policy"),
        ("That is in the fine print of your terms, so unfair", "policy"),
        ("Nadie contesta al teléfono y la empleada fue grosera", "service"),
        ("Two hours on hold and your staff was rude", "service"),
        ("Estoy harta de Norvia", "other"),
        ("", "other"),
    ],
)
def test_the_words_tell_the_category(text: str, category: str) -> None:
    assert suggest(text, CATEGORIES).category == category


@pytest.mark.parametrize(
    ("text", "severity", "cue"),
    [
        ("Me han cobrado dos veces y no me devuelven nada", "serious", "money"),
        ("I was charged twice and I want my money back", "serious", "money"),
        ("Ha sido un fraude: hay un cargo que no reconozco", "serious", "fraud"),
        ("Somebody cloned my card", "serious", "fraud"),
        ("El horno dio una descarga eléctrica a mi hijo", "critical", "safety"),
        ("The charger caught fire in our kitchen", "critical", "safety"),
        ("Toda la familia se intoxicó con su comida", "critical", "health"),
        ("My medication was in the bag you lost", "critical", "health"),
        ("Mi abogada ya tiene el caso; habrá denuncia", "serious", "legal"),
        ("I will see you in small claims", "serious", "legal"),
        ("Mi abuela, de la tercera edad, hizo cola de pie", "serious", "vulnerable"),
        ("No help at all for a wheelchair user", "serious", "vulnerable"),
        ("Nos dejaron en tierra toda la noche", "serious", "stranded"),
        ("Stranded in Lisbon thanks to you", "serious", "stranded"),
        ("Cinco días sin servicio en todo el barrio", "serious", "outage"),
        ("Ten days without heating", "serious", "outage"),
        ("Llevo ya tres semanas con lo mismo", "serious", "long_wait"),
        ("I have been waiting for two months", "serious", "long_wait"),
        ("Es la tercera vez que lo pido", "serious", "repeated"),
        ("I wrote to you 4 times", "serious", "repeated"),
        ("Sería bueno que abrieran los sábados", "minor", "suggestion"),
        ("Qué mal trato", "moderate", ""),
    ],
)
def test_a_cue_tells_the_severity(text: str, severity: str, cue: str) -> None:
    found = suggest(text, CATEGORIES)
    assert (found.severity, found.cue) == (severity, cue)


def test_the_worst_of_several_cues_counts() -> None:
    text = "Tercera vez que me cobran de más, y encima hubo un incendio"
    assert suggest(text, CATEGORIES).cue == "safety"


@pytest.mark.parametrize(
    "text", ["NO ME DEVUELVEN EL DINERO", "no me devuélven el dinero", "No me\ndevuelven, #dinero", "no-me_devuelven"]
)
def test_capitals_accents_and_signs_do_not_matter(text: str) -> None:
    assert suggest(text, CATEGORIES).cue == "money"


@pytest.mark.parametrize("text", ["Terreno accidentado", "cargamento", "apptitud", "2 veces"])
def test_parts_of_other_words_say_nothing(text: str) -> None:
    assert suggest(text, CATEGORIES) == Suggestion()


@pytest.mark.parametrize(
    "text", ["Lo compré a meses sin intereses", "Menuda empresa de estafadores", "It hit me 2 times"]
)
def test_common_words_are_no_cues(text: str) -> None:
    assert suggest(text, CATEGORIES).cue == ""


def test_words_of_the_settings_add_to_ours() -> None:
    categories = (*CATEGORIES, Category(name="irrigation", words=("riego", "aspersor*")))
    assert suggest("Los aspersores no riegan", categories).category == "irrigation"
    longer = tuple(
        Category(name=one.name, words=("el gremlin",)) if one.name == "digital" else one for one in CATEGORIES
    )
    assert suggest("Otra vez el gremlin de la factura", longer).category == "digital"


def test_only_categories_of_the_settings_are_suggested() -> None:
    assert suggest("La factura está mal", (Category(name="other"),)).category == "other"


def test_every_cue_of_the_lexicon_is_whole() -> None:
    lexicon = tomllib.loads((files("monitor.cases") / "cues.toml").read_text(encoding="utf-8"))
    assert set(lexicon["category"]) == {one.name for one in CATEGORIES} - {"other"}
    for name, entry in lexicon["cue"].items():
        assert cues.severity_of(name) == entry["severity"]
        assert entry["severity"] in SEVERITIES
        assert entry["es"], name
        assert entry["en"], name
    assert cues.severity_of("nothing") is None


def test_every_phrase_of_the_lexicon_finds_its_category_or_cue() -> None:
    lexicon = tomllib.loads((files("monitor.cases") / "cues.toml").read_text(encoding="utf-8"))
    for kind, index in (("category", cues._index(CATEGORIES)), ("cue", cues._cues())):
        for name, entry in lexicon[kind].items():
            for phrase in cues._both(entry):
                said = " ".join(part.split("|")[0] for part in phrase.split()).replace("*", "xx").replace("#", "12").replace("~", "y")
                assert name in index.found(cues._words(said)), (name, phrase)


@given(st.text(max_size=400))
def test_any_text_gets_an_answer(text: str) -> None:
    found = suggest(text, CATEGORIES)
    assert found.category in {one.name for one in CATEGORIES}
    assert found.severity in SEVERITIES


@pytest.mark.parametrize(
    "text",
    [
        "no " * 300_000,
        "a" * 1_000_000,
        "cobr de mas " * 90_000,
        "\u0301" * 1_000_000,
        "llevo # " * 90_000,
        "\ufdfa" * 500_000,
    ],
    ids=["one word", "no spaces", "phrases", "accents", "beginnings", "ligatures"],
)
def test_a_hostile_text_comes_to_an_end(text: str) -> None:
    suggest(text, CATEGORIES)
