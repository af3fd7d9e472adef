"""What the encoder's linear layers read, seen on some texts: the ground for rounding weights and activations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from monitor.training.network import Network
from monitor.training.quantise import Reach
from monitor.training.weights import Floats


@dataclass(frozen=True, slots=True)
class Inputs:
    """By the name of the layer: `moments` (inputs, inputs), sums of products of two inputs; `reach`, their range."""

    moments: dict[str, Floats]
    reach: dict[str, Reach]


def inputs(network: Network, encoded: Sequence[Sequence[int]]) -> Inputs:
    """Read texts, given as token ids, one at a time (padding would be seen too) and return what the layers read."""
    found = Inputs({}, {})

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor]], None]:
        def add(_: nn.Module, read: tuple[Tensor]) -> None:
            rows = read[0].flatten(0, -2)
            least, most = rows.amin(0).numpy(), rows.amax(0).numpy()
            known = found.reach.get(name, Reach(least, most))
            found.reach[name] = Reach(np.minimum(known.low, least), np.maximum(known.high, most))
            found.moments[name] = found.moments.get(name, np.float32(0)) + (rows.T @ rows).numpy()

        return add

    layers = [(name, one) for name, one in network.encoder.encoder.named_modules() if isinstance(one, nn.Linear)]
    hooks = [one.register_forward_pre_hook(watch(f"encoder.encoder.{name}")) for name, one in layers]
    network.eval()
    with torch.inference_mode():
        for ids in encoded:
            network(torch.tensor([list(ids)]), torch.ones(1, len(ids), dtype=torch.int64))
    for hook in hooks:
        hook.remove()
    return found
