"""How a call lives: it rings, is answered, waits for a key, ends; and the hub hears of it."""

import asyncio
from collections.abc import Callable
from email.utils import format_datetime
from functools import partial

from channels.simulator.faults import CALL_ENDS, last_digits
from channels.simulator.records import PhoneCall, now
from channels.simulator.settings import Answering
from channels.simulator.twilio_shape import seconds
from channels.simulator.twiml_reader import read_voice
from channels.simulator.webhooks import Form
from channels.simulator.world import World

FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
EVENT_NAMES = {"in-progress": "answered", "initiated": "initiated", "ringing": "ringing"}


class CallLife:
    """Moves calls through their states; a step that the state does not allow does nothing."""

    def __init__(self, world: World) -> None:
        self._world = world

    def start(self, call: PhoneCall) -> None:
        """Dial; then ring, until somebody answers or the time is over."""
        self._tell(call, "initiated")
        call.status = "ringing"
        self._tell(call, "ringing")
        way = CALL_ENDS.get(last_digits(call.to)) or self._world.knobs.answering_of(call.to)
        if way in ("busy", "failed"):
            self._end(call, way)
        elif way in ("machine", Answering.PRESS_1):
            self._soon(0.05, lambda: self._world.webhooks.spawn(self._answer_alone(call, way)))
        else:
            wait = 0.05 if way == "no-answer" else float(call.ring_seconds)
            self._soon(wait, partial(self._give_up, call))

    def answer(self, call: PhoneCall) -> bool:
        """Pick up: the phone hears the text."""
        if call.status != "ringing":
            return False
        call.status, call.answered = "in-progress", now()
        self._tell(call, "in-progress")
        self._hear(call, call.twiml)
        return True

    async def press(self, call: PhoneCall, digit: str) -> int | None:
        """Press a key: the hub's answer is heard. Its HTTP status; None if no key was awaited."""
        if call.status != "in-progress" or not call.action:
            return None
        action, call.action = call.action, ""
        form = [*self._form(call, "in-progress"), ("Digits", digit), ("msg", "Gather End")]
        answer = await self._world.webhooks.ask(action, form, voice=True)
        if answer.status is not None and answer.status < 300:
            self._hear(call, answer.text)
        else:
            self._end(call, "completed")
        return answer.status or 0

    def hang_up(self, call: PhoneCall) -> bool:
        """End a call that was answered, or refuse one that rings."""
        if call.status in FINAL:
            return False
        self._end(call, "completed" if call.status == "in-progress" else "busy")
        return True

    def cancel(self, call: PhoneCall, status: str) -> bool:
        """What the hub may do: cancel before the answer, complete at any time."""
        if call.status in FINAL or (status == "canceled" and call.status == "in-progress"):
            return False
        self._end(call, status)
        return True

    async def _answer_alone(self, call: PhoneCall, way: str) -> None:
        if not self.answer(call):
            return
        if way == Answering.PRESS_1:
            await self.press(call, "1")
        elif read_voice(call.twiml).action_on_silence:
            await self.press(call, "")
        self.hang_up(call)

    def _hear(self, call: PhoneCall, document: str) -> None:
        spoken = read_voice(document)
        call.heard.extend(spoken.sentences)
        call.language = spoken.language or call.language
        call.action = spoken.action
        if not call.action:
            self._end(call, "completed")

    def _give_up(self, call: PhoneCall) -> None:
        if call.status == "ringing":
            self._end(call, "no-answer")

    def _end(self, call: PhoneCall, status: str) -> None:
        if call.status in FINAL:
            return
        call.status, call.ended, call.action = status, now(), ""
        self._tell(call, status)

    def _tell(self, call: PhoneCall, status: str) -> None:
        event = EVENT_NAMES.get(status, "completed")
        if event not in call.events or not call.callback or not self._world.knobs.receipts:
            return
        form = [
            *self._form(call, status),
            ("CallbackSource", "call-progress-events"),
            ("SequenceNumber", str(call.sequence)),
            ("Timestamp", format_datetime(now())),
        ]
        if status in FINAL:
            form += [("CallDuration", seconds(call.answered, call.ended)), ("Duration", "1")]
        call.sequence += 1
        webhooks = self._world.webhooks
        webhooks.enqueue(partial(webhooks.notify, call.callback, form, voice=True))

    def _form(self, call: PhoneCall, status: str) -> Form:
        return [
            ("AccountSid", self._world.settings.account_sid),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", call.sid),
            ("CallStatus", status),
            ("Called", call.to),
            ("Caller", call.sender),
            ("Direction", "outbound-api"),
            ("From", call.sender),
            ("To", call.to),
        ]

    def _soon(self, wait: float, step: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(wait, step)
