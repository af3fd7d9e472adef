"""An answer loses the credentials that it echoes and nothing else: it stays JSON, and its posts stay whole."""

import json
from collections import OrderedDict
from collections.abc import Callable

import pytest

from monitor.masking import answers, masks
from tests.sources.echo import ENCODINGS, leaks

TOKEN = "EAAfB3nM5qW7eR9tY1uI3oP5aS7dF9gH1jK3ZD"
APP_TOKEN = "123456789012345|AbCdEfGhIjKlMnOpQrStUvWxYz0"
SECRET = 'd41d8cd98f00b204/Zk+9=&"nT'
POSTS = [{"id": f"1000_{number}", "message": "Me robaron el pedido 100% \u00f1 & <b>"} for number in range(20)]


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masks, "_configured", dict.fromkeys((TOKEN, APP_TOKEN, SECRET), False))
    monkeypatch.setattr(masks, "_sent", OrderedDict())


def masked(body: str) -> str:
    return answers.mask_answer(body.encode()).decode()


@pytest.mark.parametrize(
    ("echo", "stays"),
    [
        (f"access_token={TOKEN}&pretty=0", "access_token=***&pretty=0"),
        (f"access_token={TOKEN}&amp;pretty=0", "access_token=***&amp;pretty=0"),
        (f"<p>{TOKEN}&quot;hola</p>", "<p>***&quot;hola</p>"),
        (f"{TOKEN}\u2026 m\u00e1s", "***\u2026 m\u00e1s"),
        (f"?access_token={APP_TOKEN}&after=QVF", "?access_token=***&after=QVF"),
        (f"?access_token={APP_TOKEN.replace('|', '%7C')}&after=QVF", "?access_token=***&after=QVF"),
        (f"?access_token={APP_TOKEN.replace('|', '%257c')}&after=QVF", "?access_token=***&after=QVF"),
        (TOKEN.upper(), "***"),
    ],
)
@pytest.mark.parametrize("gos", [False, True])
def test_an_answer_keeps_all_that_is_no_credential(echo: str, stays: str, gos: bool) -> None:
    body = json.dumps({"data": POSTS, "paging": {"next": f"https://graph.example/feed{echo}"}}, separators=(",", ":"))
    if gos:  # as Go, and PHP, write JSON
        body = body.replace("/", "\\/").replace("&", "\\u0026").replace("<", "\\u003c").replace("%", "\\u0025")
    assert json.loads(masked(body)) == {"data": POSTS, "paging": {"next": f"https://graph.example/feed{stays}"}}


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name not in ("entities", "base64 of quoted")])
@pytest.mark.parametrize("write", [json.dumps, lambda value: json.dumps(value).replace("/", "\\/")])
def test_a_credential_is_taken_out_of_json_however_it_is_written(encoding: str, write: Callable[[object], str]) -> None:
    answer = json.loads(masked(write({"id": "1", "content": f"Hola {ENCODINGS[encoding](SECRET)}&adi\u00f3s, fin"})))
    assert answer["id"] == "1"
    assert answer["content"].startswith("Hola ")
    assert answer["content"].endswith("&adi\u00f3s, fin")
    assert leaks(answer["content"], SECRET) == []


def test_a_credential_of_fourteen_characters_is_one_and_a_word_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masks, "_configured", {"r4nd0m14chars1": False, "norvia_ayuda": False, "norvia1": False})
    assert masked('"r4nd0m14chars1 de @norvia_ayuda, norvia1"') == '"*** de @norvia_ayuda, norvia1"'


def test_a_number_is_no_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masks, "_configured", {"1234567890123456": False})
    assert masked('{"id":1234567890123456}') == '{"id":1234567890123456}'
