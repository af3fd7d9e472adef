"""Files that are made once somebody asks for them: for whoever has the page open then."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx


def on_page(content: Callable[[], bytes]) -> Callable[[], bytes]:
    """The content, made as part of the page that is drawn now.

    Streamlit makes it in a thread that knows of no page, where nobody is logged in and settings are never read anew.
    """
    context = get_script_run_ctx()

    def make() -> bytes:
        with ThreadPoolExecutor(1, initializer=lambda: add_script_run_ctx(ctx=context)) as pool:
            return pool.submit(content).result()

    return make
