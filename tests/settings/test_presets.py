"""Presets of the desk: defaults that come together; own settings outrank them, and looser ones are known."""

from pathlib import Path

import pytest

from monitor.errors import SettingsError
from monitor.settings import loading, presets
from monitor.settings.desk import Desk


def load(folder: Path, text: str) -> Desk:
    file = folder / "escucha.toml"
    file.write_text(text, encoding="utf-8")
    return loading.load(file).desk


def test_without_a_preset_nothing_is_new() -> None:
    desk = Desk()
    assert (desk.preset, desk.answer_days, desk.people_close, desk.campaigns.authors) == ("", 0, False, 50)
    assert presets.looser(desk.preset, desk) == {}


def test_the_law_sets_what_nobody_has_set(tmp_path: Path) -> None:
    desk = load(tmp_path, '[desk]\npreset = "es-ley-10-2025"\n[desk.campaigns]\ndays = 3\n')
    assert (desk.answer_days, desk.people_close, desk.record_days) == (15, True, 90)
    assert (desk.campaigns.authors, desk.campaigns.days) == (0, 3)
    assert presets.looser(desk.preset, desk) == {}


def test_the_standard_names_no_number_of_days(tmp_path: Path) -> None:
    desk = load(tmp_path, '[desk]\npreset = "iso-10002"\n')
    assert (desk.answer_days, desk.people_close, desk.record_days, desk.campaigns.authors) == (0, True, 90, 50)


def test_stricter_settings_are_nothing_to_tell(tmp_path: Path) -> None:
    desk = load(tmp_path, '[desk]\npreset = "es-ley-10-2025"\nanswer_days = 10\nrecord_days = 365\n')
    assert (desk.answer_days, desk.record_days) == (10, 365)
    assert presets.looser(desk.preset, desk) == {}


@pytest.mark.parametrize("days", [0, 20])
def test_looser_settings_hold_and_are_told(tmp_path: Path, days: int) -> None:
    text = f"answer_days = {days}\npeople_close = false\nrecord_days = 5\n[desk.campaigns]\nauthors = 9\n"
    desk = load(tmp_path, f'[desk]\npreset = "es-ley-10-2025"\n{text}')
    assert desk.answer_days == days
    assert presets.looser(desk.preset, desk) == {
        "desk.answer_days": (days, 15),
        "desk.people_close": (False, True),
        "desk.record_days": (5, 90),
        "desk.campaigns.authors": (9, 0),
    }


def test_the_environment_outranks_the_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_DESK__PRESET", "es-ley-10-2025")
    monkeypatch.setenv("ESCUCHA_DESK__CAMPAIGNS__AUTHORS", "7")
    assert (load(tmp_path, "").answer_days, load(tmp_path, "").campaigns.authors) == (15, 7)


@pytest.mark.parametrize("preset", ['"es-ley-1-2025"', "3", "[]"])
def test_what_is_no_preset_is_told(tmp_path: Path, preset: str) -> None:
    with pytest.raises(SettingsError, match=r"line 2: desk\.preset: .*'es-ley-10-2025'"):
        load(tmp_path, f"[desk]\npreset = {preset}\n")
