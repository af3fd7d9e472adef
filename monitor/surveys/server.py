"""The server of the survey page: nobody holds it by opening connections and saying nothing, or by half a request."""

import asyncio
import logging

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from monitor.surveys.guard import Guard

logger = logging.getLogger(__name__)

_PATIENCE = 15.0  # seconds for a request to arrive up to its body
_MOST_WAITING = 100  # connections without a whole request; then the oldest gives way
_MOST_AT_ONCE = 200


class PatientProtocol(H11Protocol):
    """Uvicorn's, which closes connections that keep it waiting."""

    began = 0.0
    _timer: asyncio.TimerHandle | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def is_awaited(self) -> bool:
        """Whether it is the client's turn, that of the body included, for which the page has a patience of its own."""
        return self.is_waiting or self.conn.their_state is h11.SEND_BODY

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """As Uvicorn's."""
        super().connection_made(transport)
        self.began = self.loop.time()
        self._timer = self.loop.call_later(_PATIENCE, self._end_of_patience)
        waiting = [other for other in self.connections if isinstance(other, PatientProtocol) and other.is_awaited]
        if len(waiting) > _MOST_WAITING:
            logger.warning("oldest connection gave way", extra={"count": len(waiting)})
            oldest = min(waiting, key=lambda other: other.began)
            self.connections.discard(oldest)  # it counts until the loop comes by else
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """As Uvicorn's."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def _end_of_patience(self) -> None:
        if self.is_waiting:
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(_PATIENCE, self._end_of_patience)


def configure(app: Guard, host: str, port: int) -> uvicorn.Config:
    """How the page is served at an address."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=PatientProtocol,
        access_log=False,  # it would hold the tokens
        log_level="warning",
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=False,  # the guard reads them
        limit_concurrency=_MOST_AT_ONCE,
        timeout_keep_alive=5,
    )
