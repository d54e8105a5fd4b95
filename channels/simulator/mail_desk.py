"""The control by which a person answers a mail in the simulator."""

from aiohttp import web

from channels.simulator.postman import Postman
from channels.simulator.twilio_shape import answer
from channels.simulator.world import World

_LONGEST_BODY = 20_000


class MailDesk:
    """JSON in, JSON out, below /simulator/mailboxes/."""

    def __init__(self, world: World) -> None:
        self._postman = Postman(world.settings.mail_door, world.mailboxes)

    def routes(self) -> list[web.RouteDef]:
        """Where the control is."""
        return [web.post("/simulator/mailboxes/{address}/reply", self.reply)]

    async def reply(self, request: web.Request) -> web.Response:
        """A member answers the newest mail: {body, subject?} -> {status, text}."""
        order = await request.json() if request.can_read_body else {}
        if not isinstance(order, dict) or not isinstance(order.get("body"), str):
            raise web.HTTPBadRequest(text="body: a text is expected")
        subject = order.get("subject")
        try:
            handed = await self._postman.reply(
                request.match_info["address"],
                order["body"][:_LONGEST_BODY],
                subject if isinstance(subject, str) else None,
            )
        except LookupError:
            raise web.HTTPNotFound(text="no mail here that can be answered") from None
        return answer({"status": handed.status, "text": handed.text})
