"""The pictures of the report, as small SVG files that are the same for the same figures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from monitor import intervals
from monitor.classify import figures
from monitor.models.posts import SENTIMENTS
from monitor.training.evaluate import BRAND, Answers

_NAMES = {"sentiment": SENTIMENTS, "complaint": ("no", "complaint"), "about": ("no", "company")}
_CONFUSED = ("es", "en", BRAND)
_PLAIN = {"svg.fonttype": "none", "svg.hashsalt": "escucha", "font.size": 9, "font.family": "sans-serif"}
_INK, _BLUE = "#444444", "#1f5fa8"
_FEWEST = 10
"""Posts in an interval, below which its share says nothing."""


def confusions(path: Path, pooled: Mapping[tuple[str, str], Answers]) -> None:
    """Draw how often each label got each guess, as a share of the label's posts: a row per head."""
    with mpl.rc_context(_PLAIN):
        drawing = Figure(figsize=(8.4, 8.4), layout="constrained")
        rows = drawing.subplots(len(_NAMES), len(_CONFUSED), squeeze=False)
        for places, (head, names) in zip(rows, _NAMES.items(), strict=True):
            for axes, language in zip(places, _CONFUSED, strict=True):
                if (head, language) in pooled:
                    _confusion(axes, pooled[head, language], names, f"{head}, {language}")
                else:
                    axes.set_axis_off()
        _save(drawing, path)


def reliabilities(path: Path, head: str, pooled: Mapping[tuple[str, str], Answers]) -> None:
    """Draw what came true beside what the probabilities said, a panel per language.

    For complaint that is the probability of a complaint, for sentiment that of the label given.
    """
    by_language = {language: answers for (of, language), answers in pooled.items() if of == head}
    with mpl.rc_context(_PLAIN):
        wide = min(4, len(by_language))
        drawing = Figure(figsize=(2.1 * wide, 2.3 * -(-len(by_language) // wide)), layout="constrained")
        places = drawing.subplots(-(-len(by_language) // wide), wide, squeeze=False, sharex=True, sharey=True).flat
        for (language, answers), axes in zip(by_language.items(), places, strict=False):
            _reliability(axes, answers, f"{language}, {len(answers.labels):,} posts")
        for axes in list(places):
            axes.set_axis_off()
        label = "probability of the label given" if head == "sentiment" else f"probability of {_NAMES[head][1]}"
        drawing.supxlabel(label, fontsize=9)
        drawing.supylabel("share that was", fontsize=9)
        _save(drawing, path)


def _confusion(axes: Any, answers: Answers, names: tuple[str, ...], title: str) -> None:
    shares = answers.confusion / answers.confusion.sum(axis=1, keepdims=True).clip(min=1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, line in enumerate(shares):
        for column, share in enumerate(line):
            axes.text(column, row, f"{share:.0%}", ha="center", va="center", color="white" if share > 0.5 else _INK)
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names, rotation=90, va="center")
    axes.set_title(f"{title} ({len(answers.labels):,} posts)", fontsize=9)
    axes.set_xlabel("guess")
    axes.set_ylabel("label")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _reliability(axes: Any, answers: Answers, title: str) -> None:
    chances, happened = figures.claims(answers.labels, answers.probabilities)
    bins = [interval for interval in figures.reliability(chances, happened) if interval.rows >= _FEWEST]
    places = [interval.expected for interval in bins]
    spans = [intervals.wilson(round(interval.happened * interval.rows), interval.rows) for interval in bins]
    axes.plot((0, 1), (0, 1), color="#bbbbbb", linewidth=1)
    axes.vlines(places, [low for low, _ in spans], [high for _, high in spans], color=_BLUE, linewidth=1)
    axes.plot(places, [interval.happened for interval in bins], "o-", color=_BLUE, markersize=3)
    axes.set_title(title, fontsize=9)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")
    axes.spines[["top", "right"]].set_visible(False)


def _save(drawing: Figure, path: Path) -> None:
    drawing.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
