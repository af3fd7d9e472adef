import tomllib
from pathlib import Path

import pytest

from monitor.cases import closing_words
from monitor.text.folding import fold
from monitor.text.given_names import given_names

WORDS = tomllib.loads((Path(__file__).parent / "last_words.toml").read_text(encoding="utf-8"))
BRAND = ("Norvia", "norvia_ayuda")


def _thanks(half: str, kind: str) -> list[str]:
    return [text for text in WORDS[half][kind] if closing_words.is_thanks(f"@norvia_ayuda {text}", BRAND)]


def test_there_are_enough_last_words_in_both_halves() -> None:
    sizes = [len(texts) for half in WORDS.values() for texts in half.values()]

    assert sum(sizes) >= 300
    assert min(sizes) >= 80


def test_thanks_that_were_looked_at_are_known() -> None:
    known = _thanks("develop", "thanks")

    assert [text for text in WORDS["develop"]["thanks"] if text not in known] == []


def test_at_most_one_in_thirty_thanks_that_were_not_looked_at_is_taken_for_a_problem() -> None:
    known = _thanks("held_out", "thanks")
    missed = [text for text in WORDS["held_out"]["thanks"] if text not in known]

    assert len(missed) * 30 <= len(WORDS["held_out"]["thanks"]), missed


@pytest.mark.parametrize("half", ["develop", "held_out"])
def test_no_problem_question_scorn_or_promise_is_taken_for_thanks(half: str) -> None:
    assert _thanks(half, "others") == []


def test_a_name_with_a_capital_is_addressed_and_an_unknown_word_is_not() -> None:
    assert closing_words.is_thanks("Gracias, Marta")
    assert not closing_words.is_thanks("gracias, hombre")
    assert not closing_words.is_thanks("Gracias. Marta")  # the next sentence begins: anything


def test_the_brand_may_be_addressed_in_small_letters() -> None:
    assert closing_words.is_thanks("gracias norvia", BRAND)
    assert not closing_words.is_thanks("gracias norvia")


def test_only_names_that_are_known_or_ours_are_names_whatever_their_capitals() -> None:
    assert closing_words.is_thanks("Moltes gràcies, Jordi")
    assert not closing_words.is_thanks("Gracias, Nekane")
    assert closing_words.is_thanks("Gracias, Nekane", (*BRAND, "Nekane"))
    assert not closing_words.is_thanks("Perfecto, Movistar", BRAND)


def test_no_name_that_is_known_is_a_word_to_complain_with() -> None:
    complaints = "Socorro Dolores Angustias Consuelo Soledad Remedios Prudencia Amparo Auxilio Bill Sue Rob Domingo"
    assert {fold(word) for word in complaints.split()}.isdisjoint(given_names())


def test_a_part_of_an_accounts_name_is_a_word_like_any_other() -> None:
    assert closing_words.is_thanks("gracias norvia_ayuda", BRAND)
    assert not closing_words.is_thanks("ayuda, gracias", BRAND)
    assert not closing_words.is_thanks("ayuda, gracias", ("Ayuda",))


def test_who_else_is_told_of_it_is_not_thanked() -> None:
    assert closing_words.is_thanks("@norvia_ayuda @ana gracias", BRAND)
    assert closing_words.is_thanks("gracias @Norvia_Ayuda", BRAND)
    assert not closing_words.is_thanks("gracias @facua", BRAND)


@pytest.mark.parametrize("text", ["👍 " * 4_000, "gracias " * 4_000, "a" * 100_000, "\0", "@" * 5_000])
def test_hostile_text_takes_no_time_and_is_no_thanks(text: str) -> None:
    assert not closing_words.is_thanks(text)
