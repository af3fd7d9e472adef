"""Reddit as its documentation and recordings have it: search, a subreddit's comments, threads, look-ups.

Search finds submissions alone and ends after some 250, a listing after 1,000; pages of 100 go on `after` a name. A
thread's tree has at most 500 comments and is ten deep; what did not fit stands in stubs. `morechildren` gives 100
comments with their answers and names in further stubs what did not fit, ids that were asked for among it (praw's
recordings of comment forests). What its author deleted is "[deleted]" in look-ups and, when it was answered, in trees;
listings leave it out, and `num_comments` does not count it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby, islice
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from tests.slow.quarter.network import JsonObject, QuarterNetwork
from tests.slow.quarter.world import START, Author, SimulatedPost
from tests.sources.fakes import Posts, Reply, Request
from tests.sources.fakes.reddit import base36

_SEARCH_CAP, _LISTING_CAP, _PAGE = 250, 1_000, 100
_TREE, _MORE, _DEEPEST = 500, 100, 10


@dataclass(slots=True)
class _Room:
    """How many comments still fit into an answer."""

    left: int


class RedditNetwork(QuarterNetwork):
    """Reddit. Its budgets are in requests."""

    name = "reddit"
    section: ClassVar[JsonObject] = {
        "client_id": "made-up-client",
        "client_secret": "made-up-secret",
        "subreddits": ("ciudadinventada",),
    }
    full_budget: ClassVar[dict[str, float]] = {"daily_requests": 900}
    poor_budget: ClassVar[dict[str, float]] = {"daily_requests": 12}
    dearest_answer = 2.0

    def populate(self, author: Author) -> None:
        author.everyday("comment", 30)
        author.everyday("comment", 20, wanted=False)
        author.everyday("submission", 1.5)
        author.vanish("comment", 120, 35)
        author.flood("comment", 20.4, 3_000)
        for submission in [post for post in author.posts if post.kind == "submission"]:
            submission.gone_at = None
            self._discuss(author, submission, min(int(author.chance.expovariate(1 / 12)), 90), days=2.5)
        for day, count in ((12.3, 1_400), (70.2, 2_200)):
            submission = author.write("submission", START + timedelta(days=day))
            submission.gone_at = None
            self._discuss(author, submission, count, days=1.5)

    @staticmethod
    def _discuss(author: Author, submission: SimulatedPost, count: int, days: float) -> None:
        """Comments below a submission, some of them answers to others, some chains deeper than a tree shows."""
        times = sorted(author.chance.uniform(60, days * 86_400) for _ in range(count))
        below: list[SimulatedPost] = [submission]
        for seconds in times:
            made_at = submission.made_at + timedelta(seconds=seconds)
            fate = author.chance.random()
            parent = submission if fate < 0.5 else below[-1] if fate < 0.65 else author.chance.choice(below)
            below.append(author.write("thread", made_at, parent=parent))

    def identity(self, post: SimulatedPost) -> str:
        """Ids are given in turn."""
        return f"{'t3' if post.kind == 'submission' else 't1'}_{base36(40_000_000 + post.number)}"

    def answer(self, request: Request, posts: Posts) -> Reply:
        self.spend(1)
        if request.path == "/api/v1/access_token":
            return Reply({"access_token": "made-up-token", "token_type": "bearer", "expires_in": 86400, "scope": "*"})
        if request.headers.get("authorization") != "bearer made-up-token":
            return Reply({"message": "Unauthorized", "error": 401}, 401)
        body, first = self._route(request, dict(parse_qsl(request.body.decode())))
        used = {"x-ratelimit-used": "4", "x-ratelimit-remaining": "596.0", "x-ratelimit-reset": "311"}
        return Reply(body, headers=used, first=first)

    def _route(self, request: Request, form: dict[str, str]) -> tuple[Any, int | None]:
        query, parts = request.query, request.path.strip("/").split("/")
        if request.path == "/api/info/":
            return self._look_up(query["id"].split(",")), None
        if request.path == "/api/morechildren/":
            return self._more_children(form["link_id"], form["children"].split(",")), 0
        if parts[0] == "comments":
            return self._thread(parts[1], parts[3] if len(parts) > 3 else None), 0
        if request.path == "/r/all/search/":
            return self._listing(["submission"], query.get("after"), _SEARCH_CAP), 0
        if request.path == "/r/ciudadinventada/comments/":
            return self._listing(["comment"], query.get("after"), _LISTING_CAP), 0
        assert request.path == "/r/ciudadinventada/new", request.path
        return _shelf([]), 0

    def _listing(self, kinds: Sequence[str], after: str | None, cap: int) -> JsonObject:
        at = self.now()
        listed = list(islice((post for kind in kinds for post in self.posts.newest_first(kind, at)), cap))
        names = [post.post_id for post in listed]
        if after is not None and after not in names:
            return _shelf([])
        first = names.index(after) + 1 if after else 0
        page = listed[first : first + _PAGE]
        is_last = first + _PAGE >= len(listed)
        return _shelf([self._thing(post) for post in page], None if is_last else page[-1].post_id)

    def _look_up(self, names: list[str]) -> JsonObject:
        assert len(names) <= 100
        at = self.now()
        found = [post for name in names if (post := self.posts.by_id.get(name)) and post.seen_at <= at]
        return _shelf([self._thing(post, is_gone=not self.shown(post)) for post in found])

    @cached_property
    def _answers(self) -> dict[str, list[SimulatedPost]]:
        """What answers each post, the newest first."""
        below: dict[str, list[SimulatedPost]] = {}
        for post in reversed(self.posts.all):
            if post.parent is not None:
                below.setdefault(post.parent.post_id, []).append(post)
        return below

    def _below(self, name: str) -> list[SimulatedPost]:
        """The answers that a tree shows: those that live, and those that were answered."""
        at = self.now()
        made = [post for post in self._answers.get(name, ()) if post.seen_at <= at]
        return [post for post in made if not post.is_gone(at) or self._below(post.post_id)]

    def _count(self, name: str) -> int:
        at = self.now()
        return sum((not post.is_gone(at)) + self._count(post.post_id) for post in self._below(name))

    def _thread(self, short: str, comment: str | None) -> list[JsonObject]:
        submission = self.posts.by_id[f"t3_{short}"]
        roots = [self.posts.by_id[f"t1_{comment}"]] if comment else self._below(submission.post_id)
        return [_shelf([self._thing(submission)]), _shelf(self._tree(roots, _Room(_TREE), 0))]

    def _tree(self, roots: Sequence[SimulatedPost], room: _Room, depth: int) -> list[JsonObject]:
        """Comments depth first as long as they fit, then a stub."""
        nodes: list[JsonObject] = []
        for position, post in enumerate(roots):
            if room.left == 0:
                nodes.append(self._stub(roots[position:], depth))
                break
            room.left -= 1
            node = self._thing(post)
            answers = self._below(post.post_id)
            if answers and depth + 1 >= _DEEPEST:
                elsewhere = {"count": 0, "name": "t1__", "id": "_", "parent_id": post.post_id, "children": []}
                node["data"]["replies"] = _shelf([{"kind": "more", "data": elsewhere | {"depth": depth + 1}}])
            elif answers:
                node["data"]["replies"] = _shelf(self._tree(answers, room, depth + 1))
            nodes.append(node)
        return nodes

    def _stub(self, roots: Sequence[SimulatedPost], depth: int) -> JsonObject:
        parent, ids = roots[0].parent, [post.post_id[3:] for post in roots]
        assert parent is not None
        count = sum(1 + self._count(post.post_id) for post in roots)
        told = {"count": count, "name": f"t1_{ids[0]}", "id": ids[0], "parent_id": parent.post_id}
        return {"kind": "more", "data": told | {"depth": depth, "children": ids}}

    def _more_children(self, link: str, ids: list[str]) -> JsonObject:
        assert link in self.posts.by_id
        assert len(ids) <= 100
        room, nodes = _Room(_MORE), list[JsonObject]()
        asked = [post for short in ids if (post := self.posts.by_id.get(f"t1_{short}"))]
        for _, siblings in groupby(asked, key=lambda post: post.parent and post.parent.post_id):
            nodes += self._tree(list(siblings), room, 0)
        return {"json": {"errors": [], "data": {"things": _flat(nodes)}}}

    def _thing(self, post: SimulatedPost, *, is_gone: bool | None = None) -> JsonObject:
        at = self.now()
        is_gone = post.is_gone(at) if is_gone is None else is_gone
        edited_at = post.edited_at(at)
        text = "[deleted]" if is_gone else post.text_at(at)
        fields: JsonObject = {
            "id": post.post_id[3:],
            "name": post.post_id,
            "author": "[deleted]" if is_gone else post.author,
            "subreddit": "otraciudad",
            "created_utc": post.made_at.replace(microsecond=0).timestamp(),
            "edited": edited_at.timestamp() if edited_at else False,
            "score": 1,
        }
        if post.kind == "submission":
            fields |= {"title": "Una pregunta", "selftext": text, "is_self": True}
            fields["num_comments"] = self._count(post.post_id)
            return {"kind": "t3", "data": fields}
        root = post
        while root.parent is not None:
            root = root.parent
        link = root.post_id if root.kind == "submission" else "t3_1zzzzz"
        parent = post.parent.post_id if post.parent else link
        return {"kind": "t1", "data": fields | {"body": text, "link_id": link, "parent_id": parent, "replies": ""}}

    def error(self, status: int) -> Reply:
        return Reply({"message": f"made-up reason for {status}", "error": status}, status)

    def limited(self, until: datetime | None) -> Reply:
        left = {} if until is None else {"x-ratelimit-reset": str(round((until - self.now()).total_seconds()))}
        return Reply({"message": "Too Many Requests", "error": 429}, 429, left)


def _shelf(children: list[JsonObject], after: str | None = None) -> JsonObject:
    told = {"after": after, "before": None, "dist": len(children), "modhash": None, "children": children}
    return {"kind": "Listing", "data": told}


def _flat(nodes: list[JsonObject]) -> list[JsonObject]:
    """Nodes beside each other, as `morechildren` gives them."""
    flat: list[JsonObject] = []
    for node in nodes:
        replies = node["data"].get("replies")
        flat.append(node if node["kind"] == "more" else {"kind": "t1", "data": node["data"] | {"replies": ""}})
        if isinstance(replies, dict):
            flat += _flat(replies["data"]["children"])
    return flat
