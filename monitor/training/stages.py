"""The stages of training, one after another. Each reads its examples once, from the network that the last one left."""

from dataclasses import dataclass
from pathlib import Path

from monitor.training.datasets import Example, disturb, training_examples


@dataclass(frozen=True, slots=True)
class TrainingStage:
    """What one stage reads and how fast it learns; `name` is that of its checkpoint too.

    `readings`: whether Spanish posts read by a language model are among the examples. `disturbed` is the share of
    examples shouted, without accents or mistyped. `limit` examples are read, all if None. The other fields are those
    of `monitor.training.train.Recipe`.
    """

    name: str
    readings: bool = False
    disturbed: float = 0.0
    limit: int | None = None
    encoder_rate: float = 1e-4
    heads_rate: float = 5e-4
    warmup: float = 0.06
    flat: bool = False
    frozen: int = 0

    def examples(self, labels: Path, posts: Path, seed: int) -> list[Example]:
        """Return what this stage reads, in order."""
        examples = training_examples(labels, posts, seed)
        stage_examples = [example for example in examples if self.readings or not example.source.startswith("read-")]
        return disturb(stage_examples[: self.limit], self.disturbed, seed)


STAGES = (
    TrainingStage("broad"),
    TrainingStage(
        "again", disturbed=0.12, limit=25_600, encoder_rate=5e-5, heads_rate=1e-4, warmup=0.07, flat=True, frozen=4
    ),
    TrainingStage("read", readings=True, disturbed=0.12, encoder_rate=5e-5, heads_rate=1e-4, warmup=0.01, frozen=4),
)
FIRST_STAGE_SHARE = 1 / 3
"""Share of the first stage's weights in the network that is shipped (see `train.mix_weights`).

Chosen on development posts: the readings drew the network towards Spanish brands, and away from English.
"""
