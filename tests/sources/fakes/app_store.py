"""Apple's feed of customer reviews, as JSON."""

import re
from typing import Any, ClassVar

from tests.sources.fakes import FakeNetwork, FakePost, Posts, Reply, Request, iso

_PATH = re.compile(r"/es/rss/customerreviews/page=(\d+)/id=123456/sortby=mostrecent/json")
_PUBLIC = "reviews are public: there are no credentials"


class Fake(FakeNetwork):
    section: ClassVar = {"countries": ("ES",)}
    places: ClassVar = {"app_store": ("id123456",)}
    cannot: ClassVar = {
        "refused_credentials": _PUBLIC,
        "a_reply_stands_in_the_thread_of_its_post": "reviews do not answer each other",
    }

    def answer(self, request: Request, posts: Posts) -> Reply:
        found = _PATH.fullmatch(request.path)
        assert found, request.path
        number = int(found[1])
        page = posts.page((number - 1) * self.page_size, self.page_size)
        pages = max(-(-len(posts.listed) // self.page_size), 1)
        entries: Any = [self._rendered(one) for one in page.posts]
        feed = {
            "author": {"name": {"label": "iTunes Store"}, "uri": {"label": "http://www.apple.com/es/itunes/"}},
            "updated": {"label": "2026-03-02T09:00:00-07:00"},
            "title": {"label": "iTunes Store: Customer Reviews"},
            "link": [
                {
                    "attributes": {
                        "rel": rel,
                        "href": f"https://itunes.apple.com/es/rss/customerreviews/page={to}/x/json",
                    }
                }
                for rel, to in (("first", 1), ("last", pages), ("next", min(number + 1, pages)))
            ],
        }
        if entries:
            feed["entry"] = entries if len(entries) > 1 else entries[0]
        return Reply({"feed": feed}, first=page.first)

    def _rendered(self, post: FakePost) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "author": {
                "uri": {"label": "https://itunes.apple.com/es/reviews/id7001"},
                "name": {"label": post.author or ""},
                "label": "",
            },
            "updated": {"label": iso(post.edited_at or post.posted_at)},
            "im:rating": {"label": "1"},
            "im:version": {"label": "4.2"},
            "id": {"label": str(post.number)},
            "title": {"label": "Mal"},
            "content": {"label": post.text, "attributes": {"type": "text"}},
            "im:voteSum": {"label": "0"},
            "im:voteCount": {"label": "0"},
        }
        if post.broken:
            del entry["id"]
        return entry
