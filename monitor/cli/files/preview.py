"""What an import would do, counted without storing anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.collect.ingest import ParsedPosts
    from monitor.collect.matching import Matcher
    from monitor.models.posts import MatchedMention, Mention, Post, Reject
    from monitor.settings.loading import Settings
    from monitor.sources.files.source import Layout

_PAGE = 5_000


@dataclass(slots=True)
class Preview:
    """Counts of a file: `rows` = `mentions` + `rejected` + `duplicates`.

    `later` is what authors wrote later in the conversation of a row's post, and stands beside it.
    `own` are posts of the brands' own accounts among the mentions, and their answers that stand beside them; those of
    them that no query finds are `own_unmatched`, those of others `unmatched`.
    `matched` is by brand, of the mentions; `first` is the first post that can be read, stored already or not;
    `first_reject` is the first that cannot; `renumbered` are rows that have the id of another post.
    """

    rows: int = 0
    mentions: int = 0
    rejected: int = 0
    duplicates: int = 0
    renumbered: int = 0
    own: int = 0
    unmatched: int = 0
    own_unmatched: int = 0
    later: int = 0
    matched: dict[str, int] = field(default_factory=dict)
    first: "Mention | None" = None
    first_reject: "Reject | None" = None
    _seen: set[int] = field(default_factory=set)

    def add(self, parsed: "ParsedPosts", replies: set[str], known: set[str], own: "frozenset[str]") -> None:
        """Counts a page: `replies` are ids of what stands beside posts, `known` ids that are stored already."""
        from monitor.models.posts import OWN_REPLY

        self.rows += parsed.count
        self.first_reject = self.first_reject or next(iter(parsed.rejects), None)
        for matched in parsed.mentions:
            post_id = matched.mention.post_id
            is_new = hash(post_id) not in self._seen and post_id not in known
            self._seen.add(hash(post_id))
            if post_id in replies:
                self.own += is_new and matched.mention.author == OWN_REPLY
                self.later += is_new and matched.mention.author != OWN_REPLY
                continue
            self.first = self.first or matched.mention
            if is_new:
                self._add_mention(matched, own)
            else:
                self.duplicates += 1
        self.rejected = self.rows - self.mentions - self.duplicates

    def _add_mention(self, matched: "MatchedMention", own: "frozenset[str]") -> None:
        from monitor.text.folding import fold_handle

        self.mentions += 1
        is_own = fold_handle(matched.mention.author) in own
        self.own += is_own
        brands = {match.brand for match in matched.matches if match.brand}
        self.unmatched += not brands and not is_own
        self.own_unmatched += not brands and is_own
        for brand in brands:
            self.matched[brand] = self.matched.get(brand, 0) + 1


def look_ahead(settings: "Settings", layout: "Layout", matcher: "Matcher") -> Preview:
    """Reads the whole file as an import would, and counts. Raises UnexpectedAnswer when it is damaged."""
    from monitor.collect import ingest
    from monitor.collect.known.other_posts import OtherPosts
    from monitor.collect.known.own_accounts import OwnAccounts
    from monitor.collect.known.stored_posts import PostsOfStore
    from monitor.runs import now
    from monitor.settings.own import own_handles
    from monitor.sources.files import source

    preview, replies = Preview(), set[str]()

    def own_replies(post: "Post", mention: "Mention") -> "Iterator[Mention]":
        for reply in source.own_replies(post, mention, layout):
            replies.add(reply.post_id)
            yield reply

    stored = PostsOfStore(settings.store, layout.network)
    rows = OtherPosts(OwnAccounts(settings), stored, layout, is_dry=True)
    spec = ingest.IngestSpec(rows.to_mention, matcher, settle=rows.settled, own_replies=own_replies)
    for page in source.read(layout.path, layout, received_at=now(), page_size=_PAGE):
        replies.clear()
        parsed = ingest.parse(page.posts, spec)
        ids = [matched.mention.post_id for matched in parsed.mentions]
        preview.add(parsed, replies, _stored(settings, layout.network, ids), own_handles(settings))
    preview.renumbered = rows.renumbered
    return preview


def _stored(settings: "Settings", network: str, ids: Sequence[str]) -> set[str]:
    from monitor import store
    from monitor.store.posts import mentions

    if not store.exists(settings.store):
        return set()
    with store.connect(settings.store, read_only=True) as connection:
        return mentions.stored_ids(connection, network, ids)


def as_object(layout: "Layout", preview: Preview | None) -> Mapping[str, Any]:
    """The one object of `--dry-run --json`. Without a preview, since questions are open, the counts are null."""
    from monitor.sources.files import asking
    from monitor.tables.clock.zones import zone_name

    counts = ("rows", "mentions", "rejected", "duplicates", "renumbered", "own", "matched", "unmatched")
    return {
        "file": layout.path.name,
        "format": layout.entry,
        "header_row": layout.form.header_row,
        "columns": dict(layout.used_columns()),
        "time_zone": zone_name(layout.time_zone),
        "date_order": date_order(layout),
        **{name: getattr(preview, name) if preview else None for name in counts},
        "first": _first(preview.first) if preview and preview.first else None,
        "questions": [
            {
                "role": question.role,
                "rivals": [
                    {"column": name, "examples": list(examples), "option": asking.option(question, name)}
                    for name, examples in question.candidates
                ],
            }
            for question in layout.questions
        ],
        "notes": [*layout.form.notes, *layout.notes],
    }


def date_order(layout: "Layout") -> str | None:
    """How the file's dates are read, as --date-order says it; None: no date that was looked at depends on it."""
    if layout.swapped_dates:
        return "swapped"
    return {True: "dmy", False: "mdy", None: None}[layout.day_first]


def _first(mention: "Mention") -> Mapping[str, Any]:
    names = ("post_id", "author", "author_name", "text", "language", "likes", "thread_id")
    posted_at = mention.posted_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**{name: getattr(mention, name) for name in names}, "posted_at": posted_at}
