"""What somebody does with their own login: another password, a second step. The gate has let them in already."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.login import cookies, forms, live, render, rules
from dashboard.login.visiting import address_of, cookie, turnstile
from monitor.errors import Refusal
from monitor.login import codes, own
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store.logins.sessions import LiveSession


async def show(request: Request, settings: Settings) -> Response:
    """Who is logged in, and what can be changed."""
    return await _page(request, settings)


async def change_password(request: Request, settings: Settings) -> Response:
    """Takes another password."""
    fields = await forms.read(request, secure=rules.is_secure(settings))
    old, new = fields.get("password", ""), fields.get("new_password", "")
    if new != fields.get("again", ""):
        return await _page(request, settings, "password_differs")
    return await _do(request, settings, lambda session: own.change_password(settings, session, old, new, now()))


async def begin_second_step(request: Request, settings: Settings) -> Response:
    """Shows what the app needs; nothing is kept yet."""
    await forms.read(request, secure=rules.is_secure(settings))
    return await _page(request, settings, code_key=codes.new_key())


async def keep_second_step(request: Request, settings: Settings) -> Response:
    """Turns the second step on, once the app shows the right code."""
    fields = await forms.read(request, secure=rules.is_secure(settings))
    key, password, code = (fields.get(name, "") for name in ("code_key", "password", "code"))
    return await _do(
        request,
        settings,
        lambda session: own.set_second_step(settings, session, password, key[:50], code, now()),
        code_key=key[:50],
    )


async def drop_second_step(request: Request, settings: Settings) -> Response:
    """Turns it off."""
    fields = await forms.read(request, secure=rules.is_secure(settings))
    password = fields.get("password", "")
    return await _do(request, settings, lambda session: own.drop_second_step(settings, session, password, now()))


async def _do(
    request: Request, settings: Settings, change: Callable[[LiveSession], None], code_key: str = ""
) -> Response:
    session = await _session(request, settings)
    if session is None or settings.access.mode != "accounts":
        return RedirectResponse("/login", status_code=303)
    try:
        async with turnstile.passing(address_of(request, settings)):
            await run_in_threadpool(change, session)
    except Refusal as refused:
        return await _page(request, settings, refused.key.removeprefix("login_"), code_key=code_key)
    live.forget()
    return RedirectResponse(f"/account?done=changed&lang={render.language(request, settings)}", status_code=303)


async def _page(request: Request, settings: Settings, problem: str = "", code_key: str = "") -> Response:
    session = await _session(request, settings)
    if session is None:
        return RedirectResponse("/login", status_code=303)
    has_second_step = await run_in_threadpool(own.has_second_step, settings, session)
    is_new = bool(code_key) and not has_second_step
    return render.page(
        request, settings, "account",
        status=422 if problem else 200,
        problem=render.say(request, settings, problem) if problem else "",
        name=session.name,
        role=render.say(request, settings, f"role_{session.role.value}"),
        done="changed" if request.query_params.get("done") == "changed" else "",
        own_passwords=settings.access.mode == "accounts",
        has_second_step=has_second_step,
        code_key=code_key,
        seed=_in_fours(codes.seed(settings, code_key)) if is_new else "",
        otpauth=codes.address(settings, code_key, session.name) if is_new else "",
    )  # fmt: skip


def _in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


async def _session(request: Request, settings: Settings) -> LiveSession | None:
    return await run_in_threadpool(live.find, settings, cookie(request, settings, cookies.SESSION))
