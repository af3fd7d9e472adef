"""From a trained network to the files of a classifier: graph, tokenizer, heads, reference set, model card, report."""

import hashlib
import json
import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.classify import model
from monitor.classify.heads import Heads, OperatingPoint, softmax
from monitor.classify.operating_points import measure_points
from monitor.models.posts import SENTIMENTS
from monitor.training import calibrate, datasets, evaluate, graph, moments, readings, reference, topics
from monitor.training.calibrate import Calibration
from monitor.training.categories import fit_categories
from monitor.training.datasets import Example, Variant
from monitor.training.documents import card, report
from monitor.training.network import ClassifierNetwork, build
from monitor.training.stages import STAGES
from monitor.training.train import predict
from monitor.training.vocabulary import Trimmed
from monitor.training.weights import PretrainedEncoder, Quantised

VERSION = "escucha-e5-small-4"
MAX_TOKENS = 128
LEAST_AGREEMENT = 0.98
_AGREEMENT_STEP = 3
"""Every how many development posts are read by the float32 network too, which is slow."""
_SEEN_STEP = 200
"""Every how many training posts are read to learn what the layers read."""
NETWORK, TOKENIZER, REFERENCE = "model.onnx", "tokenizer.json", "reference.npz"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders of the labelled files, of the unlabelled posts, for the classifier, for its report; and the variant."""

    labels: Path
    posts: Path
    classifier: Path
    report: Path
    variant: Variant


def publish(network: ClassifierNetwork, encoder: PretrainedEncoder, trimmed: Trimmed, folders: Folders) -> None:
    """Write a classifier: quantised, calibrated and measured on the development files; then its card and report.

    Calibration and points come from the development posts; `es_brand` is only measured. Raises ValueError, with
    nothing written, if more than 1 - LEAST_AGREEMENT of the labels change with quantisation.
    """
    development = datasets.development_examples(folders.labels, folders.posts)
    development = [example for example in development if example.language in datasets.SERVED]
    examples = development + datasets.brand_examples(folders.labels)
    training = datasets.training_examples(folders.labels, folders.posts, 0, folders.variant)
    uncalibrated = heads_of(network)
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / NETWORK).write_bytes(_graph(network, encoder, trimmed, training))
        (folder / TOKENIZER).write_text(json.dumps(trimmed.tokenizer, ensure_ascii=False, separators=(",", ":")))
        describe(folder, uncalibrated, (NETWORK, TOKENIZER), folders.variant)
        classifier = model.load(folder)
        logits = evaluate.logits(uncalibrated, classifier.vectors([example.text for example in examples]))
        calibration = calibrate.calibrate(development, logits[: len(development)])
        logits = calibration.apply_to_logits(logits)
        agreements = agreement(network, trimmed, development, calibration, logits)
        if min(agreements.values()) < LEAST_AGREEMENT:
            raise ValueError(f"quantisation changes too many labels: {agreements}")
        heads = replace(
            calibration.apply_to_heads(uncalibrated),
            points=_points(development, logits),
            categories=fit_categories(classifier, training).head,
        )
        reference.write(classifier.with_heads(heads), development, folder / REFERENCE)
        describe(folder, heads, (NETWORK, TOKENIZER, REFERENCE), folders.variant)
        groups = evaluate.answers(examples, logits)
        card.write(
            folder / "MODEL_CARD.md",
            VERSION,
            evaluate.evaluate(groups),
            agreements,
            len(trimmed.full_ids),
            folders.variant,
        )
        folders.classifier.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            shutil.copyfile(path, folders.classifier / path.name)
    by_stage = {stage.name: stage.examples(folders.labels, folders.posts, 0, folders.variant) for stage in STAGES}
    report.write(folders.report, report.Findings(VERSION, groups, calibration, heads.points, agreements, by_stage))
    logger.info("classifier written", extra={"version": VERSION, "count": len(examples)})


def engine(tokenizer: dict[str, Any], max_tokens: int) -> Any:
    """Return a `tokenizers` engine that cuts at `max_tokens`, special tokens included."""
    from tokenizers import Tokenizer

    tokenizer_engine = Tokenizer.from_str(json.dumps(tokenizer))
    tokenizer_engine.enable_truncation(max_tokens)
    tokenizer_engine.no_padding()
    return tokenizer_engine


def heads_of(network: ClassifierNetwork) -> Heads:
    """Return the heads as they were trained, without calibration and points."""
    state = network.state_dict()
    weight, bias = (state[f"heads.{name}"].float().numpy().copy() for name in ("weight", "bias"))
    return Heads(VERSION, weight, bias, {})


def describe(folder: Path, heads: Heads, files: Sequence[str], variant: Variant) -> None:
    """Write `model.json`, without which `monitor.classify.model.load` reads nothing; `files` are already there."""
    description = {
        "version": VERSION,
        "variant": variant,
        "licence": card.LICENCES[variant],
        "heads": heads.to_json(),
        "labels": {"sentiment": list(SENTIMENTS), "complaint": ["no", "yes"]},
        "max_tokens": MAX_TOKENS,
        "sha256": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files},
    }
    (folder / "model.json").write_text(json.dumps(description) + "\n", encoding="utf-8")


def agreement(
    network: ClassifierNetwork,
    trimmed: Trimmed,
    examples: Sequence[Example],
    calibration: Calibration,
    quantised: npt.NDArray[np.float64],
) -> dict[str, float]:
    """Return, per head, the share of labels that are the same with the float32 network, on a sample of the examples.

    `quantised` are the calibrated logits of (at least) the examples, in their order.
    """
    sample = slice(0, len(examples), _AGREEMENT_STEP)
    encoded = [
        encoding.ids
        for encoding in engine(trimmed.tokenizer, MAX_TOKENS).encode_batch(
            [example.text for example in examples[sample]]
        )
    ]
    exact_logits = calibration.apply_to_logits(
        np.array([logits.numpy() for logits in predict(network.eval(), encoded)], dtype=np.float64)
    )
    quantised_logits = quantised[sample]
    return {
        head: float(np.mean(exact_logits[:, rows].argmax(axis=1) == quantised_logits[:, rows].argmax(axis=1)))
        for head, rows in evaluate.HEADS.items()
    }


def _points(examples: Sequence[Example], logits: npt.NDArray[np.float64]) -> dict[str, tuple[OperatingPoint, ...]]:
    """Return what thresholds are worth in a brand's stream, by the examples that somebody labelled for complaint."""
    left_out = evaluate.MISLEADING | evaluate.DERIVED
    places = [
        row
        for row, example in enumerate(examples)
        if example.complaint != readings.UNKNOWN and evaluate.family(example.source) not in left_out
    ]
    chances = softmax(logits[places][:, evaluate.HEADS["complaint"]])[:, 1]
    labels = np.array([examples[row].complaint == 1 for row in places])
    weights = calibrate.stream_weights("complaint", [examples[row] for row in places])
    return measure_points(labels, chances, [examples[row].language for row in places], weights)


def _graph(
    network: ClassifierNetwork, encoder: PretrainedEncoder, trimmed: Trimmed, training: Sequence[Example]
) -> bytes:
    """Return the encoder as a serialised ONNX model; word embeddings come from their original 4-bit blocks.

    What its layers read is learned from a sample of the training posts, as is how their vectors tell topics.
    """
    tokenizer = engine(trimmed.tokenizer, MAX_TOKENS)
    sample = [example.text for example in training[::_SEEN_STEP]]
    seen = moments.layer_inputs(network, [encoding.ids for encoding in tokenizer.encode_batch(sample)])
    pretrained = build(encoder, trimmed.full_ids).eval()
    projection = topics.fit(network.eval(), pretrained, tokenizer, training)
    state = {name: values.float().numpy() for name, values in network.state_dict().items()}
    word = Quantised(encoder.word.values[trimmed.full_ids], encoder.word.scales[trimmed.full_ids])
    proto = graph.write_graph(state, word, encoder.shape, MAX_TOKENS, seen.moments, seen.reach, projection)
    content: bytes = proto.SerializeToString()
    return content
