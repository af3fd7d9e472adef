"""Filters of the case list that a person keeps under a name."""

from dataclasses import dataclass

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.errors import Refusal
from monitor.models import case_filters
from monitor.models.case_filters import CaseFilters
from monitor.settings.loading import Settings
from monitor.store.cases import saved_filters as cases_saved_filters

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A kept filter. `dropped` are parts of an older version that mean nothing any more: they narrow nothing."""

    name: str
    filters: CaseFilters
    dropped: tuple[str, ...] = ()


@permitted(Permission.READ_POSTS)
def saved_filters(settings: Settings, person: str) -> list[SavedFilter]:
    """The person's filters, by name."""
    with store.connect(settings.store, read_only=True) as connection:
        rows = cases_saved_filters.of_person(connection, person)
    return [SavedFilter(name, *case_filters.from_json(text)) for name, text in rows]


@permitted(Permission.KEEP_FILTERS)
def save_filter(settings: Settings, person: str, name: str, filters: CaseFilters) -> None:
    """Keeps the filters under the name, in place of what was kept under it. Raises EscuchaError for no name."""
    with store.connect(settings.store) as connection:
        cases_saved_filters.save(connection, person, _checked_name(name), case_filters.as_json(filters))


@permitted(Permission.KEEP_FILTERS)
def rename_filter(settings: Settings, person: str, name: str, new_name: str) -> None:
    """Renames a kept filter. Raises EscuchaError when it is not there or the new name is taken or none."""
    with store.connect(settings.store) as connection:
        cases_saved_filters.rename(connection, person, name, _checked_name(new_name))


@permitted(Permission.KEEP_FILTERS)
def delete_filter(settings: Settings, person: str, name: str) -> None:
    """Forgets a kept filter."""
    with store.connect(settings.store) as connection:
        cases_saved_filters.delete(connection, person, name)


def _checked_name(name: str) -> str:
    words = " ".join(name.split())
    if not 0 < len(words) <= LONGEST_NAME:
        raise Refusal("filter_name", "a saved filter needs a name of at most {most} letters", most=LONGEST_NAME)
    return words
