"""How the survey page looks: its words in Spanish and English, its HTML, and which language a visitor reads."""

import tomllib
from importlib.resources import files
from typing import Literal, TypeAlias

from jinja2 import Environment, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.law import record_page
from monitor.models.languages import LanguageCode

MessageKey: TypeAlias = Literal["thanks", "again", "gone", "later"]

_TITLES = {"thanks": "thanks_title", "again": "thanks_title", "gone": "gone_title", "later": "later_title"}


class PageRenderer:
    """Makes the pages. `policy` is the Content-Security-Policy under which they work: our style sheet, and forms."""

    def __init__(self, default: LanguageCode) -> None:
        folder = files("monitor.bundled")
        self._default = default
        self._words = tomllib.loads((folder / "survey.toml").read_text(encoding="utf-8"))
        environment = Environment(autoescape=select_autoescape(default=True), undefined=StrictUndefined)
        self._page = environment.from_string((folder / "survey.html").read_text(encoding="utf-8"))
        self.policy = (
            f"default-src 'none'; style-src {record_page.style_source()}; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )

    def language(self, request: Request, preferred: str | None) -> LanguageCode:
        """What the visitor chose (`?lang=en`), else `preferred`, else the browser's, else the settings'."""
        code = request.query_params.get("lang") or preferred or request.headers.get("accept-language", "")[:2].lower()
        return "en" if code == "en" else "es" if code == "es" else self._default

    def form(
        self, language: LanguageCode, brand: str, typed: object, problem: str, status: int, longest: int
    ) -> Response:
        """The questions with what was typed (satisfaction, recommend, comment), and what is wrong with it."""
        return self._render(
            language, brand, "title", status, asking=True, typed=typed, problem=problem, longest=longest
        )

    def message_page(self, language: LanguageCode, message: MessageKey, brand: str = "", status: int = 200) -> Response:
        """A page with one message, such as thanks."""
        return self._render(language, brand, _TITLES[message], status, asking=False, says=message)

    def _render(self, language: LanguageCode, brand: str, title: str, status: int, **values: object) -> Response:
        body = self._page.render(
            language=language,
            other="es" if language == "en" else "en",
            words=self._words[language],
            css=Markup(record_page.style_sheet()),  # noqa: S704 (our own file)
            brand=brand,
            title=title,
            **values,
        )
        wait = {"Retry-After": "10"} if status in (429, 503) else {}
        return HTMLResponse(body, status_code=status, headers=wait)
