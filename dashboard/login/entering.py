"""Coming in with a password, going out, and the one-time links that set a password."""

from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.login import cookies, forms, live, render, rules
from dashboard.login.turnstile import TooOften
from dashboard.login.visiting import address_of, cookie, turnstile
from monitor.errors import Refusal
from monitor.login import attempts, devices, links, sessions
from monitor.login.attempts import Attempt, LoggedIn, LoginRefused
from monitor.login.sessions import NewSession
from monitor.runs import now
from monitor.settings.loading import Settings

_MESSAGES = ("ended", "left", "password_kept")


async def login(request: Request, settings: Settings) -> Response:
    """The form, or what becomes of it."""
    if request.method == "GET" or settings.access.mode != "accounts":
        return login_page(request, settings, forms.own_address(request.query_params.get("next", "")))
    fields = await forms.read(request, secure=rules.is_secure(settings))
    attempt = Attempt(
        fields.get("name", ""),
        fields.get("password", ""),
        fields.get("code", ""),
        address_of(request, settings),
        cookie(request, settings, cookies.DEVICE),
    )
    to = forms.own_address(fields.get("next", ""))
    try:
        number = await run_in_threadpool(attempts.known_device, settings, attempt)
        async with turnstile.passing(f"device {number}" if number else attempt.address):
            entered = await run_in_threadpool(attempts.log_in, settings, attempt, now())
    except TooOften:
        await run_in_threadpool(attempts.tell_failure, settings, attempt, "", "locked", now())
        return _refused(request, settings, to, attempt.name, "paused")
    except LoginRefused as refused:
        return _refused(request, settings, to, attempt.name, "wrong" if refused.until is None else "paused")
    return await _entered(request, settings, entered, _spoken(request, settings, to))


def _refused(request: Request, settings: Settings, to: str, name: str, key: str) -> Response:
    problem = render.say(request, settings, key)
    status = 401 if key == "wrong" else 429
    return login_page(request, settings, to, typed=name[:200], problem=problem, status=status)


def login_page(
    request: Request, settings: Settings, to: str, *, typed: str = "", problem: str = "", status: int = 200
) -> Response:
    """The form; in its place the way to the other login, where that is where people log in."""
    done = request.query_params.get("done", "")
    return render.page(
        request, settings, "login", status=status, problem=problem, typed=typed, next=to,
        done=done if done in _MESSAGES else "",
        provider=settings.access.oidc.issuer.partition("//")[2] if settings.access.mode == "oidc" else "",
    )  # fmt: skip


def _spoken(request: Request, settings: Settings, to: str) -> str:
    """The address, in the language in which somebody logged in."""
    language = render.language(request, settings)
    if language == settings.language or "lang=" in urlsplit(to).query:
        return to
    return f"{to}{'&' if '?' in to else '?'}lang={language}"


async def _entered(request: Request, settings: Settings, entered: LoggedIn, to: str) -> Response:
    answer = await begun(request, settings, entered.session, to)
    _mark(answer, settings, entered.device)
    return answer


async def begun(request: Request, settings: Settings, session: NewSession, to: str) -> Response:
    """Sends the browser on with its new session; the one it held before is over."""
    secure = rules.is_secure(settings)
    before = await run_in_threadpool(live.find, settings, cookie(request, settings, cookies.SESSION))
    if before is not None:
        await run_in_threadpool(sessions.log_out, settings, before, now())
    live.forget()
    answer = RedirectResponse(to, status_code=303)
    seconds = int((session.ends_at - now()).total_seconds())
    cookies.keep(answer, cookies.SESSION, session.token, secure=secure, seconds=seconds)
    cookies.forget(answer, cookies.FORM, secure=secure)
    return answer


def _mark(answer: Response, settings: Settings, mark: str) -> None:
    """The browser is known from now on."""
    secure = rules.is_secure(settings)
    cookies.keep(answer, cookies.DEVICE, mark, secure=secure, seconds=devices.DAYS * 86_400)


async def logout(request: Request, settings: Settings) -> Response:
    """The question, so that no other page logs anybody out, or the end of the session, in the store too."""
    if request.method == "GET":
        return render.page(request, settings, "logout")
    fields = await forms.read(request, secure=rules.is_secure(settings))
    session = await run_in_threadpool(live.find, settings, cookie(request, settings, cookies.SESSION))
    if session is not None:
        everywhere = "everywhere" in fields
        await run_in_threadpool(lambda: sessions.log_out(settings, session, now(), everywhere=everywhere))
        live.forget()
    answer = RedirectResponse(f"/login?done=left&lang={render.language(request, settings)}", status_code=303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    cookies.forget(answer, cookies.SESSION, secure=rules.is_secure(settings))
    return answer


async def setup(request: Request, settings: Settings) -> Response:
    """A one-time link: asks for a password, and uses itself up with one that will do."""
    token = request.path_params["token"]
    if settings.access.mode != "accounts":
        return render.page(request, settings, "gone", status=404)
    if request.method == "GET":
        return await _setup_page(request, settings, token)
    fields = await forms.read(request, secure=rules.is_secure(settings))
    name, password = fields.get("name", ""), fields.get("new_password", "")
    if password != fields.get("again", ""):
        return await _setup_page(request, settings, token, name, "password_differs")
    try:
        async with turnstile.passing(address_of(request, settings)):
            done = await run_in_threadpool(links.set_password, settings, token, name, password, now())
    except Refusal as refused:
        return await _setup_page(request, settings, token, name, refused.key)
    if done is None:
        return await _setup_page(request, settings, token)
    live.forget()
    answer = RedirectResponse(f"/login?done=password_kept&lang={render.language(request, settings)}", status_code=303)
    _mark(answer, settings, done[1])
    return answer


async def _setup_page(request: Request, settings: Settings, token: str, typed: str = "", problem: str = "") -> Response:
    name = await run_in_threadpool(links.owner, settings, token, now())
    if name is None:
        return render.page(request, settings, "gone", status=404)
    words = render.say(request, settings, problem) if problem else ""
    status = 422 if problem else 200
    return render.page(
        request, settings, "setup", status=status, problem=words, typed=typed[:200], name=name, first=not name
    )
