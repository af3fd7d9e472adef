"""Settings files as editors and shells leave them, and whose fault a fault is."""

import os
from pathlib import Path

import pytest

from monitor.errors import SettingsError
from monitor.settings import loading, text_files


def told(match: str) -> None:
    """The settings are refused with this sentence."""
    with pytest.raises(SettingsError) as caught:
        loading.load()
    assert match in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_marked_encoding_and_end_of_line_is_read(tmp_path: Path, encoding: str, end: str) -> None:
    text = f'# España{end}language = "en"{end}[policy]{end}\tunsure_at = 0.2{end}'
    (tmp_path / "escucha.toml").write_bytes(text.encode(encoding))
    (tmp_path / ".env").write_bytes(f"# España{end}ESCUCHA_TIME_ZONE=America/Lima{end}".encode(encoding))
    loaded = loading.load()
    assert (loaded.language, loaded.policy.unsure_at, loaded.time_zone) == ("en", 0.2, "America/Lima")


@pytest.mark.parametrize("name", ["escucha.toml", ".env"])
@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        ("latin-1", "line 2: this is not UTF-8 but perhaps ANSI (Windows-1252, Latin-1); save the file as UTF-8"),
        ("cp1252", "line 2: this is not UTF-8 but perhaps ANSI (Windows-1252, Latin-1); save the file as UTF-8"),
        ("utf-16-le", "line 1: this seems to be UTF-16 without its mark; save the file as UTF-8"),
    ],
)
def test_another_encoding_is_told_with_its_place(tmp_path: Path, name: str, encoding: str, sentence: str) -> None:
    (tmp_path / name).write_bytes("# a\n# España\n".encode(encoding))
    if encoding == "utf-16-le":
        (tmp_path / name).write_bytes("# a\n# b\n".encode(encoding))
    told(f"{name}, {sentence}")


def test_a_file_of_another_size_is_none_of_settings(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"#" * (text_files.LARGEST + 1))
    told(".env is larger than 4,000,000 bytes")


def test_variables_of_others_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "")
    (tmp_path / ".env").write_text(
        "HF_TOKEN=hf_made_up\nexport DATABASE_URL='postgres://a'\n\n# a remark\nNO_COLOR\nPREFECT_API_URL=\"x\"\n"
        "some words of another program\nexport ESCUCHA_LANGUAGE='en'  # ours\n"
    )
    monkeypatch.setenv("ESCUCHAR_VOZ", "another program's")
    assert loading.load().language == "en"


def test_a_folder_named_env_is_an_environment_of_python(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert loading.load().language == "es"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("ESCUCHA_POLICY__UNSURE=1", ".env, line 3: ESCUCHA_POLICY__UNSURE: policy.unsure: no such key"),
        ("ESCUCHA_STOER__URL=x", ".env, line 3: ESCUCHA_STOER__URL: no such setting (did you mean ESCUCHA_STORE?)"),
        ("ESCUHCA_STORE__URL=x", ".env, line 3: ESCUHCA_STORE__URL: no such setting (did you mean ESCUCHA_STORE?)"),
        ("ESCUCHA_POLICY_UNSURE_AT=1", "between levels stand two underscores: ESCUCHA_POLICY__..."),
        ("ESCUCHA_LANGUAGE", ".env, line 3: ESCUCHA_LANGUAGE has no value; write ESCUCHA_LANGUAGE=value"),
        ('ESCUCHA_LANGUAGE="en', ".env, line 3: this cannot be read; write NAME=value on one line, and close quotes"),
        ("ESCUCHA_NETWORKS__REDDIT__SUBREDDITS=mexico", ".env, line 3: ESCUCHA_NETWORKS__REDDIT__SUBREDDITS: a list"),
    ],
)
def test_a_variable_that_is_wrong_is_told_where_it_stands(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "escucha.toml").write_text("[policy]\nwindow_days = 3\n[networks.reddit]\nusername = 'a'\n")
    (tmp_path / ".env").write_text(f"FOO=bar\n\n{line}\n")
    told(sentence)


def test_a_wrong_variable_is_not_blamed_on_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "escucha.toml").write_text("[policy]\nunsure_at = 0.2\ncomplaint_at = 0.5\n")
    monkeypatch.setenv("ESCUCHA_POLICY__UNSURE_AT", "often")
    told("environment variable ESCUCHA_POLICY__UNSURE_AT: policy.unsure_at: Input should be a valid number")
    monkeypatch.setenv("ESCUCHA_POLICY__UNSURE_AT", "0.9")
    told("escucha.toml, line 1 and environment variable ESCUCHA_POLICY__UNSURE_AT: policy: unsure_at must not be above")
    monkeypatch.setenv("ESCUCHA_POLICY__UNSURE_AT", "0.3")
    monkeypatch.setenv("ESCUCHA_BRANDS", '[{"name": "Norvia"}]')
    told("environment variable ESCUCHA_BRANDS: brands[0].queries: Field required")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("language = en", "line 1: language: a text stands between quotes"),
        ("language = “en”", "line 1: language: write straight quotes"),
        ("language\u00a0= 'en'", "line 1: language: a space that is none stands there"),
        ("language = 'en'\nlanguage = 'es'", "line 2: language: it stands there twice; keep one"),
        ("[policy]\n[policy]", "line 2: it stands there twice; keep one"),
        ('[store]\nurl = "C:\\data"', "line 2: url: a backslash within"),
        ("language = 'en", "line 1: language: a quote is not closed"),
        ("[exports]\nonly_links = ['x'", "line 2: only_links: the list is not closed"),
        ("[exports]\nonly_links = 'x'", "line 2: exports.only_links: this is a list: write"),
        ("policy = 5", "line 1: policy: this is a section: write [policy], and its keys below"),
        ("[brands]\nname = 'Norvia'", "line 1: brands: write [[brands]]"),
        (
            "[[brands]]\nname = 'a'\nqueries = ['a']\nplaces.x = 'a'",
            "line 4: brands[0].places.x: this is a list: write",
        ),
        ("brands = ['Norvia']", "line 1: brands[0]: this is a section: write [[brands]], and its keys below"),
        ("hello", "line 1: write key = value"),
    ],
)
def test_what_is_no_toml_is_told_in_plain_words(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "escucha.toml").write_text(text, encoding="utf-8")
    told(f"escucha.toml, {sentence}")


def test_credentials_of_other_programs_are_hidden_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "")
    (tmp_path / ".env").write_text("HF_TOKEN=hf_3f9c1d7e5a\nDATABASE_URL=postgres://ana:pw-81c4e2@db.example/x\n")
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "prefect-2b7d90aa41")
    loading.load()
    told = str(SettingsError("hf_3f9c1d7e5a, pw-81c4e2 and prefect-2b7d90aa41"))
    assert told == "***, *** and ***"


def test_the_hubs_token_may_stand_in_env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "")
    monkeypatch.delenv("HF_TOKEN")
    (tmp_path / ".env").write_text("HF_TOKEN=hf_made_up\n")
    loading.load()
    assert os.environ["HF_TOKEN"] == "hf_made_up"
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_environment")
    loading.load()
    assert os.environ["HF_TOKEN"] == "hf_of_the_environment"
