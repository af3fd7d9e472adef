"""Which classifier the settings ask for: the bundled one, one of its kind, another team's, or a pair of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.classify import external, hub, model
from monitor.classify.heads import Heads
from monitor.classify.labels import Question
from monitor.errors import ModelError
from monitor.models.posts import Scores
from monitor.settings.classifier import ClassifierSettings, ModelSettings

_WINDOW = 512
"""Texts that both models of a pair read before the next: progress is reported that often."""


@dataclass(frozen=True, slots=True)
class CombinedModel:
    """One model for sentiment, another for complaint; what only one of them says, such as a category, is told too."""

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
        scores: list[Scores] = []
        for start in range(0, len(texts), _WINDOW):
            window = texts[start : start + _WINDOW]
            moods = self.sentiment.scores(window)
            complaints = self.complaint.scores(window, on_batch)
            for sentiment, complaint in zip(moods, complaints, strict=True):
                p_about = sentiment.p_about if complaint.p_about is None else complaint.p_about
                category = complaint.category or sentiment.category
                scores.append(replace(sentiment, p_complaint=complaint.p_complaint, p_about=p_about, category=category))
        return scores


def select(section: ClassifierSettings) -> model.Model:
    """Return the classifier that the section names, loaded once per process.

    A question that `model` does not answer goes to the bundled classifier. Raises ModelError.
    """
    sentiment = _model_for("sentiment", section.sentiment, section)
    complaint = _model_for("complaint", section.complaint, section)
    return sentiment if sentiment is complaint else CombinedModel(sentiment, complaint)


def _model_for(question: Question, override: ModelSettings, section: ClassifierSettings) -> model.Model:
    candidate = _load(override if override.model else section)
    if not isinstance(candidate, external.ExternalModel) or question in candidate.answers:
        return candidate
    if override.model:
        raise ModelError(
            f"classifier.{question}.model: the labels of {override.model} say nothing of {question}; remove it"
        )
    return model.load()


def _load(section: ModelSettings) -> model.Model:
    if not section.model:
        return model.load()
    if hub.is_external(section.model):
        return external.load(section.model, section.labels)
    if section.labels:
        raise ModelError(f"labels are for other teams' models: remove them beside the model {section.model}")
    return model.load(Path(section.model).expanduser())
