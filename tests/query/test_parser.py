"""The query language: what is read, what is refused, what matches, and all of it against a slow obvious reference."""

import unicodedata
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
from monitor.query.terms import PositionedTerm

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def mention(text: str, **fields: object) -> Mention:
    known = {"network": "x", "post_id": "1", "posted_at": NOW, "thread_id": "1", "raw": {}} | fields
    return Mention(text=text, **known)  # type: ignore[arg-type]


def terms(expression: str, text: str, **fields: object) -> tuple[str, ...] | None:
    return parser.parse(expression).match(mention(text, **fields))


def test_and_binds_tighter_than_or() -> None:
    assert parser.parse("a b OR c").root == Either((All((WordTerm("a"), WordTerm("b"))), WordTerm("c")))
    assert parser.parse("a AND (b OR c)").root == All((WordTerm("a"), Either((WordTerm("b"), WordTerm("c")))))


def test_every_kind_of_term_is_read() -> None:
    read = parser.parse('maleta "no  funciona" @aero #aero lang:ES from:@aero -from:b NOT c').root
    assert read == All(
        (
            *(
                WordTerm("maleta"),
                PhraseTerm("no  funciona"),
                AccountTerm("aero"),
                TagTerm("aero"),
                LanguageTerm("es"),
                AuthorTerm("aero"),
            ),
            *(Not(AuthorTerm("b")), Not(WordTerm("c"))),
        )
    )


def test_terms_know_their_column() -> None:
    read = parser.parse('(a OR "b c") -@d  #e lang:es from:f').root
    assert isinstance(read, All)
    either, absent, *others = read.nodes
    assert isinstance(either, Either)
    assert isinstance(absent, Not)
    terms = [*either.nodes, absent.node, *others]
    assert [term.column for term in terms if isinstance(term, PositionedTerm)] == [2, 7, 15, 19, 22, 30]


def test_operators_are_whole_words() -> None:
    assert parser.parse("ORO NOTA ANDA oro ya").root == All(tuple(map(WordTerm, ("ORO", "NOTA", "ANDA", "oro", "ya"))))


@pytest.mark.parametrize("sign", ["or", "o", "O", "Or", "|", "||"])
def test_what_people_write_for_or_is_or_between_terms_only(sign: str) -> None:
    assert parser.parse(f"a {sign} (b {sign} c)") == parser.parse("a OR (b OR c)")
    assert parser.parse(f'"x {sign} y"').root == PhraseTerm(f"x {sign} y")


@pytest.mark.parametrize("sign", ["and", "y", "Y", "&", "&&"])
def test_what_people_write_for_and_is_and_between_terms_only(sign: str) -> None:
    assert parser.parse(f'a {sign} "b" {sign} -c') == parser.parse('a "b" -c')


@pytest.mark.parametrize("word", ["or", "o", "y", "and"])
def test_a_sign_that_stands_alone_is_a_word(word: str) -> None:
    assert parser.parse(word).root == WordTerm(word)
    assert parser.parse(f"({word}) a").root == All((WordTerm(word), WordTerm("a")))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("“no funciona” norvia", '"no funciona" norvia'),
        ("«no funciona» „b c‟ ＂d e＂", '"no funciona" "b c" "d e"'),
        ("norvia –empleo —feria −bolsa", "norvia -empleo -feria -bolsa"),
        ("（a OR b）\u00a0c\u200b", "(a OR b) c"),
        ("a|b||c lang:es|d", "a OR b OR c lang:es OR d"),
        ("+norvia +@b +#c", "norvia @b #c"),
        ("'norvia' ‘b’ `c`", "norvia b c"),
    ],
)
def test_what_word_processors_and_other_tools_write_is_read_as_it_is_meant(typed: str, meant: str) -> None:
    assert parser.parse(typed) == parser.parse(meant)


@pytest.mark.parametrize(
    ("query", "column", "form"),
    [
        ("a NEAR/5 b", 3, "in quotes"),
        ("a near/5 b", 3, "in quotes"),
        ("a NEAR b", 3, "in quotes"),
        ("a w/3 b", 3, "in quotes"),
        ('"a b"~5', 6, "in quotes"),
        ("'no va' a", 1, 'double quotes (")'),
        ("a ‘no va’", 3, 'double quotes (")'),
        ("a !b", 3, "-b"),
        ("[a OR b]", 1, "( and )"),
        ("a {b}", 3, "( and )"),
        ("*leta", 1, "malet*"),
        ("ma*", 3, "three letters"),
        ("mal*ta", 4, "at the end of a word"),
        ("a *", 3, "malet*"),
        ("malet**", 6, "one *"),
        ("/malet.a/", 1, "malet*"),
        ("a — b", 3, "a word"),
        ("a malet~", 8, "malet*"),
        ("a ~b", 3, "malet*"),
        ("a malet~2", 8, "malet*"),
        ("a male?a", 7, "malet*"),
        ("a ? b", 3, "malet*"),
    ],
)
def test_what_other_tools_know_and_this_does_not_is_refused_with_the_right_form(
    query: str, column: int, form: str
) -> None:
    with pytest.raises(QueryRejected) as caught:
        parser.parse(query)
    assert str(caught.value).startswith(f"column {column}:")
    assert form in str(caught.value).partition("\n")[0]
    assert query in str(caught.value)


@pytest.mark.parametrize(
    ("query", "hints"),
    [
        ("norvia not jobs", 1),
        ("norvia NO empleo", 1),
        ("norvia u zentral", 1),
        ("norvia, zentral, otra", 1),
        ('norvia "no funciona" NOT empleo', 0),
        ("norvia no", 0),
    ],
)
def test_words_that_may_be_meant_as_signs_are_told(query: str, hints: int) -> None:
    assert len(parser.parse(query).hints) == hints


def test_a_fault_is_shown_in_the_query_as_it_was_written() -> None:
    with pytest.raises(QueryRejected) as caught:
        parser.parse("malet* and (b")
    assert str(caught.value).splitlines()[1] == "  malet* and (b"


@pytest.mark.parametrize(
    ("expression", "column", "expected"),
    [
        ("", None, "at least one word"),
        ("  \n ", None, "at least one word"),
        ("OR a", 1, "a word"),
        ("a OR", 5, "a word"),
        ("a OR OR b", 6, "a word"),
        ("a AND", 6, "a word"),
        ("NOT", 4, "a word"),
        ("-", 2, "a word"),
        ("()", 2, "a word"),
        ("(a OR b", 1, "')'"),
        ("a OR b)", 7, "'('"),
        ('a "b', 3, "closing quote"),
        ('a ""', 3, "words between the quotes"),
        ("a lang:", 8, "lang:es"),
        ("from:", 6, "from:aerosur"),
        ("a has:links", 3, "lang: or from:"),
        ("https://example.org", 1, "quotes around text with a colon"),
        ("a @", 4, "an account"),
        ("#", 2, "a tag"),
        ("(" * 200 + "a" + ")" * 200, 101, "at most 100"),
    ],
)
def test_faults_name_the_column_and_what_was_expected(expression: str, column: int | None, expected: str) -> None:
    with pytest.raises(QueryRejected) as caught:
        parser.parse(expression)
    assert expected in str(caught.value)
    if column:
        assert str(caught.value).startswith(f"column {column}:")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("aerolinea", "Mi AEROLÍNEA favorita"),
        ("AEROLÍNEA", "mi aerolinea"),
        ("ano", "feliz año"),
        ("maleta", "¡maleta!perdida"),
        ("maleta", "#maleta @maleta"),
        ("H&M", "tienda h&m cerrada"),
        ("wi-fi", "el wi-fi va mal"),
        ("C++", "programo en c++."),
        ("$AERO", "compro $aero ya"),
        ("😡", "otra vez😡😡"),
        ("hola, mundo.", "mundo, hola"),
        ("¿hola? mundo", "mundo, hola"),
        ("hola AND NOT adiós", "hola"),
        ("mundo y no", "hola mundo, y no"),
        ('"no funciona"', "NO...  funcionâ"),
        ('"no funciona"', "no\nfunciona"),
        ("@aerosur", "gracias @AeroSur!"),
        ("@aerosur", "gracias @aerosur.Muy bien"),
        ("#aerosur", "vaya #AeroSur"),
        ("strasse", "Straße"),
        ("aero", "𝗔𝗲𝗿𝗼 gratis"),
        ("東京 OR нет", "Нет"),
        ("malet*", "perdieron mis MALETAS"),
        ("reclamación*", "tus reclamaciones"),
        ("malet*", "malet"),
        ("#malet*", "#Maletones"),
        ("@aero*", "gracias @aerosur_es!"),
        ('"no funcion*"', "no, funcionan"),
        ('"perd* mis malet*"', "perdieron mis maletitas"),
        ("H&Mode*", "h&moderno"),
    ],
)
def test_matches(expression: str, text: str) -> None:
    assert terms(expression, text)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("maleta", "maletas"),
        ("maleta", "super_maleta"),
        ('"no funciona"', "no me funciona"),
        ('"no funciona"', "no funcionan"),
        ("@aerosur", "gracias @aerosur_es y @aerosures"),
        ("@aerosur", "aerosur y correo@aerosur.example"),
        ("#aero", "#aerosur aero"),
        ("C++", "hepatitis c"),
        ("a b", "a"),
        ("a -b", "a b"),
        ("a NOT (b OR c)", "a c"),
        ("malet*", "animalete maldita"),
        ("#malet*", "maletas"),
        ('"no funcion*"', "no me funciona"),
        ("a -malet*", "a maletas"),
    ],
)
def test_does_not_match(expression: str, text: str) -> None:
    assert terms(expression, text) is None


def test_a_dot_goes_on_in_handles_of_networks_that_allow_it() -> None:
    assert terms("@aerosur", "hola @aerosur.example", network="bluesky") is None
    assert terms("@aerosur.example", "hola @aerosur.example.", network="bluesky") == ("@aerosur.example",)
    assert terms("@aerosur", "hola @aerosur.", network="bluesky") == ("@aerosur",)


def test_terms_come_as_written_once_in_the_order_of_the_expression() -> None:
    assert terms('b OR "C  d" OR Á OR b OR zz', "a b c d") == ("b", "C  d", "Á")


def test_terms_of_branches_that_fail_are_not_told() -> None:
    assert terms("(a b) OR c", "a c") == ("c",)


def test_a_match_by_exclusion_only_has_no_terms() -> None:
    assert terms("NOT a", "b") == ()
    assert terms("NOT (a b)", "a") == ()
    assert terms("NOT NOT a", "a") == ("a",)


def test_from_is_the_author() -> None:
    assert terms("from:ana", "x", author="Ana") == ("from:ana",)
    assert terms("from:ana", "x", author="ana@server.example") == ("from:ana",)
    assert terms("from:ana", "x ana @ana", author="anabel") is None
    assert terms("from:ana", "x") is None
    assert terms("x -from:ana", "x") == ("x",)
    assert terms("x -from:ana", "x", author="ANA") is None


def test_lang_is_the_networks_tag_and_an_unknown_one_passes_both_ways() -> None:
    assert terms("lang:es", "x", language="es-MX") == ("lang:es",)
    assert terms("lang:es", "x", language="est") is None
    assert terms("x lang:es", "x", language="en") is None
    assert terms("x lang:es", "x") == terms("x -lang:es", "x") == ("x",)
    assert terms("NOT (y lang:es)", "x y") == ()


def test_match_all_answers_like_each_query() -> None:
    queries = [parser.parse(one) for one in ("a", "b", "-a", "a OR b")]
    one = mention("a")
    assert parser.match_all(queries, one) == [each.match(one) for each in queries] == [("a",), None, None, ("a",)]


def test_queries_compare_by_meaning() -> None:
    assert parser.parse("a  AND b") == parser.parse("a b") != parser.parse("b a")
    assert len({parser.parse("a AND b"), parser.parse("a b")}) == 1


WORDS = st.sampled_from(["sol", "sola", "mar", "Ñandú", "año", "ANO", "x_y", "été"])
TERMS = st.one_of(
    WORDS.map(WordTerm),
    st.lists(WORDS, min_size=1, max_size=2).map(lambda words: PhraseTerm(" ".join(words))),
    WORDS.map(AccountTerm),
    WORDS.map(TagTerm),
    WORDS.map(AuthorTerm),
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
PIECES = st.one_of(
    WORDS, WORDS.map("@{}".format), WORDS.map("#{}".format), st.sampled_from([" ", ", ", "\n", "…", "😡", "."])
)
TEXTS = st.lists(PIECES, max_size=12).map(" ".join)


def written(node: Node) -> str:
    match node:
        case WordTerm(text):
            return text
        case PhraseTerm(text):
            return f'"{text}"'
        case AccountTerm(text):
            return f"@{text}"
        case TagTerm(text):
            return f"#{text}"
        case AuthorTerm(text):
            return f"from:{text}"
        case Not(inner):
            return f"-({written(inner)})"
        case All(nodes):
            return " AND ".join(f"({written(one)})" for one in nodes)
        case Either(nodes):
            return " OR ".join(f"({written(one)})" for one in nodes)
    raise AssertionError(node)


def slow_fold(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)).casefold()


def slow_words(text: str, signs: str = "") -> list[str]:
    spaced = (one if one.isalnum() or one == "_" or one in signs else " " for one in slow_fold(text))
    return "".join(spaced).split()


def holds(node: Node, text: str, author: str) -> bool:
    match node:
        case WordTerm(wanted) | PhraseTerm(wanted):
            have, want = slow_words(text), slow_words(wanted)
            return any(have[at : at + len(want)] == want for at in range(len(have)))
        case AccountTerm(wanted):
            return "@" + slow_fold(wanted) in slow_words(text, "@")
        case TagTerm(wanted):
            return "#" + slow_fold(wanted) in slow_words(text, "#")
        case AuthorTerm(wanted):
            return author.casefold() == wanted.casefold()
        case Not(inner):
            return not holds(inner, text, author)
        case All(nodes):
            return all(holds(one, text, author) for one in nodes)
        case Either(nodes):
            return any(holds(one, text, author) for one in nodes)
    raise AssertionError(node)


@given(TREES, TEXTS, WORDS)
def test_agrees_with_a_slow_obvious_reference(tree: Node, text: str, author: str) -> None:
    assert (terms(written(tree), text, author=author) is not None) is holds(tree, text, author)


@given(TREES)
def test_what_is_written_is_what_is_read(tree: Node) -> None:
    assert parser.parse(written(tree)).root == tree


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_parses_or_is_refused_and_any_post_can_be_asked(expression: str, text: str) -> None:
    try:
        parsed = parser.parse(expression)
    except QueryRejected:
        return
    parsed.match(mention(text))


def test_a_word_finds_itself() -> None:
    assert terms("İstanbul", "İSTANBUL") == ("İstanbul",)


@pytest.mark.parametrize("query", ["NOT " * 5_000 + "a", "-" * 5_000 + "a", "-(" * 101 + "a" + ")" * 101])
def test_negations_without_end_are_refused(query: str) -> None:
    with pytest.raises(QueryRejected, match=r"at most 100|20,000 are the most"):
        parser.parse(query)


def test_too_many_negations_are_told_with_their_column() -> None:
    with pytest.raises(QueryRejected, match=r"column 405: expected at most 100 times NOT or - inside each other"):
        parser.parse("NOT " * 101 + "a")


def test_a_hundred_negations_are_read() -> None:
    assert terms("-" * 100 + "maleta", "mi maleta") is not None
    assert terms("-(" * 50 + "maleta" + ")" * 50, "mi maleta") is not None


def test_a_query_without_end_is_refused() -> None:
    with pytest.raises(QueryRejected, match=r"has 24,000 characters, 20,000 are the most"):
        parser.parse("palab " * 4_000)
