"""JSON that wraps posts: pages of an API (`{"data": [...], "includes": ...}`), feeds, listings, nodes.

A page gives the objects of its list, each with its author where the page has the users beside: what is unwrapped here,
`monitor.tables.forms.threads` takes apart further.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from monitor.tables.forms.related import by_reference, related_objects, with_related
from monitor.tables.layout import FAULT

Fields: TypeAlias = dict[str, Any]

LISTS = (
    "data", "items", "results", "posts", "tweets", "statuses", "messages", "reviews", "comments", "records", "rows",
    "media", "videos", "entries", "elements", "values", "value", "docs", "hits", "feed", "timeline", "children",
    "edges", "nodes", "_embedded", "list", "result", "response", "body", "customers", "answers", "responses",
    "contacts", "conversations", "tickets", "articles",
)  # fmt: skip
"""What the list of a page is called; the earlier of two that hold lists wins."""
_BESIDE = frozenset(
    (
        "includes", "included", "errors", "error", "paging", "pagination", "meta", "metadata", "links", "_links",
        "summary", "pageInfo", "page_info", "extensions",
    )
)  # fmt: skip
"""What stands beside the list, and holds no posts."""
_WRAPS = ("node", "_source", "tweet")
TEXTS = (
    "full_text", "text", "message", "body", "content", "comment", "caption", "selftext", "textOriginal", "textDisplay",
    "review", "texto", "mensaje", "contenido", "comentario", "reseña",
)  # fmt: skip
"""Under which keys an object holds the words of a post."""
_TIMES = (
    "created_time", "created_at", "createdAt", "timestamp", "created_utc", "taken_at", "taken_at_timestamp",
    "publishedAt", "date", "fecha", "time", "created",
)  # fmt: skip
COMMENTS = (
    "comments", "replies", "latestComments", "topComments", "firstComments", "comments_data", "commentsData",
    "comment_list", "commentList", "comments_list", "all_comments", "comment_replies", "child_comments", "subComments",
    "replies_data", "reply_list", "edge_media_to_comment", "edge_media_to_parent_comment", "edge_threaded_comments",
    "preview_comments", "comentarios", "respuestas", "responses", "children",
)  # fmt: skip
"""Under which keys objects hold the comments on them."""
_DEEPEST = 6
"""Objects in objects in which a list is looked for."""
MARKS = frozenset({*LISTS, *_WRAPS, "includes", "meta", "kind", "referenced_tweets"})
"""Keys of which an object that is more than a post has one."""


def pages(value: Fields, is_unusual: bool = False) -> Iterator[Fields]:
    """The posts in an object: itself when it is one. `is_unusual`: a list by any name holds them."""
    value = unwrapped(value)
    if is_post(value):
        yield value
        return
    found = _lists(value) or (list(_inside(value, _DEEPEST)) if is_unusual else [])
    if not found and not _BESIDE.isdisjoint(value):
        return  # a page without posts
    if not found:
        yield value
    users, related = _users(value), related_objects(value)
    for elements in found:
        for element in elements_of(elements):
            post = unwrapped(element)
            if not is_post(post) and (inner := _lists(post)):
                yield from (_with_author(unwrapped(one), users) for part in inner for one in elements_of(part))
            else:
                yield with_related(_with_author(post, users), related)


def is_unusual_page(value: Fields) -> bool:
    """Whether an object is a page though its list has no name we know."""
    return not is_post(value) and not _lists(value) and any(True for _ in _inside(value, _DEEPEST))


def is_post(value: Fields) -> bool:
    """Whether an object holds words of its own, or an id and a time."""
    if isinstance(value.get("snippet"), dict):  # YouTube's
        return "id" in value
    if any(isinstance(value.get(name), str) for name in TEXTS):
        return "id" in value or not _holds_posts(value)  # `{"message": "ok", "data": [...]}`
    return "id" in value and any(isinstance(value.get(name), str | int | float) for name in _TIMES)


def unwrapped(value: Fields) -> Fields:
    """What is inside `{"node": {...}}`, Elasticsearch's `_source`, and Reddit's `{"kind": "t1", "data": {...}}`.

    Of Reddit's `more` a faulty row: comments that the file only counts.
    """
    if value.get("kind") == "more" and isinstance(value.get("data"), dict):
        return {FAULT: f"{value['data'].get('count') or 'some'} further comments are not in the file"}
    inner: Any = value.get("data") if str(value.get("kind", "")).startswith("t") else None
    for name in _WRAPS if inner is None else ():
        if isinstance(value.get(name), dict) and not is_post(value):
            inner = value[name]
            break
    if isinstance(inner, dict):
        return _with_title(inner) if value.get("kind") == "t3" else inner
    return value


def elements_of(value: Any) -> list[Fields]:
    """The objects of a list, however it is held: `[...]`, `{"data": [...]}`, `{"edges": [...]}`."""
    for _ in range(_DEEPEST):
        if isinstance(value, list):
            return [element if isinstance(element, dict) else {FAULT: "not a JSON object"} for element in value]
        if not isinstance(value, dict):
            return []
        value = next((value[name] for name in LISTS if isinstance(value.get(name), dict | list)), None)
    return []


def _lists(value: Fields) -> list[Any]:
    """What holds the posts of a page: lists with names we know, else what is in its objects; none where it has rows.

    An object with an id of its own is a page only if posts are in it (a profile and its feed).
    """
    found = [value[name] for name in LISTS if _is_list(value.get(name))] or list(_lists_in_objects(value))
    posts = [part for part in found if any(map(_has_words, elements_of(part)[:1]))]
    return posts or ([] if "id" in value else found[:1])


def _lists_in_objects(value: Fields) -> Iterator[Any]:
    for name in LISTS:
        inner = value.get(name)
        if isinstance(inner, dict) and is_post(inner):
            yield [inner]
        elif elements_of(inner):
            yield inner
        elif isinstance(inner, dict):
            yield from _inside(inner, _DEEPEST)


def _inside(value: Fields, depth: int) -> Iterator[Any]:
    for name, inner in value.items():
        if name in _BESIDE or depth == 0:
            continue
        if _is_list(inner):
            yield inner
        elif isinstance(inner, dict):
            yield from _inside(inner, depth - 1)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _has_words(value: Fields) -> bool:
    inner = unwrapped(value)
    return any(isinstance(inner.get(name), str) for name in TEXTS) or isinstance(inner.get("snippet"), dict)


def _holds_posts(value: Fields) -> bool:
    others = {name: inner for name, inner in value.items() if name not in COMMENTS and isinstance(inner, list | dict)}
    return any(_has_words(part[0]) for part in _inside(others, _DEEPEST))


def lists_beside(value: Fields, is_unusual: bool = False) -> tuple[str, ...]:
    """The keys of an object's lists of objects that are not read, where it is a page."""
    if is_post(unwrapped(value)):
        return ()
    read = _lists(value) or (list(_inside(value, _DEEPEST)) if is_unusual else [])
    others = (name for name, inner in value.items() if name not in _BESIDE and _is_list(inner))
    return tuple(name for name in others if read and not any(value[name] is one for one in read))


def _users(value: Fields) -> Mapping[Any, Fields]:
    includes = value.get("includes")
    users = includes.get("users") if isinstance(includes, dict) else None
    return {str(user["id"]): user for user in elements_of(users) if user.get("id") is not None}


def _with_author(post: Fields, users: Mapping[Any, Fields]) -> Fields:
    """X's API: the author from the users beside, and what the post refers to by how it does."""
    author = users.get(str(post.get("author_id")))
    if author is not None and "author" not in post:
        post = {**post, "author": author}
    return by_reference(post)


def _with_title(post: Fields) -> Fields:
    """A post of Reddit: what it says is its title and what stands below, as comments have it in `body`."""
    parts = [part for part in (post.get("title"), post.get("selftext")) if isinstance(part, str) and part.strip()]
    return post if "body" in post or not parts else {**post, "body": "\n\n".join(parts)}
