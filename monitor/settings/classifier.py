"""Settings of the classifier: the model (`[classifier]`) and when a post is a complaint (`[policy]`)."""

from typing import Literal, TypeAlias

from pydantic import Field, model_validator

from monitor.settings.section import Days, Section

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


class Policy(Section):
    """When a post is a complaint, and when one for people to look at.

    Said as shares of the posts so decided that were decided rightly: the probabilities that give them are found per
    language on labelled posts (`monitor.classify.policy`). `complaint_at` and `unsure_at` fix probabilities instead.
    Before, what is about no company is put aside: `about_at`.
    """

    complaint_precision: float = Field(default=0.85, gt=0, lt=1, description="share of flagged posts that complain")
    other_precision: float = Field(default=0.97, gt=0, lt=1, description="share of posts put aside that do not")
    complaint_at: float | None = Field(default=None, gt=0, le=1, description="probability; None: by the target")
    unsure_at: float | None = Field(default=None, ge=0, le=1, description="probability; None: by the target")
    about_at: float = Field(
        default=0.25, ge=0, le=1, description="probability below which a post is about no company; 0: not asked"
    )
    window_days: Days = Field(default=7, gt=0, description="posts of an author in a thread this close open one case")
    review_share: float = Field(default=0.01, ge=0, le=1, description="share of posts put aside that people judge")
    review_most: int = Field(default=20, ge=0, le=10_000, description="posts put aside that people are shown in a day")

    @model_validator(mode="after")
    def _ordered(self) -> "Policy":
        if self.complaint_at is not None and self.unsure_at is not None and self.unsure_at > self.complaint_at:
            raise ValueError("unsure_at must not be above complaint_at")
        return self
