"""Languages by code and by name."""

import pytest

from monitor.text.language_names import language_code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *((name, "es") for name in ("es", "ES", "spa", "Spanish", "Español", "espanol", "Castellano", "Espanhol")),
        *((name, "es") for name in ("Spanish; Castilian", "Spanish (Mexico)", "Español - España", "Spanisch")),
        *((name, "en") for name in ("en", "eng", "English", "inglés", "Inglês", "Anglais")),
        *((name, "pt") for name in ("por", "Portugués", "português", "Portuguese")),
        *(("es_ES", "es-es"), ("spa-MX", "es-mx"), ("es-419", "es-419"), ("zh-Hant", "zh-hant"), ("pt_BR", "pt-br")),
        *(
            ("Catalán", "ca"),
            ("Valenciano", "ca"),
            ("euskera", "eu"),
            ("Deutsch", "de"),
            ("fre", "fr"),
            ("日本語", "ja"),
        ),
    ],
)
def test_codes_and_names(written: str, code: str) -> None:
    assert language_code(written) == code


@pytest.mark.parametrize("written", ["", "Unknown", "x", "12", "a language of nobody", "es" * 500])
def test_what_names_no_language(written: str) -> None:
    assert language_code(written) is None
