"""A wrong setting names file, line, key and fix, and never shows a value."""

from pathlib import Path

import pytest

from monitor.errors import SettingsError
from monitor.settings import loading
from monitor.sources.reddit.network import RedditSettings
from monitor.sources.x.network import XSettings

GOOD = """\
time_zone = "America/Mexico_City"

[[brands]]
name = "Norvia"
queries = ['norvia -empleo']
own_accounts = ["@Norvia_Ayuda"]

[policy]
unsure_at = 0.2
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The default settings file of the working directory."""
    return tmp_path / "escucha.toml"


def fault(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        loading.load()
    return str(caught.value)


def test_without_a_file_the_defaults_hold() -> None:
    assert loading.load().model_dump() == loading.Settings().model_dump()


def test_the_file_of_the_working_directory_is_read(file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    loaded = loading.load()
    assert (loaded.zone.key, loaded.policy.unsure_at) == ("America/Mexico_City", 0.2)
    assert loaded.own_accounts == {"norvia_ayuda"}


def test_environment_outranks_env_file_outranks_toml(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(GOOD, encoding="utf-8")
    (tmp_path / ".env").write_text("ESCUCHA_POLICY__UNSURE_AT=0.3\nESCUCHA_LANGUAGE=en\n")
    monkeypatch.setenv("ESCUCHA_POLICY__UNSURE_AT", "0.4")
    loaded = loading.load()
    assert (loaded.policy.unsure_at, loaded.language) == (0.4, "en")


def test_another_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.toml").write_text(GOOD)
    monkeypatch.setenv("ESCUCHA_CONFIG", str(tmp_path / "other.toml"))
    assert loading.load().brands[0].name == "Norvia"
    with pytest.raises(SettingsError, match="there is no settings file at .*missing.toml"):
        loading.load(tmp_path / "missing.toml")


def test_a_database_can_be_named_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", "other/place.duckdb")
    assert loading.load().store.path == tmp_path / "other" / "place.duckdb"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("unsure_at", "unsure_a", "escucha.toml, line 9: policy.unsure_a: no such key (did you mean unsure_at?)"),
        ("0.2", '"often"', "escucha.toml, line 9: policy.unsure_at: Input should be a valid number"),
        ("0.2", "0.9\ncomplaint_at = 0.7", "escucha.toml, line 8: policy: unsure_at must not be above complaint_at"),
        ("America/Mexico_City", "America/Mexiko", "escucha.toml, line 1: time_zone: 'America/Mexiko' is no time zone"),
        ("norvia -empleo", "norvia (empleo", "escucha.toml, line 5: brands[0].queries:"),
        ('name = "Norvia"\n', "", "escucha.toml, line 3: brands[0].name: Field required"),
        ("[policy]", "[polcy]", "escucha.toml, line 8: polcy: no such key (did you mean policy?)"),
        ("[policy]", "[policy", "escucha.toml, line 8: the heading is not closed; it ends with ]"),
        ("[policy]", '[store]\nurl = "mysql://somewhere"\n[policy]', "escucha.toml, line 9: store.url: give the path"),
        ("[policy]", '[store]\nurl = "/"\n[policy]', "escucha.toml, line 9: store.url: give the path"),
        (
            "[policy]",
            '[store]\nurl = "~nobody-here/e.duckdb"\n[policy]',
            "escucha.toml, line 9: store.url: give the path",
        ),
        ("[policy]", '[store]\nurl = "a\\u0000b"\n[policy]', "escucha.toml, line 9: store.url: it holds a null"),
        (
            "[policy]",
            '[exports]\nfolder = "a\\u0000b"\n[policy]',
            "escucha.toml, line 9: exports.folder: it holds a null",
        ),
        ("0.2", "9" * 5_000, "escucha.toml, line 9: unsure_at: the number has 5,000 digits; write a smaller one"),
    ],
)
def test_a_wrong_setting_is_placed_and_explained(file: Path, old: str, new: str, told: str) -> None:
    assert told in fault(file, GOOD.replace(old, new, 1))


def test_a_fault_in_the_second_brand_has_its_own_line(file: Path) -> None:
    told = fault(file, GOOD.replace("[policy]", '[[brands]]\nname = "Otra"\nqueries = []\n\n[policy]'))
    assert "line 10: brands[1].queries" in told


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_STOER__URL", "x.duckdb")
    with pytest.raises(SettingsError, match="ESCUCHA_STOER__URL: no such setting"):
        loading.load()


def test_a_wrong_key_inside_a_section_of_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_POLICY__UNSURE", "0.1")
    with pytest.raises(SettingsError, match="ESCUCHA_POLICY__UNSURE: policy.unsure: no such key"):
        loading.load()


def test_values_are_never_shown(file: Path) -> None:
    assert "hunter2" not in fault(file, GOOD + '\n[networks.files]\nfolder_password = "hunter2"\n')
    assert "hunter2" not in fault(file, GOOD + '\n[schedule]\ncollect_minutes = "hunter2"\n')


def test_what_is_nested_too_deep_is_told_by_its_place(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fault(file, f"brands = {'[' * 5_000}").endswith("escucha.toml: lists or tables stand in each other too deep")
    file.write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_BRANDS", "[" * 100_000)
    with pytest.raises(
        SettingsError, match="^environment variable ESCUCHA_BRANDS: lists or tables stand in each other too deep"
    ):
        loading.load(file)


@pytest.mark.parametrize(
    ("network", "key", "value"),
    [
        ("reddit", "client_id", "клиент-12345"),
        ("x", "bearer_token", "AAAA★BBBB"),
        ("x", "bearer_token", "AAAA\\nBBBB"),
        ("mastodon", "access_token", "AAAA\\u0007BBBB"),
        ("bluesky", "app_password", "AAAA\\tBBBB"),
    ],
)
def test_a_credential_that_no_request_can_carry_is_named(file: Path, network: str, key: str, value: str) -> None:
    message = fault(file, f'[networks.{network}]\n{key} = "{value}"\n')
    assert message.startswith(
        f"escucha.toml, line 2: networks.{network}.{key}: it holds a line break or another character"
    )
    assert "AAAA" not in message


def test_a_credential_is_taken_without_the_line_break_that_was_copied_with_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('[networks.reddit]\npassword = "пароль-12345"\n', encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_NETWORKS__X__BEARER_TOKEN", " AAAA-1234\n")
    networks = loading.load().networks
    assert networks.of("x", XSettings).bearer_token.get_secret_value() == "AAAA-1234"
    assert networks.of("reddit", RedditSettings).password.get_secret_value() == "пароль-12345"


def test_a_wrong_key_of_a_saved_selection_names_its_line_and_the_key(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = fault(file, '[exports.selections.lunes]\nnetwork = "x"\n')
    assert "line 2: exports.selections.lunes.network: no such key (did you mean networks?)" in found
    found = fault(file, '[exports.selections]\nlunes = "x"\n')
    assert "line 2: exports.selections.lunes: this is a section: write [exports.selections.lunes]" in found
    file.write_text("")
    monkeypatch.setenv("ESCUCHA_EXPORTS__SELECTIONS__A__NETWORK", "x")
    with pytest.raises(SettingsError, match="a.network: no such key .did you mean networks"):
        loading.load()


def test_thresholds_of_a_language_come_before_those_of_all(file: Path) -> None:
    file.write_text("[policy]\ncomplaint_at = 0.7\nunsure_at = 0.2\n[policy.by_language.pt]\ncomplaint_at = 0.9\n")
    policy = loading.load(file).policy
    assert (policy.fixed("pt"), policy.fixed("es")) == ((0.9, 0.2), (0.7, 0.2))


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("by_language.Spanish", "'Spanish' is no code of a language; write es, en, pt, ..."),
        ("by_language.es", "unsure_at must not be above complaint_at: by_language.es"),
    ],
)
def test_wrong_thresholds_of_a_language_are_told(file: Path, section: str, told: str) -> None:
    file.write_text(f"[policy]\nunsure_at = 0.5\n[policy.{section}]\ncomplaint_at = 0.4\n")
    with pytest.raises(SettingsError) as caught:
        loading.load(file)
    assert told in str(caught.value)
