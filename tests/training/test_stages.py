"""What the stages of training read, of made-up posts."""

from pathlib import Path

import pytest

from monitor.training import stages
from monitor.training.datasets import Example
from monitor.training.stages import STAGES, TrainingStage

EXAMPLES = [Example(f"Qué frase tan larga con varias palabras {at}", "es", "read-banks", 0, 0) for at in range(40)]


@pytest.fixture(autouse=True)
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "training_examples", lambda labels, posts, seed, variant: EXAMPLES)


def read(stage: TrainingStage) -> list[Example]:
    return stage.examples(Path("labels"), Path("posts"), 1, "permissive")


def test_a_stage_stops_at_its_limit_and_disturbs_its_share() -> None:
    assert len(read(TrainingStage("short", limit=7))) == 7
    disturbed = read(TrainingStage("loud", disturbed=0.5))
    changed = sum(example.text != original.text for example, original in zip(disturbed, EXAMPLES, strict=True))
    assert 5 < changed < 30
    assert disturbed == read(TrainingStage("loud", disturbed=0.5))


def test_checkpoints_of_stages_have_names_of_their_own() -> None:
    assert len({stage.name for stage in STAGES}) == len(STAGES)
