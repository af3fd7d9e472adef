"""Known exports of JSON that no column tells: by what the file calls its list, and by where its posts stand."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.errors import RejectedPost
from monitor.models.posts import OWN_REPLY, Mention
from monitor.sources.files.source import Layout, inspect, own_replies, read, to_mention
from tests.sources.files.read_mentions import accepted_mentions
from tests.sources.files.timed_tables import NOW

SAMPLES = Path(__file__).parent / "exports"
WORDS = ["@rosa escríbenos y lo miramos", "Hoy abrimos una tienda en Vigo"]

FOLLOWED = (
    "7;Cobrança;Cobraram duas vezes;Rosa;Recife;03/02/2026;Vamos devolver;04/02/2026;Nada ainda;{};Não recomendo;"
    "06/02/2026;0"
)


def look(path: Path, network: str = "x") -> Layout:
    return inspect(path, network=network, time_zone=ZoneInfo("Europe/Madrid"))


def tweet(number: int, key: str, **more: Any) -> dict[str, Any]:
    """As archives have it from before tweets could be edited."""
    told = {"retweeted": False, "source": "<a>X</a>", "favorite_count": "3", "id_str": f"11000000000000050{number}"}
    return {**told, "created_at": "Tue Feb 05 08:15:00 +0000 2019", key: WORDS[number], "lang": "es", **more}


@pytest.mark.parametrize(
    ("name", "envelope", "key"),
    [
        ("window.YTD.tweet.part0 = ", "tweet", "full_text"),
        ("window.YTD.tweet.part0 = ", "", "full_text"),
        ("window.YTD.community_tweet.part0 = ", "tweet", "full_text"),
        ("", "tweet", "text"),
        ("Grailbird.data.tweets_2013_05 = ", "", "text"),
    ],
)
def test_the_tweets_of_an_older_archive_are_its_accounts_own(
    tmp_path: Path, name: str, envelope: str, key: str
) -> None:
    user = {"user": {"screen_name": "norvia", "id_str": "9"}} if name.startswith("Grailbird") else {}
    tweets = [tweet(number, key, **user) for number in (0, 1)]
    path = tmp_path / "tweet.js"
    path.write_text(name + json.dumps([{envelope: one} if envelope else one for one in tweets]), encoding="utf-8")
    layout = look(path)
    assert (layout.entry, layout.questions) == ("x_archive", ())
    assert [(one.text, one.author) for one in accepted_mentions(layout)] == [(words, OWN_REPLY) for words in WORDS]


def test_tweets_of_others_in_envelopes_are_theirs(tmp_path: Path) -> None:
    tweets = [tweet(number, "full_text", user={"screen_name": f"rosa{number}", "id_str": "9"}) for number in (0, 1)]
    path = tmp_path / "found.json"
    path.write_text(json.dumps([{"tweet": one} for one in tweets]), encoding="utf-8")
    assert [one.author for one in accepted_mentions(look(path))] == ["rosa0", "rosa1"]


def test_lists_in_lists_are_read_only_where_an_entry_names_them(tmp_path: Path) -> None:
    """Chats of an export keep their ids."""
    chats = [
        {"id": chat, "messages": [{"id": 1, "text": f"Hola {chat}", "date": "2026-02-03T08:15:00Z"}]} for chat in "ab"
    ]
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"chats": {"list": chats}}), encoding="utf-8")
    assert look(path, "telegram").form.path is None


def conversation(path: Path, rows: str) -> list[Mention | str]:
    """The posts of each row and what stands beside them; of what cannot be read the reason."""
    head = SAMPLES.joinpath("reviews", "reclame_aqui.csv").read_text("utf-8").splitlines()[0]
    path.write_text(f"{head}\n{rows}\n", encoding="utf-8")
    layout = look(path, "reclame_aqui")
    found: list[Mention | str] = []
    for page in read(path, layout, received_at=NOW):
        for post in page.posts:
            mention = to_mention(post, layout)
            found.append(mention)
            try:
                found.extend(own_replies(post, mention, layout))
            except RejectedPost as error:
                found.append(str(error))
    return found


def test_what_follows_a_complaint_is_of_its_conversation_and_of_who_wrote_it(tmp_path: Path) -> None:
    found = conversation(tmp_path / "ra.csv", FOLLOWED.format("05/02/2026"))
    assert [(one.text, one.author, one.thread_id, one.posted_at.day) for one in found if isinstance(one, Mention)] == [
        ("Cobraram duas vezes", "Rosa", "7", 2),
        ("Vamos devolver", OWN_REPLY, "7", 3),
        ("Nada ainda", "Rosa", "7", 4),
        ("Não recomendo", "Rosa", "7", 5),
    ]


def test_a_later_message_without_its_time_is_told_and_the_others_are_kept(tmp_path: Path) -> None:
    found = conversation(tmp_path / "ra.csv", FOLLOWED.format(""))
    assert [one.text if isinstance(one, Mention) else one for one in found] == [
        "Cobraram duas vezes",
        "Vamos devolver",
        "Não recomendo",
        "the post is stored, what Réplica do consumidor says is not: no time in column Data da réplica",
    ]
