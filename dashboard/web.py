"""The dashboard as a web server: the pages of `app.py` behind a guard. `escucha dashboard` runs it with Streamlit."""

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from dashboard.guard import guarded

app = App(str(Path(__file__).with_name("app.py")), middleware=[Middleware(guarded)])
