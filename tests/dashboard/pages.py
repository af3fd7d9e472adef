"""The dashboard's pages, opened in this process as somebody would in a browser, and the words on them."""

import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import dashboard

APP = Path(dashboard.__file__).with_name("app.py")
_PROGRAMS = ("dashboard.app", "dashboard.web")  # they run when they are imported
WAIT = 120  # seconds a page may take: the machine may be busy


def open_page(page: str, *, person: str = "Eva", held: Mapping[str, object] | None = None, **query: str) -> AppTest:
    """The page as somebody finds it who opens its address; `person` is the name that her browser remembers.

    `held` is what the session holds already, by key.
    """
    app = AppTest.from_file(str(APP), default_timeout=WAIT)
    for key, value in (held or {}).items():
        app.session_state[key] = value
    if person:
        app.session_state["actor"] = person
    app.query_params.update(query)
    # AppTest finds pages that are files; ours are functions, which Streamlit knows by the hash of their address.
    app._page_hash = calc_hash(page)
    return app.run()


def speak(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """Lets AppTest, which asks out of session, name the options of pages in this language as the pages do.

    A page imported for the first time meanwhile would speak it for ever: all are there before.
    """
    for module in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        if module.name not in _PROGRAMS:
            importlib.import_module(module.name)
    monkeypatch.setattr("dashboard.i18n.language", lambda: language)


def page_text(app: AppTest) -> str:
    """Everything on the page as one text."""
    parts = [*app.title, *app.subheader, *app.caption, *app.text, *app.info, *app.success, *app.button, *app.toast]
    return "\n".join(str(getattr(element, "label", None) or element.value) for element in parts) + "\n".join(
        block.body for block in app.html
    )
