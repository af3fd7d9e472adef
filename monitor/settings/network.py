"""The settings that every network has; each network's own keys stand in `monitor.sources.<network>.network`."""

from typing import Any, ClassVar

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from monitor.settings.section import Days, Minutes, Seconds, Section


class NetworkSettings(Section):
    """What every network has. Credentials are SecretStr; the budgets count per UTC day, None: no limit."""

    where: ClassVar[str] = ""  # where its credentials come from, for errors

    read: bool = Field(default=True, description="false: what is set here is kept, and nothing is read by itself")
    base_url: str = Field(default="", description="another address of the API; empty: the network's own")
    timeout: Seconds = Field(default=15.0, gt=0, description="seconds without an answer")
    overlap_minutes: Minutes = Field(default=10.0, ge=0, description="read again, for posts that appear late")
    first_days: Days = Field(default=7.0, gt=0, description="how far the first read goes back")
    recheck_days: Days = Field(default=30.0, ge=0, description="posts so young are looked up again: edited, deleted?")
    recheck_share: float = Field(
        default=0.25, gt=0, le=1, description="of a day's budget, for looking posts up again; reading goes first"
    )
    daily_requests: int | None = Field(default=None, gt=0, le=10**12)
    daily_reads: int | None = Field(default=None, gt=0, le=10**12, description="paid resources or quota units")
    daily_dollars: float | None = Field(default=None, gt=0)

    @field_validator("*")
    @classmethod
    def _can_be_sent(cls, value: Any, info: ValidationInfo) -> Any:
        """Credentials without white space around them; a password alone is in no header, and may be in any script."""
        if not isinstance(value, SecretStr):
            return value
        secret = value.get_secret_value().strip()
        is_latin = str(info.field_name).endswith("password") or all(ord(letter) < 256 for letter in secret)
        if not secret.isprintable() or not is_latin:
            raise ValueError("it holds a line break or another character that no credential has; copy it again, whole")
        return SecretStr(secret)

    @property
    def has_budget(self) -> bool:
        """Whether the day's spending is limited."""
        return any((self.daily_requests, self.daily_reads, self.daily_dollars))

    @property
    def is_set(self) -> bool:
        """Whether the settings say anything about this network, and not that it is off."""
        return self.read and bool(self.model_fields_set)
