"""Translation: exact requests for usual queries, its errors, and that no request loses a post that matches locally."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import QueryRejected
from monitor.models.posts import Mention
from monitor.query import parser
from monitor.query.parser import (
    AccountTerm,
    All,
    AuthorTerm,
    Either,
    LanguageTerm,
    Node,
    Not,
    PhraseTerm,
    TagTerm,
    WordTerm,
)
from monitor.query.translation import Dialect, left_to_local, to_text, translate
from monitor.sources.bluesky import dialect as bluesky_dialect
from monitor.sources.mastodon import dialect as mastodon_dialect
from monitor.sources.reddit import dialect as reddit_dialect
from monitor.sources.x import dialect as x_dialect
from tests.query import network_searches

X, REDDIT = x_dialect.DIALECT, reddit_dialect.DIALECT
MASTODON, BLUESKY = mastodon_dialect.DIALECT, bluesky_dialect.DIALECT
STREAM = x_dialect.STREAM
DIALECTS = [
    pytest.param(X, network_searches.X(), id="x"),
    pytest.param(STREAM, network_searches.X(folds=False), id="x stream"),
    pytest.param(REDDIT, network_searches.Reddit(), id="reddit"),
    pytest.param(MASTODON, network_searches.Mastodon(), id="mastodon"),
    pytest.param(BLUESKY, network_searches.Bluesky(), id="bluesky"),
]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def requests(expression: str, dialect: Dialect) -> tuple[str, ...]:
    return translate(parser.parse(expression), dialect)


COMPANIA = "compania OR cómpania OR companiá OR companía OR compañia OR cómpañia OR compañiá OR compañía"
BRAND = '("Aerolínea Sur" OR @aerosur OR #aerosur) -empleo -from:aerosur lang:es'
LIST = 'aerosur (maleta OR equipaje OR "vuelo cancelado")'


@pytest.mark.parametrize(
    ("expression", "request_"),
    [
        (BRAND, '("aerolínea sur" OR @aerosur OR #aerosur) lang:es -#empleo -from:aerosur'),
        (LIST, 'aerosur (maleta OR equipaje OR "vuelo cancelado")'),
        ("AeroSur", "aerosur"),
        ("aerosur OR aerosur", "aerosur"),
        ("aerosur OR (aerosur maleta)", "aerosur"),
        ("aerosur (aerosur OR maleta)", "aerosur"),
        ("aerosur (maleta OR -empleo)", "aerosur"),
        ("aerosur -(#oferta OR @otro)", "aerosur -#oferta -@otro"),
        ("aerosur -(empleo lang:pt)", "aerosur"),
        ("aerosur -NOT #maleta", "aerosur #maleta"),
        ("H&M OR coca-cola OR C++", '"h m" OR "coca cola" OR c'),
        ('aerosur -"bolsa de empleo"', "aerosur"),
        ("aerosur 😡", "aerosur"),
        ("banco (lang:es OR lang:pt-br)", "banco (lang:es OR lang:pt)"),
        ("banco lang:he", "banco"),
        ("banco -lang:es-mx", "banco"),
        ("banco or", 'banco "or"'),
        ("@ana@servidor.example", '"ana servidor example"'),
        ("#2026 x_y", '2026 "x_y"'),
        ("aerosur OR from:ana.example", "aerosur"),
        ("aerosur -C++ -$sur -@unacuentademasiadolarga -#2026", "aerosur"),
        ("aerosur -x_y", "aerosur -#x_y"),
        ("𝗔𝗲𝗿𝗼 OR #𝗔𝗲𝗿𝗼", "aero"),
    ],
)
def test_requests_on_x(expression: str, request_: str) -> None:
    assert requests(expression, X) == (request_,)


@pytest.mark.parametrize(
    ("dialect", "expression", "expected"),
    [
        (STREAM, BRAND, ('("aerolínea sur" OR "aerolinea sur" OR @aerosur OR #aerosur OR #aérosur OR #aerósur)'
                         " lang:es -from:aerosur",)),
        (STREAM, "peru -empleo", ("peru OR perú",)),
        (STREAM, "#x_ya OR #año", ("#x_ya OR #x_yá OR #año OR #ano",)),
        (MASTODON, '"from:ana -x l\'oréal"', ("from ana x l'oréal", "from ana x l oréal")),
        (REDDIT, BRAND, ('"aerolínea sur" OR "aerolinea sur" OR aerosur OR aérosur OR aerósur',)),
        (REDDIT, "avión (perú OR from:ana)", ("(avión OR avion) AND (perú OR peru OR author:ana)",)),
        (REDDIT, "compania", (COMPANIA,)),
        (REDDIT, '"pague la compania"', (f"((pague OR pagué) AND la AND ({COMPANIA}))",)),
        (MASTODON, BRAND, ("aerolínea sur", "aerosur")),
        (MASTODON, LIST, ("aerosur maleta", "aerosur equipaje", "aerosur vuelo cancelado")),
        (MASTODON, "from:ana@servidor.example maleta", ("from:ana@servidor.example maleta",)),
        (MASTODON, "from:ana maleta", ("maleta",)),
        (MASTODON, "L'Oréal", ("l'oréal", "l oréal")),
        (REDDIT, "L'Oréal", ('"l\'oréal" OR "l\'oreal" OR "l oréal" OR "l oreal"',)),
        (BLUESKY, "aerosur.com", ('"aerosur.com"', '"aerosur com"')),
        (BLUESKY, BRAND, ('"aerolínea sur"', "aerosur")),
        (BLUESKY, LIST, ("aerosur maleta", "aerosur equipaje", 'aerosur "vuelo cancelado"')),
        (BLUESKY, "@aero.example OR from:ana.example", ('"aero.example"', "from:ana.example")),
        (BLUESKY, "(a OR b) (c OR d) -e", ("a c", "a d", "b c", "b d")),
        (BLUESKY, "a (a OR b)", ("a",)),
    ],
)  # fmt: skip
def test_requests_elsewhere(dialect: Dialect, expression: str, expected: tuple[str, ...]) -> None:
    assert requests(expression, dialect) == expected


@pytest.mark.parametrize("dialect", [X, BLUESKY], ids=["x", "bluesky"])
def test_no_request_where_no_post_can_match(dialect: Dialect) -> None:
    assert requests("from:un.nombre@demasiado.largo.example maleta", dialect) == ()


@pytest.mark.parametrize(
    ("expression", "column"),
    [
        ("-empleo", 2),
        ("lang:es", 1),
        ("lang:es -empleo", 1),
        ("aerosur OR lang:es", 12),
        ("aerosur OR (maleta OR (lang:es -empleo))", 24),
        ("aerosur OR NOT maleta", 16),
        ("aerosur OR 😡", 12),
        ("-(a b)", 3),
    ],
)
@pytest.mark.parametrize("dialect", [X, REDDIT, MASTODON, BLUESKY], ids=["x", "reddit", "mastodon", "bluesky"])
def test_what_would_read_everything_is_refused_at_its_column(dialect: Dialect, expression: str, column: int) -> None:
    with pytest.raises(QueryRejected) as caught:
        requests(expression, dialect)
    first, shown, caret = str(caught.value).splitlines()
    assert first.startswith(f"column {column}: expected a word")
    assert dialect.network in first
    assert (shown, caret) == (f"  {expression}", f"{' ' * (column + 1)}^")


def test_an_or_too_long_becomes_few_requests() -> None:
    words = [f"palabra{number}" for number in range(100)]
    made = requests(" OR ".join(words), X)
    assert len(made) == 3
    assert " OR ".join(made).split(" OR ") == words
    assert all(len(one) <= 512 for one in made)


def test_what_stands_beside_an_or_too_long_is_in_each_request() -> None:
    made = requests(f"aerosur ({' OR '.join(f'palabra{number}' for number in range(60))}) lang:es -#empleo", X)
    assert len(made) == 2
    assert all(one.startswith("aerosur ") and one.endswith(" lang:es -#empleo") for one in made)


def test_both_ors_are_cut_when_one_is_not_enough() -> None:
    left, right = (" OR ".join(f"{word}{number:030}" for number in range(14)) for word in ("ala", "sol"))
    made = requests(f"({left}) ({right})", X)
    assert len(made) == 8
    assert all(len(one) <= 512 for one in made)


def test_exclusions_leave_room_for_what_is_searched_for() -> None:
    excluded = " ".join(f"-#etiqueta{number}" for number in range(100))
    made = requests(f"(aerosur OR {' OR '.join(f'palabra{number}' for number in range(20))}) {excluded}", X)
    assert len(made) == 2
    assert all("-#etiqueta0 " in one and len(one) <= 512 for one in made)


def test_conditions_too_many_for_a_request_are_dropped_from_the_end() -> None:
    words = [f"palabra{number}" for number in range(100)]
    (made,) = requests(f"-#empleo {' '.join(words)}", X)
    assert len(made) <= 512
    assert made.split() == words[: len(made.split())]


def test_a_term_longer_than_a_request_is_refused_at_its_column() -> None:
    with pytest.raises(QueryRejected, match=r"^column 9: expected at most 512 characters in one term: x "):
        requests(f'sur OR ("{"palabra " * 100}" lang:es)', X)


def test_length_counts_characters_beyond_the_basic_plane_twice() -> None:
    assert len(requests(" OR ".join(["𠀀" * 100, "𠀁" * 100, "𠀂" * 100]), X)) == 2


def test_more_requests_than_are_allowed_are_refused() -> None:
    with pytest.raises(QueryRejected, match="bluesky would need more than 20 requests of at most 512"):
        requests(" OR ".join(f"p{number}" for number in range(21)), BLUESKY)


def test_choices_that_would_multiply_requests_are_left_to_local_matching() -> None:
    pair, many = "(a OR b)", f"({' OR '.join(f'p{number}' for number in range(11))})"
    assert requests(f"{pair} {many}", BLUESKY) == ("a", "b")
    assert len(requests(f"{pair} (c OR d OR e)", BLUESKY)) == 6


def test_choices_that_would_need_too_long_requests_are_left_to_local_matching() -> None:
    choices = " ".join(f"({' OR '.join(f'palabra{one}{other}' for other in range(9))})" for one in range(12))
    made = requests(f"aerosur {choices}", X)
    assert 1 < len(made) <= 20
    assert all(one.startswith("aerosur (palabra") and len(one) <= 512 for one in made)


def test_what_is_left_to_local_matching_is_told() -> None:
    expression = parser.parse('aerosur 😡 -empleo -#oferta -from:a.b lang:es -"una frase"')
    assert left_to_local(expression, X) == ("😡", "-empleo", '-"una frase"')
    assert left_to_local(expression, BLUESKY) == ("😡", "-empleo", "-#oferta", "-from:a.b", "lang:es", '-"una frase"')


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a AND b", "a b"),
        ("(a OR (b AND c)) NOT d", "(a OR (b c)) -d"),
        ('-(a OR "b  c") lang:ES', '-(a OR "b  c") lang:es'),
        ("NOT NOT @a OR from:@b #c", "--@a OR (from:b #c)"),
    ],
)
def test_a_query_is_written_in_its_shortest_form(expression: str, expected: str) -> None:
    parsed = parser.parse(expression)
    assert to_text(parsed.root) == expected
    assert parser.parse(expected) == parsed


def found(expression: str, text: str, dialect: Dialect, search: network_searches.Boolean) -> bool:
    seen = network_searches.Seen(text, "ana", "es")
    return any(search.accepts(request, seen) for request in requests(expression, dialect))


@pytest.mark.parametrize(("dialect", "search"), DIALECTS)
def test_known_limits(dialect: Dialect, search: network_searches.Boolean) -> None:
    """What the dialects' texts say is not found; when a network does better, they are to be rewritten."""
    assert parser.parse('"aerolínea sur"').match(mention("la aerolínea ✈️ sur"))
    assert found('"aerolínea sur"', "la aerolínea ✈️ sur", dialect, search) is (dialect is MASTODON)
    assert parser.parse("maleta").match(mention("mi maleta.Gracias"))
    assert found("maleta", "mi maleta.Gracias", dialect, search) is (dialect in (X, STREAM))


SPELLED = ["aerolínea", "compañía", "atención", "año", "teléfono", "país", "sur", "maleta", "no", "funciona", "avión"]
SIGNS = ["wi-fi", "h&m", "x_y", "coca-cola", "l'oréal", "vuelos.com", "$aero", "C++", "😡"]
HANDLES = ["aerosur", "ana", "aero_sur", "aerosur.example", "ana@servidor.example"]
WORDS = st.sampled_from(SPELLED)
AUTHORS = {
    "x": ["aerosur", "ana", "aero_sur"],
    "reddit": ["aerosur", "ana", "aero_sur"],
    "mastodon": ["ana", "ana@servidor.example"],
    "bluesky": ["aerosur.example", "ana.example"],
}
EITHER_WAY: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str, network_searches.plain])


@st.composite
def phrases(draw: st.DrawFn) -> str:
    """One to three words, all with their accents or all without."""
    return draw(EITHER_WAY)(" ".join(draw(st.lists(WORDS, min_size=1, max_size=3))))


TERMS: st.SearchStrategy[Node] = st.one_of(
    st.builds(lambda spell, word: WordTerm(spell(word)), EITHER_WAY, WORDS),
    st.builds(lambda spell, word: TagTerm(spell(word)), EITHER_WAY, WORDS),
    phrases().map(PhraseTerm),
    st.sampled_from(SIGNS).map(WordTerm),
    st.sampled_from(HANDLES).map(AccountTerm),
    st.sampled_from(HANDLES).map(AuthorTerm),
    st.sampled_from(["es", "en", "es-mx", "und", "he"]).map(LanguageTerm),
)
TREES: st.SearchStrategy[Node] = st.recursive(
    TERMS,
    lambda trees: st.one_of(
        trees.map(Not),
        st.lists(trees, min_size=2, max_size=3).map(lambda nodes: All(tuple(nodes))),
        st.lists(trees, min_size=2, max_size=3).map(lambda nodes: Either(tuple(nodes))),
    ),
    max_leaves=8,
)
EXCLUDED = TERMS.map(Not)
ANCHORED = st.builds(
    lambda word, trees: All((WordTerm(word), *trees)),
    WORDS,
    st.lists(EXCLUDED | EXCLUDED | TREES, min_size=1, max_size=2),
)
CASES: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str.lower, str.upper, str.title])
BETWEEN = st.sampled_from([" ", "  ", "\n", ", ", "... ", " - ", "! ¡", " («", " / "])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Words, signs and handles of the queries in any case, with and without accents, as tags and mentions or not."""
    pieces = []
    for _ in range(draw(st.integers(0, 12))):
        others = st.sampled_from([*SIGNS[:-1], *HANDLES, "c", "aero"])
        word = draw(st.one_of(WORDS, WORDS, WORDS, others))
        mark = "@" if word in HANDLES else draw(st.sampled_from(["", "", "", "#", "@"]))
        pieces.append(mark + draw(CASES)(draw(EITHER_WAY)(word)))
    return "".join(piece + draw(BETWEEN) for piece in pieces)


def mention(text: str, network: str = "x", author: str = "otra", language: str | None = None) -> Mention:
    fields = {"network": network, "post_id": "1", "posted_at": NOW, "thread_id": "1", "raw": {}}
    return Mention(text=text, author=author, language=language, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("longest", [512, 60])
@pytest.mark.parametrize(("dialect", "search"), DIALECTS)
@given(st.one_of(TREES, ANCHORED), st.lists(texts(), min_size=1, max_size=4), st.integers(0, 5), texts())
def test_no_post_that_matches_locally_is_lost(
    dialect: Dialect, search: network_searches.Boolean, longest: int, tree: Node, posts: list[str], by: int, hidden: str
) -> None:
    author = AUTHORS[dialect.network][by % len(AUTHORS[dialect.network])]
    asked, dialect = parser.parse(to_text(tree)), replace(dialect, longest=longest, most_requests=400)
    try:
        made = translate(asked, dialect)
    except QueryRejected:
        return
    assert translate(asked, dialect) == made
    assert all(len(request) <= longest for request in made)
    for post in posts:
        text = re.sub("(?i)@servidor", " servidor", post) if dialect.network == "x" else post  # X does not link @a@b
        for language in ("es", "en", "und") if dialect.network == "x" else ("es-MX", "en", None):
            seen = network_searches.Seen(text, author, language or "", hidden)
            answers = [search.accepts(request, seen) for request in made]
            if asked.match(mention(text, dialect.network, author, language)) is not None:
                assert any(answers), (to_text(tree), made, seen)


def test_beginnings_of_words_are_matched_here_and_need_something_beside_them() -> None:
    query = parser.parse('norvia (malet* OR "no funcion*") -#feri*')
    assert translate(query, X) == ("norvia",)
    assert left_to_local(query, X) == ("malet*", '"no funcion*"', "-#feri*")
    with pytest.raises(QueryRejected, match="column 1"):
        translate(parser.parse("malet*"), X)
