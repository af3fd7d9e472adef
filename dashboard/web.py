"""The dashboard as a web server: `app.py` behind a guard and a gate. `escucha dashboard` runs it with Streamlit."""

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from dashboard.guard import guarded
from dashboard.login.gate import LoginGate
from dashboard.login.routes import routes

app = App(
    str(Path(__file__).with_name("app.py")),
    routes=routes(),
    middleware=[Middleware(guarded), Middleware(LoginGate)],
)
