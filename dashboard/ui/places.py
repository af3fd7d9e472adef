"""Where a case is that was found by its code, for whoever looks where it is not."""

from dashboard.i18n import t
from monitor.cases import codes, stages
from monitor.models.cases import Case


def describe(case: Case) -> str:
    """In which view of the list the case is, or which case took it in."""
    if case.merged_into is not None:
        return t("cases.at_merged", code=case.code, home=codes.format_code(case.merged_into))
    place = "open" if case.stage in stages.OPEN else case.stage
    return t(f"cases.at_{place}", code=case.code)
