"""Credentials are found in whatever they are written as, and nothing else is taken for one."""

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor.errors import BadCredentials, Refusal
from monitor.logs.masked import MaskedRecord, traceback_text
from monitor.masking import answers, masks
from monitor.settings.desk import Desk
from monitor.sources.feeds.network import FeedsSettings
from tests.sources.echo import ENCODINGS, leaks

SECRET = 'd41d8cd98f00b204/Zk+9=&"ñT'


@pytest.fixture(autouse=True)
def _known() -> None:
    masks.know(SECRET)


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name != "upper"])
@pytest.mark.parametrize("frame", ["x answered 400: {} again", '{{"error":"{}"}}', "Authorization:{}"])
def test_a_credential_is_masked_however_it_is_written(encoding: str, frame: str) -> None:
    told = masks.mask(frame.format(ENCODINGS[encoding](SECRET)))
    assert masks.MASK in told
    assert leaks(told, SECRET) == []


@pytest.mark.parametrize(
    "split",
    [
        lambda text: "\n".join(text[at : at + 10] for at in range(0, len(text), 10)),
        lambda text: " ".join(text[at : at + 4] for at in range(0, len(text), 4)),
        "\u200b".join,
        lambda text: text.encode().hex(":"),
        lambda text: text.encode().hex(" ").upper(),
    ],
)
def test_a_credential_in_parts_is_masked(split: Callable[[str], str]) -> None:
    """As servers break long words over lines, group them to be read, and dump the bytes they received."""
    assert masks.mask(f"x answered 400: bad token {split(SECRET)} here") == "***"


def test_a_part_of_a_credential_is_masked_where_a_text_was_cut() -> None:
    assert masks.mask(f"refused: {SECRET[:13]}") == "refused: ***"
    assert masks.cut(f"refused: {SECRET}", 15) == "refused: ***"


def test_what_stands_where_credentials_do_is_masked_though_nobody_knows_it() -> None:
    assert masks.mask("Authorization: Bearer 9f8e7d6c5b4a") == "Authorization: Bearer ***"
    assert masks.mask("https://ana:4711@host/x?token=a1&page=2") == "https://***@host/x?token=***&page=2"
    assert masks.mask("got eyJhbGciOiJI.eyJzdWIi.c2ln") == "got ***"


@pytest.mark.parametrize(
    "text",
    [
        "x answered 400: your query is not valid (line 3, column 7)",
        "Basic information on bearer instruments; a key=value pair is written so",
        "x: the access token is no longer valid; check ESCUCHA_NETWORKS__X__BEARER_TOKEN",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaa 1111111111111111 c2luIHNlY3JldG8gYWxndW5v 5f1d7a84db",
    ],
)
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert masks.mask(text) == text


def test_a_short_credential_does_not_mask_words() -> None:
    masks.know("sol1")
    assert masks.mask("el sol1 brilla") == "el sol1 brilla"


def test_settings_make_their_credentials_known() -> None:
    Desk(secret=SecretStr("survey-secret-90ab12"))
    FeedsSettings(urls=("https://feeds.example/private.xml?auth=feed-secret-77c1",))
    assert masks.mask("survey-secret-90ab12 feed-secret-77c1") == "*** ***"


def test_errors_hold_no_credential_from_the_start() -> None:
    assert BadCredentials(f"refused {SECRET}").args == ("refused ***",)
    assert str(Refusal("no", "not {name}", name=SECRET)) == "not ***"


def test_the_answer_of_a_server_keeps_what_is_not_a_credential() -> None:
    assert answers.mask_answer(b'{"text": "hola"}') == b'{"text": "hola"}'
    assert answers.mask_answer(b'\xff {"text": "' + SECRET.encode() + b'"}') == b'\xff {"text": "***"}'


def test_records_of_any_library_hold_no_credential() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        record = MaskedRecord("urllib3", logging.DEBUG, "x.py", 1, "sent %s", (SECRET,), (ValueError, error, None))
        shown = traceback_text(error)
    assert SECRET not in shown
    assert (record.getMessage(), record.args) == ("sent ***", ("***",))
    assert SECRET not in logging.Formatter().format(record)


def test_what_ends_the_program_or_a_thread_is_told_without_credentials() -> None:
    code = f"""
import threading
from monitor.masking import answers, masks
from monitor.logs import masked
masks.know({SECRET!r}); masked.install()
thread = threading.Thread(target=lambda: int({SECRET!r}))
thread.start(); thread.join()
int({SECRET!r})
"""
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.count("ValueError: invalid literal for int() with base 10: '***'") == 2


def test_many_threads_may_make_credentials_known_at_once() -> None:
    names = [f"thread-secret-{number:04}-5e1f" for number in range(40)]
    threads = [threading.Thread(target=masks.know_sent, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {masks.mask(name) for name in names} == {"***"}


def test_a_credential_made_of_words_masks_itself_and_no_words() -> None:
    masks.know("invented-app-password")
    assert masks.mask("bsky.app/settings/app-passwords") == "bsky.app/settings/app-passwords"
    assert masks.mask("with invented-app-password!") == "with ***!"
