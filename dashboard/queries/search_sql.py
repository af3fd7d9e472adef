"""What words typed into a search find: SQL that looks for every word and "phrase", each where it likes, in any order.

Capitals and accents count on neither side; part of a word is enough, and @name is the beginning of a handle.
"""

from collections.abc import Callable
from typing import Any

from monitor.cases import codes
from monitor.errors import EscuchaError
from monitor.store.customers.customers import LINKED
from monitor.text import searching

# DuckDB's `~` takes the whole text, PostgreSQL's a part of it.
_ANYWHERE = "(?s).*(?:{}).*"
# What people wrote into a history; not the answers sent, which repeat the templates' words in every case.
_NOTES = "('note', 'contact', 'stage', 'waiting', 'resumed')"


def case_test(words: str, case_id: str = "case_id") -> tuple[str, dict[str, Any]]:
    """The cases whose code, author, customer, posts and notes hold all words: a condition on a column of case ids."""
    return _all_words(words, lambda word: f"{case_id} IN ({_cases_with(word)})")


def post_test(words: str, mention_id: str = "mention_id") -> tuple[str, dict[str, Any]]:
    """The posts whose text, author and shown name hold all words: a condition on a column of mention ids."""
    return _all_words(words, lambda word: f"{mention_id} IN (SELECT mention_id FROM mentions WHERE {_in_post(word)})")


def customer_test(words: str, customer_id: str = "customer_id") -> tuple[str, dict[str, Any]]:
    """The customers whose id, name and handles hold all words, or whose case has that code: on a column of ids."""
    test, values = _all_words(words, lambda word: f"{customer_id} IN ({_customers_with(word)})")
    if (case_id := named_case(words)) is None:
        return test, values
    named = f"{customer_id} IN (SELECT customer_id FROM cases WHERE case_id = $named)"
    return f"({named} OR ({test}))", {**values, "named": case_id}


def named_case(words: str) -> int | None:
    """The case whose whole code the words are, or may be, however it is spelled; None where they are words."""
    try:
        return codes.parse_code(words)
    except EscuchaError:
        return None


def _all_words(words: str, test: Callable[[str], str]) -> tuple[str, dict[str, Any]]:
    values = {f"word{at}": _ANYWHERE.format(pattern) for at, pattern in enumerate(searching.patterns(words))}
    return " AND ".join(test(f"${name}") for name in values) or "true", values


def _holds(word: str, *columns: str) -> str:
    """The one place that says how a column is looked through for a pattern."""
    return "(" + " OR ".join(f"({column}) ~ {word}" for column in columns) + ")"


def _in_post(word: str) -> str:
    return _holds(word, "text", "'@' || author", "author_name")


def _cases_with(word: str) -> str:
    """Cases of which one part holds a word; what a case that was merged says belongs to the one that took it in."""
    return f"""
        SELECT coalesce(merged_into, case_id) FROM cases WHERE {_holds(word, "code", "'@' || author", "customer_id")}
        UNION ALL SELECT case_id FROM case_mentions JOIN mentions USING (mention_id) WHERE {_in_post(word)}
        UNION ALL SELECT case_id FROM cases JOIN customers USING (customer_id) WHERE {_holds(word, "name")}
        UNION ALL SELECT coalesce(c.merged_into, c.case_id) FROM cases c JOIN case_events e USING (case_id)
            WHERE e.kind IN {_NOTES} AND {_holds(word, "e.note")}
    """


def _customers_with(word: str) -> str:
    return f"""
        SELECT customer_id FROM customers WHERE {_holds(word, "customer_id", "name")}
        UNION ALL SELECT customer_id FROM handles WHERE {LINKED} AND {_holds(word, "'@' || handle")}
    """
