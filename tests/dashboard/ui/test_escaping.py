import re

import pytest

from dashboard.ui import escaping
from tests.desk_store import HOSTILE


def test_hostile_text_becomes_inert_html() -> None:
    html = escaping.escape(HOSTILE)
    assert "<" not in html
    assert '"' not in html
    assert "&lt;script&gt;" in html
    assert "&amp;lt;ya&amp;gt;" in html


def test_marks_are_put_around_pieces_that_are_escaped_by_themselves() -> None:
    text = '<b>uno</b> & "dos" tres\u202e'
    html = escaping.highlight(text, [(0, 10, "much"), (13, 18, "some")])
    assert html == (
        '<mark class="much">&lt;b&gt;uno&lt;/b&gt;</mark> &amp; <mark class="some">&quot;dos&quot;</mark> tres'
    )
    assert escaping.highlight(text, []) == escaping.escape(text)


@pytest.mark.parametrize("point", [0x00, 0x08, 0x1B, 0x7F, 0x85, 0x9B, 0x202E, 0x2066, 0x200F, 0x061C, 0xFEFF, 0xD800])
def test_control_and_reordering_characters_vanish(point: int) -> None:
    assert escaping.clean(f"a{chr(point)}b") == "ab"


def test_line_breaks_and_emoji_stay() -> None:
    family = "👩\u200d👩\u200d👧"
    assert escaping.clean(f"uno\r\ndos\u2028{family}") == f"uno\ndos\n{family}"


def test_piled_up_accents_are_cut() -> None:
    assert len(escaping.clean("a" + "\u0301" * 500)) == 4


def test_a_label_holds_no_markdown() -> None:
    assert escaping.escape_markdown("**x** [a](b) :red[c]\n# d") == r"\*\*x\*\* \[a\](b) \:red\[c\] # d"


@pytest.mark.parametrize(
    "text", ["ESC-000079-4", "@norvia_ayuda", "Norvia (España) S.A. & Co.", "10:30 – 12:00", "a=b+c!", "¿#1?"]
)
def test_a_label_without_markdown_is_left_as_it_is(text: str) -> None:
    assert escaping.escape_markdown(text) == text


@pytest.mark.parametrize(
    "text", ["# a", "> a", "- a", "+ a", "= a", "| a", "1. a", "1234) a", "_a_", "__a__", "a &lt; b", "a:b"]
)
def test_what_is_markdown_only_where_it_stands_is_escaped_there(text: str) -> None:
    assert escaping.escape_markdown(text).replace("\\", "") == text
    assert "\\" in escaping.escape_markdown(text)
    assert not re.search(r"(?<!\\)_", escaping.escape_markdown(text))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "ftp://a.example/x",
        "//a.example/x",
        "http:///x",
        'https://a.example/"><script>',
        "https://a.example/\u202ex",
        "https://[bad",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert escaping.web_address(url) is None
    assert escaping.anchor(url, "ver") == ""


def test_a_link_opens_apart_and_is_escaped() -> None:
    html = escaping.anchor("https://a.example/x?a=1&b=2", "<ver>")
    assert 'href="https://a.example/x?a=1&amp;b=2"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "&lt;ver&gt;" in html


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/x",
        "HTTP://evil.example",
        "www.evil.example",
        ":material/delete: Ana",
        ":smile:",
        "a@b.example",
    ],
)
def test_what_acts_in_a_label_though_it_is_escaped_is_broken_and_looks_the_same(text: str) -> None:
    label = escaping.escape_markdown(text)
    assert label.replace("\u2060", "").replace("\\", "") == text
    plain = label.replace("\\", "")  # as Markdown leaves it
    assert not re.search(r"https?://|www\.|:[\w+-]+(/\w+)?:|@[\w-]+\.", plain, re.IGNORECASE)


@pytest.mark.parametrize(
    ("address", "network", "host"),
    [
        ("https://x.com/ana/status/1", "x", ""),
        ("https://mobile.twitter.com/ana/status/1", "twitter", ""),
        ("https://x.com@evil.example/ana", "x", "evil.example"),
        ("https://x.com.evil.example/ana", "x", "x.com.evil.example"),
        ("https://notx.com/ana", "x", "notx.com"),
        ("https://\u0445.com/ana", "x", "xn--u1a.com"),
        ("https://old.reddit.com/r/a", "reddit", ""),
        ("https://news.example/1", "feeds", "news.example"),
        ("https://mastodon.social/@a/1", "mastodon", "mastodon.social"),
    ],
)
def test_an_address_that_leads_elsewhere_than_to_its_network_is_known(address: str, network: str, host: str) -> None:
    assert escaping.foreign_host(address, network) == host
