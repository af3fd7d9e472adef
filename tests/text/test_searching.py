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


@pytest.mark.parametrize(
    ("text", "words"),
    [
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
