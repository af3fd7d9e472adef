"""What tests of training share."""

import pytest

from monitor.training.weights import PretrainedEncoder
from tests.training import tiny_network


@pytest.fixture
def encoder() -> PretrainedEncoder:
    """Random weights under the names of `e5.c`."""
    return tiny_network.pretrained_encoder()
