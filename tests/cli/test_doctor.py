"""`escucha doctor` tries the classifier that the settings name. The last test needs PyTorch (`make test-torch`)."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor import i18n
from monitor.classify import model
from monitor.cli import advice, app, common
from monitor.errors import SettingsError
from monitor.models.languages import LanguageCode
from monitor.training.datasets import VARIANTS, Variant
from monitor.training.documents import card
from tests.classify import tiny_model
from tests.cli.command_line import escucha


def doctor() -> Result:
    return CliRunner().invoke(app, ["doctor"], catch_exceptions=False, env={"COLUMNS": "200"})


def test_the_classifier_is_timed() -> None:
    done = doctor()
    assert done.exit_code == 0
    assert "short posts/s" in done.stdout


def test_a_classifier_that_cannot_be_had_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ESCUCHA_CLASSIFIER__MODEL", str(tmp_path / "nowhere"))
    done = doctor()
    assert done.exit_code == 1
    assert "There is no classifier in" in done.stdout


def test_a_model_whose_labels_are_turned_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    monkeypatch.setenv(
        "ESCUCHA_CLASSIFIER__COMPLAINT__MODEL", str(tiny_model.build(tmp_path / "own", ["LABEL_0", "LABEL_1"]))
    )
    reports = []
    for meanings in (("other", "complaint"), ("complaint", "other")):
        for at, meaning in enumerate(meanings):
            monkeypatch.setenv(f"ESCUCHA_CLASSIFIER__COMPLAINT__LABELS__LABEL_{at}", meaning)
        reports.append(doctor().stdout)
    assert sorted("takes praise for a complaint: correct its labels" in report for report in reports) == [False, True]
    assert all("own@" in report for report in reports)


def test_it_says_for_whom_the_weights_may_be_used() -> None:
    shipped = model.describe()
    assert f"{shipped.heads.version} ({shipped.variant}): {shipped.licence}" in doctor().stdout


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_terms_are_those_of_the_weights_in_force(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variant: Variant, language: LanguageCode
) -> None:
    """Of a folder that another variant was written into, in doctor, status and its JSON."""
    folder = tmp_path / "own"
    shutil.copytree(model.BUNDLED, folder)
    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    description |= {"variant": variant, "licence": card.LICENCES[variant]}
    (folder / "model.json").write_text(json.dumps(description), encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_CLASSIFIER__MODEL", str(folder))
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    told = i18n.tell(language, card.LICENCES[variant])
    spanish = {"permissive": "variante permisiva", "research": "variante de investigación"}
    words = variant if language == "en" else spanish[variant]
    assert language == "en" or told != card.LICENCES[variant]
    Path("posts.csv").write_text("id,author,created_at,text\n1,ana,2026-03-01 10:00,hola\n", encoding="utf-8")
    escucha("import", "posts.csv", "--network", "x")
    card_words = {"en": "its model card", "es": "su ficha"}[language]
    for command in ("doctor", "status"):
        said = " ".join(escucha(command).stdout.split())
        assert f"({words}): {told} ({card_words}: {folder / 'MODEL_CARD.md'})" in said
    assert f"({variant}): {card.LICENCES[variant]}" in json.loads(escucha("status", "--json").stdout)["terms"]


def test_weights_without_a_model_card_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(model.BUNDLED, tmp_path / "own", ignore=shutil.ignore_patterns("MODEL_CARD.md"))
    monkeypatch.setenv("ESCUCHA_CLASSIFIER__MODEL", str(tmp_path / "own"))
    assert f"(no MODEL_CARD.md in {tmp_path / 'own'})" in " ".join(doctor().stdout.split())


def test_credentials_that_cannot_be_hidden_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_NETWORKS__REDDIT__PASSWORD", "sol1")
    done = doctor()
    assert done.exit_code == 1
    assert "networks.reddit.password: shorter than 6 characters" in done.stdout
    assert "sol1" not in done.stdout


def test_what_in_the_drop_folder_is_not_read_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    monkeypatch.setenv("ESCUCHA_NETWORKS__FILES__FOLDER", str(folder))
    assert "is not there: create it" in doctor().stdout.replace("\n", " ")
    (folder / "redit").mkdir(parents=True)
    (folder / "redit" / "monday.csv").write_text("text\nhola\n")
    done = doctor()
    assert (done.exit_code, "(did you mean reddit?)" in done.stdout.replace("\n", " ")) == (0, True)
    (folder / "stray.csv").write_text("text\nhola\n")
    done = doctor()
    assert (done.exit_code, "stray.csv" in done.stdout) == (1, True)


def test_reddits_keys_are_told_to_need_its_approval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_NETWORKS__REDDIT__USERNAME", "norvia_ayuda")
    done = CliRunner().invoke(app, ["doctor", "--network", "reddit"], env={"COLUMNS": "400"})
    assert "since November 2025 Reddit has to approve it first" in done.stdout


def test_each_fact_has_a_line_of_its_own_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common.stdout, "_width", None)
    monkeypatch.delenv("COLUMNS", raising=False)
    for language, name in (("en", "thresholds"), ("es", "umbrales")):
        monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
        lines = escucha("doctor").stdout.splitlines()
        assert not [line for line in lines if len(line) > 80 and max(map(len, line.split())) < 40], lines
        facts = [line for line in lines if name in line.split()[:2]]
        assert len(facts) > 2
        assert [line.split()[0] == "✓" for line in facts] == [True, *[False] * (len(facts) - 1)]
        assert not [line for line in facts if " · " in line]


def test_machines_without_a_secret_that_they_share_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", "postgresql://escucha@db.example/escucha")
    with pytest.raises(SettingsError, match="set ESCUCHA_DESK__SECRET on each"):
        advice.shared_secret()
    monkeypatch.setenv("ESCUCHA_DESK__SECRET", "one-secret-for-all-of-the-machines")
    assert "the same on all machines" in advice.shared_secret()
    monkeypatch.delenv("ESCUCHA_STORE__URL")
    monkeypatch.delenv("ESCUCHA_DESK__SECRET")
    assert "enough for one machine" in advice.shared_secret()


def test_a_preset_tells_what_asks_less_than_it_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert advice.desk_preset() == "none is set: [desk] preset names one"
    folder = tmp_path / "templates" / "es"
    folder.mkdir(parents=True)
    text = '[[templates]]\nid = "sin_codigo"\ncategory = "other"\nstep = "first_contact"\ntext = "Hola"\n'
    (folder / "a.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_DESK__PRESET", "es-ley-10-2025")
    monkeypatch.setenv("ESCUCHA_DESK__PEOPLE_CLOSE", "false")
    monkeypatch.setenv("ESCUCHA_DESK__TEMPLATES", str(folder.parent))
    monkeypatch.setenv("ESCUCHA_BRANDS", json.dumps([{"name": "N", "queries": ["n"], "languages": ["ca", "es"]}]))
    assert advice.desk_preset().splitlines() == [
        "es-ley-10-2025 (docs/ley-10-2025.md says what it sets; ask your lawyer)",
        "desk.people_close = false asks less than the preset, which says true",
        "links to records lead to this computer: set desk.survey.url to where customers reach the page",
        "the template sin_codigo (es) does not say the tracking code: put code in braces into it",
        "there is no answer template in ca, which customers write in: add it to desk.templates",
    ]
