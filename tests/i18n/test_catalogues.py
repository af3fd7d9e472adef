"""The catalogues are whole: whatever the terminal says has its Spanish, and each entry gives it."""

import re
import tomllib
from collections import Counter
from importlib.resources import files
from string import Formatter
from typing import Any

import typer

from monitor import i18n
from monitor.cli import app
from monitor.cli.usage import paragraphs
from tests.i18n import said

# What the library looks for in the words of others, names, word lists of two, and what it sends or writes into logs.
NO_MESSAGES = {
    "El pedido no ha llegado y nadie contesta",
    "Gracias, un servicio excelente",
    "(own reply)",
    "part of the file",
    "2026-03-01 10:00, 01/03/2026 10:00, 1 de marzo de 2026, March 1, 2026 10:00 AM, 1772355600",
    "Beginning |View at |Engine execution exited|Task run .* Finished in state Completed",
    "Exception in {}:",
    "Value error,",
    "Query interrupted",
    "agora mesmo",
    "ahora mismo",
    "any: all (_OR all)*",
    "bold red",
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, */*;q=0.5",
    "bad allocation",
    "could not allocate",
    "allocation failure",
    "could not read enough bytes",
    "could not set lock on file",
    "data corruption error",
    "does not match stored checksum",
    "cannot declare",
    "cannot mutate",
    "cannot overwrite",
    "expected newline",
    "failed to allocate",
    "categories of the wrong shape: {}",
    "cdmx mexico",
    "ciudad mexico",
    "escucha/{} (complaint monitoring for brands; open source)",
    "hex value",
    "illegal character",
    "invalid statement",
    "invalid value",
    "just now",
    "no complaint",
    "no queja",
    "no reclamo",
    "noindex, nofollow",
    "numbers do not end",
    "non complaint",
    "not better",
    "not complaint",
    "nueva york",
    "parquet threads",
    "2026-03-01 10:00, 2026-03-01T10:00:00Z, 01/03/2026 10:00, 1 de marzo de 2026, March 1, 2026 at 10 AM, 1772359200",
    r"^(?:editad[oa]|edited|modificad[oa])\s+|\b(?:mas de|casi|about|over|almost)\s+",
    "python:{} (complaint monitoring for brands; by /u/{})",
    "reduce the amount",
    "run ended",
    "start: any",
    "unclosed array",
    "very negative",
    "very positive",
    "west portugal",
    "yyyy-mm-dd hh:mm",
    "yyyy-mm-dd hh:mm:ss",
    'attachment; filename="{}.html"',
    '_unary: not | term | "(" any ")"',
}
# The same, by their rooms: names of columns, other programs, where credentials are got, what the dashboard alone says.
NO_MESSAGES_IN = (
    "cases/satisfaction.py",
    "cli/acting/permissions.py",
    "casework/case_customers.py",
    "exporters/_cells.py",
    "sources/facebook/network.py",
    "sources/files/column_names.py",
    "sources/files/others/answer_rows.py",
    "sources/files/others/conversations.py",
    "sources/files/others/questions.py",
    "sources/files/roles/surnames.py",
    "sources/files/speaker_words.py",
    "sources/files/vocabulary/chat_events.py",
    "sources/files/words.py",
    "sources/instagram/network.py",
    "sources/mastodon/network.py",
    "sources/reddit/network.py",
    "sources/x/network.py",
    "sources/youtube/network.py",
    "store/block_check.py",
    "store/copying.py",
    "store/posts/",
    "store/restores/",
    "tables/forms/sides.py",
    "tables/forms/pages.py",
)
_KNOWN = [line for english in i18n.catalogue("es") for line in said.nameless(english).split("\n")]


def _is_known(words: str) -> bool:
    """Whether a line of a message of the catalogue has these words, alone or with more around them."""
    parts = said.nameless(words.removeprefix("Next: ")).split("{}")
    longest, pattern = max(parts, key=len), re.compile(".*?".join(map(re.escape, parts)))
    return any(longest in line and pattern.search(line) for line in _KNOWN)


def test_every_sentence_that_people_may_read_has_its_spanish() -> None:
    missing = {
        f"{place} {words}"
        for place, words in said.sentences()
        if not place.startswith(NO_MESSAGES_IN) and words.strip() not in NO_MESSAGES and not _is_known(words)
    }
    assert not missing, "add these to monitor/i18n/es, or to NO_MESSAGES:\n" + "\n".join(sorted(missing))


def _help_texts(command: Any) -> list[str]:
    texts = [text for part in (command, *command.params) if (text := getattr(part, "help", None))]
    return texts + [text for child in getattr(command, "commands", {}).values() for text in _help_texts(child)]


def test_every_help_text_has_its_spanish() -> None:
    texts = {paragraph for text in _help_texts(typer.main.get_command(app)) for paragraph in paragraphs(text)}
    assert not [text for text in texts if i18n.tell("es", text) == text]


def test_no_message_stands_twice() -> None:
    counts = Counter(
        english
        for file in (files("monitor.i18n") / "es").iterdir()
        for english in tomllib.loads(file.read_text(encoding="utf-8"))
    )
    assert not [english for english, count in counts.items() if count > 1]


def _fault(template: i18n.MessageTemplate) -> str:
    """What is wrong with a message when it is told with a value in each of its places."""
    names = [name for _, name, *_ in Formatter().parse(template.english) if name]
    places = {name for _, name, *_ in Formatter().parse(template.translation) if name}
    values = {name: f"§{number}" for number, name in enumerate(names)}
    written = template.english.format(**values)
    spoken = i18n.tell("es", written)
    if len(names) != len(set(names)):
        return "two places have one name"
    if not places <= set(names):
        return f"no values for {places - set(names)}"
    if spoken == written and any(map(str.isalpha, "".join(template.words))):
        return "it is told in English"
    if "}{" in template.english:  # where two values meet, neither end is known
        return ""
    return "".join(f"{name} is lost" for name in sorted(places) if values[name] not in spoken)


def test_each_message_is_told_with_all_its_values() -> None:
    faults = {template.english: _fault(template) for template in i18n.templates("es")}
    assert {english: fault for english, fault in faults.items() if fault} == {}
