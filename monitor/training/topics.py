"""Vectors by topic, which fine-tuning leaves no room for: the encoder's own geometry, read from the network's layers.

The pretrained encoder puts texts about the same thing side by side. Learning to judge turns its vectors by sentiment,
whatever the topic, but the layers below still know what was said. Least squares bring it back, fitted on texts without
any label: from the means of some layers of the trained network to what the pretrained encoder made of the same texts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from monitor.training.datasets import Example
from monitor.training.graph import TopicProjection
from monitor.training.network import PAD, ClassifierNetwork
from monitor.training.weights import Floats

Doubles = npt.NDArray[np.float64]
_STEPS = 3
"""The embeddings are read and, in so many steps up to the last, layers above them: of twelve the 4th, 8th and 12th."""
_COMMON = 1e-3
"""A token of this share of all tokens counts half as much as a rare one (SIF, Arora et al. 2017)."""
_SPECIAL = 3
"""`<s> <pad> </s>` come first in every vocabulary. They say nothing."""
_RIDGE = 0.03
"""What is added to the inputs' variances, each 1, so that few texts do not bend the projection to their chances."""
_EVENNESS = 0.25
"""Directions are divided by their variance to this power: 0 leaves the loud ones loud, 1/2 would make all alike."""
_QUIETEST = 1e-3
"""Share of the mean variance below which a direction is noise, and not made louder."""
_TEXTS_OF_A_LANGUAGE = 2_000
_FEWEST_OF_A_LANGUAGE = 200
"""The mean of fewer texts would be that of their topics."""
_BATCH = 64
_LEAST = 1e-9


def fit(
    network: ClassifierNetwork, pretrained: ClassifierNetwork, tokenizer: Any, examples: Sequence[Example]
) -> TopicProjection:
    """Return the projection that best gives, from `network`, what `pretrained` makes of the examples' texts.

    Both have the vocabulary of `tokenizer`. Of the examples, which are in random order, a sample is read. Their labels
    are not looked at. What tells their languages apart is taken out: a topic is the same in all.
    """
    sample = by_language(examples, _TEXTS_OF_A_LANGUAGE)
    encoded = [encoding.ids for encoding in tokenizer.encode_batch_fast([example.text for example in sample])]
    token_weights = weigh_tokens(encoded, network.encoder.config.vocab_size)
    last = network.encoder.config.num_hidden_layers
    layers = tuple(sorted({round(last * step / _STEPS) for step in range(_STEPS + 1)}))
    inputs = means(network, encoded, token_weights, layers)
    wanted = means(pretrained, encoded, token_weights, (last,))
    wanted /= np.maximum(np.linalg.norm(wanted, axis=1, keepdims=True), _LEAST)
    weight, bias = _least_squares(inputs, wanted)
    mixer = _without_languages(inputs @ weight + bias, [example.language for example in sample])
    mixer = mixer @ _evener((inputs @ weight + bias) @ mixer)
    return TopicProjection(
        layers, token_weights, (weight @ mixer).astype(np.float32), (bias @ mixer).astype(np.float32)
    )


def by_language(examples: Iterable[Example], most: int) -> list[Example]:
    """Return the first `most` examples of each language, no text twice."""
    counts: Counter[str] = Counter()
    sample: dict[str, Example] = {}
    for example in examples:
        if example.text not in sample and counts[example.language] < most:
            counts[example.language] += 1
            sample[example.text] = example
    return list(sample.values())


def weigh_tokens(encoded: Sequence[Sequence[int]], vocabulary: int) -> Floats:
    """Return by how much each token of the vocabulary counts: near 1 if it is rare in the texts, less if common."""
    counts = np.bincount(np.concatenate([np.asarray(ids) for ids in encoded]), minlength=vocabulary)
    weights: Floats = (_COMMON / (_COMMON + counts / counts.sum())).astype(np.float32)
    weights[:_SPECIAL] = 0
    return weights


def means(
    network: ClassifierNetwork, encoded: Sequence[Sequence[int]], token_weights: Floats, layers: Sequence[int]
) -> Floats:
    """Return the weighted means of each text's tokens after each of the layers, side by side: (texts, inputs).

    The weight of `<pad>` is 0.
    """
    order = sorted(range(len(encoded)), key=lambda row: len(encoded[row]))
    rows = np.empty((len(encoded), len(layers) * network.encoder.config.hidden_size), dtype=np.float32)
    network.eval()
    with torch.inference_mode():
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            rows[places] = _batch_means(network, [encoded[row] for row in places], token_weights, layers).numpy()
    return rows


def _batch_means(
    network: ClassifierNetwork, encoded: Sequence[Sequence[int]], token_weights: Floats, layers: Sequence[int]
) -> Tensor:
    width = max(map(len, encoded))
    ids = torch.tensor([[*row, *[PAD] * (width - len(row))] for row in encoded])
    states = network.encoder(input_ids=ids, attention_mask=(ids != PAD).long(), output_hidden_states=True).hidden_states
    weights = torch.from_numpy(token_weights)[ids].unsqueeze(-1)
    shares = weights / weights.sum(1, keepdim=True).clamp(min=_LEAST)
    return torch.cat([(states[layer] * shares).sum(1) for layer in layers], dim=1)


def _least_squares(inputs: Floats, wanted: Floats) -> tuple[Doubles, Doubles]:
    """Return weight and bias that give the wanted rows, less their mean, from the inputs."""
    middle, spread = inputs.mean(axis=0, dtype=np.float64), inputs.std(axis=0, dtype=np.float64) + 1e-6
    even = (inputs - middle) / spread
    moments = even.T @ even + _RIDGE * len(even) * np.eye(even.shape[1])
    weight = np.linalg.solve(moments, even.T @ (wanted - wanted.mean(axis=0))) / spread[:, None]
    return weight, -middle @ weight


def _without_languages(results: Doubles, languages: Sequence[str]) -> Doubles:
    """Return the map that takes out of results the directions in which the means of the languages lie apart."""
    rows_of = {language: np.flatnonzero(np.array(languages) == language) for language in dict.fromkeys(languages)}
    middles = np.array([results[rows].mean(axis=0) for rows in rows_of.values() if len(rows) >= _FEWEST_OF_A_LANGUAGE])
    whole = np.eye(results.shape[1])
    if len(middles) < 2:
        return whole
    apart = np.linalg.svd(middles - middles.mean(axis=0), full_matrices=False)[2][: len(middles) - 1]
    within: Doubles = whole - apart.T @ apart
    return within


def _evener(results: Doubles) -> Doubles:
    """Return the map that lays results along their principal directions and makes the loud of these quieter."""
    sizes, directions = np.linalg.eigh(results.T @ results / len(results))
    evener: Doubles = directions * np.maximum(sizes, _QUIETEST * sizes.mean()) ** -_EVENNESS
    return evener
