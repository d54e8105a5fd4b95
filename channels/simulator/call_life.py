"""How a call lives: it rings, is answered, waits for a key, ends; and the hub hears of it."""

import asyncio
from collections.abc import Callable
from email.utils import format_datetime
from functools import partial

from channels.simulator.faults import CALL_ENDS, last_digits
from channels.simulator.knobs import Answering
from channels.simulator.recordings import spoken
from channels.simulator.records import PhoneCall, new_sid, now
from channels.simulator.twilio_shape import seconds
from channels.simulator.twiml_reader import read_voice
from channels.simulator.webhooks import Form
from channels.simulator.world import World

FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
HUMAN, MACHINE = "human", "machine_start"  # what Twilio calls them
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
        way = CALL_ENDS.get(last_digits(call.to)) or self._world.answering_of(call.to)
        if way in ("busy", "failed"):
            self._end(call, way)
        elif way in ("machine", Answering.PRESS_1):
            self._soon(0.05, lambda: self._world.webhooks.spawn(self._answer_alone(call, way)))
        else:
            wait = 0.05 if way == "no-answer" else float(call.ring_seconds)
            self._soon(wait, partial(self._give_up, call))

    async def answer(self, call: PhoneCall, by: str = HUMAN) -> bool:
        """Pick up: the phone hears the text."""
        if call.status != "ringing":
            return False
        call.status, call.answered = "in-progress", now()
        call.answered_by = by if call.detects_machine else ""
        self._tell(call, "in-progress")
        self._hear(call, await self._words(call))
        return True

    async def _words(self, call: PhoneCall) -> str:
        """What to say: as the hub sent it, or as it answers now."""
        if not call.ask_at:
            return call.twiml
        answer = await self._world.webhooks.ask(
            call.ask_at, self._form(call, "in-progress"), voice=True
        )
        return answer.text if answer.status is not None and answer.status < 300 else ""

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

    async def call_hub(self, number: str) -> PhoneCall:
        """A member calls the hub's number and hears what it says."""
        call = PhoneCall(number, self._world.settings.number, "", "", frozenset(), 0)
        call.is_to_hub, call.status, call.answered = True, "in-progress", now()
        self._world.keep_incoming(call)
        answer = await self._world.webhooks.ask(
            self._world.settings.calls_url, self._form(call, "ringing"), voice=True
        )
        if answer.status is not None and answer.status < 300:
            self._hear(call, answer.text)
        else:
            self._end(call, "failed")
        return call

    async def speak(self, call: PhoneCall, seconds: int) -> int | None:
        """Speak after the tone, and end with #. The hub's status; None if no tone was heard."""
        if call.status != "in-progress" or not call.after_tone:
            return None
        action, stored, call.after_tone = call.after_tone, call.stored, ""
        sid = new_sid("RE")
        if not seconds:
            return self._say_nothing(call, stored, sid)
        self._world.keep_recording(sid, spoken(seconds))
        said = [
            ("RecordingSid", sid),
            ("RecordingUrl", f"https://api.twilio.com/not-to-be-followed/{sid}"),
            ("RecordingDuration", str(seconds)),
        ]
        form = [*self._form(call, "in-progress"), *said, ("Digits", "#")]
        answer = await self._world.webhooks.ask(action, form, voice=True)
        self._hear(call, answer.text)
        self._tell_of_recording(stored, self._stored_form(call, said, "completed"))
        return answer.status or 0

    def _say_nothing(self, call: PhoneCall, stored: str, sid: str) -> int:
        """Of a silent recording nothing is kept, and nobody is asked what comes next."""
        said = [("RecordingSid", sid), ("RecordingDuration", "0"), ("ErrorCode", "16102")]
        self._tell_of_recording(stored, self._stored_form(call, said, "absent"))
        self._end(call, "completed")
        return 200

    def _tell_of_recording(self, stored: str, form: Form) -> None:
        webhooks = self._world.webhooks
        webhooks.enqueue(partial(webhooks.notify, stored, form, voice=True))

    def _stored_form(self, call: PhoneCall, said: Form, status: str) -> Form:
        # It names the call, and not who called.
        return [
            ("AccountSid", self._world.settings.account_sid),
            ("CallSid", call.sid),
            *said,
            ("RecordingStatus", status),
            ("RecordingChannels", "1"),
            ("RecordingSource", "RecordVerb"),
        ]

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
        if not await self.answer(call, HUMAN if way == Answering.PRESS_1 else MACHINE):
            return
        if way == Answering.PRESS_1:
            await self.press(call, "1")
        elif call.acts_on_silence:
            await self.press(call, "")
        self.hang_up(call)

    def _hear(self, call: PhoneCall, document: str) -> None:
        said = read_voice(document)
        call.heard.extend(said.sentences)
        call.played.extend(said.played)
        call.acts_on_silence = said.action_on_silence
        call.language = said.language or call.language
        call.action = said.action
        call.after_tone, call.stored = said.after_tone, said.stored
        if not (call.action or call.after_tone):
            self._end(call, "completed")

    def _give_up(self, call: PhoneCall) -> None:
        if call.status == "ringing":
            self._end(call, "no-answer")

    def _end(self, call: PhoneCall, status: str) -> None:
        if call.status in FINAL:
            return
        call.status, call.ended, call.action, call.after_tone = status, now(), "", ""
        self._tell(call, status)

    def _tell(self, call: PhoneCall, status: str) -> None:
        event = EVENT_NAMES.get(status, "completed")
        if event not in call.events or not call.callback or not self._world.tells_the_hub():
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
        knobs = self._world.knobs
        for _ in (1, 2) if knobs.receipts_doubled else (1,):
            job = partial(webhooks.notify, call.callback, form, voice=True)
            webhooks.enqueue(job, knobs.receipts_late_seconds)

    def _form(self, call: PhoneCall, status: str) -> Form:
        caller, called = (call.to, call.sender) if call.is_to_hub else (call.sender, call.to)
        answered_by = [("AnsweredBy", call.answered_by)] if call.answered_by else []
        return [
            *answered_by,
            ("AccountSid", self._world.settings.account_sid),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", call.sid),
            ("CallStatus", status),
            ("Called", called),
            ("Caller", caller),
            ("Direction", "inbound" if call.is_to_hub else "outbound-api"),
            ("From", caller),
            ("To", called),
        ]

    def _soon(self, wait: float, step: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(wait, step)
