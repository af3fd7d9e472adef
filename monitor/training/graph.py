"""The network as an ONNX graph, written operator by operator: 8-bit linear layers, 4-bit word embeddings.

Written by hand, and not exported, for three reasons. The fast operators of ONNX Runtime can be named directly. The
word embeddings keep the very 4-bit blocks they came in, without loss. And activations are scaled by what was seen in
calibration, or every token by itself, where `quantize_dynamic` takes one scale over the whole batch, so that a text's
scores would depend on its neighbours. For the same reason there is no mask: the texts of a batch are equally long.

A linear layer multiplies unsigned 8-bit activations by the signed 7-bit weights of `monitor.training.quantise`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from monitor.training.quantise import Reach, Span, loudness, quantise, span
from monitor.training.weights import BLOCK, Floats, Quantised, Shape

OPSET = 23
_ACTIVATION_PEAK = 127
_MICROSOFT = "com.microsoft"
_MIDDLE = 128
_LOUD_STATES, _LOUD_BENT = 3, 8
"""How many loud inputs of the two feed-forward layers go round the 8 bits, in float32. One of 1536 may be ten times
larger than all others; in one span with it they would lose three bits."""


@dataclass(frozen=True, slots=True)
class QuantisedActivations:
    """Quantised activations: the name of `values`, uint8 (batch, tokens, width), and what turns them back.

    A float is (value - zero) * scale, or times the token's own scale under the name `scales` if there is one, and
    times `quiet` if that is given. `excess` names what lies outside of the span, see `quantise.Span`.
    """

    values: str
    zero: int
    quiet: Floats | None
    scale: float = 1.0
    scales: str = ""
    excess: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TopicProjection:
    """A linear map from what the layers know of a text to its topic vector, fitted by `topics.fit`.

    It reads the means over a text's tokens after each of `layers` (0 are the embeddings), one beside the other. In
    the means a token counts by its number in `token_weights` (vocabulary). `weight` is (inputs, width), `bias` (width).
    """

    layers: tuple[int, ...]
    token_weights: Floats
    weight: Floats
    bias: Floats


class GraphBuilder:
    """Nodes and constants of a graph that is being written; every method returns the name of its result."""

    def __init__(self, moments: Mapping[str, Floats], reach: Mapping[str, Reach]) -> None:
        self.moments = moments
        self.reach = reach
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, values: npt.NDArray[np.generic] | np.generic) -> str:
        """Return the name of a constant, stored once, however often it is asked for."""
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.asarray(values, order="C"), name)
        return name

    def node(self, operator: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        """Add an operator with one result."""
        name = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def rows(self, states: str, name: str, *, balance: bool = False, loud: int = 0) -> QuantisedActivations:
        """Quantise what the layer called `name` reads.

        With `balance` its loud inputs are made quieter first, so that they leave room for the others; its weights
        make up for it (SmoothQuant, Xiao et al. 2022). At most `loud` inputs may go beyond the span.
        """
        quiet = loudness(self.moments[name]) if balance and name in self.moments else None
        if name not in self.reach:
            return self._rows_by_token(states, name, quiet)
        input_span = span(self.reach[name] if quiet is None else self.reach[name].over(quiet), loud)
        if quiet is not None:
            states = self.node("Mul", states, self.constant(f"{name}.quiet", 1 / quiet))
        excess = self._excess(states, name, input_span) if len(input_span.loud) else ""
        scale = self.constant(f"{name}.scale", np.float32(input_span.scale))
        values = self.node("QuantizeLinear", states, scale, self._zero(input_span.zero))
        return QuantisedActivations(values, input_span.zero, quiet, input_span.scale, excess=excess, span=input_span)

    def _rows_by_token(self, states: str, name: str, quiet: Floats | None) -> QuantisedActivations:
        if quiet is not None:
            states = self.node("Mul", states, self.constant(f"{name}.quiet", 1 / quiet))
        last, least = self.constant("last", np.array([-1])), self.constant("least", np.float32(1e-9))
        peak = self.node("ReduceMax", self.node("Abs", states), last, keepdims=1)
        share = self.constant("share", np.float32(1 / _ACTIVATION_PEAK))
        scales = self.node("Mul", self.node("Max", peak, least), share)
        even = self.node("Div", states, scales)
        values = self.node("QuantizeLinear", even, self._unit(), self._zero(_MIDDLE))
        return QuantisedActivations(values, _MIDDLE, quiet, scales=scales)

    def _excess(self, states: str, name: str, input_span: Span) -> str:
        """Return what of the loud inputs lies outside of the span, in float32."""
        loud_inputs = self.node("Gather", states, self.constant(f"{name}.loud", input_span.loud), axis=-1)
        low = self.constant(f"{name}.low", np.float32(-input_span.zero * input_span.scale))
        high = self.constant(f"{name}.high", np.float32((255 - input_span.zero) * input_span.scale))
        return self.node("Sub", loud_inputs, self.node("Clip", loud_inputs, low, high))

    def _unit(self) -> str:
        return self.constant("unit", np.float32(1))

    def _zero(self, zero: int) -> str:
        return self.constant(f"zero_{zero}", np.uint8(zero))

    def linear(self, name: str, rows: QuantisedActivations, state: Mapping[str, Floats]) -> str:
        """Multiply by the quantised weight of the layer called `name` and add its bias."""
        weight, moments = state[f"{name}.weight"], self.moments.get(name)
        quiet = np.ones_like(weight[0]) if rows.quiet is None else rows.quiet
        weight = weight * quiet
        if moments is not None:
            inside = quiet if rows.span is None else quiet * rows.span.beyond
            moments = (moments / np.outer(inside, inside)).astype(np.float32)
        values, scales = quantise(weight, moments)
        bias = self.constant(f"{name}.bias", state[f"{name}.bias"])
        inputs = [
            *(rows.values, self.constant(f"{name}.values", values.T), self._unit()),
            *(self.constant(f"{name}.scales", (scales * rows.scale).astype(np.float32)), self._zero(rows.zero)),
        ]
        if rows.scales:
            product = self.node("MatMulIntegerToFloat", *inputs, domain=_MICROSOFT)
            return self.node("Add", self.node("Mul", product, rows.scales), bias)
        product = self.node("MatMulIntegerToFloat", *inputs, "", bias, domain=_MICROSOFT)
        if not rows.excess or rows.span is None:
            return product
        around = self.constant(f"{name}.around", weight[:, rows.span.loud].T)
        return self.node("Add", product, self.node("MatMul", rows.excess, around))

    def normalised(self, name: str, states: str, state: Mapping[str, Floats], epsilon: float) -> str:
        """Normalise by the layer called `name`.

        A sum and this, two operators, take a quarter of the time of the fused `SkipLayerNormalization` on a CPU.
        """
        gain, bias = (self.constant(f"{name}.{kind}", state[f"{name}.{kind}"]) for kind in ("weight", "bias"))
        return self.node("LayerNormalization", states, gain, bias, axis=-1, epsilon=epsilon)


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
    reach: Mapping[str, Reach] | None = None,
    topics: TopicProjection | None = None,
) -> onnx.ModelProto:
    """Return a model from `ids`, int64 (batch, tokens), without padding, to `vectors` (batch, width).

    With `topics` it gives `topics` (batch, width of those) too, of length 1.

    `state` is the state of `network.ClassifierNetwork` as float32 arrays; its heads stay outside, see `classify.heads`.
    `moments` and `reach` are those of `moments.LayerInputs`. A layer without moments is rounded plainly; what a layer
    without reach reads is scaled token by token, which is slower.
    """
    graph = GraphBuilder(moments or {}, reach or {})
    states = [_embed(graph, state, word, shape, max_tokens)]
    for layer in range(shape.layers):
        states.append(_layer(graph, state, f"encoder.encoder.layer.{layer}", states[-1], shape))
    middle = graph.constant("middle", np.array([1]))
    graph.nodes.append(helper.make_node("ReduceMean", [states[-1], middle], ["vectors"], keepdims=0))
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "tokens"])
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", shape.hidden])]
    if topics is not None:
        _project(graph, states, topics)
        outputs.append(helper.make_tensor_value_info("topics", TensorProto.FLOAT, ["batch", len(topics.bias)]))
    onnx_graph = helper.make_graph(graph.nodes, "escucha", [ids], outputs, list(graph.constants.values()))
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    return helper.make_model(onnx_graph, opset_imports=opsets, ir_version=11, producer_name="escucha")


def _embed(graph: GraphBuilder, state: Mapping[str, Floats], word: Quantised, shape: Shape, max_tokens: int) -> str:
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
    first = graph.constant("first", np.array([0]))
    used = graph.node("Slice", graph.constant("positions", places), first, tokens, first)
    return graph.normalised(f"{prefix}.LayerNorm", graph.node("Add", words, used), state, shape.epsilon)


def _project(graph: GraphBuilder, states: Sequence[str], topics: TopicProjection) -> None:
    """Add the output `topics`, in float32: rounding would save a megabyte and no time."""
    weights = graph.node("Gather", graph.constant("topics.tokens", topics.token_weights), "ids")
    middle, last = graph.constant("middle", np.array([1])), graph.constant("last", np.array([-1]))
    least = graph.constant("least", np.float32(1e-9))
    shares = graph.node("Div", weights, graph.node("Add", graph.node("ReduceSum", weights, middle, keepdims=1), least))
    rows = graph.node("Unsqueeze", shares, middle)
    read = [graph.node("Squeeze", graph.node("MatMul", rows, states[layer]), middle) for layer in topics.layers]
    joined = graph.node("Concat", *read, axis=1) if len(read) > 1 else read[0]
    weight, bias = graph.constant("topics.weight", topics.weight), graph.constant("topics.bias", topics.bias)
    projected = graph.node("Add", graph.node("MatMul", joined, weight), bias)
    length = graph.node("Max", graph.node("ReduceL2", projected, last, keepdims=1), least)
    graph.nodes.append(helper.make_node("Div", [projected, length], ["topics"]))


def _packed_eights(word: Quantised) -> npt.NDArray[np.uint8]:
    rows, blocks = word.scales.shape
    return np.full((rows, blocks // 2), 0x88, dtype=np.uint8)


def _layer(graph: GraphBuilder, state: Mapping[str, Floats], prefix: str, states: str, shape: Shape) -> str:
    own, mixer = f"{prefix}.attention.self", f"{prefix}.attention.output"
    rows = graph.rows(states, f"{own}.query", balance=True)
    projected = [graph.linear(f"{own}.{part}", rows, state) for part in ("query", "key", "value")]
    # The operator of ONNX itself takes two thirds of the time of MultiHeadAttention in texts of a post's length.
    mixed = graph.node("Attention", *projected, q_num_heads=shape.heads, kv_num_heads=shape.heads)
    added = graph.linear(f"{mixer}.dense", graph.rows(mixed, f"{mixer}.dense"), state)
    states = graph.normalised(f"{mixer}.LayerNorm", graph.node("Add", added, states), state, shape.epsilon)
    inner, outer = f"{prefix}.intermediate.dense", f"{prefix}.output"
    wide = graph.linear(inner, graph.rows(states, inner, balance=True, loud=_LOUD_STATES), state)
    # With tanh in the place of erf: nearer than 8 bits can tell, in less time.
    bent = graph.node("Gelu", wide, approximate="tanh")
    narrow = graph.linear(f"{outer}.dense", graph.rows(bent, f"{outer}.dense", loud=_LOUD_BENT), state)
    return graph.normalised(f"{outer}.LayerNorm", graph.node("Add", narrow, states), state, shape.epsilon)
