"""What an answer held encoded stands in plain once its post is read: credentials are taken out there too."""

from datetime import UTC, datetime

import pytest

from monitor.collect.ingest import IngestSpec, parse
from monitor.masking import masks
from monitor.models.posts import Match, MatchedMention, Mention, Post
from monitor.sources.html import to_text

SECRET = "r4nd0m14chars1"


def read(post: Post) -> Mention:
    text = to_text(post.raw["content"])
    return Mention("mastodon", "1", text, post.received_at, "1", post.raw, author=to_text(post.raw["author"]))


def stored(content: str, author: str) -> Mention:
    spec = IngestSpec(read, lambda mention: MatchedMention(mention, (Match("Norvia", "all"),)))
    post = Post("mastodon", {"content": content, "author": author}, datetime(2026, 3, 1, tzinfo=UTC))
    return parse([post], spec).mentions[0].mention


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masks, "_configured", {SECRET: False, "norvia1": False, "norvia_ayuda": False})


def test_a_mention_holds_no_credential_that_its_answer_encoded() -> None:
    encoded = "".join(f"&#{ord(letter)};" for letter in SECRET)
    mention = stored(f"<p>Hola {encoded}, adi\u00f3s</p>", f"Ana {SECRET.upper()}")
    assert (mention.text, mention.author) == ("Hola ***, adi\u00f3s", "Ana ***")
    assert mention.raw == {"cut": "a post that held a credential"}


def test_a_mention_keeps_words_that_a_password_is_made_of() -> None:
    mention = stored("<p>norvia1 no contesta</p>", "norvia_ayuda")
    assert (mention.text, mention.author) == ("norvia1 no contesta", "norvia_ayuda")
