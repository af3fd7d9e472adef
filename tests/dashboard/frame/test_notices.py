from datetime import UTC, datetime

from streamlit.testing.v1 import AppTest

from monitor import desk
from monitor.settings.loading import Settings
from tests.dashboard.pages import open_page, page_text


def popovers(app: AppTest) -> list[str]:
    return [block.proto.popover.label for block in app.get("popover")]


def test_a_note_that_names_me_is_in_the_sidebar_until_i_open_its_case(config: Settings, filled: dict[str, int]) -> None:
    now = datetime.now(UTC)
    desk.take(config, 1, version=1, actor="Eva", now=now)
    desk.add_note(config, 1, "@eva <script>alert(1)</script> **mira**", actor="<b>Luis</b>", now=now)
    app = open_page("inbox")
    assert "1 notificación" in popovers(app)
    assert "&lt;script&gt;" in page_text(app)
    assert "<script>" not in page_text(app)
    app = open_page("case", case="1")
    assert not [label for label in popovers(app) if "notificac" in label]
    assert not [label for label in popovers(open_page("inbox")) if "notificac" in label]


def test_all_can_be_marked_as_seen(config: Settings, filled: dict[str, int]) -> None:
    now = datetime.now(UTC)
    desk.take(config, 1, version=1, actor="Eva", now=now)
    desk.add_note(config, 1, "@eva", actor="Luis", now=now)
    app = open_page("inbox")
    app.button(key="notices-seen").click().run()
    assert not app.exception
    assert "notices-seen" not in [button.key for button in app.button]
