"""What somebody does with a form of the settings."""

from streamlit.testing.v1 import AppTest


def field(app: AppTest, name: str) -> str:
    """The whole key of a widget."""
    widgets = (*app.text_input, *app.text_area, *app.number_input, *app.selectbox, *app.multiselect, *app.date_input)
    return next(str(widget.key) for widget in widgets if str(widget.key).endswith(f"-{name}"))


def type_in(app: AppTest, name: str, text: str) -> AppTest:
    """Types into a field."""
    key = field(app, name)
    fields = [widget for widget in (*app.text_input, *app.text_area) if widget.key == key]
    return fields[0].input(text).run()


def save(app: AppTest) -> AppTest:
    """Clicks on Save."""
    return app.button(key="settings-save").click().run()


def errors(app: AppTest) -> str:
    """What is said to be wrong."""
    return "\n".join(str(error.value) for error in app.error)
