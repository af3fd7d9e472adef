"""Posts of a few words, written by ourselves: eight countries' Spanish, and Portuguese, English and four more.

Of `short_posts.tsv`; the kind `plain` are whole phrases, others are words alone, slang, replies, figures, capitals,
laughter, words without their accents, and brands and things with English names.
"""

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from monitor.classify.text import language

COUNTRIES = {"ES", "MX", "AR", "CO", "CL", "PE", "VE", "UY"}
SERVED_TOO = ("pt", "en", "ca", "fr", "it", "de")


class ShortPost(NamedTuple):
    language: str
    country: str
    kind: str
    text: str


def _read() -> list[ShortPost]:
    with Path(__file__).with_name("short_posts.tsv").open(encoding="utf-8", newline="") as file:
        return [ShortPost(*row) for row in list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]]


POSTS = _read()
SPANISH = [post for post in POSTS if post.language == "es"]


def wrong(posts: list[ShortPost], *expected: str, tag: str = "", near: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The posts taken for another language than they are in, each with that."""
    found = ((post, language(post.text, expected, tag=tag, near=near)) for post in posts)
    return [(code, post.text) for post, code in found if code != post.language]


def of(code: str) -> list[ShortPost]:
    return [post for post in POSTS if post.language == code]


def test_no_short_spanish_post_of_eight_countries_is_taken_for_another_language() -> None:
    assert {post.country for post in SPANISH} == COUNTRIES
    assert len(SPANISH) == 350
    assert wrong(SPANISH, "es") == []


@pytest.mark.parametrize("code", SERVED_TOO)
def test_nor_is_one_in_the_language_that_a_brand_works_in(code: str) -> None:
    assert wrong(of(code), code) == []


@pytest.mark.parametrize("code", [*SERVED_TOO, "gl"])
def test_a_brand_of_two_languages_tells_them_apart(code: str) -> None:
    assert len(wrong(SPANISH, "es", code)) <= 7
    assert len(wrong(of(code), "es", code)) <= len(of(code)) * 0.2


@pytest.mark.parametrize("tag", [*SERVED_TOO, "gl", "und", "zxx"])
def test_a_wrong_tag_of_the_network_alone_makes_no_other_language_of_spanish(tag: str) -> None:
    assert len(wrong(SPANISH, "es", tag=tag)) <= 2


def test_thread_and_author_make_up_for_a_desk_that_expects_another_language() -> None:
    assert len(wrong(SPANISH, "en", "es", near=("es",))) <= 4
    assert len(wrong(of("pt"), "es", tag="pt", near=("pt", "pt"))) <= 2
