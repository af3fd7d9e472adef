"""The list of cases: filters, rows, bulk actions, a new case by hand, the download."""
