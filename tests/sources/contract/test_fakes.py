"""Every network has a fake, so that the contract's tests reach it."""

import ast
from pathlib import Path

import pytest

from monitor.collect import collector
from monitor.sources import registry
from tests.sources import fakes

HERE = Path(__file__).parent


@pytest.mark.parametrize("network", registry.networks())
def test_every_network_has_a_fake(network: str, tmp_path: Path) -> None:
    try:
        fake = fakes.of(network)
    except ModuleNotFoundError:
        pytest.fail(f"write tests/sources/fakes/{network}.py with a class Fake: see tests/sources/fakes/__init__.py")
    made = fake.settings(network, "http://127.0.0.1:1", tmp_path)
    (listing,) = collector.listings(made, network, made.brands)
    assert listing.network == network


@pytest.mark.parametrize("network", registry.networks())
def test_what_cannot_be_there_is_a_case_and_has_a_reason(network: str) -> None:
    cases = {
        node.name.removeprefix("test_")
        for file in HERE.glob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    cannot = fakes.of(network).cannot
    assert set(cannot) <= cases
    assert all(len(reason) > 10 for reason in cannot.values())
