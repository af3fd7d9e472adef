"""Numbers in messages, and the words that go with them: `{n} {n:case|cases}`."""

from monitor.models.languages import LanguageCode
from monitor.text import formatting


class Count:
    """A whole number in a message: `{n}` writes it as the language does, `{n:case|cases}` gives the word beside it."""

    def __init__(self, language: LanguageCode, value: int) -> None:
        """The number `value`."""
        self._language: LanguageCode = language
        self._value = value

    def __format__(self, words: str) -> str:
        """The number; with `one|several` the word for one, or for several."""
        if not words:
            return formatting.number(self._language, self._value)
        one, several = words.split("|")
        return one if self._value == 1 else several
