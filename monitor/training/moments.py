"""What the encoder's linear layers read, seen on some texts: the ground for rounding weights and activations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from monitor.training.network import ClassifierNetwork
from monitor.training.quantise import Reach
from monitor.training.weights import Floats


@dataclass(frozen=True, slots=True)
class LayerInputs:
    """By the name of the layer: `moments` (inputs, inputs), sums of products of two inputs; `reach`, their range."""

    moments: dict[str, Floats]
    reach: dict[str, Reach]


def layer_inputs(network: ClassifierNetwork, encoded: Sequence[Sequence[int]]) -> LayerInputs:
    """Read texts, given as token ids, one at a time (padding would be seen too) and return what the layers read."""
    inputs = LayerInputs({}, {})

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor]], None]:
        def add(_: nn.Module, arguments: tuple[Tensor]) -> None:
            rows = arguments[0].flatten(0, -2)
            least, most = rows.amin(0).numpy(), rows.amax(0).numpy()
            reach = inputs.reach.get(name, Reach(least, most))
            inputs.reach[name] = Reach(np.minimum(reach.low, least), np.maximum(reach.high, most))
            inputs.moments[name] = inputs.moments.get(name, np.float32(0)) + (rows.T @ rows).numpy()

        return add

    layers = [(name, layer) for name, layer in network.encoder.encoder.named_modules() if isinstance(layer, nn.Linear)]
    hooks = [layer.register_forward_pre_hook(watch(f"encoder.encoder.{name}")) for name, layer in layers]
    network.eval()
    with torch.inference_mode():
        for ids in encoded:
            network(torch.tensor([list(ids)]), torch.ones(1, len(ids), dtype=torch.int64))
    for hook in hooks:
        hook.remove()
    return inputs
