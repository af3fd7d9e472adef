"""Our own sentences of many kinds, what the classifier should say of each, and what it does say.

    python -m tests.classify.behaviour            the share of each kind that is right, as a table for the model card
    python -m tests.classify.behaviour --failed   the rows that fail, with the probabilities
    python -m tests.classify.behaviour --known    writes the list of rows that fail today (after a new model)

A row fails when `p_complaint` is on the wrong side of one half, or another sentiment is likelier than the expected one.
"""

import argparse
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.classify.model import Model, load
from monitor.models.posts import Scores

TABLE = Path(__file__).with_name("behaviour.toml")
KNOWN = Path(__file__).with_name("behaviour.known.tsv")
LONG = 10_000
"""Characters of a row with a repeated part."""


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence; `complaint` is yes, no or either, `sentiment` may be any. `written` is the text as in the table."""

    kind: str
    language: str
    written: str
    complaint: str
    sentiment: str

    @property
    def text(self) -> str:
        """The post: what stands between ⟦ and ⟧ fills it up to LONG characters."""
        if "⟦" not in self.written:
            return self.written
        before, filling = self.written.split("⟦")
        part, after = filling.split("⟧")
        times = (LONG - len(before) - len(after)) // len(part)
        return before + part * times + after


@dataclass(frozen=True, slots=True)
class Failure:
    """The question that a row fails, "complaint" or "sentiment", by how much (probability, 0 to 1), and all scores."""

    row: Row
    question: str
    wrong_by: float
    scores: Scores

    @property
    def key(self) -> tuple[str, str]:
        """What names the failure in the list of known ones."""
        return self.row.written, self.question


def rows() -> tuple[Row, ...]:
    """The table."""
    kinds = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return tuple(
        Row(kind, language, *row)
        for kind, languages in kinds.items()
        for language, written in languages.items()
        for row in written
    )


def failures(model: Model, sentences: Sequence[Row]) -> list[Failure]:
    """Every failure of the rows, asked in one batch."""
    scores = model.scores([row.text for row in sentences])
    return [failure for row, row_scores in zip(sentences, scores, strict=True) for failure in _wrong(row, row_scores)]


def _wrong(row: Row, scores: Scores) -> Iterator[Failure]:
    wrong_by = {"yes": 0.5 - scores.p_complaint, "no": scores.p_complaint - 0.5, "either": -1.0}[row.complaint]
    if wrong_by > 0:
        yield Failure(row, "complaint", wrong_by, scores)
    if row.sentiment not in ("any", scores.sentiment):
        likeliest = max(scores.p_negative, scores.p_neutral, scores.p_positive)
        yield Failure(row, "sentiment", likeliest - getattr(scores, f"p_{row.sentiment}"), scores)


def known() -> set[tuple[str, str]]:
    """The failures that are known: the row as written in the table, and what is wrong."""
    lines = KNOWN.read_text(encoding="utf-8").splitlines()[1:]
    return {(text, question) for _, _, question, text in (line.split("\t") for line in lines)}


def write_known(failed: Iterable[Failure]) -> None:
    """Replaces the list of known failures."""
    lines = [(failure.row.kind, failure.row.language, failure.question, failure.row.written) for failure in failed]
    table = [("kind", "language", "wrong", "text"), *lines]
    KNOWN.write_text("".join("\t".join(line) + "\n" for line in table), encoding="utf-8")


def report(sentences: Sequence[Row], failed: Sequence[Failure]) -> str:
    """A Markdown table: per kind and language, how many rows are right in everything they expect."""
    failed_rows = {failure.row for failure in failed}
    spoken = {row.language for row in sentences}
    languages = [language for language in ("es", "en", "pt", "any") if language in spoken]
    lines = [f"| kind | {' | '.join(languages)} |", f"|---|{'---|' * len(languages)}"]
    for kind in [*dict.fromkeys(row.kind for row in sentences), ""]:
        cells = []
        for language in languages:
            fitting = [row for row in sentences if row.language == language and kind in ("", row.kind)]
            right = sum(row not in failed_rows for row in fitting)
            cells.append(f"{right} of {len(fitting)}" if fitting else "–")
        lines.append(f"| {kind.replace('_', ', ') or 'all'} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _described(failure: Failure) -> str:
    scores, row = failure.scores, failure.row
    expected = row.complaint if failure.question == "complaint" else row.sentiment
    return (
        f"{row.kind} {row.language} {failure.question} {expected}: complaint {scores.p_complaint:.2f}, negative "
        f"{scores.p_negative:.2f} neutral {scores.p_neutral:.2f} positive {scores.p_positive:.2f}: {row.written}"
    )


def main() -> None:
    """Prints the report of the classifier in the package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--known", action="store_true", help=f"write {KNOWN.name}")
    parser.add_argument("--failed", action="store_true", help="print the rows that fail")
    options = parser.parse_args()
    sentences = rows()
    failed = failures(load(), sentences)
    if options.failed:
        print("\n".join(map(_described, failed)), end="\n\n")
    if options.known:
        write_known(failed)
    print(report(sentences, failed))


if __name__ == "__main__":
    main()
