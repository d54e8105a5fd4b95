"""What happens when a member texts back."""

from dataclasses import dataclass

from channels.simulator.records import Reply, new_sid
from channels.simulator.twiml_reader import read_replies
from channels.simulator.webhooks import Form, WebhookAnswer
from channels.simulator.world import World
from channels.sms_length import measure

_GEOGRAPHY = tuple(
    side + part for side in ("From", "To") for part in ("City", "State", "Zip", "Country")
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """How the hub took a text; `status` is None if it gave no answer."""

    message_sid: str
    status: int | None
    replies: tuple[str, ...]


async def reply(world: World, number: str, body: str, message_sid: str | None) -> Delivered:
    """Text the hub from a member's phone; with a known `message_sid`, as the carrier's repeat."""
    sid = message_sid or new_sid("SM")
    if all(entry.sid != sid for entry in world.phones.of(number)):
        world.phones.add(number, Reply("out", body, "received", sid, measure(body).segments))
    form = _form(world, number, body, sid)
    answer = await world.webhooks.ask(world.settings.inbound_url, form)
    texts = _texts(answer)
    for text in texts:
        entry = Reply("in", text, "delivered", new_sid("SM"), measure(text).segments)
        world.phones.add(number, entry)
    return Delivered(sid, answer.status, texts)


def _texts(answer: WebhookAnswer) -> tuple[str, ...]:
    if answer.status is None or answer.status >= 300:
        return ()
    return tuple(read_replies(answer.text))


def _form(world: World, number: str, body: str, sid: str) -> Form:
    return [
        ("AccountSid", world.settings.account_sid),
        ("ApiVersion", "2010-04-01"),
        ("Body", body),
        ("From", number),
        ("MessageSid", sid),
        ("NumMedia", "0"),
        ("NumSegments", str(max(measure(body).segments, 1))),
        ("SmsMessageSid", sid),
        ("SmsSid", sid),
        ("SmsStatus", "received"),
        ("To", world.settings.number),
        *((name, "") for name in _GEOGRAPHY),
    ]
