"""Queries that nobody would write: read or refused, matched, and translated for every network."""

import random

import pytest

from monitor.errors import EscuchaError
from monitor.query import parser
from monitor.query.translation import left_to_local, translate
from monitor.settings.loading import Brand, Settings
from monitor.sources import registry
from monitor.sources.bluesky import dialect as bluesky
from monitor.sources.mastodon import dialect as mastodon
from monitor.sources.reddit import dialect as reddit
from monitor.sources.x import dialect as x
from tests.conftest import mention
from tests.slow.fuzz.inputs import VALUES, fuzz, mutated

pytestmark = pytest.mark.slow
DIALECTS = (bluesky.DIALECT, mastodon.DIALECT, reddit.DIALECT, x.DIALECT, x.STREAM)
TERMS = (
    *("norvia", '"no llega"', '""', '" "', "@norvia", "#norvia", "@", "#", "lang:es", "lang:", "from:ana", "from:@"),
    *(
        "ñandú",
        "e\u0301",
        "\u0130",
        "ß",
        "😡",
        "👩\u200d👧",
        "日本",
        "\u202e",
        "\0",
        "*",
        "a_b",
        "a-b",
        "-",
        "--",
        "don't",
    ),
    *("3.5", "¿qué?", "x" * 300, "to:ana", "url:x", "is:retweet", "a:b", "OR", "AND", "NOT", "or", "(", ")", '"', "\\"),
    *(
        "&",
        "|",
        "!",
        "malet*",
        "#mal*",
        '"no fun*"',
        "o",
        "y",
        "“no va”",
        "‘no va’",
        "NEAR/5",
        "–ana",
        "[a",
        "+ana",
        "\ue000",
    ),
)
POSTS = tuple(
    mention(str(number), text, language=language)
    for number, (text, language) in enumerate((("El pedido de @norvia no llega", "es"), ("😡" * 99, None), ("", "zz")))
)


def query(chance: random.Random) -> str:
    """Terms between words of the language, nested, or anything at all."""
    if chance.random() < 0.1:
        return str(chance.choice(VALUES))
    parts = [chance.choice(TERMS) for _ in range(chance.choice((1, 2, 5, 12, 60)))]
    text = parts[0]
    for part in parts[1:]:
        joint = chance.choice((" ", " ", " OR ", " AND ", " -", " NOT ", ""))
        text = f"({text}){joint}{part}" if chance.random() < 0.2 else f"{text}{joint}{part}"
    if chance.random() < 0.1:
        text = chance.choice(("(", "-", "NOT ", "-(", '"')) * chance.choice((3, 101, 5_000)) + text
    return mutated(chance, text.encode(), 3).decode("utf-8", "replace") if chance.random() < 0.3 else text


def test_queries_that_nobody_would_write() -> None:
    networks = registry.networks()

    def act(chance: random.Random) -> None:
        text = query(chance)
        parsed = parser.parse(text)
        for post in POSTS:
            parsed.match(post)
        for dialect in DIALECTS:
            try:
                translate(parsed, dialect)
                left_to_local(parsed, dialect)
            except EscuchaError:
                continue
        brand = Brand(name="Norvia", queries=(text,))
        for network in networks:
            try:
                registry.module(network).listings(brand, Settings(brands=(brand,)))
            except EscuchaError:
                continue

    fuzz(3_000, act)
