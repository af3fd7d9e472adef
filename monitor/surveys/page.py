"""The pages for customers, without JavaScript: `/s/<token>` asks how it went, `/r/<token>` is a case's record.

A forged, unknown or expired token gets the same page, so that nothing can be learned by trying. Tokens are not logged.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from monitor.errors import EscuchaError
from monitor.law import record_page
from monitor.models.languages import LanguageCode
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store.cases.surveys import Survey
from monitor.surveys import answers, records
from monitor.surveys.answers import AnsweredAlready, SurveyAnswer
from monitor.surveys.guard import Guard
from monitor.surveys.html import MessageKey, PageRenderer

_MOST_BYTES = 32_768
_PATIENCE = 15.0  # seconds for a form to arrive
_TOO_SLOW = 408
_WAIT = 5.0  # seconds for the database, then the customer is asked to try again
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _FormInput:
    """What came in a form, as it was typed."""

    satisfaction: str = ""
    recommend: str = ""
    comment: str = ""


def make_app(settings: Settings, *, per_minute: int = 120) -> Guard:
    """The page as an ASGI application, which lets an address ask `per_minute` times."""
    hasty = settings.store.model_copy(update={"busy_timeout": min(_WAIT, settings.store.busy_timeout)})
    page = _SurveyPage(settings.model_copy(update={"store": hasty}))
    # Both, and no redirect from one to the other: it would name whatever host the visitor names.
    routes = [Route(path, page.answer, methods=["GET", "POST"]) for path in ("/s/{token}", "/s/{token}/")]
    routes += [Route(path, page.show_record, methods=["GET"]) for path in ("/r/{token}", "/r/{token}/")]
    inner = Starlette(
        routes=routes,
        exception_handlers={HTTPException: page.not_there, EscuchaError: page.not_now, Exception: page.not_now},
    )
    inner.router.redirect_slashes = False
    return Guard(inner, page.renderer, per_minute, settings.desk.survey.trusted_proxies)


class _SurveyPage:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.renderer = PageRenderer(settings.language)

    async def answer(self, request: Request) -> Response:
        """The page, or what becomes of a form."""
        return await (self.take(request) if request.method == "POST" else self.show(request))

    async def show(self, request: Request) -> Response:
        """The questions; thanks when they were answered; a polite no for a token that is none."""
        survey_and_brand = await run_in_threadpool(answers.find, self.settings, request.path_params["token"], now())
        if survey_and_brand is None:
            return self._gone(request)
        survey, brand = survey_and_brand
        language = self.renderer.language(request, survey.language)
        if survey.answered_at is not None:
            return self.renderer.message_page(language, "thanks", brand)
        return self._form(language, brand, _FormInput())

    async def take(self, request: Request) -> Response:
        """Stores an answer, once; a form that cannot be stored comes back as it was typed."""
        form = await _read_form(request)
        token = request.path_params["token"]
        try:
            survey_and_brand = await run_in_threadpool(answers.find, self.settings, token, now())
        except EscuchaError as error:
            logger.warning("survey answer not stored", extra={"reason": type(error).__name__})
            return self._form(self.renderer.language(request, None), "", form or _FormInput(), "busy", 503)
        if survey_and_brand is None:
            return self._gone(request)
        survey, brand = survey_and_brand
        language = self.renderer.language(request, survey.language)
        if form is None:
            return self._form(language, brand, _FormInput(), "long", 413)
        return await self._store(survey, brand, form, language)

    async def _store(self, survey: Survey, brand: str, form: _FormInput, language: LanguageCode) -> Response:
        try:
            answer = _parse_answer(form)
        except ValueError:
            return self._form(language, brand, form, "missing" if not form.satisfaction else "wrong", 422)
        try:
            await run_in_threadpool(answers.save_answer, self.settings, survey.survey_id, answer, now=now())
        except AnsweredAlready:
            return self.renderer.message_page(language, "again", brand, 409)
        except EscuchaError as error:
            logger.warning("survey answer not stored", extra={"reason": type(error).__name__})
            return self._form(language, brand, form, "busy", 503)
        return RedirectResponse(f"?lang={language}", status_code=303)

    async def show_record(self, request: Request) -> Response:
        """The record of a case, to be read or, with `?save=1`, kept as a file."""
        at = now()
        found = await run_in_threadpool(records.find, self.settings, request.path_params["token"], at)
        if found is None:
            return self._gone(request)
        language = self.renderer.language(request, record_page.language_for(found, self.settings))
        saved = request.query_params.get("save") == "1"
        page = record_page.render(found, self.settings, language, now=at, online=not saved)
        name = {"Content-Disposition": f'attachment; filename="{found.case.code}.html"'} if saved else {}
        return HTMLResponse(page, headers=name)

    def _form(
        self, language: LanguageCode, brand: str, form: _FormInput, problem: str = "", status: int = 200
    ) -> Response:
        return self.renderer.form(language, brand, form, problem, status, answers.LONGEST)

    def _gone(self, request: Request) -> Response:
        return self.renderer.message_page(self.renderer.language(request, None), "gone", status=404)

    async def not_there(self, request: Request, error: Exception) -> Response:
        """Any other address, and any other method."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        message: MessageKey = "later" if status == _TOO_SLOW else "gone"
        page = self.renderer.message_page(self.renderer.language(request, None), message, status=status)
        page.headers.update(getattr(error, "headers", None) or {})
        return page

    async def not_now(self, request: Request, error: Exception) -> Response:
        """Something is wrong on our side; the log says what, the page does not."""
        logger.error("survey page not shown", extra={"reason": type(error).__name__})
        return self.renderer.message_page(self.renderer.language(request, None), "later", status=503)


async def _read_form(request: Request) -> _FormInput | None:
    """The form; None when it is too long. Raises HTTPException when it takes too long to come."""
    body = bytearray()
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > _MOST_BYTES:
        return None
    try:
        async with asyncio.timeout(_PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return None
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except (TimeoutError, ClientDisconnect):
        raise HTTPException(_TOO_SLOW) from None
    except ValueError:
        return None
    fields: Mapping[str, str] = dict(pairs)
    return _FormInput(
        fields.get("satisfaction", ""), fields.get("recommend", ""), answers.clean_comment(fields.get("comment", ""))
    )


def _parse_answer(form: _FormInput) -> SurveyAnswer:
    """Raises ValueError for what is no answer."""
    if not form.satisfaction.isascii() or not form.recommend.isascii():
        raise ValueError
    try:
        return SurveyAnswer(int(form.satisfaction), int(form.recommend) if form.recommend else None, form.comment)
    except EscuchaError as error:
        raise ValueError from error
