"""Downloads of cases."""

import logging
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from dashboard import session
from dashboard.queries import cases
from monitor.models.case_filters import CaseFilters
from monitor.pipeline import hand_over

logger = logging.getLogger(__name__)

Format: TypeAlias = Literal["csv", "xlsx", "jsonl", "parquet"]
Separator: TypeAlias = Literal[",", ";"]


def download(format: Format, separator: Separator, case_filter: CaseFilters | None) -> Callable[[], bytes]:
    """A download's content (None: every case), made only when somebody asks for it."""
    viewer = session.viewer()

    def content() -> bytes:
        if case_filter is None:
            return export_cases(format, separator, None)
        with session.read_connection() as connection:
            case_ids = list(cases.matching_cases(connection, case_filter, viewer))
        return export_cases(format, separator, case_ids)

    return content


def export_cases(format: Format, separator: Separator, case_ids: Sequence[int] | None) -> bytes:
    """The cases (None: all) as the bytes of a file, like `escucha export cases` writes them."""
    from monitor.exporters import files

    settings = session.load_settings()
    logger.info("cases are downloaded", extra={} if case_ids is None else {"count": len(case_ids)})
    return files.as_bytes(hand_over.case_rows(settings, case_ids), format, zone=settings.zone, separator=separator)
