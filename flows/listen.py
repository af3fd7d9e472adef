"""Listen: the streams of the networks, for as long as they last."""

from prefect import State, flow, get_run_logger
from prefect.states import Completed

from flows.logs import load_settings
from flows.steps import plain_errors
from monitor.errors import BeingDone
from monitor.pipeline import listen as pipeline_listen


@flow(name="listen")
def listen(networks: list[str] | None = None) -> State[None]:
    """Keeps the streams of `networks`, else of `schedule.listen`, open until it is cancelled.

    Ends at once when others listen to all of them. Fails when no stream is left: each was refused, and a person has to
    act.
    """
    with plain_errors():
        setup = load_settings()
        streams = networks or [name for name in setup.schedule.listen if not setup.networks.is_off(name)]
        if not streams:
            return Completed(message="nothing to do: schedule.listen names no network that is read")
        try:
            pipeline_listen.listen(setup, streams, get_run_logger().info, stands_by=False)
        except BeingDone as others:
            return Completed(message=str(others))
    return Completed(message="stopped")
