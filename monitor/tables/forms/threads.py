"""Comments that stand inside the post they answer: each becomes a row of its own, behind the post, in its thread.

A row so made has `thread_id` (the id of the post at the top) and `in_reply_to` (that of what it answers); the post has
how many comments it held, where nothing else says so.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from monitor.tables.columns import ColumnFinder, bare_name
from monitor.tables.file_format import FAULT, PART, FileFormat
from monitor.tables.forms import desks, parents, persons, writers
from monitor.tables.forms.pages import COMMENTS, MARKS, Fields, at_path, elements_of, is_post, pages, unwrapped
from monitor.tables.forms.related import by_reference
from monitor.tables.layout import PostColumns

THREAD, IN_REPLY_TO = desks.THREAD, "in_reply_to"
_IDS = (*parents.IDS, "shortCode", "shortcode", "fbid", "url", "permalink", "link")
_ADDRESSES = ("url", "permalink")
_COUNTS = frozenset(
    ("commentscount", "commentcount", "repliescount", "replycount", "numcomments", "numreplies", "totalreplycount")
)
_ANSWERED_AT = frozenset(("created_at", "createdAt", "created_time", "timestamp", "date", "creation_date"))
MORE_MARKS = MARKS | frozenset(COMMENTS)


@dataclass(frozen=True, slots=True)
class _Comment:
    """A comment on the post with an id, or the post at the top. `answered`: the other comment that it answers."""

    value: Fields
    post: str | None = None
    answered: str | None = None
    above: Mapping[str, str] = field(default_factory=dict)
    """How the file calls the posts above it -> their ids."""


def comments_in(post: Fields, renamed: Mapping[str, str], *, is_anew: bool = False) -> Iterator[Fields]:
    """A post and the comments in it. `renamed`: column of a comment -> column of a post that holds the same.

    `is_anew`: their ids count anew below each post.
    """
    yield from _thread(post, renamed, is_anew, ())


def posts_in(value: Fields, form: FileFormat) -> Iterator[Fields]:
    """The posts in an object and the comments in them, one after another as they were written; a faulty row is itself.

    Comments that the file only counts are told as a faulty row.
    """
    renamed = dict(form.renamed)
    for post in _unwrapped(value, form):
        yield from _thread(post, renamed, form.comments_anew, form.asked_lists)


def _unwrapped(value: Fields, form: FileFormat) -> Iterable[Fields]:
    if FAULT in value:
        return (value,)
    if form.path:
        return at_path(value, form.path)
    return pages(value, form.is_unusual, form.counts_anew, form.asked_lists)


def comments_count_anew(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether comments of different posts, or a comment and a post, have one id and other words."""
    return parents.count_anew(
        (row, f"{row.get(THREAD)} {row[IN_REPLY_TO]}" if row.get(IN_REPLY_TO) else "") for row in rows
    )


def answer_keys(posts: Iterable[Fields]) -> tuple[str, ...]:
    """The keys of lists in these posts that are called answers, and do not say whose."""
    keys = dict.fromkeys(key for post in posts for key in _comment_keys(post) if desks.may_be_of_brand(key))
    return tuple(keys)


def unresolved(rows: Iterable[Mapping[str, Any]]) -> int:
    """How many comments say that they answer one that is not among these rows: they are below their post."""
    found = list(rows)
    return parents.dangling([row for row in found if row.get(IN_REPLY_TO)], {_id(row) for row in found})


def is_alone(value: Fields) -> bool:
    """Whether nothing says that an object is more than one post."""
    if not MORE_MARKS.isdisjoint(value):
        return False
    return not any(
        inner.__class__ is list and (_is_of_answers(key) or _is_dialogue(inner)) for key, inner in value.items()
    )


def linked(columns: PostColumns, header: Sequence[str]) -> PostColumns:
    """The columns, with those that comments get here where no other tells the thread or what is answered."""
    return replace(
        columns,
        thread=columns.thread or (THREAD if THREAD in header else None),
        in_reply_to=columns.in_reply_to or (IN_REPLY_TO if IN_REPLY_TO in header else None),
    )


def _with_own_id(root: Fields) -> Fields:
    """A post that may hold comments, and has no id but its address, with that for one: it is its thread's."""
    has_comments = any(isinstance(root.get(key), list) for key in COMMENTS)
    address = next((root[key] for key in _ADDRESSES if isinstance(root.get(key), str)), None)
    if not has_comments or address is None or any(bare_name(key).endswith("id") for key in root):
        return root
    return {"id": address, **root}


def _thread(root: Fields, renamed: Mapping[str, str], is_anew: bool, asked_lists: Collection[str]) -> Iterator[Fields]:
    root = _with_own_id(root)
    thread = _thread_id(root)
    waiting = [_Comment(root)]
    while waiting:
        one = waiting.pop()
        value, comments = _split(one.value, asked_lists)
        called = _id(value)
        if is_anew and one.post is not None and FAULT not in value:
            value = parents.below(value, one.above, one.answered, one.post)
        own_id = _id(value)
        if one.value is not root:
            parent = f"{one.post}:{one.answered}" if is_anew and one.answered else one.answered or one.post
            value = _as_comment(value, root, thread, parent, renamed)
        elif comments and thread is not None and THREAD not in value:
            value = {**value, THREAD: thread}
        if one.value is not root or not _only_holds(root, value):
            yield by_reference(value)
        waiting += reversed(list(_below(comments, called, own_id, one.above)))


def _below(
    comments: Sequence[Fields], called: str | None, own_id: str | None, above: Mapping[str, str]
) -> Iterator[_Comment]:
    """The comments on a post that the file calls `called`; `above`: how it calls those above -> their ids."""
    if called is not None and own_id is not None:
        above = {**above, called: own_id}
    for comment, answered in zip(comments, parents.answered_in(comments, called), strict=True):
        yield _Comment(comment, own_id, answered, above)


def _split(value: Fields, asked_lists: Collection[str] = ()) -> tuple[Fields, list[Fields]]:
    """An object without the comments in it, and these; how many they are stays.

    Comments say in which of the `asked_lists` they stood.
    """
    comments: list[Fields] = []
    rest, is_counted = value, False
    for key in _comment_keys(value):
        held = value[key]
        found = [unwrapped(element) for element in elements_of(held)]
        if key == "answers" and not all("id" in element and _ANSWERED_AT & element.keys() for element in found):
            continue  # of a survey
        if not any(is_post(element) for element in found) and not _is_empty(held):
            continue
        is_counted = True
        rest = {name: inner for name, inner in rest.items() if name != key}
        if isinstance(held, dict) and "summary" in held:
            rest[key] = {"summary": held["summary"]}  # Graph API's total
        told = desks.as_told(value, key, found)
        comments += [{**one, PART: key} for one in told] if key in asked_lists else told
    rest = desks.with_writer(rest, comments)
    rest = writers.with_asker(rest, comments) if is_counted else rest
    if is_counted and not any(bare_name(name) in _COUNTS or name in COMMENTS for name in rest):
        rest["comments_count"] = len(comments)
    return rest, comments


def _only_holds(root: Fields, rest: Fields) -> bool:
    """Whether an object is no post but a desk's conversation: it holds messages and says nothing itself."""
    others = (
        held for key, held in root.items() if key not in COMMENTS and isinstance(held, list) and not desks.is_log(key)
    )
    return FAULT not in root and desks.says_nothing(rest) and any(map(_is_dialogue, others))


def _comment_keys(value: Fields) -> list[str]:
    """The keys that hold comments: those we know, others called answers that hold messages, and those of a desk's."""
    known = [key for key in COMMENTS if isinstance(value.get(key), list | dict)]
    others = [key for key, held in value.items() if key not in COMMENTS and isinstance(held, list)]
    answers = (key for key in others if _is_of_answers(key) and desks.holds_messages(value[key]))
    dialogues = (key for key in others if not desks.is_log(key) and _is_dialogue(value[key]))
    return [*known, *dict.fromkeys((*answers, *dialogues))]


def _is_of_answers(key: str) -> bool:
    return desks.is_of_answers(key) or desks.is_of_brand(key)


def _is_dialogue(held: list[Any]) -> bool:
    """Whether a list holds messages of which some key says who speaks."""
    if not held or not isinstance(held[0], dict):
        return False
    return desks.is_dialogue([unwrapped(one) for one in held if isinstance(one, dict)])


def _is_empty(held: Any) -> bool:
    """Whether it is a list of comments without one."""
    return held == [] or (isinstance(held, dict) and held.get("data") == [])


def _as_comment(
    value: Fields, root: Fields, thread: str | None, parent: str | None, renamed: Mapping[str, str]
) -> Fields:
    if FAULT in value:
        return value
    if isinstance(root.get("snippet"), dict) and "topLevelComment" in root["snippet"]:
        value = {"kind": root.get("kind"), "id": value.get("id"), "snippet": {"topLevelComment": value}}
    for column, to in renamed.items():
        value = persons.moved(value, column, to)
    links = {THREAD: thread, IN_REPLY_TO: parent}
    return {**value, **{key: link for key, link in links.items() if link is not None}}


def _thread_id(root: Fields) -> str | None:
    link = root.get("link_id")
    return link.removeprefix("t3_") if isinstance(link, str) and link else _id(root)


def _id(value: Mapping[str, Any]) -> str | None:
    found = next((value[key] for key in _IDS if isinstance(value.get(key), str | int)), None)
    return None if found is None else str(found)


def renamed_columns(posts: Sequence[Fields], finder: ColumnFinder) -> dict[str, str]:
    """Column of the comments in these posts -> the posts' own column of the same role, by what `finder` knows."""
    alone = [_split(post)[0] for post in posts]
    columns = finder.find("", _names(alone))
    columns |= persons.nested(alone, finder, columns)
    comments = [comment for post in posts for comment in _all_comments(post)]
    keys = _names(comments)
    by_name = {bare_name(key): key for key in reversed((*keys, *persons.dotted(comments)))}
    taken = {key for comment in comments for key in comment}
    found: dict[str, str] = {}
    for role, column in columns.items():
        own = next((by_name[name] for name in persons.names_of(role, finder) if name in by_name), None)
        if own is not None and column.partition(".")[0] not in taken:
            found.setdefault(own, column)
    return found


def _names(values: Iterable[Fields]) -> list[str]:
    """The keys that hold single values."""
    return list(
        dict.fromkeys(key for one in values for key, value in one.items() if not isinstance(value, list | dict))
    )


def _all_comments(post: Fields) -> Iterator[Fields]:
    _, comments = _split(post)
    while comments:
        comment, below = _split(comments.pop())
        comments += below
        yield comment
