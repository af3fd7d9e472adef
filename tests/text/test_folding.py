"""Handles as they are compared: in Python and in the store's statements alike."""

import duckdb
import pytest

from monitor.text.folding import fold_handle, names_account


@pytest.mark.parametrize("handle", ["@Norvia", "  LucíaRÍOS ", "Straße", "STRASSE", "Ñandú_1"])
def test_handles_fold_as_the_store_does(handle: str) -> None:
    row = duckdb.connect().execute("SELECT lower(ltrim(trim(?), '@'))", [handle]).fetchone()
    assert row == (fold_handle(handle),)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@norvia no llega", True),
        ("No llega, @Norvia.", True),
        (".@norvia: (¡@norvia!)", True),
        ("hola,@norvia", True),
        ("＠norvia", True),
        ("¿Y esto, u/Norvia?", True),
        ("@norvia.fans y @norvia_fans y @norvia@otro.social", False),
        ("ana@norvia.com, https://x.com/@norvia, reddit.com/u/norvia", False),
        ("norvia", False),
        ("", False),
    ],
)
def test_an_account_is_named_with_its_sign_only(text: str, named: bool) -> None:
    assert names_account(text, {"norvia"}) is named
    assert not names_account(text, ())


def test_accounts_of_several_words_and_of_other_servers_are_named_too() -> None:
    assert names_account("Gracias @Norvia Ayuda", {"norvia ayuda"})
    assert names_account("@norvia@mastodon.social no llega", {"norvia@mastodon.social"})
