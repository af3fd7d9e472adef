"""Downloads of cases."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from dashboard import rights, session
from dashboard.audit import notes
from dashboard.i18n import language
from dashboard.queries import cases
from monitor.access import Permission
from monitor.exporters.words import FOR_PEOPLE, CaseWords
from monitor.models.case_filters import CaseFilters
from monitor.models.languages import LanguageCode
from monitor.pipeline import hand_over
from monitor.pipeline.selections import selected
from monitor.settings.selections import SavedSelection
from monitor.store.cases import exports

logger = logging.getLogger(__name__)

Format: TypeAlias = Literal["csv", "xlsx", "jsonl", "parquet"]
CsvSeparator: TypeAlias = Literal[",", ";"]

_ANY = SavedSelection()


@dataclass(frozen=True, slots=True)
class DownloadForm:
    """What somebody asked for.

    `case_filter`: the cases of the list, `saved`: those of a selection of the settings, neither: all. `since` and
    `until` are days on which cases were opened, both included, in the place of the selection's; no `columns`: the
    selection's, else all.
    """

    format: Format
    separator: CsvSeparator = ";"
    case_filter: CaseFilters | None = None
    saved: SavedSelection = _ANY
    since: date | None = None
    until: date | None = None
    columns: tuple[str, ...] = ()
    codes: bool = False

    @property
    def selection(self) -> SavedSelection:
        """The selection with the period that was asked for."""
        if self.since is None and self.until is None:
            return self.saved
        return self.saved.model_copy(update={"since": self.since, "until": self.until, "days": None})


def download(form: DownloadForm) -> Callable[[], bytes]:
    """A download's content, made only when somebody asks for it."""
    viewer, spoken = session.viewer(), language()
    record = notes.record_of("download", "cases", form.format)

    def content() -> bytes:
        rights.require(Permission.EXPORT)
        settings = session.load_settings()
        with session.read_connection() as connection:
            ids = exports.case_ids(connection, selected(form.selection, settings.zone, session.now()))
            if form.case_filter is not None:
                fitting = cases.matching_cases(connection, form.case_filter, viewer)
                ids = [case_id for case_id in ids if case_id in fitting]
        record(len(ids))
        return export_cases(form, ids, spoken)

    return content


def export_cases(form: DownloadForm, case_ids: Sequence[int], spoken: LanguageCode) -> bytes:
    """The cases as the bytes of a file, like `escucha export cases` writes them."""
    from monitor.exporters import files

    settings = session.load_settings()
    logger.info("cases are downloaded", extra={"count": len(case_ids)})
    is_for_people = not form.codes and form.format in FOR_PEOPLE
    words = CaseWords(spoken, settings.desk, settings.zone) if is_for_people else None
    return files.as_bytes(
        hand_over.case_rows(settings, case_ids, teller=words),
        form.format,
        zone=settings.zone,
        separator=form.separator,
        columns=form.columns or form.saved.columns,
        words=words,
    )
