"""From a trained network to the files of a classifier: graph, tokenizer, description, model card."""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from torch import Tensor, nn

from monitor.classify import model
from monitor.models import Scores
from monitor.training import card, datasets, evaluate, graph
from monitor.training.calibrate import Temperatures, calibrate
from monitor.training.network import PAD, Network
from monitor.training.train import predict
from monitor.training.vocabulary import Trimmed
from monitor.training.weights import Encoder, Floats, Quantised

VERSION = "escucha-e5-small-1"
MAX_TOKENS = 128
_AGREEMENT_STEP = 3
"""Every how many development posts are read by the float32 network too, which is slow."""
_MOMENTS_STEP = 200
"""Every how many training posts are read to learn what the layers read."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Share of texts whose label is the same before (float32) and after quantisation, per head, in 0..1."""

    sentiment: float
    complaint: float


def publish(network: Network, encoder: Encoder, trimmed: Trimmed, labels: Path, out: Path) -> None:
    """Write a classifier into `out`: quantised, calibrated and measured on the development files of `labels`.

    The temperatures are fitted on an uncalibrated twin, which does not outlive the call. Raises ValueError if more
    than 2 % of the labels change with quantisation.
    """
    development = [one for one in datasets.development_examples(labels) if one.language in datasets.SERVED]
    brand = datasets.brand_examples(labels)
    content = _graph(network, encoder, trimmed, _moments(network, trimmed, labels))
    with TemporaryDirectory() as twin:
        write(Path(twin), content, trimmed.tokenizer, Temperatures(1.0, 1.0))
        plain = model.load(Path(twin)).scores([one.text for one in development])
    sample = slice(None, None, _AGREEMENT_STEP)
    same = agreement(network, trimmed, [one.text for one in development[sample]], plain[sample])
    if min(same.sentiment, same.complaint) < 0.98:
        raise ValueError(f"quantisation changes too many labels: {same}")
    temperatures = calibrate(development, plain)
    write(out, content, trimmed.tokenizer, temperatures)
    figures = evaluate.evaluate(model.load(out).scores, development + brand)
    card.write(out / "MODEL_CARD.md", VERSION, figures, (same.sentiment, same.complaint), len(trimmed.full_ids))
    _LOG.info("%s\n%s\n%s", evaluate.table(figures), same, temperatures)


def engine(tokenizer: dict[str, Any], max_tokens: int) -> Any:
    """Return a `tokenizers` engine that cuts at `max_tokens`, special tokens included."""
    from tokenizers import Tokenizer

    made = Tokenizer.from_str(json.dumps(tokenizer))
    made.enable_truncation(max_tokens)
    made.no_padding()
    return made


def write(folder: Path, content: bytes, tokenizer: dict[str, Any], temperatures: Temperatures) -> None:
    """Write the files that `monitor.classify.model.load` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "model.onnx": content,
        "tokenizer.json": json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")).encode(),
    }
    for name, blob in files.items():
        (folder / name).write_bytes(blob)
    stated = {
        "version": VERSION,
        "labels": {"sentiment": list(datasets.SENTIMENTS), "complaint": ["no", "yes"]},
        "temperatures": {"sentiment": temperatures.sentiment, "complaint": temperatures.complaint},
        "max_tokens": MAX_TOKENS,
        "pad": PAD,
        "sha256": {name: hashlib.sha256(blob).hexdigest() for name, blob in files.items()},
    }
    (folder / "model.json").write_text(json.dumps(stated, indent=2) + "\n", encoding="utf-8")


def agreement(network: Network, trimmed: Trimmed, texts: Sequence[str], quantised: Sequence[Scores]) -> Agreement:
    """Compare the labels of the float32 network with those of quantised scores of the same texts."""
    encoded = [one.ids for one in engine(trimmed.tokenizer, MAX_TOKENS).encode_batch(list(texts))]
    exact = list(predict(network.eval(), encoded))
    feelings = [int(np.argmax(evaluate.sentiment(one))) for one in quantised]
    breaches = [int(np.argmax(evaluate.complaint(one))) for one in quantised]
    return Agreement(
        float(np.mean([int(row.argmax()) == other for (row, _), other in zip(exact, feelings, strict=True)])),
        float(np.mean([int(row.argmax()) == other for (_, row), other in zip(exact, breaches, strict=True)])),
    )


def _moments(network: Network, trimmed: Trimmed, labels: Path) -> dict[str, Floats]:
    """Return the second moments of what each linear layer of the encoder reads, on a sample of the training posts."""
    found: dict[str, Tensor] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor]], None]:
        def add(_: nn.Module, read: tuple[Tensor]) -> None:
            rows = read[0].flatten(0, -2)
            found[name] = found.get(name, 0) + rows.T @ rows

        return add

    layers = [(name, one) for name, one in network.encoder.encoder.named_modules() if isinstance(one, nn.Linear)]
    hooks = [one.register_forward_pre_hook(watch(f"encoder.encoder.{name}")) for name, one in layers]
    texts = [one.text for one in datasets.training_examples(labels, seed=0)[::_MOMENTS_STEP]]
    encoded = [one.ids for one in engine(trimmed.tokenizer, MAX_TOKENS).encode_batch(texts)]
    list(predict(network.eval(), encoded))
    for hook in hooks:
        hook.remove()
    return {name: moments.numpy() for name, moments in found.items()}


def _graph(network: Network, encoder: Encoder, trimmed: Trimmed, moments: Mapping[str, Floats]) -> bytes:
    """Return the network as a serialised ONNX model; word embeddings come from their original 4-bit blocks."""
    state = {name: values.float().numpy() for name, values in network.state_dict().items()}
    word = Quantised(encoder.word.values[trimmed.full_ids], encoder.word.scales[trimmed.full_ids])
    content: bytes = graph.write_graph(state, word, encoder.shape, MAX_TOKENS, moments).SerializeToString()
    return content
