import json

import pytest

from monitor import desk, store
from monitor.errors import EscuchaError
from monitor.models import case_filters
from monitor.models.case_filters import CaseFilters
from monitor.settings.loading import Settings

FILTERS = CaseFilters(
    view="mine", order="due", stages=("received", "answered"), brand="", team="Cobros", internal=False, words="'; DROP"
)


def names(settings: Settings, person: str = "Ana") -> list[str]:
    return [saved.name for saved in desk.saved_filters(settings, person)]


def test_a_saved_filter_comes_back_as_it_was(settings: Settings) -> None:
    desk.save_filter(settings, "Ana", "  <b>Cobros</b>  'míos' ", FILTERS)
    (saved,) = desk.saved_filters(settings, "Ana")
    assert (saved.name, saved.filters, saved.dropped) == ("<b>Cobros</b> 'míos'", FILTERS, ())
    assert names(settings, "Luis") == []


def test_saving_under_a_name_again_replaces(settings: Settings) -> None:
    desk.save_filter(settings, "Ana", "a", FILTERS)
    desk.save_filter(settings, "Ana", "a", CaseFilters())
    assert [saved.filters for saved in desk.saved_filters(settings, "Ana")] == [CaseFilters()]


def test_a_filter_is_renamed_and_deleted_by_its_person_alone(settings: Settings) -> None:
    for person in ("Ana", "Luis"):
        desk.save_filter(settings, person, "a", FILTERS)
    desk.rename_filter(settings, "Ana", "a", "b")
    desk.delete_filter(settings, "Luis", "a")
    assert (names(settings), names(settings, "Luis")) == (["b"], [])


def test_renaming_never_takes_the_name_of_another(settings: Settings) -> None:
    for name in ("a", "b"):
        desk.save_filter(settings, "Ana", name, FILTERS)
    with pytest.raises(EscuchaError, match="there is a saved filter 'b' already"):
        desk.rename_filter(settings, "Ana", "a", "b")
    with pytest.raises(EscuchaError, match="there is no saved filter 'c'"):
        desk.rename_filter(settings, "Ana", "c", "d")
    assert names(settings) == ["a", "b"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_filter_needs_a_name(settings: Settings, name: str) -> None:
    with pytest.raises(EscuchaError, match="needs a name"):
        desk.save_filter(settings, "Ana", name, FILTERS)


def test_what_an_older_version_kept_is_left_out_and_named(settings: Settings) -> None:
    desk.save_filter(settings, "Ana", "a", FILTERS)
    kept = json.dumps({"view": "mine", "mood": "bad", "level": "enormous", "stages": "received gone", "team": ["x"]})
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE saved_filters SET filters = ?", [kept])
    (saved,) = desk.saved_filters(settings, "Ana")
    assert saved.filters == CaseFilters(view="mine")
    assert saved.dropped == ("mood", "level", "stages", "team")


@pytest.mark.parametrize("kept", ["", "[]", "null", "{", '"x"'])
def test_a_broken_filter_narrows_nothing(kept: str) -> None:
    assert case_filters.from_json(kept) == (CaseFilters(), ("json",))
