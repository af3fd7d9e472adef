"""Feeds of every make become mentions; hostile, broken and moved ones hurt nobody."""

import contextlib
import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import store
from monitor.collect import collector
from monitor.errors import (
    Forbidden,
    QueryRejected,
    RejectedPost,
    SettingsError,
    SourceError,
    SourceUnavailable,
    UnexpectedAnswer,
)
from monitor.models.listings import Meter, PageRequest, ReceivedPage
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Settings
from monitor.sources.feeds import source
from monitor.sources.feeds.document import parse_feed
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import FakeNetwork, Posts, Reply, Request

RECORDINGS = Path(__file__).parent / "recordings"
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>%s</channel></rss>'
ITEM = b"<item><guid>urn:x:%d</guid><title>Norvia %d</title><pubDate>Fri, 27 Feb 2026 10:0%d:00 GMT</pubDate></item>"


class Web(FakeNetwork):
    """Answers by path what a test has put there."""

    def __init__(self) -> None:
        self.paths: dict[str, Reply] = {}

    def answer(self, request: Request, posts: Posts) -> Reply:
        return self.paths.get(request.path, Reply("not here", 404, content_type="text/plain"))


@pytest.fixture
def web(tmp_path: Path) -> Any:
    with serving(Web()) as site:
        yield site


def put(site: Site, path: str, body: Any, status: int = 200, kind: str = "application/rss+xml", **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    site.fake.paths[path] = Reply(body, status, named, content_type=kind)  # type: ignore[attr-defined]


def settings_of(site: Site, folder: Path, *urls: str) -> Settings:
    return site.fake.settings("feeds", site.url, folder, urls=urls or ("/feed",))


def fetched(site: Site, folder: Path, want: PageRequest | None = None) -> ReceivedPage:
    settings = settings_of(site, folder)
    listing = source.listings(settings.brands[0], settings)[0]
    return source.connect(settings, Meter()).fetch(listing, want or PageRequest())


def mentions(site: Site, folder: Path) -> list[Mention]:
    return [source.to_mention(post) for post in fetched(site, folder).posts]


def test_an_rss_feed_with_all_that_it_holds(web: Site, tmp_path: Path) -> None:
    put(web, "/feed", (RECORDINGS / "wordpress.xml").read_bytes())
    first, second = mentions(web, tmp_path)
    assert replace(first, raw={}) == Mention(
        network="feeds",
        post_id="https://blog.invalid/?p=101",
        text="Norvia “no responde” & cobra\n\nLlevo tres semanas esperando.\n\nNadie contesta — ni por teléfono.😡",
        posted_at=datetime(2026, 2, 27, 15, 4, 5, tzinfo=UTC),
        thread_id="https://blog.invalid/?p=101",
        raw={},
        author="Ana Ejemplo",
        author_name="Ana Ejemplo",
        permalink="https://blog.invalid/2026/02/norvia/",
        language="es-CO",
    )
    assert (second.text, second.author) == ("Otra cosa\n\nNada que ver", None)


def test_an_atom_feed_with_answers_edits_and_an_archive(web: Site, tmp_path: Path) -> None:
    put(web, "/feed", (RECORDINGS / "forum.atom").read_bytes(), kind="application/atom+xml")
    first, second = mentions(web, tmp_path)
    assert first.text == "Re: Norvia & los plazos\n\nA mí tampoco.\n\nNi una llamada."
    assert (first.thread_id, first.in_reply_to) == ("tag:foro.invalid,2026:11", "tag:foro.invalid,2026:11")
    assert (first.posted_at, first.edited_at) == (
        datetime(2026, 2, 27, 15, 4, 5, tzinfo=UTC),
        datetime(2026, 2, 27, 16, 0, tzinfo=UTC),
    )
    assert (first.author, first.permalink) == ("luis", f"{web.url}/t/11#12")
    assert second.text == "Norvia y los plazos: no cumplen", "a title that begins the text stands there once"
    assert (second.posted_at, second.edited_at) == (datetime(2026, 2, 27, 8, 0, tzinfo=UTC), None)
    assert fetched(web, tmp_path).cursor == f"2 {web.url}/atom/2026-01"


def test_an_archive_on_another_server_is_not_followed(web: Site, tmp_path: Path) -> None:
    told = (RECORDINGS / "forum.atom").read_bytes().replace(b'"/atom/2026-01"', b'"http://169.254.169.254/x"')
    put(web, "/feed", told, kind="application/atom+xml")
    assert fetched(web, tmp_path).cursor is None


def test_pages_that_name_each_other_end(web: Site, tmp_path: Path) -> None:
    link = b'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="/%s"/>'
    put(web, "/feed", RSS % (link % b"other"))
    put(web, "/other", RSS % (link % b"feed"))
    collector.collect(settings_of(web, tmp_path), "feeds")
    assert len(web.asked) == 200


def test_an_archive_that_is_gone_is_the_end_of_the_feed(web: Site, tmp_path: Path) -> None:
    put(web, "/feed", (RECORDINGS / "forum.atom").read_bytes(), kind="application/atom+xml")
    assert collector.collect(settings_of(web, tmp_path), "feeds").saved.stored == 2
    assert [one.request.path for one in web.asked] == ["/feed", "/atom/2026-01"]


def test_a_feed_that_has_not_changed_is_not_sent_again(web: Site, tmp_path: Path) -> None:
    put(web, "/feed", RSS % (ITEM % (1, 1, 1)), ETag='"a"', Last_Modified="Fri, 27 Feb 2026 10:00:00 GMT")
    settings = settings_of(web, tmp_path)
    collector.collect(settings, "feeds")
    put(web, "/feed", b"", 304)
    for _ in range(2):
        assert collector.collect(settings, "feeds").saved.duplicates == 0
        headers = web.asked[-1].request.headers
        assert headers["if-none-match"] == '"a"'
        assert headers["if-modified-since"] == "Fri, 27 Feb 2026 10:00:00 GMT"


def test_a_feed_whose_oldest_entry_is_newer_than_the_last_read_leaves_a_hole(web: Site, tmp_path: Path) -> None:
    put(web, "/feed", RSS % b"".join(ITEM % (n, n, n) for n in (2, 1)))
    settings = settings_of(web, tmp_path)
    collector.collect(settings, "feeds")
    put(web, "/feed", RSS % b"".join(ITEM % (n, n, n) for n in (6, 5)))
    collector.collect(settings, "feeds")
    at = datetime(2026, 2, 27, 10, tzinfo=UTC)
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT since, until FROM gaps").fetchall() == [
            (at + timedelta(minutes=2), at + timedelta(minutes=5))
        ]


def test_a_feed_that_moved_is_read_where_it_is_now(web: Site, tmp_path: Path) -> None:
    put(web, "/feed", "", 301, Location="/new/feed")
    told = RSS % b"<item><guid>7</guid><link>../t/7</link><title>Norvia</title></item>"
    put(web, "/new/feed", told)
    (one,) = mentions(web, tmp_path)
    assert one.permalink == f"{web.url}/t/7"
    assert one.post_id == "/feed#7", "a short id is told apart by the feed as it stands in the settings"


def test_a_packed_feed(web: Site, tmp_path: Path) -> None:
    put(web, "/feed", gzip.compress(RSS % (ITEM % (1, 1, 1))), Content_Encoding="gzip")
    assert [one.text for one in mentions(web, tmp_path)] == ["Norvia 1"]


@pytest.mark.parametrize(
    ("encoding", "declared", "kind"),
    [
        ("utf-8", "utf-8", "text/xml"),
        ("latin-1", "iso-8859-1", "application/xml"),
        ("latin-1", "utf-8", "application/xml"),
        ("utf-8", "iso-8859-1", "application/rss+xml; charset=utf-8"),
        ("utf-16", "utf-16", "application/rss+xml"),
    ],
)
def test_encodings_right_and_wrong(web: Site, tmp_path: Path, encoding: str, declared: str, kind: str) -> None:
    item = "<item><guid>urn:x</guid><title>Avería de Norvia mañana</title></item>"
    told = f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel>{item}</channel></rss>'
    put(web, "/feed", told.encode(encoding), kind=kind)
    assert [one.text for one in mentions(web, tmp_path)] == ["Avería de Norvia mañana"]


def test_what_can_be_read_of_a_feed_that_is_not_well_formed_is_kept(web: Site, tmp_path: Path) -> None:
    broken = b"<item><guid>urn:x:8</guid><title>Norvia & <b>cobra</title></item>"
    put(web, "/feed", RSS % (broken + ITEM % (1, 1, 1)), ETag='"a"')
    answer = fetched(web, tmp_path)
    assert len(answer.posts) == 2
    assert answer.note == "", "so that it is read again"


def test_an_entry_without_a_time_has_that_of_its_reading(web: Site, tmp_path: Path) -> None:
    put(web, "/feed", RSS % b"<item><guid>urn:x</guid><title>Norvia</title><pubDate>ayer</pubDate></item>")
    (one,) = mentions(web, tmp_path)
    assert abs(one.posted_at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("item", [b"<guid>urn:x</guid>", b"<link>http://x.invalid/1</link>", b"<guid> </guid>"])
def test_an_entry_without_what_it_needs_is_rejected(web: Site, tmp_path: Path, item: bytes) -> None:
    put(web, "/feed", RSS % (b"<item>" + item + b"</item>"))
    (post,) = fetched(web, tmp_path).posts
    assert post.place == f"{web.url}/feed, entry 1"
    with pytest.raises(RejectedPost, match="without"):
        source.to_mention(post)


@pytest.mark.parametrize(
    ("body", "error", "told"),
    [
        (b"<!DOCTYPE html><html><body><p>Bienvenidos</p></body></html>", SourceUnavailable, "a web page"),
        (b"", SourceUnavailable, "nothing"),
        (b"{}", SourceUnavailable, "no feed"),
        ((RSS % (ITEM % (1, 1, 1)))[:-20], SourceUnavailable, "cut off"),
        (RSS % (b" " * 10_500_000), QueryRejected, "larger"),
    ],
    ids=["web page", "nothing", "JSON", "cut off", "too large"],
)
def test_what_is_no_feed_is_told(web: Site, tmp_path: Path, body: bytes, error: type[SourceError], told: str) -> None:
    put(web, "/feed", body)
    with pytest.raises(error, match=told):
        fetched(web, tmp_path)


@pytest.mark.parametrize(("status", "error"), [(401, Forbidden), (403, Forbidden), (404, QueryRejected)])
def test_a_feed_that_is_not_given_is_named(web: Site, tmp_path: Path, status: int, error: type[Exception]) -> None:
    put(web, "/feed", "", status)
    with pytest.raises(error, match=f"{web.url}/feed"):
        fetched(web, tmp_path)


def test_an_item_may_have_a_title_or_a_description_alone(web: Site, tmp_path: Path) -> None:
    items = [
        b"<title>Norvia</title>",
        b"<description>Norvia no contesta</description>",
        b"<guid> </guid><title>Aviso</title>",
        b"<title>Aviso</title><pubDate>Fri, 27 Feb 2026 10:00:00 GMT</pubDate>",
    ]
    put(web, "/feed", RSS % b"".join(b"<item>" + item + b"</item>" for item in items))
    read = mentions(web, tmp_path)
    assert [mention.text for mention in read] == ["Norvia", "Norvia no contesta", "Aviso", "Aviso"]
    ids = [mention.post_id for mention in read]
    assert len(set(ids)) == 4
    assert all(post_id.startswith("/feed#") for post_id in ids)
    assert {mention.permalink for mention in read} == {None}
    put(web, "/feed", RSS % b"".join(b"<item>" + item + b"</item>" for item in reversed(items)))
    assert [mention.post_id for mention in mentions(web, tmp_path)] == ids[::-1], "they are the same when read again"


@pytest.mark.parametrize(
    "declared",
    [
        b'PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml-lat1.ent"',
        b"PUBLIC '-//W3C//ENTITIES Latin1//EN//HTML'",
        b'SYSTEM "http://www.w3.org/TR/xhtml1/DTD/xhtml-lat1.ent"',
    ],
)
def test_an_rdf_feed_with_the_usual_letters_is_read(web: Site, tmp_path: Path, declared: bytes) -> None:
    names = b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    item = b'<item rdf:about="http://x.invalid/1"><title>Norvia: caf&eacute;, &ntilde;</title><link>/1</link></item>'
    head = b'<?xml version="1.0"?><!DOCTYPE rdf:RDF [<!ENTITY % HTMLlat1 ' + declared + b">%HTMLlat1;]>"
    put(web, "/feed", head + b"<rdf:RDF " + names + b">" + item + b"</rdf:RDF>", kind="application/rdf+xml")
    assert [mention.text for mention in mentions(web, tmp_path)] == ["Norvia: café, ñ"]
    assert len(web.asked) == 1, "nobody fetches the list"


def test_other_lists_of_letters_are_not_usual(web: Site, tmp_path: Path) -> None:
    for declared in (
        b'SYSTEM "http://www.w3.org.evil.example/x.ent"',
        b'PUBLIC "-//X//ENTITIES Latin 1//EN" "http://x/"',
    ):
        put(web, "/feed", b"<!DOCTYPE rss [<!ENTITY % x " + declared + b">%x;]>" + RSS % b"")
        with pytest.raises(QueryRejected, match="no honest feed"):
            fetched(web, tmp_path)


def bomb(encoding: str = "utf-8") -> bytes:
    entities = '<!ENTITY a "Norvia Norvia Norvia Norvia">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    feed = "<rss version='2.0'><channel><item><guid>u:x</guid><title>&i;</title></item></channel></rss>"
    return f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE rss [{entities}]>{feed}'.encode(encoding)


@pytest.mark.parametrize(
    "body",
    [
        bomb(),
        bomb("utf-16"),
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + RSS % b"<item><title>&x;</title></item>",
        b"<!DOCTYPE rss [<!ENTITY % x \"<!ENTITY y SYSTEM 'http://127.0.0.1:1/'>\">%x;]>" + RSS.replace(b"%s", b""),
    ],
    ids=["entity bomb", "in UTF-16", "a local file", "another address"],
)
def test_a_hostile_document_hurts_nobody(web: Site, tmp_path: Path, body: bytes) -> None:
    put(web, "/feed", body)
    try:
        texts = [one.text for one in mentions(web, tmp_path)]
    except (SourceError, RejectedPost):
        texts = []
    assert not [one for one in texts if "root:" in one or len(one) > 1_000]
    assert len(web.asked) == 1


def test_own_feeds_are_whole_shared_ones_are_matched(web: Site, tmp_path: Path) -> None:
    settings = settings_of(web, tmp_path, "/shared", "/own", "/shared")
    brand = settings.brands[0].model_copy(update={"places": {"feeds": ("/own",)}})
    settings = settings.model_copy(update={"brands": (brand,)})
    assert [(one.target, one.whole) for one in source.listings(brand, settings)] == [("/own", True), ("/shared", False)]
    put(web, "/own", RSS % b"<item><guid>u:1</guid><title>sin nombrarla</title></item>")
    put(web, "/shared", RSS % b"<item><guid>u:2</guid><title>de otra cosa</title></item>")
    assert collector.collect(settings, "feeds").saved.stored == 1


def test_one_server_that_asks_to_wait_does_not_stop_the_others(web: Site, tmp_path: Path) -> None:
    put(web, "/a", "", 429, Retry_After="600")
    put(web, "/b", RSS % (ITEM % (1, 1, 1)))
    done = collector.collect(settings_of(web, tmp_path, "/a", "/b"), "feeds")
    assert done.saved.stored == 1
    assert done.resumes_at is not None


@pytest.mark.parametrize(
    "url", ["blog.invalid/feed", "file:///etc/passwd", "ftp://blog.invalid/feed", "http://[", "http:///feed"]
)
def test_what_is_no_address_is_told(url: str) -> None:
    settings = FakeNetwork().settings("feeds", "", Path(), urls=(url,))
    with pytest.raises(QueryRejected, match="write it whole"):
        source.listings(settings.brands[0], settings)


def test_an_address_with_a_password_is_not_read() -> None:
    settings = FakeNetwork().settings("feeds", "", Path(), urls=("https://ana:made-up-password@blog.invalid/feed",))
    with pytest.raises(QueryRejected, match="blog.invalid") as caught:
        source.listings(settings.brands[0], settings)
    assert "made-up-password" not in str(caught.value)


def test_a_probe_reads_one_feed(web: Site, tmp_path: Path) -> None:
    put(web, "/feed", RSS % (ITEM % (1, 1, 1)))
    assert "1 entries" in source.connect(settings_of(web, tmp_path), Meter()).probe()
    with pytest.raises(SettingsError, match="networks.feeds.urls"):
        source.connect(Settings(), Meter()).probe()


def test_a_post_is_plain_json() -> None:
    """It lies in the journal until it is stored."""
    import json

    from monitor.sources.feeds.document import parse_feed

    (entry, _) = parse_feed(
        (RECORDINGS / "forum.atom").read_bytes(), "application/atom+xml", "http://x.invalid/f"
    ).entries
    assert json.loads(json.dumps(entry)) == entry
    assert source.to_mention(Post("feeds", {"feed": "/f", **entry}, datetime.now(UTC))).author == "luis"


@pytest.mark.parametrize("reference", ["&#1114112;", "&#x110000;", "&#xD800;", "&#99999999999999999999;"])
def test_the_number_of_a_character_that_there_is_not_becomes_the_replacement_character(
    web: Site, tmp_path: Path, reference: str
) -> None:
    put(web, "/feed", RSS % f"<item><guid>urn:1</guid><title>norvia {reference} y</title></item>".encode())
    assert [one.text for one in mentions(web, tmp_path)] == ["norvia \ufffd y"]


def test_a_feed_that_breaks_its_parser_is_named(web: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_: Any, **__: Any) -> Any:
        raise RecursionError("what a post said")

    monkeypatch.setattr("feedparser.parse", burst)
    put(web, "/feed", RSS % b"")
    with pytest.raises(UnexpectedAnswer, match=r"/feed cannot be read \(RecursionError in test_source\.py:"):
        fetched(web, tmp_path)


def test_a_feed_of_more_tags_than_its_parser_reads_in_time_is_named(web: Site, tmp_path: Path) -> None:
    put(web, "/feed", RSS % (b"<item><guid>1</guid><title>" + b"<b>" * 100_000 + b"</title></item>"))
    with pytest.raises(QueryRejected, match=r"/feed holds more than 100,000 tags; it is not read"):
        fetched(web, tmp_path)
    put(
        web,
        "/feed",
        RSS % (b"<item><guid>urn:1</guid><title><![CDATA[norvia" + b"<b>" * 110_000 + b"]]></title></item>"),
    )
    assert len(mentions(web, tmp_path)) == 1


@pytest.mark.parametrize(
    "head",
    [b"<!ENTITY" + b" " * 5_000_000, b"\n" * 5_000_000, (b"<!ENTITY" + b" " * 3_000) * 1_000, b" \n" * 2_000_000],
)
def test_a_head_of_white_space_holds_nobody_up(head: bytes) -> None:
    with contextlib.suppress(SourceError):
        parse_feed(b'<?xml version="1.0"?>' + head + RSS[21:] % b"", "application/rss+xml", "https://a.example/feed")


def test_white_space_hides_no_entity() -> None:
    body = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY' + b" " * 500 + b"a" + b" " * 500 + b'"' + b"x" * 99 + b'">]>'
    with pytest.raises(QueryRejected, match="as no honest feed does"):
        parse_feed(body + RSS[21:] % b"", "application/rss+xml", "https://a.example/feed")


@pytest.mark.parametrize(
    "body",
    [
        b'<rss version="2.0"><channel>' + b"<![CDATA[" * 200_000,
        b'<rss><!ENTITY % a PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML"' + b" " * 1_000_000,
    ],
    ids=["unclosed CDATA", "spaces in a declaration"],
)
def test_what_is_never_closed_holds_nobody_up(body: bytes) -> None:
    with pytest.raises((SourceUnavailable, QueryRejected)):
        parse_feed(body, "text/xml", "http://x.invalid/f")


def test_a_feed_does_not_lead_to_the_host_of_another_that_is_not_public(web: Site, tmp_path: Path) -> None:
    with serving(Web()) as internal:
        put(internal, "/internal", RSS % (ITEM % (1, 1, 1)))
        put(web, "/feed", b"", 302, Location=f"{internal.url}/internal")
        settings = settings_of(web, tmp_path, "/feed", f"{internal.url}/internal")
        public, own = source.listings(settings.brands[0], settings)
        connection = source.connect(settings, Meter())
        assert [post.raw["id"] for post in connection.fetch(own, PageRequest()).posts] == ["urn:x:1"]
        with pytest.raises(UnexpectedAnswer, match="leads to 127.0.0.1, which is no public address"):
            connection.fetch(public, PageRequest())
