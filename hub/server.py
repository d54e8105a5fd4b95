"""The web process: one uvicorn server that ends its live streams when it is told to stop."""

import signal
from types import FrameType

import uvicorn
from fastapi import FastAPI

from hub import cycles
from hub.app import create_app
from hub.config import settings
from hub.metrics import serve_if_wanted

# Above the longest answer: below it, a restart would cut somebody off in mid-sentence.
_STOP_SECONDS = 15


class _Server(uvicorn.Server):
    """Tells the live streams to end; uvicorn alone would wait for them until the time is up."""

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._app.state.stopping.set()
        super().handle_exit(sig, frame)


def serve() -> None:
    """Serve pages, API and webhooks until told to stop."""
    serve_if_wanted()
    app = create_app()
    cycles.look_seldom()
    config = uvicorn.Config(
        app,
        host=settings().host,
        port=settings().port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
        timeout_keep_alive=30,
    )
    server = _Server(app, config)
    signal.signal(signal.SIGTERM, server.handle_exit)
    server.run()
