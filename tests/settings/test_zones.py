"""Time zones that people write otherwise than the database of zones."""

import pytest

from monitor.errors import SettingsError
from monitor.settings.zones import zone_named


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("america/bogota", "America/Bogota?"),
        ("Bogotá", "America/Bogota?"),
        ("America/Bogotá", "America/Bogota?"),
        ("Mexico City", "America/Mexico_City?"),
        ("europe/Madird", "Europe/Madrid?"),
        ("GMT-5", "Etc/GMT+5, which is 5 hours behind UTC?"),
        ("UTC+02:00", "Etc/GMT-2, which is 2 hours ahead of UTC?"),
        ("-3", "Etc/GMT+3, which is 3 hours behind UTC?"),
    ],
)
def test_what_is_no_zone_names_the_one_that_is_meant(written: str, meant: str) -> None:
    with pytest.raises(SettingsError) as caught:
        zone_named(written)
    assert str(caught.value) == f"{written!r} is no time zone; did you mean {meant}"
    assert zone_named(meant.rstrip("?").partition(",")[0])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Colombia", "America/Bogota?"),
        ("Colombo", "Asia/Colombo?"),
        ("Perú", "America/Lima?"),
        ("España", "Africa/Ceuta / Atlantic/Canary / Europe/Madrid?"),
        ("Ciudad de México", "America/Mexico_City?"),
        ("cidade do mexico", "America/Mexico_City?"),
    ],
)
def test_a_country_or_city_names_its_zones(written: str, meant: str) -> None:
    with pytest.raises(SettingsError) as caught:
        zone_named(written)
    assert str(caught.value) == f"{written!r} is no time zone; did you mean {meant}"


@pytest.mark.parametrize(
    ("country", "zone"), [("Mexico", "Mexico_City"), ("Chile", "Santiago"), ("Argentina", "Cordoba")]
)
def test_a_country_of_many_zones_names_them_all(country: str, zone: str) -> None:
    with pytest.raises(SettingsError, match=rf"did you mean America/.* / .*/{zone}"):
        zone_named(country)


@pytest.mark.parametrize(
    "written", ["Mars/Base", "GMT-40", "UTC+05:30", "", "../etc", "CDMX", "COT", "Europe/Barcelona"]
)
def test_what_resembles_none_is_told_how_names_look(written: str) -> None:
    with pytest.raises(SettingsError, match="give a name such as America/Bogota or Europe/Madrid, of https://"):
        zone_named(written)
