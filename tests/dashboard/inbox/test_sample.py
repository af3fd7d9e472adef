"""The random sample of what was put aside, as people see and judge it in the Inbox."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import store
from monitor.settings.loading import Settings
from monitor.store.posts import review_sample
from tests import desk_store
from tests.dashboard.pages import open_page, page_text, speak


@pytest.fixture
def drawn(config: Settings) -> list[int]:
    """Two posts that were put aside and drawn, the second looking more like a complaint; and one that was not drawn."""
    now = datetime.now(UTC)
    ids = [
        desk_store.post(config, f"p{n}", f"Hoy abre la tienda {n}", now - timedelta(hours=n), p_complaint=0.1 * n)
        for n in (1, 2, 3)
    ]
    with store.connect(config.store) as connection:
        review_sample.draw(connection, ids[:2], share=1.0, most=20, now=now)
    return ids


def test_the_sample_is_a_queue_of_its_own_with_its_mark(
    config: Settings, drawn: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("inbox")
    assert "En la muestra al azar hay 2 publicaciones." in page_text(app)
    assert "Hoy abre la tienda" not in page_text(app)
    speak(monkeypatch, "es")
    app = open_page("inbox", queue="sample")
    text = page_text(app)
    assert "2 publicaciones de la muestra" in text
    assert "elegidas al azar" in text
    assert text.count('<span class="chip ">Muestra al azar</span>') == 2
    assert "Hoy abre la tienda 3" not in text
    # the newest first, never the likeliest complaint: what is judged is to be a sample
    assert [button.key for button in app.button if str(button.key).startswith("dismiss-")] == [
        f"dismiss-{mention_id}" for mention_id in drawn[:2]
    ]


def test_a_judged_post_leaves_the_sample_and_comes_back_when_that_is_undone(
    config: Settings, drawn: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch, "es")
    app = open_page("inbox", queue="sample")
    app.button(key=f"dismiss-{drawn[0]}").click().run()
    assert "1 publicación de la muestra" in page_text(app)
    app.button(key="undo-last").click().run()
    assert "2 publicaciones de la muestra" in page_text(app)
    app.button(key=f"open-{drawn[1]}-0").click().run()
    assert not app.exception
    assert "1 publicación de la muestra" in page_text(app)
