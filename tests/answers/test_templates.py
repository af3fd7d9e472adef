from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import networks
from monitor.answers import drafts, templates
from monitor.answers.templates import NAMES, STEPS, Template
from monitor.errors import SettingsError
from monitor.models.cases import Case
from monitor.settings.desk import CATEGORIES, Desk
from monitor.settings.loading import Settings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHIPPED = drafts.bundled_templates()
CASE = Case(
    123456, "ESC-123456-7", "Norvia", "x", "p1", "abcdefghijklmno", "es", "received", NOW, "escucha", NOW, NOW, NOW, 1
)
BODY = '[[templates]]\nid = "{id}"\ncategory = "other"\nstep = "rapport"\ntext = "{text}"\n'
every = pytest.mark.parametrize("template", SHIPPED, ids=lambda one: f"{one.language}-{one.id}")


def known(template: Template) -> dict[str, str]:
    """Every value, the longest that usually come."""
    said = drafts.words(template.language)
    due = said["due"]
    weekday = "miércoles" if template.language == "es" else "Wednesday"  # no other is longer
    when = due["later"].format(time=due["other"].format(time="11:00"), weekday=weekday, day=30)
    return {
        "customer": "@abcdefghijklmno", "brand": "Norvia", "code": "ESC-123456-7", "agent": "Ana María L.", "due": when,
        "category": max(said["categories"].values(), key=len), "remedy": max(said["remedies"].values(), key=len),
        "private": said["private"]["message"],
    }  # fmt: skip


@every
def test_a_template_reads_as_whole_sentences_with_and_without_what_may_be_missing(template: Template) -> None:
    for values in (known(template), {"brand": "Norvia", "code": "ESC-123456-7"}, {}):
        text = templates.fill(template.text, values)
        assert not set(text) & set("{}[]|")
        assert not any(pair in text for pair in ("  ", " .", " ,", "()", "..", ",.", " ?", " )", "( "))
        assert text[0].isupper()


@every
def test_a_template_names_everything_that_is_filled_in_once(template: Template) -> None:
    text = templates.fill(template.text, known(template))
    for name in ("customer", "code", "due"):
        assert text.count(known(template)[name]) <= 1
    assert len(template.checklist) >= 2


@every
def test_a_filled_template_fits_every_network_however_long_the_values_are(template: Template) -> None:
    said = drafts.words(template.language)
    handles = {
        "x": "@" + "m" * 15,
        "bluesky": "@maria-fernanda-rodriguez.etxeberria.social",
        "mastodon": "@" + "m" * 79,
    }
    for name, profile in networks.profiles().items():
        values = known(template) | {
            "customer": handles.get(name, "@" + "m" * 30), "brand": "Aerolíneas del Mediterráneo",
            "code": "ESC-1234567-8", "agent": "María Fernanda Rodríguez Etxeberria",
            "private": said["private"]["message"] if profile.private_messages else "",
        }  # fmt: skip
        text = drafts.fill_within(template.text, values, profile)
        assert profile.answer_limit is None or profile.answer_length(text) <= profile.answer_limit, name
        if profile.answer_limit is None or profile.answer_limit > 1_000:
            assert text == templates.fill(template.text, values)


def test_what_can_be_left_out_is_left_out_the_least_needed_first() -> None:
    values = {"customer": "@ana", "brand": "Norvia", "code": "ESC-000001-3", "agent": "Eva"}
    text = "[Hola, {customer}. |Hola. ]" + "a" * 265 + "[ – {agent}]"
    assert drafts.fill_within(text, values, networks.profile("x")) == "Hola, @ana. " + "a" * 265


@pytest.mark.parametrize("template", [one for one in SHIPPED if one.step == "first_contact"], ids=lambda one: one.id)
def test_a_first_contact_fits_a_post_on_x_and_has_no_gap(template: Template) -> None:
    text = templates.fill(template.text, known(template))
    assert networks.profile("x").answer_length(text) <= 280
    assert templates.GAP not in text


@pytest.mark.parametrize("language", drafts.LANGUAGES)
def test_every_category_has_every_step(language: str) -> None:
    for category in CATEGORIES:
        for step in STEPS:
            assert drafts.templates_for(list(SHIPPED), language, category.name, step)
    main = {(one.category, one.step) for one in SHIPPED if one.language == language}
    assert len([pair for pair in main if pair[1] in STEPS[:4] and pair[0] != "safety"]) == 28


@pytest.mark.parametrize("language", drafts.LANGUAGES)
@pytest.mark.parametrize(
    ("cue", "category"), [("safety", "safety"), ("health", "safety"), ("money", "billing"), ("", "billing")]
)
def test_danger_is_answered_first_whatever_the_category(language: str, cue: str, category: str) -> None:
    first, *others = drafts.templates_for(list(SHIPPED), language, "billing", "first_contact", cue)
    assert first.category == category
    assert {one.category for one in others} <= {"billing"}


def test_both_languages_have_the_same_templates() -> None:
    ids = {language: [one.id for one in SHIPPED if one.language == language] for language in drafts.LANGUAGES}
    assert ids["es"] == ids["en"]


def test_what_is_filled_in_is_never_read_as_a_template() -> None:
    hostile = "{code} [x|y] {0.__class__} %s\n\u202e"
    assert templates.fill("[Hola, {customer}]", {"customer": hostile, "code": "C"}) == (
        "Hola, {code} [x|y] {0.__class__} %s"
    )


def test_a_gap_is_told_from_the_low_lines_of_a_handle() -> None:
    assert all(templates.has_gap(text) for text in ("La causa fue ___.", "___", "(___)", "Ref. ____"))
    assert not any(templates.has_gap(text) for text in ("Hola, @ana___.", "@___ana", "@ana.___ gracias", "a__b"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[Hola, {cliente}]", r"unknown variable \{cliente\}"),
        ("Hola, {customer}", r"\{customer\} may be missing"),
        ("[Hola, {customer}", "without its other"),
        ("[Hola, [{customer}]]", "without its other"),
        ("[a {due}|b {agent}]", "names nothing"),
        ("{brand.__class__}", "unknown variable"),
        ("{", "braces"),
        ("{{brand}}", "braces"),
        ("{brand!r}", "unknown variable"),
        ("{brand:>9}", "unknown variable"),
        ("{}", "unknown variable"),
        ("", "text is missing"),
    ],
)
def test_a_wrong_template_is_told_with_its_file_and_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "own.toml").write_text(BODY.format(id="one", text="Hola") + BODY.format(id="two", text=text))
    settings = Settings(desk=Desk(templates=str(tmp_path)))
    with pytest.raises(SettingsError, match=rf"own\.toml: template 2 \(two\): .*{told}"):
        drafts.all_templates(settings)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("x = ", "own.toml"),
        ("x = 1", "nothing else"),
        (BODY.format(id="a", text="Hola") + "sorpresa = 1\n", "no key 'sorpresa'"),
        (BODY.format(id="a", text="Hola").replace("rapport", "abrazo"), "no step 'abrazo'"),
        (BODY.format(id="a", text="Hola") + "checklist = [1]\n", "list of sentences"),
        (BODY.format(id="", text="Hola"), "id is missing"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, body: str, told: str) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "own.toml").write_text(body)
    with pytest.raises(SettingsError, match=told):
        drafts.all_templates(Settings(desk=Desk(templates=str(tmp_path))))


def test_a_folder_without_languages_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no folder es or en"):
        drafts.all_templates(Settings(desk=Desk(templates=str(tmp_path))))


def test_the_teams_templates_go_before_escuchas_and_beside_them(tmp_path: Path) -> None:
    (tmp_path / "es").mkdir()
    bodies = BODY.format(id="billing.rapport", text="La nuestra") + BODY.format(id="ours", text="Otra")
    (tmp_path / "es" / "own.toml").write_text(bodies)
    found = drafts.all_templates(Settings(desk=Desk(templates=str(tmp_path))))
    assert len(found) == len(SHIPPED) + 1
    texts = {(one.language, one.id): one.text for one in found}
    assert texts["es", "billing.rapport"] == "La nuestra"
    assert "[Hello" in texts["en", "billing.rapport"]


def test_a_team_answers_in_languages_of_its_own(tmp_path: Path) -> None:
    for name in ("pt", "ca", "old drafts", ".git"):
        (tmp_path / name).mkdir()
    body = BODY.format(id="ours", text="[Olá, {customer}. |Olá. ]Vamos ver[ até {due}][: {remedy}] ({code}).")
    (tmp_path / "pt" / "own.toml").write_text(body, encoding="utf-8")
    settings = Settings(desk=Desk(templates=str(tmp_path)), language="en")
    found = drafts.all_templates(settings)
    offered = drafts.languages(found)
    own = found[-1]
    portuguese, catalan = replace(CASE, language="pt"), replace(CASE, language="ca")

    assert offered == ("es", "en", "pt")
    assert drafts.language_of(portuguese, offered, settings.language) == "pt"
    assert drafts.language_of(catalan, offered, settings.language) == "en"  # no template in it: the desk's
    assert own.checklist[0].startswith("I ")  # what our people check is in their language
    text = templates.fill(own.text, drafts.placeholder_values(portuguese, settings, "pt", "", NOW))
    assert text == f"Olá, @{CASE.author}. Vamos ver ({CASE.code})."


def test_the_customer_goes_by_the_handle_on_a_network_and_by_nothing_that_is_none() -> None:
    settings = Settings()
    assert drafts.placeholder_values(CASE, settings, "es", "", NOW)["customer"] == "@abcdefghijklmno"
    changed = {"author": "<b>Compra</b> en https://malo.example", "language": "fr"}
    odd = Case(**{name: getattr(CASE, name) for name in CASE.__slots__} | changed)
    assert drafts.placeholder_values(odd, settings, "es", "", NOW)["customer"] == ""
    assert drafts.language_of(odd, drafts.LANGUAGES, "es") == "es"
    assert drafts.language_of(odd, drafts.LANGUAGES, "en") == "en"
    assert set(drafts.placeholder_values(CASE, settings, "en", "", NOW)) == set(NAMES)


@pytest.mark.parametrize(
    ("due", "es", "en"),
    [
        (datetime(2026, 3, 2, 16, 47, tzinfo=UTC), "hoy antes de las 17:30", "by 17:30 today"),
        (datetime(2026, 3, 3, 0, 10, tzinfo=UTC), "mañana antes de la 1:00", "by 1:00 tomorrow"),
        (datetime(2026, 3, 4, 10, 0, tzinfo=UTC), "el miércoles 4 antes de las 11:00", "by 11:00 on Wednesday 4"),
        (datetime(2026, 3, 2, 9, 20, tzinfo=UTC), "", ""),
        (datetime(2026, 5, 4, 10, 0, tzinfo=UTC), "", ""),
    ],
)
def test_a_time_is_told_as_people_say_it(due: datetime, es: str, en: str) -> None:
    settings = Settings()
    assert drafts.time_in_words(due, NOW, settings, "es") == es
    assert drafts.time_in_words(due, NOW, settings, "en") == en


def test_a_case_that_is_over_is_promised_no_time() -> None:
    over = Case(**{name: getattr(CASE, name) for name in CASE.__slots__} | {"stage": "closed"})
    assert drafts.promised_time(over, Settings(), "es", NOW) == ""
    assert drafts.promised_time(CASE, Settings(), "es", NOW) == "mañana antes de las 10:00"


def test_x_counts_links_and_wide_characters_its_own_way() -> None:
    assert networks.profile("x").answer_length("a" * 10 + " https://norvia.example/" + "b" * 60) == 34
    assert networks.profile("x").answer_length("ñ¡é") == 3
    assert networks.profile("x").answer_length("😀") == 2
    assert networks.profile("mastodon").answer_length("😀") == 1
