"""Settings from `escucha.toml`, the environment (`ESCUCHA_POLICY__UNSURE_AT=0.3`) and `.env`, checked once at start.

The environment outranks `.env`, which outranks the file; variables of other programs are left alone. Relative paths
count from the working directory.
"""

import logging
import os
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from monitor import networks
from monitor.errors import FaultySettings, QueryRejected, SettingsError
from monitor.query import parser, terms
from monitor.settings import text_files, toml_faults, variables
from monitor.settings.access import Access
from monitor.settings.classifier import ClassifierSettings, Policy
from monitor.settings.desk import Desk
from monitor.settings.log import Log, Retention
from monitor.settings.messages import check_variables, explain, explain_variable, faults
from monitor.settings.networks import Networks
from monitor.settings.section import Hours, Minutes, Seconds, Section
from monitor.settings.selections import SavedSelection, known_columns
from monitor.settings.text_files import DEFAULT_FILE, ENV_FILE
from monitor.settings.variables import Variable, VariableSource
from monitor.settings.zones import zone_named
from monitor.text.folding import fold_handle
from monitor.text.language_names import language_code

logger = logging.getLogger(__name__)


_SERVERS = ("postgresql://", "postgres://")
_PART = r"[^\s:@/?#\[\]]"
_ADDRESS = re.compile(
    rf"postgres(ql)?://({_PART}+(:{_PART}*)?@)?[\w.,:%-]*(\[[0-9a-fA-F:.]+\](:\d+)?)?(/{_PART}*)?(\?[^\s#@]*)?",
    re.ASCII,
)
"""Where user and password stand for certain; in any other a part of them could be taken for the host and be shown."""


class Store(Section):
    """Where everything is kept: one DuckDB file, or a PostgreSQL database."""

    url: str = "data/escucha.duckdb"
    busy_timeout: Seconds = Field(default=30.0, gt=0, description="seconds to wait for the database's lock")

    @field_validator("url")
    @classmethod
    def _is_a_place(cls, url: str) -> str:
        if url.startswith(_SERVERS):
            if not (url.isascii() and _ADDRESS.fullmatch(url)):
                raise ValueError(
                    "the address is not well formed: it is postgresql://USER@HOST/DATABASE, and in user, password and "
                    "database / is written as %2F, @ as %40, # as %23, ? as %3F, : as %3A, a space as %20"
                )
            return url
        if "://" in url or not url.strip() or not Path(url).name or not _has_home(url):
            raise ValueError(
                "give the path of a DuckDB file, such as data/escucha.duckdb, or postgresql://USER@HOST/DATABASE"
            )
        return url

    @property
    def is_server(self) -> bool:
        """Whether it is a PostgreSQL database."""
        return self.url.startswith(_SERVERS)

    @property
    def path(self) -> Path:
        """The database file, absolute; of a server, what stands beside the files that this machine keeps for it."""
        return Path("data/escucha" if self.is_server else self.url).expanduser().absolute()

    @property
    def place(self) -> str:
        """What people are told of where it is: the file, or the server's address without user and password."""
        if not self.is_server:
            return str(self.path)
        parts = urlsplit(self.url)
        return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _has_home(path: str) -> bool:
    """Whether `~` or `~ana`, should it begin so, is somebody's home."""
    try:
        Path(path).expanduser()
    except RuntimeError:
        return False
    return True


@cache
def _asked_for(queries: tuple[str, ...]) -> tuple[str, ...]:
    """The languages that these queries ask for, without their regions."""
    tags = (tag for text in queries for tag in terms.languages(parser.parse(text).root))
    return tuple((language_code(tag) or tag).partition("-")[0] for tag in tags)


class Brand(Section):
    """What is listened for: queries in the query language, and the accounts the brand itself writes from."""

    name: str = Field(min_length=1)
    queries: tuple[str, ...] = Field(min_length=1)
    own_accounts: tuple[str, ...] = ()
    automatic_accounts: tuple[str, ...] = Field(
        default=(), description="own accounts from which a bot answers: what it says is no answer"
    )
    automatic_replies: tuple[str, ...] = Field(
        default=(), description="words of automatic replies: one of ours that holds them is no answer"
    )
    languages: tuple[str, ...] = Field(
        default=(),
        description="what its customers write in, the likeliest first; empty: by `lang:`, `language`, people's",
    )
    places: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="its own by network: pages, channels, videos, apps",
    )

    @field_validator("queries")
    @classmethod
    def _parses(cls, queries: tuple[str, ...]) -> tuple[str, ...]:
        for text in queries:
            try:
                parser.parse(text)
            except QueryRejected as error:
                raise ValueError(str(error)) from None
        return queries

    @field_validator("own_accounts", "automatic_accounts")
    @classmethod
    def _without_at(cls, accounts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(fold_handle, accounts))

    @field_validator("languages")
    @classmethod
    def _are_codes(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(language.strip().casefold() for language in languages))
        if wrong := [code for code in codes if not (len(code) == 2 and code.isascii() and code.isalpha())]:
            raise ValueError(f"languages are codes of two letters, such as es or pt; {wrong[0]!r} is none")
        return codes

    @field_validator("automatic_replies")
    @classmethod
    def _have_words(cls, replies: tuple[str, ...]) -> tuple[str, ...]:
        if any(not any(map(str.isalnum, reply)) for reply in replies):
            raise ValueError("automatic_replies are words of replies; one has none")
        return replies

    @model_validator(mode="after")
    def _own_their_bots(self) -> "Brand":
        if foreign := [account for account in self.automatic_accounts if account not in self.own_accounts]:
            raise ValueError(f"automatic_accounts are among own_accounts: add {foreign[0]!r} there")
        return self


class Exports(Section):
    """Where `escucha run` hands new cases over to: files in a folder, one per run that found any."""

    folder: Path | None = None
    format: Literal["csv", "xlsx", "jsonl", "parquet"] = "csv"
    separator: Literal[",", ";"] = ","
    group_readable: bool = Field(default=False, description="whether the folder's group may read the files too")
    only_links: tuple[str, ...] = Field(default=(), description="networks whose posts are exported as id and link")
    table: Literal["codes", "words"] = Field(
        default="codes", description="what CSV and XLSX handed over hold: codes for programs, or words for people"
    )
    columns: tuple[str, ...] = Field(default=(), description="columns of what is handed over; empty: all")
    selections: dict[str, SavedSelection] = Field(
        default_factory=dict, description="cases and columns kept under a name, for `escucha export cases --selection`"
    )

    @field_validator("only_links")
    @classmethod
    def _are_networks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        modules = sorted(networks.modules())
        if unknown := [name for name in names if name not in modules]:
            raise ValueError(f"no network {unknown[0]!r}; there are: {', '.join(modules)}")
        return names

    _are_columns = field_validator("columns")(known_columns)


class Schedule(Section):
    """How often the flows run. Health reports a gap when collecting stops for three times `collect_minutes`."""

    collect_minutes: Minutes = Field(default=15, gt=0)
    pipeline_minutes: Minutes = Field(default=15, gt=0)
    recheck_hours: Hours = Field(default=24, gt=0, description="how often young posts are looked up again")
    listen: tuple[str, ...] = Field(default=(), description="networks whose stream is kept open all the time")


class Settings(BaseSettings):
    """All settings, validated and frozen."""

    model_config = SettingsConfigDict(env_prefix="ESCUCHA_", env_nested_delimiter="__", extra="forbid", frozen=True)

    time_zone: str = "Europe/Madrid"
    language: Literal["es", "en"] = "es"
    brands: tuple[Brand, ...] = ()
    store: Store = Store()
    networks: Networks = Networks()
    classifier: ClassifierSettings = ClassifierSettings()
    policy: Policy = Policy()
    exports: Exports = Exports()
    schedule: Schedule = Schedule()
    desk: Desk = Desk()
    log: Log = Log()
    access: Access = Access()
    retention: Retention = Retention()

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            return zone_named(name).key
        except SettingsError as error:
            raise ValueError(str(error)) from None

    @field_validator("brands")
    @classmethod
    def _differ(cls, brands: tuple[Brand, ...]) -> tuple[Brand, ...]:
        names = [brand.name.casefold() for brand in brands]
        if len(set(names)) < len(names):
            raise ValueError("two brands have the same name")
        return brands

    @property
    def zone(self) -> ZoneInfo:
        """The time zone people see; everything is stored in UTC."""
        return ZoneInfo(self.time_zone)

    def expected_languages(self, brands: Collection[str]) -> tuple[str, ...]:
        """What the customers of these brands write in, the likeliest first.

        As the brands say; else what their queries ask for with `lang:`, `language`, and what people of the desk speak.
        """
        named = [brand for brand in self.brands if brand.name in brands]
        spoken = (self.language, *(language for person in self.desk.people for language in person.languages))
        codes = [code for brand in named for code in brand.languages or (*_asked_for(brand.queries), *spoken)]
        return tuple(dict.fromkeys(codes or spoken))

    @property
    def own_accounts(self) -> frozenset[str]:
        """Handles of every brand's own accounts, casefolded, without `@`."""
        return frozenset(account for brand in self.brands for account in brand.own_accounts)


def load(config: Path | None = None) -> Settings:
    """Reads and checks the settings.

    `config`, else `ESCUCHA_CONFIG`, else `escucha.toml` of the working directory if there is one.
    Raises SettingsError naming file, line, key and fix.
    """
    file = _file(config)
    return check(text_files.read(file) if file else "", file)


def check(text: str, file: Path | None) -> Settings:
    """The settings that a file with this text gives, together with the environment and `.env`. Raises as `load` does.

    Of values that are wrong, FaultySettings tells the faults by key.
    """
    of_file = variables.of_file(ENV_FILE)
    of_environment = variables.of_environment(os.environ)
    variables.know_credentials([*of_environment, *of_file])
    variables.pass_on(of_file, os.environ)
    check_variables(Settings, [*of_environment, *of_file])
    sources = (
        VariableSource(Settings, of_environment),
        VariableSource(Settings, of_file),
        InitSettingsSource(Settings, toml_faults.parse(text, file)),
    )
    ours = [variable for variable in (*of_environment, *of_file) if variable.name.upper().startswith(variables.PREFIX)]

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(cls, *_: Any, **__: Any) -> tuple[PydanticBaseSettingsSource, ...]:
            return sources

    try:
        settings = FromFile()
    except ValidationError as error:
        raise FaultySettings(explain(error, Settings, file, text, ours), faults(error, Settings)) from None
    except (ValueError, RecursionError) as error:
        raise SettingsError(explain_variable(error, Settings, ours)) from None
    logger.debug("settings loaded", extra={"path_name": file.name if file else None})
    return settings


def _file(config: Path | None) -> Path | None:
    path = config or (Path(os.environ["ESCUCHA_CONFIG"]) if os.environ.get("ESCUCHA_CONFIG") else None)
    if path is None:
        return DEFAULT_FILE if DEFAULT_FILE.is_file() else None
    if not path.is_file():
        raise SettingsError(f"there is no settings file at {path}; --config or ESCUCHA_CONFIG names it")
    return path


def outranking(path: tuple[int | str, ...]) -> Variable | None:
    """The variable of the environment or of `.env` that says what holds there, whatever the file does."""
    return variables.at([*variables.of_environment(os.environ), *variables.of_file(ENV_FILE)], path)


def describe(section: type[BaseModel] = Settings, prefix: str = "") -> dict[str, Any]:
    """Every key of the settings with its default: {"policy.window_days": 7, ...}. For docs and tests."""
    keys: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            keys |= describe(type(default), f"{prefix}{name}.")
        else:
            keys[prefix + name] = default
    return keys
