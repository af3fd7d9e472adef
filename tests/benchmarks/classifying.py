"""The classifier, from texts to scores: posts a second, memory, share of the int8 peak, growth, and two yardsticks.

Every figure of ours comes from a process of its own that does nothing else, so nothing was read before and the memory
is its own. The yardsticks are `transformers` pipelines on PyTorch, on a sample of the same posts, in the same run.
"""

import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from monitor.classify import model
from monitor.classify.text import prepare
from tests import made_up_posts

CORES = os.cpu_count() or 1
ROOT = Path(__file__).resolve().parents[2]
SIZES = (1_000, 10_000, 100_000, 1_000_000)
SAMPLE = {"XLM-R-base, random weights": 256, "our encoder": 1024}
PIPELINE_BATCH = 32
PEAK_SHAPE = (768, 384, 1536)
PEAK_SECONDS = 2.0
WORDS = (1, 4, 7, 11, 14, 18, 21, 24, 28, 32, 44)
"""Deciles of the words in a post, so that its tokens are spread as in posts that Colombians wrote to banks in 2020."""
NEEDED = "  needs PyTorch and onnx: pip install -e '.[train]', then run this again"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a classifying process saw: distinct posts, tokens in them, seconds from text to scores, peak memory."""

    posts: int
    tokens: int
    load_seconds: float
    seconds: float
    megabytes: float


def made_up(count: int, seed: int) -> Iterator[str]:
    """Distinct Spanish posts of the length of real ones."""
    source = random.Random(seed)
    words = (word for row in made_up_posts.rows(100 * count, seed) for word in row[3].split())
    for number in range(count):
        tenth = source.randrange(len(WORDS) - 1)
        length = round(source.uniform(WORDS[tenth], WORDS[tenth + 1]))
        yield " ".join([*(next(words) for _ in range(length)), str(number)])


def read(path: Path) -> list[str]:
    """The column `text` of a CSV file."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def write(path: Path, texts: Sequence[str] | Iterator[str]) -> Path:
    """A CSV file with a column `text`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text"])
        writer.writerows([text] for text in texts)
    return path


def measured(path: Path) -> Figures:
    """Score a file in a new process."""
    command = [sys.executable, "-m", "tests.benchmarks.classifying", str(path)]
    told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return Figures(**json.loads(told.stdout))


def score(path: Path) -> Figures:
    """Score the file once, its duplicates once, and measure."""
    texts = list({prepare(text): text for text in read(path)}.values())
    started = time.perf_counter()
    classifier = model.load()
    classifier.scores(["hola"])
    loaded = time.perf_counter()
    classifier.scores(texts)
    took = time.perf_counter() - loaded
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tokens = sum(map(len, classifier._open_encoder().tokens([prepare(text) for text in texts])))
    return Figures(len(texts), tokens, loaded - started, took, peak)


def int8_peak() -> float:
    """Products a second (multiply and add) of MatMulInteger on all cores, a session for each."""
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    rows, inner, columns = PEAK_SHAPE
    source = np.random.default_rng(1)
    weight = numpy_helper.from_array(source.integers(-64, 64, (inner, columns)).astype(np.int8), "B")
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["A", "B"], ["Y"])],
        "peak",
        [helper.make_tensor_value_info("A", TensorProto.UINT8, [rows, inner])],
        [helper.make_tensor_value_info("Y", TensorProto.INT32, [rows, columns])],
        [weight],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10).SerializeToString()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    left = source.integers(0, 255, (rows, inner)).astype(np.uint8)

    def products(_: int) -> int:
        session, done = onnxruntime.InferenceSession(made, options), 0
        while time.perf_counter() < end:
            session.run(None, {"A": left})
            done += rows * inner * columns
        return done

    end = time.perf_counter() + PEAK_SECONDS
    with ThreadPoolExecutor(CORES) as pool:
        return sum(pool.map(products, range(CORES))) / PEAK_SECONDS


def products_per_token() -> int:
    """Multiplications that a token costs in the linear layers: the number of their weights."""
    import onnx

    constants = onnx.load(str(model.BUNDLED / "model.onnx")).graph.initializer
    return sum(int(np.prod(one.dims)) for one in constants if one.data_type == onnx.TensorProto.INT8)


def xlmr(_: Path | None) -> Any:
    """XLM-R-base as its paper gives it, not trained: speed does not depend on the weights."""
    from transformers import XLMRobertaConfig, XLMRobertaForSequenceClassification

    sizes = {"vocab_size": 250_037, "max_position_embeddings": 514, "type_vocab_size": 1, "num_labels": 3}
    return XLMRobertaForSequenceClassification(XLMRobertaConfig(**sizes))


def ours(checkpoint: Path | None) -> Any:
    """Our encoder in float32 with a sequence classification head; weights from a checkpoint of the training."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    sizes: dict[str, int] = {"hidden_size": 384, "num_hidden_layers": 12, "num_attention_heads": 12}
    config = {**sizes, "intermediate_size": 1536, "max_position_embeddings": 512, "num_labels": 3}
    if checkpoint is None:
        return BertForSequenceClassification(BertConfig(vocab_size=100_000, **config))
    state = torch.load(checkpoint, weights_only=True)["network"]
    words = len(state["encoder.embeddings.word_embeddings.weight"])
    made = BertForSequenceClassification(BertConfig(vocab_size=words, **config))
    known = {f"bert.{name[8:]}": values for name, values in state.items() if name.startswith("encoder.")}
    if unexpected := made.load_state_dict(known, strict=False).unexpected_keys:
        raise ValueError(f"{checkpoint} does not fit: {unexpected[:3]}")
    return made


def pipeline_rate(make: Callable[[Path | None], Any], checkpoint: Path | None, texts: Sequence[str]) -> float:
    """Posts a second of a `transformers` pipeline, batches of 32, all cores."""
    import torch
    from transformers import PreTrainedTokenizerFast, pipeline

    torch.set_num_threads(CORES)
    names = {"pad_token": "<pad>", "unk_token": "<unk>", "model_max_length": 512}
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(model.BUNDLED / "tokenizer.json"), **names)
    made = make(checkpoint).eval()
    classify: Any = pipeline("text-classification", model=made, tokenizer=tokenizer, batch_size=PIPELINE_BATCH)
    classify(list(texts[:PIPELINE_BATCH]), truncation=True)
    started = time.perf_counter()
    classify(list(texts), truncation=True)
    return len(texts) / (time.perf_counter() - started)


def main(source: Path | None, checkpoint: Path | None, largest: int) -> None:
    """Print all of it. `source` is a CSV file with a column `text`; `largest` the most posts of the growth."""
    with tempfile.TemporaryDirectory() as folder:
        path = source or write(Path(folder) / "posts.csv", made_up(6_000, 1))
        found = measured(path)
        texts = read(path)
        print(f"{len(texts):,} posts, {found.tokens / found.posts:.1f} tokens each; ", end="")
        print(f"{len(texts) - found.posts:,} are copies of others and count for nothing")
        rate = found.posts / found.seconds
        print(f"{rate:,.0f} posts/s on {CORES} cores, loaded in {found.load_seconds:.1f} s, {found.megabytes:.0f} MB")
        growth(Path(folder), largest)  # before PyTorch: a new process starts with the peak memory of its parent
        share(found)
        yardsticks(rate, checkpoint, texts)


def share(found: Figures) -> None:
    """Print what share of the machine's int8 peak the linear layers reach over the whole time."""
    try:
        peak, work = int8_peak(), products_per_token() * found.tokens
    except ImportError:
        print(NEEDED)
        return
    print(f"int8 peak {peak / 1e9:,.0f} G products/s, reached {work / found.seconds / peak:.0%} from text to scores")


def yardsticks(rate: float, checkpoint: Path | None, texts: Sequence[str]) -> None:
    """Print how many times faster we are than pipelines; ours reads prepared texts, as it must."""
    try:
        import torch  # noqa: F401
    except ImportError:
        print(NEEDED)
        return
    mixed = random.Random(1).sample(texts, len(texts))
    for (name, count), make in zip(SAMPLE.items(), (xlmr, ours), strict=True):
        sample = mixed[:count] if make is xlmr else [prepare(text) or "." for text in mixed[:count]]
        theirs = pipeline_rate(make, checkpoint, sample)
        print(f"{rate / theirs:.1f} times the pipeline on {name} in PyTorch float32 ({theirs:.1f} posts/s)", flush=True)


def growth(folder: Path, largest: int) -> None:
    """Print seconds, microseconds a post and memory by the number of made-up posts, all distinct."""
    print(f"{'posts':>10} {'seconds':>9} {'us/post':>8} {'MB':>5}")
    for count in (size for size in SIZES if size <= largest):
        found = measured(write(folder / f"{count}.csv", made_up(count, 2)))
        each = found.seconds / found.posts * 1e6
        print(f"{found.posts:>10,} {found.seconds:>9.1f} {each:>8,.0f} {found.megabytes:>5.0f}", flush=True)
    if largest < SIZES[-1]:
        print(f"stopped at {largest:,}; --largest {SIZES[-1]} goes on, for an hour or so")


if __name__ == "__main__":
    print(json.dumps(asdict(score(Path(sys.argv[1])))))
