"""Reviews of the App Store: what Apple's converter makes of them, and which stores and apps are read."""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import QueryRejected, RejectedPost, SettingsError, UnexpectedAnswer
from monitor.models.listings import Meter, PageRequest, ReceivedPage
from monitor.models.posts import Mention
from monitor.settings.loading import Settings
from monitor.sources.app_store import source
from tests.sources import fakes
from tests.sources.contract.server import serving
from tests.sources.fakes import Reply

RECORDING = json.loads((Path(__file__).parent / "recordings" / "page.json").read_text())


def settings_of(folder: Path, url: str = "", **section: Any) -> Settings:
    return fakes.of("app_store").settings("app_store", url, folder, **section)


def fetched(told: Any, folder: Path, cursor: str | None = None) -> ReceivedPage:
    """What the source makes of this answer."""
    with serving(fakes.of("app_store")) as site:
        site.pages |= {1: lambda reply: Reply(told)}
        settings = settings_of(folder, site.url)
        (listing,) = source.listings(settings.brands[0], settings)
        return source.connect(settings, Meter()).fetch(listing, PageRequest(cursor=cursor))


def mentions(told: Any, folder: Path) -> list[Mention]:
    return [source.to_mention(post) for post in fetched(told, folder).posts]


def changed(**feed: Any) -> Any:
    told = copy.deepcopy(RECORDING)
    told["feed"] |= feed
    return told


def test_a_review_with_all_that_the_answer_holds(tmp_path: Path) -> None:
    first, second = mentions(RECORDING, tmp_path)
    assert replace(first, raw={}) == Mention(
        network="app_store",
        post_id="9000000001",
        text="No deja facturar\n\nSe cierra al elegir el asiento 😡 & pierdo el turno",
        posted_at=datetime(2026, 2, 27, 15, 4, 5, tzinfo=UTC),
        thread_id="9000000001",
        raw={},
        author="ejemplo uno",
        author_id="700000001",
        author_name="ejemplo uno",
        permalink="https://apps.apple.com/es/app/id123456?see-all=reviews",
    )
    assert first.raw["entry"]["im:rating"] == {"label": "1"}
    assert second.author is None


def test_the_app_itself_is_no_review(tmp_path: Path) -> None:
    assert "im:artist" in RECORDING["feed"]["entry"][0]
    assert len(RECORDING["feed"]["entry"]) == 3
    assert len(mentions(RECORDING, tmp_path)) == 2


def test_times_are_those_of_the_first_and_the_last_review(tmp_path: Path) -> None:
    answer = fetched(RECORDING, tmp_path)
    assert (answer.newest, answer.oldest) == (
        datetime(2026, 2, 27, 15, 4, 5, tzinfo=UTC),
        datetime(2026, 2, 20, 8, 0, tzinfo=UTC),
    )


def test_a_single_review_is_an_object_and_none_is_no_key(tmp_path: Path) -> None:
    (one,) = mentions(changed(entry=RECORDING["feed"]["entry"][1]), tmp_path)
    assert one.post_id == "9000000001"
    links = copy.deepcopy(RECORDING["feed"]["link"])
    links[3]["attributes"]["href"] = links[3]["attributes"]["href"].replace("page=7", "page=1")
    told = changed(link=links)
    del told["feed"]["entry"]
    assert fetched(told, tmp_path) == ReceivedPage(())


def test_a_page_that_came_empty_ends_nothing_and_is_a_gap_when_reviews_come_after_it(tmp_path: Path) -> None:
    told = changed()
    del told["feed"]["entry"]
    empty = fetched(told, tmp_path)
    assert (empty.posts, empty.cursor, empty.gaps) == ((), "2 empty", ())
    after = fetched(RECORDING, tmp_path, "2 empty")
    (gap,) = after.gaps
    assert gap.since == after.newest
    assert after.cursor == "3"


def test_it_ends_with_the_last_page_that_apple_names_and_after_ten(tmp_path: Path) -> None:
    assert fetched(RECORDING, tmp_path).cursor == "2"
    links = copy.deepcopy(RECORDING["feed"]["link"])
    links[3]["attributes"]["href"] = links[3]["attributes"]["href"].replace("page=7", "page=1")
    assert fetched(changed(link=links), tmp_path).cursor is None
    assert fetched(changed(link=None), tmp_path).cursor == "2"


@pytest.mark.parametrize("told", [{}, [], {"feed": []}, {"feed": {"entry": "none"}}, '"feed"'])
def test_another_form_is_told(told: Any, tmp_path: Path) -> None:
    with pytest.raises(UnexpectedAnswer, match="form has changed"):
        fetched(told, tmp_path)


@pytest.mark.parametrize("key", ["id", "updated"])
@pytest.mark.parametrize("value", [None, "x", {}, {"label": None}, {"label": ["1"]}, {"label": " "}])
def test_a_review_without_what_it_needs_is_rejected(key: str, value: Any, tmp_path: Path) -> None:
    entry = RECORDING["feed"]["entry"][1] | {key: value}
    (post,) = fetched(changed(entry=[entry]), tmp_path).posts
    with pytest.raises(RejectedPost, match="without"):
        source.to_mention(post)
    assert post.place == "app_store es 123456, page 1, review 1"


@pytest.mark.parametrize("entry", [None, 5, "x", [], {}])
def test_an_entry_that_is_nothing_is_rejected(entry: Any, tmp_path: Path) -> None:
    (post,) = fetched(changed(entry=[entry]), tmp_path).posts
    with pytest.raises(RejectedPost):
        source.to_mention(post)


def test_every_app_in_every_country_once(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, countries=("ES", "mx", "es"))
    brand = settings.brands[0].model_copy(
        update={"places": {"app_store": ("123456", "id123456", "https://apps.apple.com/es/app/una-app/id777777?l=en")}}
    )
    found = source.listings(brand, settings)
    assert [one.target for one in found] == ["es 123456", "mx 123456", "es 777777", "mx 777777"]
    assert all(one.whole and one.cap == 500 for one in found)


def test_what_is_no_app_is_told(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    brand = settings.brands[0].model_copy(update={"places": {"app_store": ("com.norvia.app",)}})
    with pytest.raises(QueryRejected, match="give its number"):
        source.listings(brand, settings)


def test_a_probe_reads_one_page(tmp_path: Path) -> None:
    with serving(fakes.of("app_store")) as site:
        settings = settings_of(tmp_path, site.url)
        assert "es 123456: 0" in source.connect(settings, Meter()).probe()
        assert len(site.asked) == 1
    with pytest.raises(SettingsError, match="places.app_store"):
        source.connect(Settings(), Meter()).probe()
