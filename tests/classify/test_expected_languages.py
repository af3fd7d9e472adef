"""Short posts are in the language that people write in there, not in a neighbour; clear ones in others are in those."""

import pytest

from monitor.classify.text import language

SHORT = """sin luz|fatal|no llega|pésimo|una vergüenza|mi pedido?|y mi dinero|no me atienden
sigo igual|xq no contestan|ladrones|estafa|nadie contesta|factura doble|cobro indebido|ya van 2 semanas
q mal servicio|maleta rota|comida fría|recibo mal|móvil roto|fibra lenta|contrato falso|no hay stock
no va|colgaron|tarde otra vez|caída total|mesa rota|caro y malo|app lenta|talla incorrecta
vuelo cancelado|tarjeta bloqueada|paquete abierto|mentirosos|robo total|no sirve|sin señal|👎"""
CLEAR = {
    "pt": (
        "a minha encomenda não chegou e ninguém responde",
        "ainda estou à espera do reembolso",
        "não funciona outra vez",
    ),
    "ca": ("ja he trucat tres vegades i ningú no em diu res", "m'han cobrat dues vegades", "això és una vergonya"),
    "it": ("il mio ordine non è arrivato", "aspetto il rimborso da tre settimane", "mi hanno addebitato due volte"),
    "en": ("still waiting for my refund", "my order never arrived", "broken again", "I want my money back"),
    "fr": ("ma commande n'est pas arrivée", "toujours pas de remboursement"),
    "de": ("meine Bestellung ist nicht angekommen", "ich warte seit drei Wochen auf mein Geld"),
}


def test_of_forty_short_posts_at_most_two_are_taken_for_another_language() -> None:
    texts = [text for line in SHORT.splitlines() for text in line.split("|")]
    wrong = [text for text in texts if language(f"@norvia_ayuda {text} norvia", ("es",), ("Norvia",)) != "es"]

    assert len(texts) == 40
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize("code", CLEAR)
def test_a_clear_text_in_another_language_is_in_that(code: str) -> None:
    assert {language(text, ("es",), ("Norvia",)) for text in CLEAR[code]} == {code}


def test_the_first_of_the_expected_languages_is_the_likeliest() -> None:
    assert language("Norvia no llega", ("es", "ca")) == "es"
    assert language("Norvia no llega", ("ca", "es")) == "ca"
    assert language("m'han cobrat dues vegades", ("es", "ca")) == "ca"


def test_names_say_nothing_of_the_language() -> None:
    assert language("Orange fatal", ("es",), ("Orange",)) == "es"


def test_a_text_of_hardly_a_letter_is_in_the_expected_language_and_else_in_none() -> None:
    assert language("@norvia_ayuda 👎👎", ("es",)) == "es"
    assert language("@norvia_ayuda 👎👎") == "und"


def test_languages_that_nobody_can_tell_apart_expect_nothing() -> None:
    assert language("still waiting for my refund", ("xx", "sw")) == "en"


def test_galician_and_basque_are_looked_for_where_they_are_expected_alone() -> None:
    assert language("aínda non me chegou o paquete", ("es", "gl")) == "gl"
    assert language("oraindik ez dut erantzunik jaso", ("es", "eu")) == "eu"
    assert "gl" not in {language(text, ("es",)) for text in ("aínda non me chegou", "o paquete non chega", "no llega")}


@pytest.mark.parametrize("text", ["posta?", "Premio", "por", "🔥🔥"])
def test_words_of_which_nothing_is_known_are_in_the_expected_language_and_else_in_none(text: str) -> None:
    assert language(text, ("es",)) == "es"
    assert language(text) in ("es", "pt", "und")


def test_a_script_tells_and_is_not_outweighed_by_what_is_expected() -> None:
    texts = {"荷物": "zh", "où": "es", "نعم": "ar", "Ναι": "el", "고마워": "ko", "divino 🥰🥰": "es", "posta": "es"}
    assert {text: language(text, ("es",)) for text in texts} == texts


def test_words_that_every_language_borrows_say_nothing() -> None:
    for text in ("mi router Netgear sin wifi", "el check-in online no tira", "el home banking caído"):
        assert language(text, ("es", "en")) == "es"
    assert language("app online", ("pt", "en")) == "pt"


def test_what_stands_beside_decides_what_is_in_doubt_and_not_what_is_clear() -> None:
    assert language("rateros", ("en", "es")) == "en"
    assert language("rateros", ("en", "es"), near=("es",)) == "es"
    assert language("pésimo", ("es",), tag="pt") == "es"  # a network's tag alone
    assert language("my order never arrived", ("es",), tag="es", near=("es", "es")) == "en"
    assert language("pésimo", ("es",), tag="zxx", near=("und",)) == "es"
