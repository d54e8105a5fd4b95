"""How the simulator starts and stops."""

import asyncio
import signal
import sys
from collections.abc import Callable
from functools import partial

from aiohttp import web
from aiosmtpd.smtp import SMTP

from channels.simulator.call_life import CallLife
from channels.simulator.calls import Calls
from channels.simulator.control import Control
from channels.simulator.knobs import Outage
from channels.simulator.mail_desk import MailDesk
from channels.simulator.messages import Messages
from channels.simulator.recordings import Recordings
from channels.simulator.settings import SimulatorSettings
from channels.simulator.world import World, new_world
from hub import cycles

MAX_REQUEST_BYTES = 64 * 1024
_TIME_TO_ANSWER = 0.05  # seconds, for the answer to whoever asked for the outage


class Simulator:
    """Both servers on one event loop. `port` and `smtp_port` are the real ones once started."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self._settings = settings
        self._world = new_world(settings)
        application = _application(self._world, self._close_port)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        self._site: web.TCPSite | None = None
        self._opening: asyncio.Task[None] | None = None
        self._smtp: asyncio.Server | None = None
        self.port = settings.port
        self.smtp_port = settings.smtp_port

    async def start(self) -> None:
        """Listen. Raises OSError if a port is taken."""
        await self._world.webhooks.start()
        await self._runner.setup()
        await self._open_port()
        self.port = self._runner.addresses[0][1]
        if self._settings.knobs.outage is Outage.REFUSE:
            self._close_port(self._settings.knobs.outage_seconds)
        self._smtp = await asyncio.get_running_loop().create_server(
            partial(SMTP, self._world.mailboxes, hostname="simulator", enable_SMTPUTF8=True),
            self._settings.host,
            self._settings.smtp_port,
        )
        self.smtp_port = self._smtp.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close both servers and drop what was still to be posted."""
        if self._opening is not None:
            self._opening.cancel()
        if self._smtp is not None:
            self._smtp.close()
        await self._world.webhooks.stop()
        await self._runner.cleanup()

    async def _open_port(self) -> None:
        self._site = web.TCPSite(self._runner, self._settings.host, self.port, backlog=1024)
        await self._site.start()

    def _close_port(self, seconds: float) -> None:
        self._opening = asyncio.ensure_future(self._be_away(seconds))

    async def _be_away(self, seconds: float) -> None:
        """Refuse connections for a while, and drop those that are open."""
        await asyncio.sleep(_TIME_TO_ANSWER)
        site, server = self._site, self._runner.server
        if site is None or server is None:
            return
        await site.stop()
        for connection in server.connections:
            connection.force_close()
        await asyncio.sleep(seconds)
        self._world.turn({"outage": Outage.OFF})
        await self._open_port()


async def serve(
    settings: SimulatorSettings,
    stop: asyncio.Event,
    ready: Callable[[Simulator], None] | None = None,
) -> None:
    """Run until `stop` is set; `ready` is called once both ports listen."""
    simulator = Simulator(settings)
    try:
        await simulator.start()
        if ready is not None:
            ready(simulator)
        await stop.wait()
    finally:
        await simulator.stop()


def run(settings: SimulatorSettings) -> None:
    """Run until SIGTERM or SIGINT; prints nothing."""
    # It remembers hundreds of thousands of messages and makes no cycles of them.
    cycles.look_seldom()
    if sys.platform != "win32":
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_told(settings))
    else:
        asyncio.run(_until_told(settings))


async def _until_told(settings: SimulatorSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, stop)


def _application(world: World, close_port: Callable[[float], None]) -> web.Application:
    life = CallLife(world)
    application = web.Application(client_max_size=MAX_REQUEST_BYTES)
    application.add_routes(Messages(world).routes())
    application.add_routes(Calls(world, life).routes())
    application.add_routes(Recordings(world).routes())
    application.add_routes(Control(world, life, close_port).routes())
    application.add_routes(MailDesk(world).routes())
    return application
