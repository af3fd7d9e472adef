"""What every section of the settings is made of; numbers end where no date or sum could follow."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A part of the settings: no key that is not known, no infinite number, and nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Seconds: TypeAlias = Annotated[float, Field(le=86_400)]
Minutes: TypeAlias = Annotated[float, Field(le=525_600)]
Hours: TypeAlias = Annotated[float, Field(le=87_600)]
Days: TypeAlias = Annotated[float, Field(le=36_500)]
Weight: TypeAlias = Annotated[float, Field(le=1_000)]
