"""What `escucha status` and `escucha doctor` say of the promised precision and of a stream that has moved."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.settings.loading import Settings


def lines(settings: "Settings") -> tuple[str, list[str]]:
    """How the promises are kept, in a line, and what needs a person: not kept, moved. The database is there."""
    from monitor import store
    from monitor.classify import model
    from monitor.errors import ModelError
    from monitor.pipeline import classify, drift, promises
    from monitor.runs import now

    at = now()
    kept = promises.read(settings, at, at)
    try:
        points = model.operating_points(classify.active_model(settings))
    except ModelError:  # the check of the classifier says why
        points = None
    with store.connect(settings.store, read_only=True) as connection:
        moved = drift.read(connection, points, at)
    return promises.state_line(kept), [*promises.sentences(kept), *drift.sentences(moved)]
