"""The network as an ONNX graph, written operator by operator: 8-bit linear layers, 4-bit word embeddings.

Written by hand, and not exported, for three reasons. The fused operators of ONNX Runtime can be named directly. The
word embeddings keep the very 4-bit blocks they came in, without loss. And the activations of every token are scaled
by themselves, where `quantize_dynamic` takes one scale over the whole batch, so that a text's scores would depend on
its neighbours.

A linear layer multiplies unsigned 8-bit activations by the signed 7-bit weights of `monitor.training.quantise`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from monitor.training.quantise import loudness, quantise
from monitor.training.weights import BLOCK, Floats, Quantised, Shape

OPSET = 21
_ACTIVATION_PEAK = 127
_MICROSOFT = "com.microsoft"
_ZERO_POINT = 128


@dataclass(frozen=True, slots=True)
class Rows:
    """Names of quantised activations, uint8 (batch, tokens, width), and of their scales, float32 (batch, tokens, 1)."""

    values: str
    scales: str


class Graph:
    """Nodes and constants of a graph that is being written; every method returns the name of its result."""

    def __init__(self, moments: Mapping[str, Floats]) -> None:
        self.moments = moments
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        """Store a constant."""
        self.constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def _shared(self, name: str, values: npt.NDArray[np.generic] | np.generic) -> str:
        """Return a constant that is stored once, however often it is asked for."""
        if all(one.name != name for one in self.constants):
            self.constant(name, np.asarray(values))
        return name

    def node(self, operator: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        """Add an operator with one result."""
        name = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def rows(self, states: str, balance: str = "") -> Rows:
        """Quantise every token by its own largest value, so that it does not matter what else is in the batch.

        `balance` names a layer: its loud inputs are made quieter first, so that they leave room for the others. Its
        weights make up for it (SmoothQuant, Xiao et al. 2022).
        """
        if balance in self.moments:
            quiet = self.constant(f"{balance}.quiet", 1 / loudness(self.moments[balance]))
            states = self.node("Mul", states, quiet)
        last, least = self._shared("last", np.array([-1])), self._shared("least", np.float32(1e-9))
        peak = self.node("ReduceMax", self.node("Abs", states), last, keepdims=1)
        share = self._shared("share", np.float32(1 / _ACTIVATION_PEAK))
        scales = self.node("Mul", self.node("Max", peak, least), share)
        one, zero = self._shared("unit", np.float32(1)), self._shared("zero_point", np.uint8(_ZERO_POINT))
        return Rows(self.node("QuantizeLinear", self.node("Div", states, scales), one, zero), scales)

    def linear(self, name: str, rows: Rows, state: Mapping[str, Floats], *, balanced: bool = False) -> str:
        """Multiply by the quantised weight of the layer called `name`; the bias is left to the next operator."""
        weight, moments = state[f"{name}.weight"], self.moments.get(name)
        if balanced and moments is not None:
            loud = loudness(moments)
            weight, moments = weight * loud, moments / np.outer(loud, loud)
        values, scales = quantise(weight, moments)
        product = self.node(
            "MatMulIntegerToFloat",
            rows.values,
            self.constant(f"{name}.values", values.T),
            "unit",
            self.constant(f"{name}.scales", scales),
            "zero_point",
            domain=_MICROSOFT,
        )
        return self.node("Mul", product, rows.scales)

    def normalised_sum(self, name: str, left: str, right: str, state: Mapping[str, Floats], epsilon: float) -> str:
        """Add two states and the bias of the layer called `name`, and normalise the sum.

        In three operators: on a CPU they take a quarter of the time of the fused `SkipLayerNormalization`.
        """
        names = ("dense.bias", "LayerNorm.weight", "LayerNorm.bias")
        bias, gamma, beta = (self.constant(f"{name}.{one}", state[f"{name}.{one}"]) for one in names)
        total = self.node("Add", self.node("Add", left, right), bias)
        return self.node("LayerNormalization", total, gamma, beta, axis=-1, epsilon=epsilon)


def pack_words(word: Quantised) -> npt.NDArray[np.uint8]:
    """Return 4-bit embeddings two to a byte, the earlier column in the low half, zero at 8."""
    values = (word.values + 8).astype(np.uint8)
    packed: npt.NDArray[np.uint8] = np.bitwise_or(values[:, 0::2], np.left_shift(values[:, 1::2], 4, dtype=np.uint8))
    return packed


def write_graph(
    state: Mapping[str, Floats],
    word: Quantised,
    shape: Shape,
    max_tokens: int,
    moments: Mapping[str, Floats] | None = None,
) -> onnx.ModelProto:
    """Return a model from `ids` (int64) and `mask` (int32), both (batch, tokens), to `vectors` (batch, width).

    `state` is the state of `network.Network` as float32 arrays; its heads stay outside, see `classify.heads`.
    `moments` are those of `quantise`, by the name of the layer; a layer without them is rounded plainly.
    """
    graph = Graph(moments or {})
    states = _embed(graph, state, word, shape, max_tokens)
    for layer in range(shape.layers):
        states = _layer(graph, state, f"encoder.encoder.layer.{layer}", states, shape)
    _mean(graph, states)
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "tokens"]),
        helper.make_tensor_value_info("mask", TensorProto.INT32, ["batch", "tokens"]),
    ]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", shape.hidden])]
    made = helper.make_graph(graph.nodes, "escucha", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10, producer_name="escucha")


def _embed(graph: Graph, state: Mapping[str, Floats], word: Quantised, shape: Shape, max_tokens: int) -> str:
    prefix = "encoder.embeddings"
    words = graph.node(
        "GatherBlockQuantized",
        graph.constant("words.packed", pack_words(word)),
        "ids",
        graph.constant("words.scales", word.scales),
        graph.constant("words.zero", _packed_eights(word)),
        domain=_MICROSOFT,
        bits=4,
        block_size=BLOCK,
        gather_axis=0,
        quantize_axis=1,
    )
    first_type = state[f"{prefix}.token_type_embeddings.weight"][0]
    places = state[f"{prefix}.position_embeddings.weight"][:max_tokens] + first_type
    tokens = graph.node("Shape", "ids", start=1, end=2)
    zero, axis = graph.constant("zero", np.array([0])), graph.constant("axis", np.array([0]))
    used = graph.node("Slice", graph.constant("positions", places), zero, tokens, axis)
    gamma = graph.constant("words.gamma", state[f"{prefix}.LayerNorm.weight"])
    beta = graph.constant("words.beta", state[f"{prefix}.LayerNorm.bias"])
    placed = graph.node("Add", words, used)
    return graph.node("LayerNormalization", placed, gamma, beta, axis=-1, epsilon=shape.epsilon)


def _packed_eights(word: Quantised) -> npt.NDArray[np.uint8]:
    rows, blocks = word.scales.shape
    return np.full((rows, blocks // 2), 0x88, dtype=np.uint8)


def _layer(graph: Graph, state: Mapping[str, Floats], prefix: str, states: str, shape: Shape) -> str:
    attention, output = f"{prefix}.attention", f"{prefix}.attention.output"
    parts = [f"{attention}.self.{part}" for part in ("query", "key", "value")]
    rows = graph.rows(states, balance=parts[0])
    projected = [graph.linear(part, rows, state, balanced=True) for part in parts]
    bias = graph.constant(f"{attention}.bias", np.concatenate([state[f"{part}.bias"] for part in parts]))
    mixed = graph.node("MultiHeadAttention", *projected, bias, "mask", domain=_MICROSOFT, num_heads=shape.heads)
    added = graph.linear(f"{output}.dense", graph.rows(mixed), state)
    states = graph.normalised_sum(output, added, states, state, shape.epsilon)
    inner, output = f"{prefix}.intermediate.dense", f"{prefix}.output"
    wide = graph.linear(inner, graph.rows(states, balance=inner), state, balanced=True)
    bent = graph.node("BiasGelu", wide, graph.constant(f"{inner}.bias", state[f"{inner}.bias"]), domain=_MICROSOFT)
    narrow = graph.linear(f"{output}.dense", graph.rows(bent), state)
    return graph.normalised_sum(output, narrow, states, state, shape.epsilon)


def _mean(graph: Graph, states: str) -> None:
    """Average the kept tokens."""
    one = graph.constant("one", np.array([1]))
    kept = graph.node("Cast", "mask", to=TensorProto.FLOAT)
    total = graph.node("MatMul", graph.node("Unsqueeze", kept, one), states)
    count = graph.node("ReduceSum", kept, one, keepdims=1)
    graph.nodes.append(helper.make_node("Div", [graph.node("Squeeze", total, one), count], ["vectors"]))
