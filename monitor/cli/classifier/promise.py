"""What `escucha status` and `escucha doctor` say of the promised precision and of a stream that has moved."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.pipeline.drift import Drift
    from monitor.pipeline.promises import Promises
    from monitor.settings.loading import Settings


def read(settings: "Settings") -> "tuple[Promises, Drift]":
    """How the promises are kept, and how the stream has moved. The database is there."""
    from monitor import store
    from monitor.pipeline import classify, drift, promises
    from monitor.runs import now

    at = now()
    points = classify.points_in_force(settings)
    with store.connect(settings.store, read_only=True) as connection:
        moved = drift.read(connection, points, at)
    return promises.read(settings, at, at), moved


def lines(kept: "Promises", moved: "Drift") -> tuple[str, list[str]]:
    """The state in a line, and what needs a person: promises that are not kept, a stream that has moved."""
    from monitor.pipeline import drift, promises

    return promises.state_line(kept), [*promises.sentences(kept), *drift.sentences(moved)]


def values(kept: "Promises", moved: "Drift") -> dict[str, Any]:
    """The same as JSON values; shares and the ends of their 95 % intervals in 0..1."""
    from dataclasses import asdict

    promised = [
        asdict(promise) | {"share": promise.share, "interval": promise.interval, "state": promise.state}
        for promise in kept.current
    ]
    return {"promises": promised, "drift": asdict(moved)}
