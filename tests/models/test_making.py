"""What is made quickly is what its class makes."""

import pickle
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest

from monitor.models.making import quickly
from monitor.models.posts import Mention

AT = datetime(2026, 3, 1, tzinfo=UTC)
make = quickly(Mention)


def test_it_is_the_same_value() -> None:
    made, usual = (kind("x", "1", "Hola", AT, "1", {"a": 1}, likes=3) for kind in (make, Mention))
    assert type(made) is Mention
    assert (made, repr(made)) == (usual, repr(usual))
    assert replace(made, text="Adiós") == replace(usual, text="Adiós")
    assert pickle.loads(pickle.dumps(made)) == usual


def test_it_is_frozen_and_wants_the_same_fields() -> None:
    with pytest.raises(FrozenInstanceError):
        make("x", "1", "Hola", AT, "1", {}).text = "Adiós"  # type: ignore[misc]
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'raw'"):
        make("x", "1", "Hola", AT, "1")  # type: ignore[call-arg]
