"""Preparation of texts and their language."""

import subprocess
import sys

import pytest

from monitor.classify.text import MAX_CHARACTERS, language, language_and_sign, prepare


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("@BancoSur no abre la app", "@user no abre la app"),
        ("escríbanme a ana@correo.es", "escríbanme a ana@correo.es"),
        ("mira https://t.co/abc123 ya", "mira http ya"),
        ("mira https://t.co/abc&amp;x=1", "mira http"),
        ("www.banco.example/login caído", "http caído"),
        ("Tom &amp; Jerry &lt;3", "Tom & Jerry <3"),
        ("holaaaaaaa!!!!!!", "holaaa!!!"),
        ("me cobraron 100000 pesos", "me cobraron 100000 pesos"),
        ("una\nlínea\u2028y\x00otra", "una línea y otra"),
        ("🙂🙂🙂🙂🙂🙂", "🙂🙂🙂"),
        ("medio par \ud83d suelto", "medio par ? suelto"),
        ("&#xD800; entidad", "\ufffd entidad"),
    ],
)
def test_prepare(text: str, expected: str) -> None:
    assert prepare(text) == expected


def test_prepare_bounds_the_work() -> None:
    assert len(prepare("ab " * 1_000_000)) <= MAX_CHARACTERS


@pytest.mark.parametrize("text", ["@Ana @Luis &amp; https://x.example!!!!!", "ñandú 100000 \ud800", "  a\x00b  "])
def test_preparing_twice_changes_nothing(text: str) -> None:
    assert prepare(prepare(text)) == prepare(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("@BancoSur llevo tres días esperando y nadie me contesta", "es"),
        ("@AirNorth still waiting for my refund, nobody answers", "en"),
        ("o aplicativo não funciona desde ontem, que vergonha", "pt"),
        ("toujours pas de réponse du service client, c'est inadmissible", "fr"),
        ("il mio pacco non è ancora arrivato, nessuno risponde", "it"),
        ("mein Paket ist immer noch nicht angekommen, niemand antwortet", "de"),
        ("ESTO ES UNA VERGÜENZA, NADIE RESPONDE", "es"),
        ("荷物がまだ届きません", "ja"),
        ("ما زلت أنتظر الرد منذ أسبوع", "ar"),
        ("", "und"),
        ("🙂🙂", "und"),
        ("@banco https://t.co/abc #hashtag", "und"),
        ("\ud800\x00", "und"),
    ],
)
def test_language(text: str, code: str) -> None:
    assert language(text) == code


def test_importing_loads_nothing_heavy() -> None:
    heavy = "{'py3langid', 'numpy', 'transformers', 'onnxruntime'}"
    code = f"import sys, monitor.classify.text; assert not {heavy} & set(sys.modules), sorted(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("text", "expected", "sign"),
    [
        ("Mi pedido no ha llegado", ("es",), "words"),
        ("ok", ("es",), "expected"),
        ("😡", ("es",), "expected"),
        ("😡", (), "nothing"),
    ],
)
def test_what_tells_the_language_is_told(text: str, expected: tuple[str, ...], sign: str) -> None:
    assert language_and_sign(text, expected) == (expected[0] if expected else "und", sign)
