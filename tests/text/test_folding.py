"""Handles as they are compared: in Python and in the store's statements alike."""

import duckdb
import pytest

from monitor.text.folding import fold_handle


@pytest.mark.parametrize("handle", ["@Norvia", "  LucíaRÍOS ", "Straße", "STRASSE", "Ñandú_1"])
def test_handles_fold_as_the_store_does(handle: str) -> None:
    row = duckdb.connect().execute("SELECT lower(ltrim(trim(?), '@'))", [handle]).fetchone()
    assert row == (fold_handle(handle),)
