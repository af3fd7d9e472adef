"""Who and what was erased, as keyed hashes: whatever comes again is known by them, and nothing can be read out of them.

The secret stands in the same database, so that every restore, copy and machine has it: who holds all of the database
can test whether a handle that they know already is in the list. Who holds one row learns nothing.
"""

import hmac
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, Literal, TypeAlias

import pyarrow as pa

from monitor.store.engines.protocol import Connection
from monitor.text.folding import fold, fold_handle

ErasedKind: TypeAlias = Literal["post", "account", "handle", "customer", "first", "words", "named", "text"]
"""words: anywhere in a text; named: behind an @ or a /, or alone; text: how one began; first: the first word of one."""
MASK: Final = "[…]"
"""What stands where something was erased in a text of somebody else's."""
PREFIX: Final = "erased:"
"""How the ids begin that stand for those that were erased."""
_KEPT = 24  # hexadecimal digits of such an id
# Accents may stand behind their letters, and addresses write an @ as %40.
_TOKEN = re.compile("%[0-9A-Fa-f]{2}|[\\w\u0300-\u036f]+")
_CACHED = 1 << 17
_AT = ("@", "＠", "/")


@dataclass(frozen=True, slots=True)
class ErasedId:
    """A row of the list; the columns of `erased_ids`. `for_ever`: also what is written after it was erased.

    `words`: how many a phrase has; of a handle 1 where the account's own id is in the list too, else 0.
    """

    digest: str
    kind: ErasedKind
    words: int
    secret: str
    erased_at: datetime
    for_ever: bool


_COLUMNS = ", ".join(column.name for column in fields(ErasedId))


def tokens(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return [fold(token) for token in _TOKEN.findall(text)]


def keyed(secret: str, kind: str, *parts: str) -> str:
    """The hash of something of that kind, 64 hexadecimal digits."""
    words = "\x1f".join((kind, *parts)).encode("utf-8", "surrogatepass")
    return hmac.new(secret.encode(), words, sha256).hexdigest()


def read(connection: Connection) -> "ErasedList":
    """The list; it is empty where nobody was erased yet."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM erased_ids ORDER BY digest").fetchall()
    return ErasedList(ErasedId(*row) for row in rows)


def add(connection: Connection, rows: Iterable[ErasedId]) -> None:
    """Adds to the list; what is in it already was erased again."""
    by_digest = {row.digest: row for row in rows}
    if not by_digest:
        return
    names = [column.name for column in fields(ErasedId)]
    table = pa.Table.from_pylist([{name: getattr(row, name) for name in names} for row in by_digest.values()])
    connection.register("listed", table)
    connection.execute(
        f"""
        INSERT INTO erased_ids ({_COLUMNS}) SELECT {_COLUMNS} FROM listed ON CONFLICT (digest) DO UPDATE SET
            erased_at = greatest(erased_ids.erased_at, excluded.erased_at),
            for_ever = erased_ids.for_ever OR excluded.for_ever
        """
    )
    connection.unregister("listed")


class ErasedList:
    """What is known of the erased. A text is compared word by word, without capitals and accents."""

    def __init__(self, rows: Iterable[ErasedId]) -> None:
        self.rows = tuple(rows)
        self._by_digest = {row.digest: row for row in self.rows}
        # The oldest first: what stands for an id must not change when another desk's list is added.
        self._secrets = list(dict.fromkeys(row.secret for row in sorted(self.rows, key=lambda row: row.erased_at)))
        self._lengths = sorted({row.words for row in self.rows if row.kind in ("words", "named")}, reverse=True)
        self._quote_lengths = sorted({row.words for row in self.rows if row.kind == "text"})
        self.last_at = max((row.erased_at for row in self.rows), default=None)
        self._is_first = lru_cache(maxsize=_CACHED)(lambda token: self._found("first", token) is not None)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def secret(self) -> str | None:
        """The one that new rows are hashed with; None before there is any."""
        return self._secrets[0] if self._secrets else None

    def is_post(self, network: str, post_id: str) -> bool:
        """Whether it is a post that was erased."""
        return self._found("post", network, post_id) is not None

    def is_author(self, network: str, author: str | None, author_id: str | None, posted_at: datetime) -> bool:
        """Whether an erased person wrote it, before that was erased or, where that was asked for, whenever."""
        account = self._found("account", network, author_id) if author_id else None
        handle = self._found("handle", network, fold_handle(author)) if author else None
        if author_id and handle and handle.words:  # the account of that handle is known, and this is another
            handle = None
        return any(row and (row.for_ever or posted_at <= row.erased_at) for row in (account, handle))

    def is_handle(self, network: str, handle: str) -> bool:
        """Whether it was the handle of somebody who was erased."""
        return self._found("handle", network, fold_handle(handle)) is not None

    def is_customer(self, customer_id: str) -> bool:
        """Whether it is a customer who was erased."""
        return self._found("customer", customer_id) is not None

    def stand_in(self, *parts: str) -> str:
        """What stands for an id that was erased: always the same, and nothing else's."""
        return PREFIX + keyed(self._secrets[0], "stand-in", *parts)[:_KEPT]

    def stand_in_number(self, *parts: str) -> int:
        """The same as a number of 62 bits."""
        return int(keyed(self._secrets[0], "stand-in", *parts)[:16], 16) >> 2

    def kept_id(self, network: str, post_id: str | None) -> str | None:
        """The id of a post as it is kept: another for an erased post's, and for what is made of that (`id:reply`)."""
        if post_id is None or post_id.startswith(PREFIX):
            return post_id
        if self.is_post(network, post_id):
            return self.stand_in("post", network, post_id)
        beginning, _, ending = post_id.rpartition(":")
        if beginning and self.is_post(network, beginning):
            return f"{self.stand_in('post', network, beginning)}:{ending}"
        return self.masked(post_id)

    def masked(self, text: str, *, is_own: bool = False) -> str:
        """The text without what it says of an erased person; all of it goes where it begins to quote one.

        `is_own`: somebody else wrote it, who may say the same in words of their own. These stay; where the erased
        person is named too it is a quotation, and the text ends before it.
        """
        if not text or not (self._lengths or self._quote_lengths):
            return text
        spans = [(match.start(), match.end()) for match in _TOKEN.finditer(text)]
        words = [fold(text[start:end]) for start, end in spans]
        kept: list[str] = []
        done, place, before_quote = 0, 0, None
        while place < len(words):
            is_first = self._is_first(words[place])
            if is_first and before_quote is None and self._is_quote(words, place):
                if not is_own:
                    return MASK
                before_quote = "".join((*kept, text[done : spans[place][0]]))
            length = self._length_at(text, spans, words, place) if is_first else 0
            if length:
                kept += [text[done : spans[place][0]], MASK]
                done = spans[place + length - 1][1]
            place += length or 1
        if kept and before_quote is not None:
            return before_quote + MASK
        return "".join((*kept, text[done:])) if kept else text

    def _is_quote(self, words: Sequence[str], place: int) -> bool:
        """Whether a text of the erased begins as these words do from there on."""
        return any(
            self._found("text", " ".join(words[place : place + length]))
            for length in self._quote_lengths
            if place + length <= len(words)
        )

    def _length_at(self, text: str, spans: Sequence[tuple[int, int]], words: Sequence[str], place: int) -> int:
        """How many words from there on name the erased."""
        for length in self._lengths:
            if place + length > len(words):
                continue
            phrase = " ".join(words[place : place + length])
            if self._found("words", phrase):
                return length
            start, alone = spans[place][0], length == len(words)
            if self._found("named", phrase) and (alone or text[max(start - 1, 0) : start] in _AT):
                return length
        return 0

    def masked_json(self, raw: str) -> str:
        """The same of every string in a JSON text, and of its numbers that are ids."""
        if not self:
            return raw
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            return self.masked(raw)
        changed = self._masked_value(value)
        return raw if changed == value else json.dumps(changed, ensure_ascii=False)

    def _masked_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.masked(value)
        if isinstance(value, list):
            return [self._masked_value(part) for part in value]
        if isinstance(value, dict):
            return {self.masked(name): self._masked_value(part) for name, part in value.items()}
        if isinstance(value, int) and not isinstance(value, bool):
            return value if self.masked(str(value)) == str(value) else MASK
        return value

    def without_erased(self, mentions: pa.Table) -> pa.Table:
        """A batch (`batches.mention_table`) without what erased people wrote, and without them in what others did."""
        return pa.Table.from_pylist(list(self._kept(mentions.to_pylist())), schema=mentions.schema)

    def with_kept_ids(self, rows: pa.Table) -> pa.Table:
        """Rows that name posts by `network` and `post_id`, under the ids by which these are kept."""
        pairs = zip(rows["network"].to_pylist(), rows["post_id"].to_pylist(), strict=True)
        ids = pa.array([self.kept_id(network, post_id) for network, post_id in pairs], pa.string())
        return rows.set_column(rows.schema.get_field_index("post_id"), "post_id", ids)

    def _kept(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for row in rows:
            network = row["network"]
            if self.is_post(network, row["post_id"]):
                continue
            if self.is_author(network, row["author"], row["author_id"], row["posted_at"]):
                continue
            for name in ("post_id", "thread_id", "in_reply_to", "quotes"):
                row[name] = self.kept_id(network, row[name])
            if self.last_at is not None and row["posted_at"] <= self.last_at:
                row["text"] = self.masked(row["text"], is_own=not row["is_repost"])
                row["raw"] = self.masked_json(row["raw"])
            yield row

    def _found(self, kind: ErasedKind, *parts: str) -> ErasedId | None:
        for secret in self._secrets:
            row = self._by_digest.get(keyed(secret, kind, *parts))
            if row is not None:
                return row
        return None
