"""Topics from the vectors: how well k-means, told how many there are, finds what people said two sets are about.

ARI and AMI are 1 for the very same groups and 0 for what chance gives (Hubert & Arabie 1985, Vinh et al. 2010).
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from monitor.classify import model

FOLDER = Path(__file__).resolve().parents[3] / "shared/data/topics"
SETS = ("banking77.test.tsv", "us_airline.reasons.tsv")
SEEDS = 3
STARTS = 4
STEPS = 30

Labels = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


def main(folder: Path | None) -> None:
    """Print both figures of both sets, the mean of a few seeds; `folder` has the files."""
    classifier = model.load()
    for name in SETS:
        path = (folder or FOLDER) / name
        if not path.exists():
            print(f"  {path} is not there: name the folder with --topics")
            continue
        labels, texts = read(path)
        vectors = classifier.topic_vectors(texts)
        found = [k_means(vectors, len(set(labels.tolist())), seed) for seed in range(SEEDS)]
        ari, ami = (np.mean([measure(labels, groups) for groups in found]) for measure in (adjusted_rand, adjusted_mi))
        print(f"{name}: {len(texts):,} posts, ARI {ari:.3f}, AMI {ami:.3f}", flush=True)


def read(path: Path) -> tuple[Labels, list[str]]:
    """The labels, numbered, and the texts of a file with a heading and a label and a text in each line."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [line.rstrip("\r\n").split("\t", 1) for line in lines][1:]
    return np.unique([label for label, _ in rows], return_inverse=True)[1], [text for _, text in rows]


def k_means(vectors: Floats, count: int, seed: int) -> Labels:
    """The best of a few starts, by cosine."""
    source = np.random.default_rng(seed)
    runs = [_k_means(vectors, count, source) for _ in range(STARTS)]
    return max(runs, key=lambda run: run[1])[0]


def _k_means(vectors: Floats, count: int, source: np.random.Generator) -> tuple[Labels, float]:
    """Groups and the sum of the cosines to their middles; the first middles are drawn far apart (k-means++)."""
    middles = vectors[[source.integers(len(vectors))]]
    nearest = np.full(len(vectors), -1.0)
    for _ in range(count - 1):
        nearest = np.maximum(nearest, vectors @ middles[-1])
        odds = np.maximum(1 - nearest, 1e-9)
        middles = np.vstack([middles, vectors[source.choice(len(vectors), p=odds / odds.sum())]])
    for _ in range(STEPS):
        groups = (vectors @ middles.T).argmax(axis=1)
        sums = np.eye(count, dtype=np.float32)[groups].T @ vectors
        sums[~sums.any(axis=1)] = vectors[source.integers(len(vectors))]
        middles = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    cosines = vectors @ middles.T
    return cosines.argmax(axis=1), float(cosines.max(axis=1).sum())


def table(first: Labels, second: Labels) -> npt.NDArray[np.int64]:
    """How many stand in each pair of groups."""
    rows, columns = (np.unique(labels, return_inverse=True)[1] for labels in (first, second))
    counts = np.zeros((rows.max() + 1, columns.max() + 1), dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    return counts


def adjusted_rand(first: Labels, second: Labels) -> float:
    """The share of pairs that both divisions treat alike, 0 if by chance."""
    counts = table(first, second)
    both, rows, columns, total = (
        float((sizes * (sizes - 1) / 2).sum())
        for sizes in (counts, counts.sum(axis=1), counts.sum(axis=0), np.array([len(first)]))
    )
    chance = rows * columns / total
    return (both - chance) / ((rows + columns) / 2 - chance)


def adjusted_mi(first: Labels, second: Labels) -> float:
    """What one division tells of the other, beside the mean of their entropies, 0 if by chance."""
    counts = table(first, second)
    rows, columns, total = counts.sum(axis=1), counts.sum(axis=0), len(first)
    seen = counts > 0
    shares = counts[seen] / total
    told = float((shares * np.log(shares * total**2 / np.outer(rows, columns)[seen])).sum())
    entropies = [-float((sizes / total * np.log(sizes / total)).sum()) for sizes in (rows, columns)]
    chance = _expected_mi(rows.tolist(), columns.tolist(), total)
    return (told - chance) / (sum(entropies) / 2 - chance)


def _expected_mi(rows: Sequence[int], columns: Sequence[int], total: int) -> float:
    """The mutual information of random divisions into groups of these sizes."""
    logs = np.array([math.lgamma(number + 1) for number in range(total + 1)])
    expected = 0.0
    for row in rows:
        for column in columns:
            both = np.arange(max(1, row + column - total), min(row, column) + 1)
            chances = logs[row] + logs[column] + logs[total - row] + logs[total - column] - logs[total] - logs[both]
            chances = chances - logs[row - both] - logs[column - both] - logs[total - row - column + both]
            expected += float((both / total * np.log(total * both / (row * column)) * np.exp(chances)).sum())
    return expected
