"""JSON as APIs and scrapers write it: pages with authors beside, objects one after another, comments inside posts."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from monitor.errors import UnfitFile
from monitor.tables import json_rows
from monitor.tables.columns import ColumnFinder
from monitor.tables.detect import detect_format
from monitor.tables.file_format import FAULT, FileFormat, ReadProgress
from monitor.tables.rows import place, rows
from monitor.tables.values import flat_names, value_of

FINDER = ColumnFinder(
    {
        "id": ("id",),
        "text": ("text", "message", "body", "caption", "snippettoplevelcommentsnippettextoriginal"),
        "author": ("username", "userusername", "ownerusername", "authorusername", "fromname", "author"),
        "author_name": ("profilename",),
        "posted_at": ("timestamp", "createdtime", "createdat"),
    }
)


def put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> tuple[FileFormat, list[dict[str, Any]]]:
    form = detect_format(path, FINDER)
    return form, [dict(row) for _, _, row in rows(path, form, 0, ReadProgress())]


def held(path: Path, value: Any, **layout: Any) -> list[dict[str, Any]]:
    return read(put(path, json.dumps(value, ensure_ascii=False, **layout)))[1]


def post(number: int, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "text": f"llegó roto {number}", "created_at": "2026-03-01T10:00:00Z", **more}


ONE, TWO = post(1), post(2)
JOINED = json.dumps(ONE), json.dumps(TWO)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(JOINED),
        ",\n".join(JOINED),
        ",\n".join(JOINED) + ",\n",
        "".join(JOINED),
        "\n".join(json.dumps(one, indent=2) for one in (ONE, TWO)),
        ",\n".join(json.dumps(one, indent=2) for one in (ONE, TWO)),
        json.dumps([ONE, TWO], indent=1),
        f"[{JOINED[0]}]\n[{JOINED[1]}]",
        json.dumps([[ONE], [TWO]]),
        "[\n" + ",\n".join(JOINED) + ",\n]\n",
        "window.YTD.tweets.part0 = " + json.dumps([{"tweet": ONE}, {"tweet": TWO}]),
        json.dumps({"misquejas": [ONE, TWO], "total": 2}),
        json.dumps({"data": [ONE, TWO]}),
        json.dumps({"data": [ONE]}) + "\n" + json.dumps({"data": [TWO], "meta": {"result_count": 1}}),
        json.dumps([{"data": [ONE], "paging": {}}, {"data": [TWO]}]),
        json.dumps({"status": "ok", "message": "done", "response": {"posts": [ONE, TWO], "links": [{"url": "x"}]}}),
        json.dumps(
            {"data": {"children": [{"kind": "t1", "data": ONE}, {"kind": "t1", "data": TWO}]}, "kind": "Listing"}
        ),
        json.dumps({"hits": {"total": 2, "hits": [{"_id": "a", "_source": ONE}, {"_id": "b", "_source": TWO}]}}),
        json.dumps({"post_stream": {"posts": [ONE, TWO]}, "id": 7, "people": [{"id": 1}, {"id": 2}, {"id": 3}]}),
        json.dumps({"1": ONE, "2": TWO}),
        json.dumps({"id": "4", "business": {"media": {"data": [ONE, TWO]}}}),
        json.dumps({"data": ONE, "matching_rules": [{"id": "1"}]}) + "\n" + json.dumps({"data": TWO}),
        json.dumps({"data": {"user": {"timeline": {"edges": [{"node": ONE}, {"node": TWO}]}}}}),
        json.dumps({"name": "Norvia", "id": "9", "posts": {"data": [ONE, TWO], "paging": {}}}),
        "\ufeff \n" + json.dumps({"items": [ONE, TWO]}, indent=1),
    ],
)
def test_posts_are_found_however_json_wraps_them(tmp_path: Path, text: str) -> None:
    form, found = read(put(tmp_path / "a.json", text))
    assert found == [ONE, TWO]
    for start in range(4):
        left = rows(tmp_path / "a.json", form, start, ReadProgress())
        assert [row for _, _, row in left] == [ONE, TWO][start:]


def test_a_page_without_posts_is_no_post(tmp_path: Path) -> None:
    pages = [{"data": [ONE]}, {"meta": {"result_count": 0}}, {"data": [], "paging": {}}, {"data": [TWO]}]
    assert read(put(tmp_path / "a.jsonl", "\n".join(map(json.dumps, pages))))[1] == [ONE, TWO]


def test_the_users_beside_are_the_authors_of_a_page(tmp_path: Path) -> None:
    answer = post(2, author_id="8", referenced_tweets=[{"type": "replied_to", "id": "1"}])
    users = [{"id": "7", "username": "ana"}, {"id": "8", "username": "leo"}]
    page = {"data": [post(1, author_id="7"), answer], "includes": {"users": users}, "meta": {"result_count": 2}}
    for layout in ({}, {"indent": 2}):
        first, second = held(tmp_path / "a.json", page, **layout)
        assert [value_of(row, "author.username") for row in (first, second)] == ["ana", "leo"]
        assert value_of(second, "referenced_tweets.replied_to.id") == "1"
    assert held(tmp_path / "b.json", {"data": post(1, author_id="7"), "includes": {"users": users}}) == [
        post(1, author_id="7", author=users[0])
    ]


def test_lists_without_posts_are_told(tmp_path: Path) -> None:
    form, found = read(put(tmp_path / "a.json", json.dumps({"posts": [ONE], "users": [{"id": "7", "name": "Ana"}]})))
    assert found == [ONE]
    assert form.notes == ('lists that hold no posts are not read: "users"',)


def names(found: list[dict[str, Any]], *keys: str) -> list[tuple[str | None, ...]]:
    return [tuple(value_of(row, key) for key in keys) for row in found]


def test_comments_in_posts_become_posts_of_their_thread(tmp_path: Path) -> None:
    def said(number: str, *replies: Any, **more: Any) -> dict[str, Any]:
        below = {"comments": {"data": list(replies), "paging": {}}} if replies else {}
        return {"id": number, "message": f"dice {number}", "created_time": "2026-03-01", **below, **more}

    page = {"data": [said("1", said("1_1", said("1_1_1")), said("1_2")), said("2")], "paging": {}}
    found = held(tmp_path / "a.json", page)
    assert names(found, "id", "in_reply_to", "thread_id", "comments_count") == [
        ("1", None, "1", "2"),
        ("1_1", "1", "1", "1"),
        ("1_1_1", "1_1", "1", None),
        ("1_2", "1", "1", None),
        ("2", None, None, None),
    ]
    assert held(tmp_path / "b.json", [said("1", comments=[])])[0]["comments_count"] == 0
    assert not any("comments" in row for row in found)


def test_a_total_that_a_network_tells_is_kept(tmp_path: Path) -> None:
    nested = {"comments": {"data": [TWO], "summary": {"total_count": 40}}}
    assert names(held(tmp_path / "a.json", [{**ONE, **nested}]), "comments.summary.total_count") == [("40",), (None,)]


def test_comments_that_call_things_otherwise_are_read_as_the_posts_are(tmp_path: Path) -> None:
    comment = {"id": "5", "text": "no me contestan", "username": "leo", "timestamp": "2026-03-02"}
    media = {
        "id": "1",
        "caption": "Abrimos",
        "ownerUsername": "norvia",
        "timestamp": "2026-03-01",
        "latestComments": [comment],
    }
    bare = {"id": "2", "ownerUsername": "norvia", "timestamp": "2026-03-01", "caption": "Cerramos"}
    found = held(tmp_path / "a.json", [media, bare])
    assert names(found, "id", "caption", "ownerUsername", "in_reply_to") == [
        ("1", "Abrimos", "norvia", None),
        ("5", "no me contestan", "leo", "1"),
        ("2", "Cerramos", "norvia", None),
    ]
    assert not any("text" in row for row in found)


def test_a_list_of_comments_is_no_text_of_the_posts(tmp_path: Path) -> None:
    finder = ColumnFinder({**FINDER.names, "text": ("text", "comments", "caption")})
    comment = {"id": "5", "text": "no me contestan", "replies": {"data": [{"id": "6", "text": "ni a mí"}]}}
    media = {"id": "1", "caption": "Abrimos", "timestamp": "2026-03-01", "comments": {"data": [comment]}}
    path = put(tmp_path / "a.json", json.dumps([media]))
    form = detect_format(path, finder)
    found = [dict(row) for _, _, row in rows(path, form, 0, ReadProgress())]
    assert names(found, "id", "caption", "in_reply_to") == [
        ("1", "Abrimos", None),
        ("5", "no me contestan", "1"),
        ("6", "ni a mí", "5"),
    ]


def test_pictures_of_a_post_are_no_comments(tmp_path: Path) -> None:
    children = {"data": [{"id": "3", "media_type": "IMAGE"}]}
    assert held(tmp_path / "a.json", [{**ONE, "children": children}]) == [{**ONE, "children": children}]
    assert held(tmp_path / "b.json", [{**ONE, "comments": ["bien", "mal"]}]) == [{**ONE, "comments": ["bien", "mal"]}]


def test_replies_of_youtube_are_of_the_thread_they_answer(tmp_path: Path) -> None:
    def comment(number: str, **more: Any) -> dict[str, Any]:
        return {"kind": "youtube#comment", "id": number, "snippet": {"textOriginal": f"dice {number}", **more}}

    thread = {
        "kind": "youtube#commentThread",
        "id": "a",
        "snippet": {"videoId": "v", "topLevelComment": comment("a"), "totalReplyCount": 1},
        "replies": {"comments": [comment("a.1", parentId="a")]},
    }
    found = held(tmp_path / "a.json", {"kind": "youtube#commentThreadListResponse", "items": [thread]}, indent=1)
    inside = "snippet.topLevelComment."
    assert names(found, f"{inside}id", f"{inside}snippet.textOriginal", "thread_id", "in_reply_to") == [
        ("a", "dice a", "a", None),
        ("a.1", "dice a.1", "a", "a"),
    ]


def test_a_tree_of_reddit_is_a_post_and_its_comments(tmp_path: Path) -> None:
    def listing(*children: Any) -> dict[str, Any]:
        return {"kind": "Listing", "data": {"after": None, "children": list(children)}}

    def comment(number: str, replies: Any = "") -> dict[str, Any]:
        return {"kind": "t1", "data": {"id": number, "body": f"dice {number}", "link_id": "t3_p", "replies": replies}}

    root = {
        "kind": "t3",
        "data": {"id": "p", "title": "Norvia no responde", "selftext": "Llevo un mes", "name": "t3_p"},
    }
    more = {"kind": "more", "data": {"count": 12, "id": "z", "children": ["z"]}}
    tree = [listing(root), listing(comment("c", listing(comment("d"), more)), comment("e"))]
    found = held(tmp_path / "a.json", tree)
    assert names(found, "id", "body", "thread_id", "in_reply_to") == [
        ("p", "Norvia no responde\n\nLlevo un mes", None, None),
        ("c", "dice c", "p", None),
        ("d", "dice d", "p", "c"),
        (None, None, None, None),
        ("e", "dice e", None, None),
    ]
    assert found[3] == {FAULT: "12 further comments are not in the file"}


def test_comments_nested_as_deep_as_json_goes_are_read(tmp_path: Path) -> None:
    depth = 300
    text = '{"id": "1", "text": "a", "replies": [' * depth + '{"id": "2", "text": "b"}' + "]}" * depth
    assert len(read(put(tmp_path / "a.jsonl", text + "\n"))[1]) in (1, depth + 1)


def test_an_object_too_large_to_be_held_is_read_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "_LARGEST", 10_000)
    monkeypatch.setattr(json_rows, "_PIECE", 1_000)
    posts = [post(number) for number in range(400)]
    path = put(tmp_path / "a.json", json.dumps({"meta": {"n": 400}, "data": posts, "paging": {}}))
    assert read(path)[1] == posts
    path = put(tmp_path / "b.json", json.dumps({"data": posts, "includes": {"users": []}}, indent=1))
    *found, last = read(path)[1]
    assert found == posts
    assert "includes" in last[FAULT]


def test_a_broken_page_costs_its_line(tmp_path: Path) -> None:
    path = put(
        tmp_path / "a.jsonl", json.dumps({"data": [ONE]}) + '\n{"data": [{"id"\n' + json.dumps({"data": [TWO]}) + "\n"
    )
    form, found = read(path)
    assert [FAULT in row for row in found] == [False, True, False]
    places = [place(path, form, number, line) for number, line, _ in rows(path, form, 0, ReadProgress())]
    assert places == ["a.jsonl, line 1", "a.jsonl, line 2", "a.jsonl, line 3"]


@pytest.mark.parametrize("text", ['[{"id": 1}, {"id": 2}', '[{"id": 1}, {"id": 2},', '[[{"id": 1}, {"id": 2}]'])
def test_an_array_without_end_is_told(tmp_path: Path, text: str) -> None:
    found = read(put(tmp_path / "a.json", text))[1]
    assert [row.get("id") for row in found[:2]] == [1, 2]
    assert "broken here" in found[2][FAULT]


def test_structs_of_parquet_have_columns_and_their_comments_are_posts(tmp_path: Path) -> None:
    listed = [
        {
            "id": "1",
            "text": "a",
            "user": {"username": "ana", "place": {"name": "Sur"}},
            "comments": [{"id": "2", "text": "b"}],
        },
        {"id": "3", "text": "c", "user": {"username": "leo", "place": None}, "comments": []},
    ]
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.Table.from_pylist(listed), path)
    form, found = read(path)
    assert form.header[:4] == ("id", "text", "user.username", "user.place.name")
    assert {"thread_id", "in_reply_to"} <= set(form.header)
    assert names(found, "id", "user.username", "in_reply_to") == [
        ("1", "ana", None),
        ("2", None, "1"),
        ("3", "leo", None),
    ]


@pytest.mark.parametrize(
    "text", ["{" * 100_000, '{"a":' * 100_000, "[" * 100_000, "[{" * 50_000, '{"data": [' * 50_000]
)
def test_json_that_means_ill_is_told(tmp_path: Path, text: str) -> None:
    try:
        found = read(put(tmp_path / "a.json", text))[1]
    except UnfitFile:
        return
    assert all(FAULT in row for row in found)


COLUMNS = ["id", "text", "created_at"]
CELLS = [[one[name] for name in COLUMNS] for one in (ONE, TWO)]


@pytest.mark.parametrize(
    "frame",
    [
        {name: {str(row): cells[at] for row, cells in enumerate(CELLS)} for at, name in enumerate(COLUMNS)},
        {name: {f"row {row}": cells[at] for row, cells in enumerate(CELLS)} for at, name in enumerate(COLUMNS)},
        {name: [cells[at] for cells in CELLS] for at, name in enumerate(COLUMNS)},
        {str(row): dict(zip(COLUMNS, cells, strict=True)) for row, cells in enumerate(CELLS)},
        {"columns": COLUMNS, "index": [0, 1], "data": CELLS},
        {"schema": {"fields": [{"name": "id"}], "pandas_version": "1.4.0"}, "data": [ONE, TWO]},
        {"cols": [{"name": name, "display_name": name.title()} for name in COLUMNS], "rows": CELLS},
        {"range": "A1:C3", "majorDimension": "ROWS", "values": [COLUMNS, *CELLS]},
        [COLUMNS, *CELLS],
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_data_frames_are_rows_in_every_orientation(tmp_path: Path, frame: Any, indent: int | None) -> None:
    assert held(tmp_path / "a.json", frame, indent=indent) == [ONE, TWO]


def test_rows_of_a_frame_without_names_lose_none(tmp_path: Path) -> None:
    found = held(tmp_path / "a.json", CELLS)
    assert [row["column 2"] for row in found] == ["llegó roto 1", "llegó roto 2"]


def test_lists_that_only_stand_side_by_side_are_no_columns(tmp_path: Path) -> None:
    assert held(tmp_path / "a.json", {"tweets": [ONE], "users": [{"id": "7", "name": "ana"}]}) == [ONE]
    nodes = {"page": {"1": {"title": "a"}}, "feed": {"1": ONE}}
    assert held(tmp_path / "b.json", nodes) != [{"page": {"title": "a"}, "feed": ONE}]


def test_a_row_of_a_frame_that_is_too_long_is_told(tmp_path: Path) -> None:
    found = held(tmp_path / "a.json", {"columns": COLUMNS, "data": [*CELLS, ["3", "a", "b", "c"]]})
    assert found[-1][FAULT] == "not a list of 3 values"


def test_a_table_too_large_to_be_read_whole_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "_LARGEST", 100)
    monkeypatch.setattr(json_rows, "_PIECE", 50)
    many = CELLS * 9
    for number, frame in enumerate((dict(zip(COLUMNS, zip(*many, strict=True), strict=True)), [COLUMNS, *many])):
        (row,) = held(tmp_path / f"{number}.json", frame)
        assert "lines=True" in row[FAULT]


@pytest.mark.parametrize(
    ("of_post", "of_comment", "column"),
    [
        ({"user": {"name": "Norvia", "id": "1"}}, {"profileName": "Ana Ruiz", "profileId": "7"}, "user.name"),
        ({"ownerUsername": "norvia"}, {"user": {"username": "ana", "id": "7"}}, "ownerUsername"),
        ({"owner": {"username": "norvia"}}, {"ownerUsername": "ana"}, "owner.username"),
        ({"from": {"name": "Norvia"}}, {"author": "Ana Ruiz"}, "from.name"),
    ],
)
def test_authors_of_comments_stand_where_those_of_posts_do(
    tmp_path: Path, of_post: dict[str, Any], of_comment: dict[str, Any], column: str
) -> None:
    comment = {**TWO, **of_comment, "replies": [{**post(3), **of_comment}]}
    path = put(tmp_path / "a.json", json.dumps([{**ONE, **of_post, "comments": [comment]}]))
    form = detect_format(path, FINDER)
    found = [value_of(row, column) for _, _, row in rows(path, form, 0, ReadProgress())]
    assert [name.split()[0].lower() for name in found if name] == ["norvia", "ana", "ana"]


def graphql(number: int, **more: Any) -> dict[str, Any]:
    user = {"rest_id": "9", "core": {"screen_name": "ana"}, "legacy": {"name": "Ana Ruiz", "description": "De Lugo"}}
    legacy = {"full_text": f"llegó roto {number}", "created_at": "Sun Mar 01 10:00:00 +0000 2026"}
    return {"rest_id": str(number), "core": {"user_results": {"result": user}}, "legacy": legacy, **more}


def entry(result: dict[str, Any]) -> dict[str, Any]:
    return {"entryId": "tweet-1", "content": {"itemContent": {"tweet_results": {"result": result}}}}


@pytest.mark.parametrize("wrap", [list, lambda found: {"data": {"search": {"timeline": {"instructions": [
    {"type": "TimelineClearCache"}, {"type": "TimelineAddEntries", "entries": [
        entry(found[0]), {"entryId": "cursor-top", "content": {"value": "abc"}},
        {"entryId": "conversation-1", "content": {"items": [{"item": entry({"tweet": found[1]})["content"]}]}},
    ]}]}}}}])  # fmt: skip
def test_posts_of_x_graphql_are_flat(tmp_path: Path, wrap: Callable[[Any], Any]) -> None:
    note = {"note_tweet_results": {"result": {"text": "llegó roto 2 y nadie contesta"}}}
    found = held(tmp_path / "a.json", wrap([graphql(1), graphql(2, note_tweet=note)]))
    told = [(row["id_str"], row["user"]["screen_name"], row["user"]["name"], row["full_text"]) for row in found]
    assert told == [("1", "ana", "Ana Ruiz", "llegó roto 1"), ("2", "ana", "Ana Ruiz", "llegó roto 2 y nadie contesta")]


def test_below_three_objects_persons_have_names_and_words_only_where_none_stand_higher() -> None:
    person = {"screen_name": "ana", "name": "Ana", "bio": "De Lugo"}
    below = {"a": {"b": {"c": {"core": {"legacy": person}, "full_text": "otro", "other": 1}}}}
    who = ["a.b.c.core.legacy.screen_name", "a.b.c.core.legacy.name"]
    assert flat_names({"text": "llegó roto", **below}) == ["text", "a.b.c", *who]
    assert flat_names(below) == ["a.b.c", "a.b.c.full_text", *who]
    assert flat_names({"a": {"b": {"c": {"d": {}}}}}) == ["a.b.c"]


@pytest.mark.parametrize("wrap", [lambda posts: {"posts": posts}, lambda posts: {"app": {"quejas": posts}}, dict])
def test_posts_by_their_keys_are_posts(tmp_path: Path, wrap: Callable[[Any], Any]) -> None:
    posts = {f"-Nabcdef{number}": {"message": f"llegó roto {number}", "user": "ana"} for number in (1, 2)}
    found = held(tmp_path / "a.json", wrap(posts))
    assert [(row["id"], row["message"]) for row in found] == [(key, one["message"]) for key, one in posts.items()]


def chat(name: dict[str, Any], *words: str) -> dict[str, Any]:
    """Messages that count from 1, of which the second answers the first."""
    messages = [{"id": number, "text": text} for number, text in enumerate(words, 1)]
    messages[1]["reply_to_message_id"] = 1
    return {**name, "messages": messages}


@pytest.mark.parametrize("key", ["id", "channel", "name"])
def test_messages_that_count_anew_in_each_chat_have_its_id_too(tmp_path: Path, key: str) -> None:
    chats = [chat({key: "12"}, "Llegó roto", "Lo vemos"), chat({key: "34"}, "¿Vienes?", "Ya voy")]
    for written in ({"chats": {"list": chats}}, {"data": chats}, chats):
        _, found = read(put(tmp_path / "f.json", json.dumps(written)))
        links = [(row["id"], row.get("reply_to_message_id")) for row in found]
        assert links == [("12:1", None), ("12:2", "12:1"), ("34:1", None), ("34:2", "34:1")]


def test_of_one_chat_and_of_pages_with_the_same_post_ids_stay(tmp_path: Path) -> None:
    _, found = read(put(tmp_path / "f.json", json.dumps({"data": [chat({"id": 12}, "Llegó roto", "Lo vemos")]})))
    assert [row["id"] for row in found] == [1, 2]
    page = {"id": "77", "text": "Llegó roto"}
    pages = [{"title": "lunes", "data": [page]}, {"title": "martes", "data": [page]}]
    _, found = read(put(tmp_path / "g.json", json.dumps(pages)))
    assert [row["id"] for row in found] == ["77", "77"]


@pytest.mark.parametrize(
    "at",
    [{"$date": "2026-02-03T10:00:00Z"}, {"$date": 1770112800000}, {"$date": {"$numberLong": "1770112800000"}}],
)
def test_values_with_the_types_of_mongodb_are_themselves(tmp_path: Path, at: Any) -> None:
    written = {"_id": {"$oid": "65f1"}, "text": "La nevera no enfría", "at": at, "likes": {"$numberInt": "7"}}
    nested = {"user": {"id": {"$numberLong": "90071992547409931"}}, "score": {"$numberDouble": "1.5"}}
    (row,) = read(put(tmp_path / "posts.json", json.dumps([written | nested])))[1]
    assert (row["_id"], row["likes"], row["user"], row["score"]) == ("65f1", 7, {"id": 90071992547409931}, "1.5")
    assert datetime.fromisoformat(row["at"]) == datetime(2026, 2, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize("page", [{"Items": ["post", "post"], "Count": 2}, "lines"])
def test_values_with_the_types_of_dynamodb_are_themselves(tmp_path: Path, page: Any) -> None:
    post = {"pk": {"S": "1"}, "text": {"S": "No enfría"}, "ts": {"N": "1770112800"}, "seen": {"NULL": True}}
    post["user"] = {"M": {"name": {"S": "eva"}, "tags": {"L": [{"S": "a"}]}}}  # type: ignore[dict-item]
    text = (
        json.dumps({"Items": [post, post], "Count": 2}) if page != "lines" else 2 * (json.dumps({"Item": post}) + "\n")
    )
    found = read(put(tmp_path / "posts.json", text))[1]
    assert len(found) == 2
    told = {"pk": "1", "text": "No enfría", "ts": 1770112800, "user": {"name": "eva", "tags": ["a"]}}
    assert {key: value for key, value in found[0].items() if value is not None} == told
