"""Training, graph and quantisation on a tiny network. Skipped where PyTorch is absent (extra `[train]`)."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from monitor.classify.heads import ROWS  # noqa: E402
from monitor.training import graph, moments, network, quantise, train  # noqa: E402
from monitor.training.datasets import Example  # noqa: E402
from monitor.training.readings import UNKNOWN  # noqa: E402
from monitor.training.weights import PretrainedEncoder  # noqa: E402
from tests.training.tiny_network import SHAPE, Letters, sentences  # noqa: E402


def examples() -> list[Example]:
    return [
        Example("abcd"[: 1 + at % 4] * (1 + at % 3), "es", "made up", at % 3, at % 2 if at % 5 else UNKNOWN)
        for at in range(60)
    ]


def session(encoder: PretrainedEncoder, net: network.ClassifierNetwork, seen: moments.LayerInputs) -> Any:
    from onnxruntime import InferenceSession

    state = {name: values.numpy() for name, values in net.state_dict().items()}
    written = graph.write_graph(state, encoder.word, SHAPE, 32, seen.moments, seen.reach)
    return InferenceSession(written.SerializeToString())


def distance(net: network.ClassifierNetwork, runtime: Any, texts: list[list[int]]) -> float:
    """How far the graph's vectors lie from the network's, beside how far those lie from their mean."""
    with torch.inference_mode():
        exact = [net.embed(torch.tensor([ids]), torch.ones(1, len(ids))).numpy()[0] for ids in texts]
    vectors = [runtime.run(None, {"ids": np.array([ids])})[0][0] for ids in texts]
    off = np.square(np.subtract(vectors, exact)).sum()
    return float(np.sqrt(off / np.square(np.subtract(exact, np.mean(exact, axis=0))).sum()))


@pytest.mark.parametrize(("knows", "within"), [("", 0.5), ("moments", 0.1), ("moments reach", 0.1)])
def test_the_graph_computes_what_the_network_does(encoder: PretrainedEncoder, knows: str, within: float) -> None:
    net = network.build(encoder).eval()
    seen = moments.layer_inputs(net, sentences(100))
    known_inputs = moments.LayerInputs(
        seen.moments if "moments" in knows else {}, seen.reach if "reach" in knows else {}
    )
    assert distance(net, session(encoder, net, known_inputs), sentences(150)[100:]) < within


def test_a_text_is_read_alike_in_any_batch(encoder: PretrainedEncoder) -> None:
    net = network.build(encoder).eval()
    runtime = session(encoder, net, moments.layer_inputs(net, sentences(50)))
    ids = np.array([[5, 9, 20, 31], [7, 8, 1, 30], [30, 4, 4, 9]])
    (batch,) = runtime.run(None, {"ids": ids})
    for row, vector in zip(ids, batch, strict=True):
        (alone,) = runtime.run(None, {"ids": row[None]})
        assert np.abs(alone[0] - vector).max() < 1e-5


def test_a_loud_neuron_costs_the_others_nothing(encoder: PretrainedEncoder) -> None:
    net = network.build(encoder).eval()
    quiet = distance(net, session(encoder, net, moments.layer_inputs(net, sentences(50))), sentences(50))
    with torch.no_grad():
        for layer in net.encoder.encoder.layer:
            layer.intermediate.dense.bias[5] += 100
            layer.output.dense.weight[:, 5] /= 50
    loud = moments.layer_inputs(net, sentences(50))
    assert loud.reach["encoder.encoder.layer.0.output.dense"].high[5] > 90
    runtime = session(encoder, net, loud)
    assert distance(net, runtime, sentences(50)) < 2 * quiet


def test_what_the_layers_read_is_seen(encoder: PretrainedEncoder) -> None:
    net = network.build(encoder).eval()
    seen = moments.layer_inputs(net, sentences(20))
    assert set(seen.moments) == set(seen.reach)
    assert len(seen.moments) == 6 * SHAPE.layers
    for name, reach in seen.reach.items():
        assert (reach.low <= reach.high).all()
        assert seen.moments[name].shape == (len(reach.low),) * 2


def test_a_span_leaves_out_the_loud() -> None:
    reach = quantise.Reach(np.array([-0.2, -0.1, -0.2, -30.0]), np.array([2.0, 1.9, 70.0, 1.0]))
    input_span = quantise.span(reach, 2)
    assert input_span.loud.tolist() == [2, 3]
    assert input_span.scale == pytest.approx(2.2 / 255)
    assert input_span.zero == round(0.2 / input_span.scale)
    assert quantise.span(reach, 0).loud.tolist() == []


def test_a_span_of_even_inputs_leaves_out_none() -> None:
    input_span = quantise.span(quantise.Reach(-np.ones(4), np.array([1.0, 1.1, 1.2, 1.3])), 2)
    assert input_span.loud.tolist() == []


def test_rounding_that_knows_its_inputs_loses_less() -> None:
    rng = np.random.default_rng(3)
    weight = rng.normal(0, 0.1, (32, 64)).astype(np.float32)
    read = (rng.normal(0, 1, (2000, 64)) @ rng.normal(0, 1, (64, 64)) + 3).astype(np.float32)
    losses = []
    for products in (None, read.T @ read):
        values, scales = quantise.quantise(weight, products)
        assert np.abs(values.astype(int)).max() <= quantise.WEIGHT_PEAK
        losses.append(np.square(read @ (values * scales[:, None] - weight).T).mean())
    assert losses[1] < 0.7 * losses[0]


def test_no_pair_of_products_saturates() -> None:
    assert 2 * 255 * quantise.WEIGHT_PEAK < 2**15  # the 16-bit sums of x86 processors without VNNI


def test_trimmed_rows_are_the_full_ones(encoder: PretrainedEncoder) -> None:
    rows = np.array([0, 1, 2, 3, 17, 39])
    full, trimmed = network.build(encoder), network.build(encoder, rows)
    words = trimmed.encoder.embeddings.word_embeddings.weight
    assert torch.equal(words, full.encoder.embeddings.word_embeddings.weight[rows])
    assert not words.requires_grad


def test_a_stopped_run_ends_as_an_undisturbed_one(encoder: PretrainedEncoder, tmp_path: Path) -> None:
    recipe = train.Recipe(batch=8, checkpoint_every=3, threads=1)
    finished, broken = tmp_path / "whole.pt", tmp_path / "broken.pt"
    done = train.fit(_seeded(encoder), Letters(), examples(), finished, recipe)
    with pytest.raises(StopError):
        train.fit(_stopping(_seeded(encoder), after=5), Letters(), examples(), broken, recipe)
    resumed = train.fit(_seeded(encoder), Letters(), examples(), broken, recipe)
    for first, second in zip(done.parameters(), resumed.parameters(), strict=True):
        assert torch.allclose(first, second, atol=1e-5)


def test_rows_without_a_label_cost_nothing(encoder: PretrainedEncoder) -> None:
    net = network.build(encoder).eval()
    silent = [Example("a", "es", "made up", UNKNOWN, UNKNOWN)]
    assert train.loss(net, train.collate([[5, 6]], silent)).item() == 0


@pytest.mark.parametrize("head", ROWS)
def test_a_label_moves_the_rows_of_its_head_alone(encoder: PretrainedEncoder, head: str) -> None:
    net = network.build(encoder).eval()
    labels = {"sentiment": UNKNOWN, "complaint": UNKNOWN, "about": UNKNOWN} | {head: 1}
    train.loss(net, train.collate([[5, 6]], [Example("a", "es", "made up", **labels)])).backward()
    moved = net.heads.weight.grad.abs().sum(dim=1).numpy() > 0
    assert np.flatnonzero(moved).tolist() == list(range(*ROWS[head].indices(network.LOGITS)))


def test_batches_hold_every_row_once() -> None:
    plan = train.batches([at % 7 for at in range(103)], 8, seed=2)
    assert sorted(row for batch in plan for row in batch) == list(range(103))
    assert plan == train.batches([at % 7 for at in range(103)], 8, seed=2)


class StopError(Exception):
    """Stands for a kill."""


def _seeded(encoder: PretrainedEncoder) -> network.ClassifierNetwork:
    torch.manual_seed(3)
    return network.build(encoder)


def _stopping(net: network.ClassifierNetwork, after: int) -> network.ClassifierNetwork:
    steps = iter(range(after))

    def count(*_: object) -> None:
        if next(steps, None) is None:
            raise StopError

    net.register_forward_pre_hook(count)
    return net
