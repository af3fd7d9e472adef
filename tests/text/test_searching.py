import duckdb
import pytest

from monitor.text import searching


def finds(text: str, words: str) -> bool:
    with duckdb.connect() as connection:
        return all(
            connection.execute("SELECT regexp_matches(?, ?)", [text, pattern]).fetchall()[0][0]
            for pattern in searching.patterns(words)
        )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sigo esperando la devolución", "DEVOLUCION"),
        ("sigo esperando la devolucion", "Devolución"),
        ("la devolucio\u0301n", "devolución"),
        ("la devolución", "devolucio\u0301n"),
        ("ñandú y cigüeña", "nandu ciguena"),
        ("São Paulo, Łódź", "sao łodz"),
        ("Straße", "STRASSE"),
        ("strasse", "straße"),
        ("𝗡𝗼𝗿𝘃𝗶𝗮 𝘯𝘰 responde", "norvia no"),
        ("norvia", "𝗡𝗼𝗿𝘃𝗶𝗮"),
        ("Ёлка και ΣΊΣΥΦΟΣ", "елка σισυφος"),
        ("한국 日本", "한국 日本"),
        ("qué asco 😡", "😡"),
        ("❤️ gracias 👍🏽", "❤ 👍"),
        ("❤ gracias", "❤️"),
        ("l’aigua", "l'aigua"),
        ("lavadora sin devolución", "devolución lavad"),
        ("no me\nllega nada", '"no me llega"'),
        ("no me llega nada", "«no me llega» “nada”"),
        ("no me llega nada", 'nada "no me'),
        ("100% de a_b y c.d* [e] (f) \\ ^$", "100% a_b c.d* [e] (f) \\ ^$"),
        ("№5 y ½…", "№5 ½…"),
        ("lo que sea", '""'),
    ],
)
def test_what_is_typed_is_found_whatever_capitals_accents_and_order(text: str, words: str) -> None:
    assert finds(text, words)


@pytest.mark.parametrize("words", ["600 123 456", "+34600123456", "+34 600 12 34 56", "600-12-34-56", "600.123.456"])
@pytest.mark.parametrize("text", ["600 123 456", "+34600123456", "al 600-12-34-56 por favor", "(+34) 600.12.34.56"])
def test_a_telephone_number_is_found_however_it_is_grouped(text: str, words: str) -> None:
    assert finds(text, words)
    assert not finds(text, words.replace("6", "7"))


@pytest.mark.parametrize(
    "words", ["1.234,50 €", "1234.50", "1234,5", "$1,234.50", "1234,50€", "1 234,50 euros", "1234.50 eur"]
)
@pytest.mark.parametrize(
    "text", ["me cobraron 1.234,50 €", "1234.50 and no answer", "USD 1,234.5", "1 234,50", "1'234.50"]
)
def test_an_amount_is_found_however_it_is_written(text: str, words: str) -> None:
    assert finds(text, words)
    assert not finds(text.replace("34", "43"), words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("+44 (0)20 7946 0958", "020 7946 0958"),
        ("020 7946 0958", "+44 20 7946 0958"),
        ("call 1-800-555-0199", "+1 (800) 555 0199"),
        ("0034 91 123 45 67", "911234567"),
        ("me cobraron 489 €", "489,00 €"),
        ("me cobraron 489,00 €", "489 €"),
        ("NORVIA ME A COBRADO 1.249 EUROS", "1249"),
        ("1249 euros", "1.249 €"),
        ("Pedido NV-220817", "nv220817"),
        ("pedido nv 220817", "NV-220817"),
        ("C-7", "c7"),
        ("pagué 489 del pedido 2208171", "489 2208171"),
        ("el 2026-11-29", "2026-11-29"),
    ],
)
def test_numbers_and_codes_are_found_in_other_forms(text: str, words: str) -> None:
    assert finds(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.234,56 €", "1234,5"),
        ("11.234,50 €", "1.234,50 €"),
        ("600 123 457", "600123456"),
        ("el 2 y el 5", "25"),
        ("220818", "NV-220817"),
        ("llega no me", '"no me llega"'),
        ("lavadora rota", "lavadora devolución"),
        ("1000 veces", "100%"),
        ("axb cxd", "a_b"),
        ("axb cxd", "a.b"),
        ("nada", ".*"),
    ],
)
def test_every_word_must_be_there_phrases_stay_together_and_signs_mean_themselves(text: str, words: str) -> None:
    assert not finds(text, words)


@pytest.mark.parametrize("words", ["e" * 200, '"' + "esperé la devolución " * 9 + '"'])
def test_the_longest_search_is_still_a_pattern(words: str) -> None:
    assert finds(words.strip('"').upper(), words)
