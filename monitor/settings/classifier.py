"""Settings of the classifier: the model (`[classifier]`) and when a post is a complaint (`[policy]`)."""

import re
from typing import Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from monitor.settings.section import Days, Section

_CODE = re.compile("[a-z]{2,3}")
LabelMeaning: TypeAlias = Literal["negative", "neutral", "positive", "complaint", "other"]


class ModelSettings(Section):
    """A model: a folder or a hub id, and what its labels mean where their names do not say it."""

    model: str = ""
    labels: dict[str, LabelMeaning] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _belong_to_a_model(self) -> "ModelSettings":
        if self.labels and not self.model:
            raise ValueError("labels say what the labels of a model mean: name the model too")
        return self


class ClassifierSettings(ModelSettings):
    """The model; empty means the one that comes with Escucha.

    `sentiment` and `complaint` name models for one question alone, in place of the one that answers both.
    """

    sentiment: ModelSettings = ModelSettings()
    complaint: ModelSettings = ModelSettings()
    batch: int = Field(default=2_048, ge=1, le=100_000, description="mentions classified between two writes")


class FixedThresholds(Section):
    """Probabilities of a complaint that a team fixes; None: found by the targets."""

    complaint_at: float | None = Field(default=None, gt=0, le=1, description="probability; None: by the target")
    unsure_at: float | None = Field(default=None, ge=0, le=1, description="probability; None: by the target")

    @model_validator(mode="after")
    def _ordered(self) -> "FixedThresholds":
        if self.complaint_at is not None and self.unsure_at is not None and self.unsure_at > self.complaint_at:
            raise ValueError("unsure_at must not be above complaint_at")
        return self


class Policy(FixedThresholds):
    """When a post is a complaint, and when one for people to look at.

    Said as shares of the posts so decided that were decided rightly: the probabilities that give them are found per
    language on labelled posts (`monitor.classify.policy`). `complaint_at` and `unsure_at` fix probabilities instead,
    those of `by_language` before those of all languages. Before, what is about no company is put aside: `about_at`.
    """

    complaint_precision: float = Field(default=0.85, gt=0, lt=1, description="share of flagged posts that complain")
    other_precision: float = Field(default=0.97, gt=0, lt=1, description="share of posts put aside that do not")
    about_at: float = Field(
        default=0.25, ge=0, le=1, description="probability below which a post is about no company; 0: not asked"
    )
    window_days: Days = Field(default=7, gt=0, description="posts of an author in a thread this close open one case")
    review_share: float = Field(default=0.01, ge=0, le=1, description="share of posts put aside that people judge")
    review_most: int = Field(default=20, ge=0, le=10_000, description="posts put aside that people are shown in a day")

    by_language: dict[str, FixedThresholds] = Field(
        default_factory=dict, description="complaint_at and unsure_at of posts in a language alone, by its code"
    )

    @field_validator("by_language")
    @classmethod
    def _are_codes(cls, fixed: dict[str, FixedThresholds]) -> dict[str, FixedThresholds]:
        if others := [name for name in fixed if not _CODE.fullmatch(name)]:
            raise ValueError(f"{others[0]!r} is no code of a language; write es, en, pt, ...")
        return fixed

    @model_validator(mode="after")
    def _ordered_in_each_language(self) -> "Policy":
        for language in self.by_language:
            complaint_at, unsure_at = self.fixed(language)
            if complaint_at is not None and unsure_at is not None and unsure_at > complaint_at:
                raise ValueError(f"unsure_at must not be above complaint_at: by_language.{language}")
        return self

    def fixed(self, language: str) -> tuple[float | None, float | None]:
        """`complaint_at` and `unsure_at` of posts in a language, where they are fixed."""
        own = self.by_language.get(language, FixedThresholds())
        return (
            self.complaint_at if own.complaint_at is None else own.complaint_at,
            self.unsure_at if own.unsure_at is None else own.unsure_at,
        )
