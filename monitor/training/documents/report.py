"""The report on the default classifier: what it was made from, how right it is, what its probabilities are worth.

No text of any post is in it. What was measured elsewhere (speed, learning from corrections) is kept by hand in
`notes.md` beside the report, whose text is put at its end.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.classify import figures
from monitor.classify.evaluation import FEWEST_SHOWN
from monitor.classify.heads import OperatingPoint
from monitor.classify.operating_points import threshold_for_cleared, threshold_for_precision
from monitor.training import calibrate, evaluate
from monitor.training.calibrate import Calibration
from monitor.training.datasets import Example, label_of
from monitor.training.documents import pictures
from monitor.training.evaluate import Answers, Key
from monitor.training.readings import UNKNOWN
from monitor.training.stages import STAGES

NOTES = "notes.md"
_TARGETS = (0.80, 0.85, 0.90, 0.95)
_CLEARED = (0.95, 0.97, 0.99)

_REPORT = """\
# {version}: how it was made and how it does

Written by `python -m monitor.training`, {notes} apart. Data, licences and limits: the
[model card](../../monitor/bundled/MODEL_CARD.md).

## How right it is
On development posts that were not trained on; `es_brand` is measured only, and rows on which its two readers disagreed
are left out. Precision and recall are those of complaints, of posts about a company, or of negative posts. Behind macro
F1 stands its 95 % interval (bootstrap over the posts). "Neutral" means something else in every source: no line is a
mean of others. `es_airlines` is visibly wrongly labelled, `fincorp` gives its label away by its topic, `read-…` are
labels by a language model. `off-brand` are posts that were read as about no company: none is a complaint, and macro
recall is the share not taken for one.

{figures}

![Confusion matrices](confusion.svg)

By language all sources are together but `fincorp`, `es_airlines` and `off-brand`; each cell is a share of its row.

## Whether its probabilities are true
ECE is the expected calibration error over 15 bins, 0 at best. For complaint and about it is that of their probability,
held against the share that were complaints, or about a company; for sentiment it is the mean over the three answers,
and "top label" the error of the answer given alone, which hides a bias towards one of them. "Said" is the mean
probability of a complaint, of a company, of a negative post, "was" the share that it was true of. "By chance" is what
the ECE would be on average if every probability were exactly right: few posts never fall quite as they should, so an
ECE near that column is as good as can be seen with so many posts. The languages' posts were used to fit the
calibration, `es_brand` was not.

What a probability is true of is a choice. These files, added up, are no brand's stream: whole sets of them are about no
company. Complaint is fitted for a stream in which such posts are {off_brand:.0%} of all, about for one in which they
are {even:.0%}, since it is asked of posts that only a word ties to a brand. A language weighs as {most:,} posts
at most. Where a language's files are mixed otherwise, as most are for about, the ECE holds that difference too.

{calibration}

![Reliability of sentiment](reliability-sentiment.svg)

![Reliability of complaint](reliability-complaint.svg)

![Reliability of about](reliability-about.svg)

Ways to calibrate, each judged on sources and languages that it was not fitted on, weighed as said above; the one used
is marked:

{ways}

## What thresholds are worth
For a share of real complaints among flagged posts (precision), the probability from which on posts are flagged and the
share of all complaints so found; on development posts that are measured with the share of complaints they happen to
have. Precision is smoothed by isotonic regression.

{targets}

For a share of posts without a complaint among those put aside, the probability below which they are:

{cleared}

## What quantisation changes
{agreement}

## What it was trained on
Different texts with labels, how much a row counts, and rows read in each stage, after sub-sampling and with copies.

{used}

## Stages
Each starts from the network that the one before left, reads its examples once in batches of 32 (AdamW, rates along a
half cosine), and goes on from its last checkpoint when it was stopped.

{stages}
"""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What is reported.

    `agreement` is by head, `points` by language, `used` what each stage read, by its name.
    """

    version: str
    groups: Mapping[Key, Answers]
    calibration: Calibration
    points: Mapping[str, Sequence[OperatingPoint]]
    agreement: Mapping[str, float]
    used: Mapping[str, Sequence[Example]]


def write(folder: Path, findings: Findings) -> None:
    """Write `report.md` and its pictures, with the text of `notes.md` at the end if that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    joined = evaluate.by_language(findings.groups)
    pooled = {key: answers for key, answers in joined.items() if len(answers.labels) >= FEWEST_SHOWN}
    pictures.confusions(folder / "confusion.svg", pooled)
    for head in evaluate.HEADS:
        pictures.reliabilities(folder / f"reliability-{head}.svg", head, pooled)
    agreements = ", ".join(f"{head} {share:.2%}" for head, share in findings.agreement.items())
    text = _REPORT.format(
        version=findings.version,
        notes=f"`{NOTES}`",
        figures=evaluate.table(evaluate.evaluate(findings.groups)),
        calibration=_calibration(pooled),
        off_brand=calibrate.OFF_BRAND_SHARE["complaint"],
        even=calibrate.OFF_BRAND_SHARE["about"],
        most=calibrate.MOST_OF_A_LANGUAGE,
        ways=_ways(findings.calibration),
        targets=_targets(findings.points),
        cleared=_cleared(findings.points),
        agreement=f"Labels that the 8-bit network and the float32 one give alike, on every third post: {agreements}.",
        used=_used(findings.used),
        stages=_stages(),
    )
    notes = folder / NOTES
    appendix = f"\n{notes.read_text(encoding='utf-8').strip()}\n" if notes.exists() else ""
    (folder / "report.md").write_text(text + appendix, encoding="utf-8")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; every column but the first is set to the right."""
    lines = [" | ".join(header), " | ".join(["---"] + ["--:"] * (len(header) - 1))]
    lines += [" | ".join(map(str, row)) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _calibration(pooled: Mapping[tuple[str, str], Answers]) -> str:
    rows = []
    for (head, language), answers in pooled.items():
        watched = evaluate.WATCHED[head]
        said, was = answers.probabilities[:, watched].mean(), (answers.labels == watched).mean()
        calibration = figures.calibration(answers.labels, answers.probabilities)
        top = figures.top_calibration(answers.labels, answers.probabilities).error
        cells = [f"{cell:.3f}" for cell in (said, was, calibration.error, calibration.chance, top)]
        cells[-1] = cells[-1] if head == "sentiment" else ""
        rows.append((f"{head}, {language}", f"{len(answers.labels):,}", *cells))
    return table(("head, language", "posts", "said", "was", "ECE", "by chance", "top label"), rows)


def _ways(calibration: Calibration) -> str:
    rows = []
    for trial in calibration.trials:
        mark = " (used)" if calibration.ways[trial.head] == trial.way else ""
        cells = (f"{trial.loss:.4f}", f"{trial.ece:.3f}", f"{trial.chance:.3f}")
        rows.append((f"{trial.head}: {trial.way}{mark}", f"{trial.rows:,}", *cells))
    return table(("way", "posts", "log loss", "ECE", "by chance"), rows)


def _targets(points: Mapping[str, Sequence[OperatingPoint]]) -> str:
    rows = []
    for language, curve in points.items():
        cells = []
        for target in _TARGETS:
            at = threshold_for_precision(curve, target)
            recall = next((point.recall for point in curve if point.threshold == at), None)
            cells.append("not reached" if at is None or recall is None else f"{at:.2f} ({recall:.0%})")
        rows.append((language or "all", *cells))
    return table(("language", *(f"{target:.0%}" for target in _TARGETS)), rows)


def _cleared(points: Mapping[str, Sequence[OperatingPoint]]) -> str:
    thresholds = {
        language: [threshold_for_cleared(curve, target) for target in _CLEARED] for language, curve in points.items()
    }
    rows = [
        (language or "all", *("not reached" if at is None else f"{at:.2f}" for at in cells))
        for language, cells in thresholds.items()
    ]
    return table(("language", *(f"{target:.0%}" for target in _CLEARED)), rows)


def _used(stages: Mapping[str, Sequence[Example]]) -> str:
    groups: dict[tuple[str, str], list[tuple[str, Example]]] = defaultdict(list)
    for stage, examples in stages.items():
        for example in examples:
            groups[evaluate.family(example.source), example.language].append((stage, example))
    rows = []
    for (source, language), examples_read in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        labels = {
            head: any(label_of(example, head) != UNKNOWN for _, example in examples_read) for head in evaluate.HEADS
        }
        rows_read = Counter(stage for stage, _ in examples_read)
        rows.append(
            (
                f"{source}, {language}",
                " and ".join(head for head, there in labels.items() if there),
                f"{len({example.text.casefold() for _, example in examples_read}):,}",
                examples_read[0][1].weight,
                *(f"{rows_read[stage]:,}" for stage in stages),
            )
        )
    return table(("source, language", "labels", "texts", "weight", *stages), rows)


def _stages() -> str:
    rows = [
        (
            stage.name,
            f"{stage.limit:,}" if stage.limit else "all",
            f"{stage.disturbed:.0%}",
            f"{stage.encoder_rate:g}",
            f"{stage.heads_rate:g}",
            stage.frozen,
        )
        for stage in STAGES
    ]
    header = ("stage", "rows", "disturbed", "rate, encoder", "rate, heads", "layers left alone")
    return table(header, rows)
