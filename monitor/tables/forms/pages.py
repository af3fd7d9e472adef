"""JSON that wraps posts: pages of an API (`{"data": [...], "includes": ...}`), feeds, listings, nodes.

A page gives the objects of its list, each with its author where the page has the users beside: what is unwrapped here,
`monitor.tables.forms.threads` takes apart further.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from monitor.tables.file_format import FAULT, PART, ListPath
from monitor.tables.forms import desks, frames, graphql, parents, writers
from monitor.tables.forms.related import by_reference, related_objects, with_related
from monitor.tables.rich import TEXTS, is_rich

Fields: TypeAlias = dict[str, Any]

LISTS = (
    "data", "items", "results", "posts", "tweets", "statuses", "messages", "reviews", "comments", "records", "rows",
    "media", "videos", "entries", "elements", "values", "value", "docs", "hits", "feed", "timeline", "children",
    "edges", "nodes", "_embedded", "list", "result", "response", "body", "customers", "answers", "responses",
    "contacts", "conversations", "tickets", "articles", "conversation_parts", "_results",
)  # fmt: skip
"""What the list of a page is called; the earlier of two that hold lists wins."""
_BESIDE = frozenset(
    (
        "includes", "included", "errors", "error", "paging", "pagination", "meta", "metadata", "links", "_links",
        "summary", "pageInfo", "page_info", "extensions",
        "matching_rules",
    )
)  # fmt: skip
"""What stands beside the list, and holds no posts."""
_WRAPS = ("node", "_source", "tweet", "noteTweet", "helpdesk_ticket", "ticket", "note")
_TIMES = (
    "created_time", "created_at", "createdAt", "timestamp", "created_utc", "taken_at", "taken_at_timestamp",
    "publishedAt", "date", "fecha", "time", "created",
)  # fmt: skip
COMMENTS = (
    "comments", "replies", "latestComments", "topComments", "firstComments", "comments_data", "commentsData",
    "comment_list", "commentList", "comments_list", "all_comments", "comment_replies", "child_comments", "subComments",
    "replies_data", "reply_list", "edge_media_to_comment", "edge_media_to_parent_comment", "edge_threaded_comments",
    "preview_comments", "comentarios", "respuestas", "responses", "children",
    "answers", "conversation_parts", "interactions", "interacciones", "interacoes",
)  # fmt: skip
"""Under which keys objects hold the comments on them."""
_DEEPEST = 6
"""Objects in objects in which a list is looked for."""
_SHORTEST_KEY = 8
"""Characters from which the key of a post is an id, and no number of a row."""
_LOOKED_AT = 20
"""Elements of a list that are looked at."""
MARKS = frozenset(
    {*LISTS, *_WRAPS, *graphql.MARKS, "includes", "meta", "kind", "referenced_tweets", "senders", "recipients"}
)
"""Keys of which an object that is more than a post has one."""


def pages(
    value: Fields, is_unusual: bool = False, counts_anew: bool = False, asked_lists: Collection[str] = ()
) -> Iterator[Fields]:
    """The posts in an object: itself when it is one. `is_unusual`: a list by any name holds them, or its columns do.

    `counts_anew`: their ids are those of what holds them too. Posts say in which of the `asked_lists` they stand.
    """
    for post, parent in _posts_of(value, is_unusual, asked_lists):
        yield parents.within(post, parent) if counts_anew else post


def at_path(value: Fields, path: ListPath) -> Iterator[Fields]:
    """The posts of a known form in an object; what is in lists of the brand's answers says that it is the brand's."""
    for post in path.objects(value):
        answers = {key: [{**one, writers.BY_BRAND: True} for one in elements_of(post.get(key))] for key in path.own}
        yield {**post, **{key: found for key, found in answers.items() if found}}


def counts_anew(values: Iterable[Fields], is_unusual: bool = False) -> bool:
    """Whether the ids of the posts in these objects are theirs only together with what holds them."""
    return parents.count_anew(found for value in values for found in _posts_of(value, is_unusual))


def _posts_of(
    value: Fields, is_unusual: bool, asked_lists: Collection[str] = ()
) -> Iterator[tuple[Fields, str | None]]:
    """The posts, each with what tells the object that holds them from others."""
    if (alone := _of_one_object(value, is_unusual)) is not None:
        yield from ((post, None) for post in alone)
    else:
        yield from _posts_of_page(unwrapped(value), is_unusual, asked_lists)


def _of_one_object(value: Fields, is_unusual: bool) -> Iterable[Fields] | None:
    """The posts of a table by its columns, a frame, an answer of GraphQL, a chat; a post itself; None: it is a page."""
    if is_unusual and frames.is_by_columns(value):
        return frames.turned(value)
    if (framed := frames.frame_rows(value)) is not None:
        return framed
    if graphql.is_wrapped(value):
        return graphql.posts_in(value)
    value = unwrapped(value)
    return desks.threads_in(value) or ([value] if is_post(value) else None)


def _posts_of_page(
    value: Fields, is_unusual: bool, asked_lists: Collection[str]
) -> Iterator[tuple[Fields, str | None]]:
    found = _lists(value) or (_unusual_lists(value) if is_unusual else [])
    if not found and not _BESIDE.isdisjoint(value):
        return  # a page without posts
    if not found:
        yield value, None
    users, related, parent = _users(value), related_objects(value), parents.parent_id(value)
    people = writers.people_of(value)
    for elements in found:
        said = _said_by_key(value, elements, asked_lists)
        for post in writers.of_one_ticket([writers.with_people(one, people) for one in _unwrapped_elements(elements)]):
            if threads := desks.threads_in(post):
                yield from ((one, None) for one in threads)
            elif FAULT not in post and not is_post(post) and (inner := _lists(post)):
                below = parents.parent_id(post)
                yield from (
                    (desks.in_conversation(_with_author(one, users), post), below)
                    for part in inner
                    for one in _unwrapped_elements(part)
                )
            else:
                told = desks.in_conversation(with_related(_with_author(post, users), related), value)
                yield {**told, **said} if said else told, parent


def _said_by_key(page: Fields, elements: Any, asked_lists: Collection[str]) -> Fields:
    """What the key of a list in a page says of who wrote what it holds."""
    key = next((key for key, held in page.items() if held is elements), "")
    if len(key) > 1 and key not in LISTS and desks.is_of_brand(key):
        return {writers.BY_BRAND: True, PART: key}
    return {PART: key} if key in asked_lists else {}


def answer_lists(value: Fields, is_unusual: bool = False) -> list[str]:
    """The keys of a page's lists of posts that are called answers, where others are not."""
    if is_post(unwrapped(value)):
        return []
    read = _lists(value) or (_unusual_lists(value) if is_unusual else [])
    keys = [key for key, held in value.items() if any(held is one for one in read)]
    asked = [key for key in keys if desks.may_be_of_brand(key)]
    return asked if len(asked) < len(keys) else []


def _unwrapped_elements(value: Any) -> Iterator[Fields]:
    for element in elements_of(value):
        if graphql.is_wrapped(element):
            yield from graphql.posts_in(element)
        else:
            yield unwrapped(element)


def is_unusual_page(value: Fields) -> bool:
    """Whether an object is a page though its list has no name we know, or holds a table by its columns."""
    return frames.is_by_columns(value) or (not is_post(value) and not _lists(value) and bool(_unusual_lists(value)))


def is_post(value: Fields) -> bool:
    """Whether an object holds words of its own, or an id and a time."""
    if isinstance(value.get("snippet"), dict):  # YouTube's
        return "id" in value
    if _has_text(value):
        return "id" in value or not _holds_posts(value)  # `{"message": "ok", "data": [...]}`
    return "id" in value and any(isinstance(value.get(name), str | int | float) for name in _TIMES)


def unwrapped(value: Fields) -> Fields:
    """What is inside `{"node": {...}}`, Elasticsearch's `_source`, and Reddit's `{"kind": "t1", "data": {...}}`.

    Of Reddit's `more` a faulty row: comments that the file only counts.
    """
    if value.get("kind") == "more" and isinstance(value.get("data"), dict):
        return {FAULT: f"{value['data'].get('count') or 'some'} further comments are not in the file"}
    record = value.get("value")
    if isinstance(record, dict) and "$type" in record and "uri" in value:  # a repository's of AT Protocol
        return {**record, **{key: value[key] for key in ("uri", "cid") if key in value}}
    inner = value.get("data")
    if isinstance(inner, dict) and value.get("kind") in ("t1", "t3"):
        return _of_reddit(inner)
    wraps = (value[name] for name in _WRAPS if isinstance(value.get(name), dict))
    return desks.with_source(writers.with_sender(value)) if is_post(value) else next(wraps, value)


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

    An object with an id of its own is a page only if posts are in it (a profile and its feed), not comments on it.
    """
    if MARKS.isdisjoint(value):
        return []
    if "id" in value:
        value = {name: inner for name, inner in value.items() if name not in COMMENTS}
    found = [value[name] for name in LISTS if _is_list(value.get(name))] or list(_lists_in_objects(value))
    found += [held for key, held in value.items() if key not in LISTS and _is_list(held) and desks.is_of_brand(key)]
    return _with_words(found) or ([] if "id" in value else found[:1])


def _unusual_lists(value: Fields) -> list[Any]:
    """The lists anywhere in an object that hold posts, else the longest; or all it holds, of posts by their ids."""
    if by_key := _by_key(value):
        return [by_key]
    found = list(_inside(value, _DEEPEST))
    return _with_words(found) or sorted(found, key=len)[-1:]


def _with_words(lists: Iterable[Any]) -> list[Any]:
    return [part for part in lists if any(map(_has_words, elements_of(part)[:_LOOKED_AT]))]


def _lists_in_objects(value: Fields) -> Iterator[Any]:
    for name in LISTS:
        inner = value.get(name)
        if isinstance(inner, dict) and is_post(inner):
            yield [inner]
        elif isinstance(inner, dict) and (by_key := _by_key(inner)):
            yield by_key
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
            yield from [by_key] if (by_key := _by_key(inner)) else _inside(inner, depth - 1)


def _by_key(value: Fields) -> list[Fields]:
    """The posts of an object that holds nothing but posts, as Firebase exports them: each by its id."""
    if not value or not all(isinstance(inner, dict) and _has_words(inner) for inner in value.values()):
        return []
    return [
        inner if "id" in inner or len(key) < _SHORTEST_KEY else {"id": key, **inner} for key, inner in value.items()
    ]


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _has_words(value: Fields) -> bool:
    inner = unwrapped(value)
    return _has_text(inner) or isinstance(inner.get("snippet"), dict)


def _has_text(value: Fields) -> bool:
    return any(isinstance(text, str) or (text and is_rich(text)) for text in map(value.get, TEXTS))


def _holds_posts(value: Fields) -> bool:
    others = {name: inner for name, inner in value.items() if name not in COMMENTS and isinstance(inner, list | dict)}
    return any(_has_words(part[0]) for part in _inside(others, _DEEPEST))


def lists_beside(value: Fields, is_unusual: bool = False) -> tuple[str, ...]:
    """The keys of an object's lists of objects that are not read, where it is a page."""
    if is_post(unwrapped(value)):
        return ()
    read = _lists(value) or (_unusual_lists(value) if is_unusual else [])
    known = (*_BESIDE, "users") if writers.people_of(value) else _BESIDE
    others = (name for name, inner in value.items() if name not in known and _is_list(inner))
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


def _of_reddit(post: Fields) -> Fields:
    """What a dump of Reddit says: a post's words, its title and what stands below, are in `body` as a comment's are."""
    parts = [part for part in (post.get("title"), post.get("selftext")) if isinstance(part, str) and part.strip()]
    link = post.get("permalink")
    found = {key: value for key, value in post.items() if key != "name"}  # the id once more, and nobody's name
    if isinstance(link, str) and link.startswith("/"):
        found["permalink"] = f"https://www.reddit.com{link}"
    if parts and "body" not in post:
        found["body"] = "\n\n".join(parts)
    return found
