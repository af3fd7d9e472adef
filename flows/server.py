"""`python -m flows.server PORT`: the Prefect server of `escucha serve`, on loopback and closed to pages of other sites.

What `prefect server start` runs, behind a guard: Prefect itself answers under any name and lets any page frame its own.
"""

import sys

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import get_current_settings

from monitor.machine.site_guard import SiteGuard

_REFUSAL = "This address is not Prefect's. Open it at http://127.0.0.1 with its port.\n"


def main(port: int) -> None:
    """Serves until a signal."""
    api = get_current_settings().server.api
    uvicorn.run(
        SiteGuard(create_app(final=True), _REFUSAL, programs=True),
        host="127.0.0.1",
        port=port,
        timeout_keep_alive=api.keepalive_timeout,
        log_level="warning",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
