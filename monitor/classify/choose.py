"""Which classifier the settings ask for: the bundled one, one of its kind, another team's, or a pair of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.classify import foreign, hub, model
from monitor.classify.heads import Heads
from monitor.classify.labels import Question
from monitor.errors import ModelError
from monitor.models.posts import Scores
from monitor.settings.loading import Classifier, Named

_WINDOW = 512
"""Texts that both models of a pair read before the next: progress is told that often."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One model for sentiment, another for complaint."""

    sentiment: model.Model
    complaint: model.Model

    @property
    def heads(self) -> Heads | None:
        """The heads of the model for complaint, if it has any: what their thresholds are worth still holds."""
        return self.complaint.heads

    @property
    def version(self) -> str:
        """Both names, sentiment first."""
        return f"{self.sentiment.version}+{self.complaint.version}"

    def scores(self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None) -> list[Scores]:
        """Return the scores of each text, in order; tell `on_batch` how many were finished."""
        found = []
        for start in range(0, len(texts), _WINDOW):
            window = texts[start : start + _WINDOW]
            moods = self.sentiment.scores(window)
            complaints = self.complaint.scores(window, on_batch)
            found += [
                Scores(mood.p_negative, mood.p_neutral, mood.p_positive, complaint.p_complaint)
                for mood, complaint in zip(moods, complaints, strict=True)
            ]
        return found


def choose(section: Classifier) -> model.Model:
    """Return the classifier that the section names, loaded once per process.

    A question that `model` does not answer goes to the bundled classifier. Raises ModelError.
    """
    sentiment = _answering("sentiment", section.sentiment, section)
    complaint = _answering("complaint", section.complaint, section)
    return sentiment if sentiment is complaint else Pair(sentiment, complaint)


def _answering(question: Question, own: Named, section: Classifier) -> model.Model:
    chosen = _opened(own if own.model else section)
    if not isinstance(chosen, foreign.Foreign) or question in chosen.answers:
        return chosen
    if own.model:
        raise ModelError(f"classifier.{question}.model: the labels of {own.model} say nothing of {question}; remove it")
    return model.load()


def _opened(named: Named) -> model.Model:
    if not named.model:
        return model.load()
    if hub.is_foreign(named.model):
        return foreign.load(named.model, named.labels)
    if named.labels:
        raise ModelError(f"labels are for other teams' models: remove them beside the model {named.model}")
    return model.load(Path(named.model).expanduser())
