"""Settings of the complaint desk: `[desk]` in escucha.toml."""

from datetime import date
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from monitor.settings import presets
from monitor.settings.presets import PresetName
from monitor.settings.section import Days, Hours, Seconds, Section, Weight
from monitor.settings.service_hours import Calendar, ServiceLevels
from monitor.settings.survey import SurveySettings
from monitor.text.folding import fold_handle


class SeverityWeights(Section):
    """What each severity counts."""

    minor: Weight = Field(default=1, gt=0)
    moderate: Weight = Field(default=2, gt=0)
    serious: Weight = Field(default=4, gt=0)
    critical: Weight = Field(default=8, gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> "SeverityWeights":
        if not self.minor <= self.moderate <= self.serious <= self.critical:
            raise ValueError("minor, moderate, serious and critical must not descend")
        return self


class ValueWeights(Section):
    """What each customer value counts: 1 or more, so that value raises a case and lowers none."""

    top: Weight = Field(default=1.6, ge=1)
    large: Weight = Field(default=1.3, ge=1)
    medium: Weight = Field(default=1.1, ge=1)
    low: Weight = Field(default=1.0, ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> "ValueWeights":
        if not self.top >= self.large >= self.medium >= self.low:
            raise ValueError("top, large, medium and low must not ascend")
        return self


class Priority(Section):
    """Weights of severity x value x (1 + reach x log10(1 + n)) x (1 + waiting x days) x (1 + repeat x contacts)."""

    severity: SeverityWeights = SeverityWeights()
    value: ValueWeights = ValueWeights()
    reach: Weight = Field(default=0.2, ge=0)
    waiting: Weight = Field(default=0.05, ge=0, description="a day, for at most `waiting_days`")
    waiting_days: Days = Field(default=30, ge=0)
    repeat: Weight = Field(default=0.25, ge=0, description="for each contact after the first, at most `repeat_most`")
    repeat_most: int = Field(default=4, ge=0, le=1_000)
    repeat_days: Days = Field(default=90, gt=0, description="how long an earlier case of the customer counts")
    urgent_at: Weight = Field(default=7.5, gt=0)
    high_at: Weight = Field(default=3.5, gt=0)
    normal_at: Weight = Field(default=1.5, gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> "Priority":
        if not self.normal_at <= self.high_at <= self.urgent_at:
            raise ValueError("normal_at, high_at and urgent_at must not descend")
        return self


class Category(Section):
    """A kind of complaint: its name, what people see, and words that suggest it beside those Escucha knows.

    `examples` are complaints of this kind, as customers write them; `escucha learn` learns from five or more.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    es: str = ""
    en: str = ""
    words: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


CATEGORIES = tuple(
    Category(name=name) for name in ("service", "product", "delivery", "billing", "digital", "policy", "other")
)


class Person(Section):
    """Somebody of the team, by the name typed in the dashboard. Empty lists: everything."""

    name: str = Field(min_length=1)
    team: str = ""
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    capacity: int = Field(default=30, ge=0, description="open cases at a time; 0: away")
    away_from: date | None = Field(default=None, description="the first day of an absence; without: until `away_until`")
    away_until: date | None = Field(default=None, description="its last day; without: from `away_from` on")

    @model_validator(mode="after")
    def _away_in_order(self) -> "Person":
        if self.away_from and self.away_until and self.away_from > self.away_until:
            raise ValueError("away_until is not before away_from")
        return self

    def is_away(self, day: date) -> bool:
        """Whether the person takes no cases that day, which is local."""
        if self.capacity == 0:
            return True
        if self.away_from is None and self.away_until is None:
            return False
        return (self.away_from or day) <= day <= (self.away_until or day)


class Segments(Section):
    """Cut-offs of the customer segments. Amounts, where given, outrank the shares."""

    top_share: float = Field(default=0.05, ge=0, le=1, description="the share of customers worth most")
    large_share: float = Field(default=0.15, ge=0, le=1)
    medium_share: float = Field(default=0.30, ge=0, le=1)
    top_amount: float | None = Field(default=None, ge=0)
    large_amount: float | None = Field(default=None, ge=0)
    medium_amount: float | None = Field(default=None, ge=0)
    frequent_purchases: int = Field(default=10, ge=1)
    habitual_purchases: int = Field(default=3, ge=1)
    current_days: int = Field(default=90, ge=0, description="since the last purchase")
    active_days: int = Field(default=365, ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> "Segments":
        if self.top_share + self.large_share + self.medium_share > 1 + 1e-9:
            raise ValueError("top_share, large_share and medium_share add up to more than 1")
        amounts = [amount for amount in (self.top_amount, self.large_amount, self.medium_amount) if amount is not None]
        if amounts != sorted(amounts, reverse=True):
            raise ValueError("top_amount, large_amount and medium_amount must not ascend")
        if self.frequent_purchases < self.habitual_purchases or self.active_days < self.current_days:
            raise ValueError("frequent_purchases is at least habitual_purchases, active_days at least current_days")
        return self


class FollowUps(Section):
    """After how many days a customer is contacted once a case is closed; by value where given."""

    days: tuple[int, ...] = (7, 30)
    top: tuple[int, ...] | None = None
    large: tuple[int, ...] | None = None
    medium: tuple[int, ...] | None = None
    low: tuple[int, ...] | None = None

    @field_validator("*")
    @classmethod
    def _ascend(cls, days: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if days is not None and (list(days) != sorted(set(days)) or any(not 1 <= day <= 3650 for day in days)):
            raise ValueError("days after closing go upwards from 1, such as [7, 30]; [] plans nothing")
        return days


class Campaigns(Section):
    """One text that many accounts send: one line with a counter instead of a case each."""

    authors: int = Field(default=50, ge=0, description="accounts that make it a campaign; 0: each post gets its case")
    days: Days = Field(default=7, gt=0, description="within so many days")


class Desk(Section):
    """The complaint desk."""

    preset: PresetName = Field(default="", description="defaults that a law or a standard asks for; empty: none")
    answer_days: int = Field(
        default=0, ge=0, le=365, description="working days within which a complaint is answered; 0: no such clock"
    )
    people_close: bool = Field(default=False, description="only a person closes or dismisses a case")
    record_days: int = Field(default=30, ge=1, le=3650, description="how long the link to a customer's record works")
    secret: SecretStr = Field(
        default=SecretStr(""), description="signs links to customers; empty: made, beside the database"
    )
    currency: str = "EUR"
    reopen_days: Days = Field(default=30, ge=0, description="a post so long after closing reopens the case")
    employees: tuple[str, ...] = Field(default=(), description="handles of employees: their complaints are internal")
    templates: str = Field(default="", description="folder of answer templates that go before Escucha's own")
    unseen_hours: Hours = Field(default=6, gt=0, description="an answer sent and not seen for so long is told")
    automatic_after: int = Field(
        default=5, ge=0, le=1_000, description="one reply of ours under so many cases is an automatic one; 0: never"
    )
    automatic_seconds: Seconds = Field(
        default=15, ge=0, description="a reply so soon after the customer's post is an automatic one; 0: never"
    )
    assign: Literal["by_hand", "round_robin", "capacity"] = "by_hand"
    over_capacity: float = Field(
        default=0.5, ge=0, le=10, description="when all are full, this share more for danger and lost money; 0: none"
    )
    calendars: tuple[Calendar, ...] = (Calendar(),)
    service: ServiceLevels = ServiceLevels()
    priority: Priority = Priority()
    campaigns: Campaigns = Campaigns()
    categories: tuple[Category, ...] = CATEGORIES
    people: tuple[Person, ...] = ()
    segments: Segments = Segments()
    follow_ups: FollowUps = FollowUps()
    survey: SurveySettings = SurveySettings()

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, given: Any) -> Any:
        return presets.with_defaults(given) if isinstance(given, dict) else given

    @field_validator("secret")
    @classmethod
    def _is_long(cls, secret: SecretStr) -> SecretStr:
        if 0 < len(secret.get_secret_value()) < 16:
            raise ValueError("a secret has 16 characters or more; leave it empty and Escucha makes one")
        return secret

    @field_validator("employees")
    @classmethod
    def _without_at(cls, handles: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(fold_handle, handles))

    @field_validator("calendars")
    @classmethod
    def _follow(cls, calendars: tuple[Calendar, ...]) -> tuple[Calendar, ...]:
        days = [calendar.since for calendar in calendars]
        if not days or days != sorted(set(days)):
            raise ValueError("give at least one calendar, each with a later `since` than the one before")
        return calendars

    @field_validator("categories")
    @classmethod
    def _have_other(cls, categories: tuple[Category, ...]) -> tuple[Category, ...]:
        names = [category.name for category in categories]
        if len(set(names)) < len(names) or "other" not in names:
            raise ValueError('categories differ in name, and one is "other": what fits nowhere goes there')
        return categories

    @property
    def people_names(self) -> tuple[str, ...]:
        """What customers may call the people of the team: the whole name, and its first word."""
        return tuple(name for person in self.people for name in (person.name, person.name.partition(" ")[0]))

    @model_validator(mode="after")
    def _people_fit(self) -> "Desk":
        names = [person.name for person in self.people]
        if len(set(names)) < len(names):
            raise ValueError("people differ in name")
        if self.assign != "by_hand" and not names:
            raise ValueError(f'assign = "{self.assign}" needs people to assign to: fill in [[desk.people]]')
        categories = {category.name for category in self.categories}
        for person in self.people:
            if unknown := [name for name in person.categories if name not in categories]:
                raise ValueError(f"{person.name} has a category that is not there: {unknown[0]!r}")
        return self
