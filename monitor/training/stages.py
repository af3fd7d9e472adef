"""The stages of training, one after another. Each reads its examples once, from the network that the last one left."""

from dataclasses import dataclass
from pathlib import Path

from monitor.training.datasets import Example, Variant, training_examples
from monitor.training.disturb import disturb


@dataclass(frozen=True, slots=True)
class TrainingStage:
    """What one stage reads and how fast it learns; `name` is that of its checkpoint too.

    `limit` examples are read, all if None; `disturbed` is the share of them shouted, without accents or mistyped. The
    other fields are those of `monitor.training.train.Recipe`.
    """

    name: str
    limit: int | None = None
    disturbed: float = 0.0
    encoder_rate: float = 1e-4
    heads_rate: float = 5e-4
    warmup: float = 0.06
    frozen: int = 0

    def examples(self, labels: Path, posts: Path, seed: int, variant: Variant) -> list[Example]:
        """Return what this stage reads, in order."""
        return disturb(training_examples(labels, posts, seed, variant)[: self.limit], self.disturbed, seed)


STAGES = (
    TrainingStage("broad"),
    TrainingStage("again", limit=45_000, disturbed=0.12, encoder_rate=7e-5, heads_rate=1e-4, warmup=0.02, frozen=4),
)
FIRST_STAGE_SHARE = 1 / 4
"""Share of the first stage's weights in the network that is shipped (see `train.mix_weights`)."""
