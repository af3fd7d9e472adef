"""Ids of others in a row: the post that it answers, its thread, its author. Dropped where they are no ids of these."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from monitor import networks
from monitor.sources.files.catalogue import entry_named
from monitor.sources.files.column_names import word_set
from monitor.sources.files.ids.repeated import RowValues
from monitor.sources.files.ids.written import bare_id, is_nobody, related_id
from monitor.sources.files.people import author_id_of, author_name_of, author_of
from monitor.sources.files.words import words
from monitor.tables.columns import bare_name
from monitor.tables.layout import Layout
from monitor.tables.values import value_of
from monitor.text.folding import fold_handle

_HALF, _ALMOST_ALL, _SOME = 0.5, 0.9, 0.1
_FEW = 3
"""Rows, and authors of one id, below which a repetition proves nothing."""
_OF_NETWORKS = 12
"""Digits from which an id is a network's own."""
_NUMBER = re.compile(r"(?:t\d_)?[\d_:\-]*\d[\d_:\-]*")
_TOKEN = re.compile(r"(?=\S*\d)[\w\-:=#/]+")
_SPREAD = 2
"""Characters by which ids of one kind differ in length."""
_OF_ANSWERS = frozenset({"idrespuesta", "respuestaid", "replyid", "idresposta", "respostaid"})
"""Names of the id of an answer, which may be the row's own, or that of the brand's answer to it."""
_OF_PEOPLE = word_set("user usuario username handle screen name nombre nome author autor account cuenta email")


def with_related(layout: Layout, sample: Sequence[RowValues]) -> Layout:
    """The layout without the columns of ids that tell no post, thread or author; its notes say which."""
    return _with_authors(_with_answered(layout, sample), sample)


def with_links(layout: Layout, sample: Sequence[RowValues]) -> Layout:
    """Whether the addresses of X are those of the posts, or of the posts that they answer."""
    post_ids = networks.profile(layout.network).post_ids
    column = layout.columns.permalink
    if column is None or post_ids is None or (layout.columns.id is not None and not layout.tool_ids):
        return layout
    texts: dict[str, set[str | None]] = defaultdict(set)
    linked = [(post_ids.in_permalink(value_of(row, column) or ""), row) for row in sample]
    for post_id, row in linked:
        if post_id is not None:
            texts[post_id].add(value_of(row, layout.columns.text))
    shared = sum(len(texts[post_id]) > 1 for post_id, _ in linked if post_id is not None)
    if shared <= _SOME * len(sample):
        return layout
    note = f"{column} is the same in posts of different texts: it leads to the post that they answer"
    return replace(layout.with_note(note), links_answered=True)


def answered_post(raw: RowValues, layout: Layout, permalink: str | None) -> str | None:
    """The id of the post that a row's address leads to, where that is not the row's own; None: it is, or there is none.

    The row's own is that whose author the address names.
    """
    if not layout.links_answered or permalink is None:
        return None
    post_ids = networks.profile(layout.network).post_ids
    if post_ids is None:
        return None
    author, named = author_of(raw, layout.columns, layout.network, None), post_ids.author_in_permalink(permalink)
    is_own = author is not None and named is not None and fold_handle(author) == fold_handle(named)
    return None if is_own else post_ids.in_permalink(permalink)


def _with_answered(layout: Layout, sample: Sequence[RowValues]) -> Layout:
    column = layout.columns.in_reply_to
    if column is None or _is_of_entry(layout, column):
        return layout
    values = [value for row in sample if (value := related_id(row, column, layout)) is not None]
    ids = {found for row in sample if (found := bare_id(row, layout.columns.id))}
    without = replace(layout, columns=replace(layout.columns, in_reply_to=None))
    if len(values) >= _FEW and bare_name(column) in _OF_ANSWERS and ids.isdisjoint(values):
        if len(set(values)) == len(values) == len(sample) and layout.columns.id is None:
            note = f"{column} differs in every row: it is taken for the id of the posts"
            return replace(without.with_note(note), columns=replace(without.columns, id=column))
        return without.with_note(f"{column} names no post of this file: it is not read as the post that is answered")
    if values and (_are_people(column) or _share_of_ids(values, ids) < _HALF):
        return without.with_note(f"{column} holds no ids of posts: it is not read as the post that is answered")
    if _is_one_of_nobody(values, ids, len(sample)):
        note = f"{column} is the same in almost all rows and no post's id: it is not read as the post that is answered"
        return without.with_note(note)
    return layout


def _is_of_entry(layout: Layout, column: str) -> bool:
    """Whether the catalogue knows that a column of this export holds what is answered."""
    if layout.entry is None:
        return False
    return column == entry_named(layout.entry).columns_in(layout.form.header).get("in_reply_to")


def _are_people(column: str) -> bool:
    return not _OF_PEOPLE.isdisjoint(words(column)) and "id" not in words(column)


def _share_of_ids(values: Sequence[str], ids: Collection[str]) -> float:
    lengths = {len(one) for one in ids}
    are_networks = sum(map(_is_of_network, ids)) > _HALF * len(ids)
    shortest, longest = min(lengths, default=0) - _SPREAD, max(lengths, default=0) + _SPREAD

    def is_id(value: str) -> bool:
        if value in ids or value.startswith(("http://", "https://")):
            return True
        if _NUMBER.fullmatch(value):
            return not are_networks or not value.isdigit() or _is_of_network(value)
        return _TOKEN.fullmatch(value) is not None and (shortest <= len(value) <= longest or len(value) >= _OF_NETWORKS)

    return sum(map(is_id, values)) / len(values)


def _is_one_of_nobody(values: Sequence[str], ids: Collection[str], count: int) -> bool:
    """Whether nearly every row holds the same, which is no row's id and has not the form of a network's."""
    if count < _FEW or not values:
        return False
    value, times = Counter(values).most_common(1)[0]
    return times >= _ALMOST_ALL * count and value not in ids and not _is_of_network(value)


def _is_of_network(value: str) -> bool:
    return sum(map(str.isdigit, value)) >= _OF_NETWORKS


def _with_authors(layout: Layout, sample: Sequence[RowValues]) -> Layout:
    """An id that goes with several authors is none of theirs: that of all guests."""
    column = layout.columns.author_id
    if column is None:
        return layout
    found = [(author_id_of(row, layout), _author(row, layout)) for row in sample]
    names: dict[str, set[str]] = defaultdict(set)
    for author_id, name in found:
        if author_id and name:
            names[author_id].add(name)
    rows = [author_id for author_id, _ in found if author_id]
    nobody = sum(is_nobody(value) for row in sample if (value := bare_id(row, column)))
    if nobody:
        layout = layout.with_note(
            f"{column} says 0 or the like in {nobody:,} of the rows looked at: no author has that id"
        )
    are_shared = sum(len(names[author_id]) > 1 for author_id in rows) > _HALF * len(rows)
    if are_shared and len(rows) >= (_FEW if layout.entry else 2):
        note = f"{column} is the same for different authors: it is no author's id"
        return replace(layout.with_note(note), columns=replace(layout.columns, author_id=None))
    shared = frozenset(author_id for author_id, of_one in names.items() if len(of_one) >= _FEW)
    if not shared:
        return layout
    note = f"{len(shared):,} of the ids looked at in {column} go with several authors each: they are no author's"
    return replace(layout.with_note(note), shared_author_ids=shared)


def _author(row: RowValues, layout: Layout) -> str | None:
    author = author_of(row, layout.columns, layout.network, None) if layout.columns.author else None
    name = author or author_name_of(row, layout.columns)
    return None if name is None or name.startswith(("[", "(")) else fold_handle(name)
