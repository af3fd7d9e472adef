"""Fine-tuning of all heads at once: seeded, resumable, on a CPU, with bfloat16 where it has that."""

import math
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from monitor.classify.heads import ROWS
from monitor.training.datasets import Example, label_of
from monitor.training.network import PAD, ClassifierNetwork
from monitor.training.readings import UNKNOWN

_WIDTH_STEP = 4
"""Batches are padded to a multiple of this: oneDNN compiles its kernels anew for every shape that it meets."""
_HAS_BFLOAT16 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
"""Where it is emulated, float32 is twice as fast."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of a stage, which reads every example once. `checkpoint_every` is in steps.

    The rates rise over `warmup` (a share of all steps), then fall along a half cosine to zero.
    The lowest `frozen` layers keep what the stage before gave them: their gradients cost a third of the time.
    """

    seed: int = 7
    batch: int = 32
    max_tokens: int = 96
    encoder_rate: float = 1e-4
    heads_rate: float = 5e-4
    weight_decay: float = 0.01
    warmup: float = 0.06
    frozen: int = 0
    checkpoint_every: int = 200
    threads: int = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids and mask (batch, tokens); labels by head and weights (batch,)."""

    ids: Tensor
    mask: Tensor
    labels: dict[str, Tensor]
    weights: Tensor


def batches(lengths: Sequence[int], size: int, seed: int) -> list[list[int]]:
    """Return row numbers in batches of similar length, in random order. The same arguments give the same batches."""
    rng = random.Random(seed)  # noqa: S311
    rows = list(range(len(lengths)))
    rng.shuffle(rows)
    window = 50 * size
    sorted_rows = [
        row
        for start in range(0, len(rows), window)
        for row in sorted(rows[start : start + window], key=lengths.__getitem__)
    ]
    grouped = [sorted_rows[start : start + size] for start in range(0, len(rows), size)]
    rng.shuffle(grouped)
    return grouped


def collate(ids: Sequence[Sequence[int]], examples: Sequence[Example], pad: int = PAD) -> Batch:
    """Pad token ids to the longest and gather the labels."""
    width = -(-max(map(len, ids)) // _WIDTH_STEP) * _WIDTH_STEP
    padded = np.full((len(ids), width), pad, dtype=np.int64)
    for at, row in enumerate(ids):
        padded[at, : len(row)] = row
    return Batch(
        torch.from_numpy(padded),
        torch.from_numpy((np.arange(width) < np.array([len(row) for row in ids])[:, None]).astype(np.int64)),
        {head: torch.tensor([label_of(example, head) for example in examples]) for head in ROWS},
        torch.tensor([example.weight for example in examples]),
    )


def loss(network: ClassifierNetwork, batch: Batch) -> Tensor:
    """Return the sum over heads of the weighted mean cross entropy of the rows that have the label."""
    logits = network(batch.ids, batch.mask)
    total = torch.zeros(())
    for head, rows in ROWS.items():
        labels = batch.labels[head]
        weights = batch.weights * (labels != UNKNOWN)
        losses = cross_entropy(logits[:, rows], labels, ignore_index=UNKNOWN, reduction="none")
        total = total + (losses * weights).sum() / weights.sum().clamp(min=1.0)
    return total


def fit(
    network: ClassifierNetwork, tokenizer: Any, examples: Sequence[Example], checkpoint: Path, recipe: Recipe
) -> ClassifierNetwork:
    """Train one epoch; a run that was stopped goes on from `checkpoint`. Returns the network, trained."""
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads)
    encoded = [encoding.ids for encoding in tokenizer.encode_batch_fast([example.text for example in examples])]
    plan = batches([len(ids) for ids in encoded], recipe.batch, recipe.seed)
    network.freeze(recipe.frozen)
    optimizer = _optimizer(network, recipe)
    start = _resume(network, optimizer, checkpoint)
    network.train()
    bar = tqdm(total=len(plan), initial=start, unit="batch", mininterval=5, desc=checkpoint.stem)
    smooth = math.nan
    for step in range(start, len(plan)):
        _set_rates(optimizer, step, len(plan), recipe)
        rows = plan[step]
        batch = collate([encoded[row] for row in rows], [examples[row] for row in rows])
        smooth = _step(network, optimizer, batch, smooth)
        bar.update()
        bar.set_postfix(loss=f"{smooth:.3f}")
        if (step + 1) % recipe.checkpoint_every == 0 or step + 1 == len(plan):
            _save(network, optimizer, step + 1, checkpoint)
    bar.close()
    network.eval()
    return network


def _step(network: ClassifierNetwork, optimizer: torch.optim.Optimizer, batch: Batch, smooth: float) -> float:
    """Do one update; return the running mean of the loss."""
    with torch.autocast("cpu", torch.bfloat16, enabled=_HAS_BFLOAT16):
        value = loss(network, batch)
    optimizer.zero_grad(set_to_none=True)
    value.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    latest = float(value.item())
    return latest if math.isnan(smooth) else 0.98 * smooth + 0.02 * latest


def _optimizer(network: ClassifierNetwork, recipe: Recipe) -> torch.optim.Optimizer:
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            rate = recipe.heads_rate if name.startswith("heads.") else recipe.encoder_rate
            decay = recipe.weight_decay if parameter.ndim > 1 else 0.0
            groups.setdefault((rate, decay), []).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": parameters, "lr": rate, "peak": rate, "weight_decay": decay}
            for (rate, decay), parameters in groups.items()
        ],
        fused=True,
    )


def _set_rates(optimizer: torch.optim.Optimizer, step: int, steps: int, recipe: Recipe) -> None:
    warm = max(1, round(recipe.warmup * steps))
    fallen = 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))
    share = (step + 1) / warm if step < warm else fallen
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * share


def mix_weights(network: ClassifierNetwork, checkpoint: Path, share: float) -> ClassifierNetwork:
    """Move the network's weights towards those of a checkpoint, by `share` of the way, and return it.

    What an earlier stage knew better comes back, at little cost to what the later ones learned (Wortsman et al. 2022).
    """
    state = torch.load(checkpoint, weights_only=True)["network"]
    weights = network.state_dict()
    network.load_state_dict({name: torch.lerp(values, state[name], share) for name, values in weights.items()})
    return network


def _resume(network: ClassifierNetwork, optimizer: torch.optim.Optimizer, checkpoint: Path) -> int:
    """Load a checkpoint if there is one; return the number of steps done."""
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    return int(state["step"])


def _save(network: ClassifierNetwork, optimizer: torch.optim.Optimizer, step: int, checkpoint: Path) -> None:
    """Write a checkpoint so that a kill at any moment leaves a whole one."""
    state = {
        "network": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
        "step": step,
    }
    partial = checkpoint.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(checkpoint)


def predict(network: ClassifierNetwork, encoded: Sequence[Sequence[int]], size: int = 64) -> Iterator[Tensor]:
    """Yield the logits of all heads per row, (LOGITS,), in the order of `encoded`."""
    order = sorted(range(len(encoded)), key=lambda row: len(encoded[row]))
    logits: dict[int, Tensor] = {}
    blank = Example("", "", "", UNKNOWN, UNKNOWN)
    with torch.inference_mode():
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            batch = collate([encoded[row] for row in rows], [blank] * len(rows))
            logits.update(zip(rows, network(batch.ids, batch.mask), strict=True))
    yield from (logits[row] for row in range(len(encoded)))
