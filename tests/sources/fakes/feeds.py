"""An RSS feed in pages (RFC 5005), with an ETag."""

import hashlib
from datetime import datetime
from email.utils import format_datetime
from typing import Any, ClassVar
from xml.sax.saxutils import escape

from tests.sources.fakes import FakeNetwork, FakePost, Posts, Reply, Request, iso

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:thr="http://purl.org/syndication/thread/1.0"><channel><title>Foro</title><link>http://foro.invalid/</link>
"""


class Fake(FakeNetwork):
    section: ClassVar[dict[str, Any]] = {"urls": ("/feed.xml",)}
    cannot: ClassVar[dict[str, str]] = {
        "refused_credentials": "feeds are public: there are no credentials",
        "what_the_network_will_not_give": "an older page that is gone is where a feed ends; see test_feeds.py",
        "characters_that_are_none": "XML cannot hold them",
    }

    def answer(self, request: Request, posts: Posts) -> Reply:
        assert request.path == "/feed.xml", request.path
        page = posts.page(int(request.query.get("from", "0")), self.page_size)
        following = "" if page.next is None else f'<atom:link rel="next" href="/feed.xml?from={page.next}"/>'
        body = _HEAD + following + "".join(map(self._rendered, page.posts)) + "</channel></rss>"
        tag = f'"{hashlib.blake2b(body.encode()).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == tag:
            return Reply(b"", 304, {"ETag": tag}, first=page.first)
        return Reply(body, headers={"ETag": tag}, first=page.first, content_type="application/rss+xml")

    def _rendered(self, post: FakePost) -> str:
        parts = {
            "guid": self.post_id(post),
            "link": f"/hilo/{post.number}",
            "pubDate": format_datetime(post.posted_at),
        }
        if not post.broken:
            parts["title"] = "Mal servicio"
            parts["description"] = escape(f"<p>{escape(post.text)}</p>")
        if post.author is not None:
            parts["dc:creator"] = post.author
        if post.edited_at is not None:
            parts["atom:updated"] = iso(post.edited_at)
        told = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items())
        if post.reply_to is not None:
            told += f'<thr:in-reply-to ref="tag:foro.invalid,2026:{post.reply_to}"/>'
        return f"<item>{told}</item>"

    def limited(self, until: datetime | None) -> Reply:
        headers = {} if until is None else {"Retry-After": format_datetime(until, usegmt=True)}
        return Reply("slow down", 429, headers)

    def post_id(self, post: FakePost) -> str:
        return f"tag:foro.invalid,2026:{post.number}"
