"""The page on which a customer answers a survey: one address, `/s/<token>`, that works without JavaScript.

A forged, unknown or expired token gets the same page, so that nothing can be learned by trying. Tokens are not logged.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.errors import EscuchaError
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store.cases.surveys import Survey
from monitor.surveys import answers
from monitor.surveys.answers import Answer, AnsweredAlready
from monitor.surveys.guard import Guard
from monitor.surveys.html import Looks

Language: TypeAlias = Literal["es", "en"]

_MOST_BYTES = 32_768
_PATIENCE = 15.0  # seconds for a form to arrive
_WAIT = 5.0  # seconds for the database, then the customer is asked to try again
_log = logging.getLogger("escucha.surveys")


@dataclass(frozen=True, slots=True)
class _Typed:
    """What came in a form, as it was typed."""

    satisfaction: str = ""
    recommend: str = ""
    comment: str = ""


def make(settings: Settings, *, per_minute: int = 120) -> Guard:
    """The page as an ASGI application, which lets an address ask `per_minute` times."""
    hasty = settings.store.model_copy(update={"busy_timeout": min(_WAIT, settings.store.busy_timeout)})
    page = _Page(settings.model_copy(update={"store": hasty}))
    routes = [
        Route(path, answer, methods=[method])
        for path in ("/s/{token}", "/s/{token}/")  # both: a redirect would name whatever host the visitor names
        for method, answer in (("GET", page.show), ("POST", page.take))
    ]
    inner = Starlette(
        routes=routes,
        exception_handlers={HTTPException: page.not_there, EscuchaError: page.not_now, Exception: page.not_now},
    )
    return Guard(inner, page.looks, per_minute)


class _Page:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.looks = Looks(settings.language)

    async def show(self, request: Request) -> Response:
        """The questions; thanks when they were answered; a polite no for a token that is none."""
        found = await run_in_threadpool(answers.find, self.settings, request.path_params["token"], now())
        if found is None:
            return self._gone(request)
        survey, brand = found
        language = self.looks.language(request, survey.language)
        if survey.answered_at is not None:
            return self.looks.told(language, "thanks", brand)
        return self._form(language, brand, _Typed())

    async def take(self, request: Request) -> Response:
        """Stores an answer, once; a form that cannot be stored comes back as it was typed."""
        typed = await _typed(request)
        token = request.path_params["token"]
        try:
            found = await run_in_threadpool(answers.find, self.settings, token, now())
        except EscuchaError as error:
            _log.warning("an answer could not be stored: %s", type(error).__name__)
            return self._form(self.looks.language(request, None), "", typed or _Typed(), "busy", 503)
        if found is None:
            return self._gone(request)
        survey, brand = found
        language = self.looks.language(request, survey.language)
        if typed is None:
            return self._form(language, brand, _Typed(), "long", 413)
        return await self._store(survey, brand, typed, language)

    async def _store(self, survey: Survey, brand: str, typed: _Typed, language: Language) -> Response:
        try:
            given = _answer(typed)
        except ValueError:
            return self._form(language, brand, typed, "missing" if not typed.satisfaction else "wrong", 422)
        try:
            await run_in_threadpool(answers.answer, self.settings, survey.survey_id, given, now=now())
        except AnsweredAlready:
            return self.looks.told(language, "again", brand, 409)
        except EscuchaError as error:
            _log.warning("an answer could not be stored: %s", type(error).__name__)
            return self._form(language, brand, typed, "busy", 503)
        return RedirectResponse(f"?lang={language}", status_code=303)

    def _form(self, language: Language, brand: str, typed: _Typed, problem: str = "", status: int = 200) -> Response:
        return self.looks.form(language, brand, typed, problem, status, answers.LONGEST)

    def _gone(self, request: Request) -> Response:
        return self.looks.told(self.looks.language(request, None), "gone", status=404)

    async def not_there(self, request: Request, error: Exception) -> Response:
        """Any other address, and any other method."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        return self.looks.told(self.looks.language(request, None), "gone", status=status)

    async def not_now(self, request: Request, error: Exception) -> Response:
        """Something is wrong on our side; the log says what, the page does not."""
        _log.error("a page could not be shown: %s", type(error).__name__)
        return self.looks.told(self.looks.language(request, None), "later", status=503)


async def _typed(request: Request) -> _Typed | None:
    """The form; None when it is too long, or takes too long to come."""
    body = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return None
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except (TimeoutError, ClientDisconnect, ValueError):
        return None
    sent: Mapping[str, str] = dict(pairs)
    return _Typed(sent.get("satisfaction", ""), sent.get("recommend", ""), answers.cleaned(sent.get("comment", "")))


def _answer(typed: _Typed) -> Answer:
    """Raises ValueError for what is no answer."""
    if not typed.satisfaction.isascii() or not typed.recommend.isascii():
        raise ValueError
    try:
        return Answer(int(typed.satisfaction), int(typed.recommend) if typed.recommend else None, typed.comment)
    except EscuchaError as error:
        raise ValueError from error
