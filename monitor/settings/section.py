"""What every section of the settings is made of; numbers end where no date or sum could follow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from monitor.masking import masks


class Section(BaseModel):
    """A part of the settings: no key that is not known, no infinite number, and nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _holds_no_null(cls, value: Any) -> Any:
        if isinstance(value, str | Path) and "\0" in str(value):
            raise ValueError("it holds a null character; take it out")
        return value

    def model_post_init(self, context: Any, /) -> None:  # noqa: ARG002 (the name is pydantic's)
        """From now on no text holds the credentials that stand here, in fields of their own or in addresses."""
        for value in self.__dict__.values():
            if isinstance(value, SecretStr):
                masks.know(value.get_secret_value())
                continue
            for address in _addresses(value):
                for secret in masks.in_address(address):
                    masks.know(secret, part_of_address=True)


Seconds: TypeAlias = Annotated[float, Field(le=86_400)]
Minutes: TypeAlias = Annotated[float, Field(le=525_600)]
Hours: TypeAlias = Annotated[float, Field(le=87_600)]
Days: TypeAlias = Annotated[float, Field(le=36_500)]
Weight: TypeAlias = Annotated[float, Field(le=1_000)]


def _addresses(value: object) -> Iterator[str]:
    if isinstance(value, str) and ("://" in value or "?" in value):
        yield value
    elif isinstance(value, tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _addresses(part)
