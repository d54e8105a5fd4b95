"""A small synchronous client for the simulator's controls."""

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

SECONDS = 2.0


class SimulatorUnreachable(Exception):
    """The simulator gave no answer, or none that can be read."""


class SettingsRefused(LookupError):
    """A wrong value or an unknown name; nothing was changed. `problems` are (name, what) pairs."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {what}" for name, what in problems))
        self.problems = problems


class SimulatorClient:
    """Answers are the control API's JSON, as dicts and lists.

    Every method raises SimulatorUnreachable after at most 2 seconds of silence, and LookupError
    where the simulator answers 4xx (no such call, or not in a state for that).
    """

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port
        self._path = parts.path.rstrip("/")

    def health(self) -> dict[str, Any]:
        """{ok, messages, calls}."""
        return self._object("GET", "health")

    def phones(self, limit: int = 200) -> list[dict[str, Any]]:
        """[{number, entries}], the latest activity first."""
        return self._list("GET", f"phones?limit={limit}")

    def phone(self, number: str) -> dict[str, Any]:
        """{number, entries}; entries oldest first."""
        return self._object("GET", f"phones/{_part(number)}")

    def reply(self, number: str, body: str, message_sid: str | None = None) -> dict[str, Any]:
        """Text the hub from this phone: {message_sid, status, replies}."""
        order = {"body": body, "message_sid": message_sid}
        return self._object("POST", f"phones/{_part(number)}/reply", order)

    def call_hub(self, number: str) -> dict[str, Any]:
        """Call the hub from this phone; the phone's entry."""
        return self._object("POST", f"phones/{_part(number)}/call")

    def speak(self, sid: str, seconds: int) -> dict[str, Any]:
        """Speak after the tone, 0 to 60 seconds; the phone's entry and hub_status."""
        return self._object("POST", f"calls/{_part(sid)}/speak", {"seconds": seconds})

    def answer(self, sid: str) -> dict[str, Any]:
        """Pick up a call that rings; the phone's entry."""
        return self._object("POST", f"calls/{_part(sid)}/answer")

    def press(self, sid: str, digit: str) -> dict[str, Any]:
        """Press a key; the phone's entry and hub_status."""
        return self._object("POST", f"calls/{_part(sid)}/press", {"digit": digit})

    def hang_up(self, sid: str) -> dict[str, Any]:
        """Hang up, or refuse a call that rings; the phone's entry."""
        return self._object("POST", f"calls/{_part(sid)}/hangup")

    def mailboxes(self) -> list[dict[str, Any]]:
        """[{address, letters}], newest first."""
        return self._list("GET", "mailboxes")

    def mailbox(self, address: str) -> list[dict[str, Any]]:
        """The letters of one address, oldest first."""
        return self._list("GET", f"mailboxes/{_part(address)}")

    def reply_by_mail(self, address: str, body: str, subject: str | None = None) -> dict[str, Any]:
        """Answer the newest letter of a mailbox: {status, text} of the hub's mail door."""
        order = {"body": body, "subject": subject}
        return self._object("POST", f"mailboxes/{_part(address)}/reply", order)

    def accepted(self) -> list[dict[str, Any]]:
        """[{kind, to, sid, at, sha256}], oldest first."""
        return self._list("GET", "accepted")

    def faults(self) -> dict[str, Any]:
        """{numbers, calls, mail}: what each magic number or address does."""
        return self._object("GET", "faults")

    def settings(self) -> dict[str, Any]:
        """How everything behaves now: every knob, switches as on and off."""
        return self._object("GET", "settings")

    def counts(self) -> dict[str, int]:
        """How often each thing happened since the start or the last reset."""
        return self._object("GET", "counts")

    def set(self, **knobs: object) -> dict[str, Any]:
        """Turn knobs (channels.simulator.knobs); the settings after it. Raises SettingsRefused."""
        return self._object("POST", "settings", knobs)

    def set_answering(self, number: str, answering: str | None) -> dict[str, Any]:
        """How one number takes calls; None goes back to the general setting."""
        order = {"answering": answering}
        return self._object("POST", f"phones/{_part(number)}/answering", order)

    def reset(self) -> dict[str, Any]:
        """Forget everything."""
        return self._object("POST", "reset")

    def _object(self, method: str, path: str, order: object = None) -> dict[str, Any]:
        found = self._ask(method, path, order)
        if not isinstance(found, dict):
            raise SimulatorUnreachable("unreadable answer")
        return found

    def _list(self, method: str, path: str) -> list[dict[str, Any]]:
        found = self._ask(method, path, None)
        if not isinstance(found, list):
            raise SimulatorUnreachable("unreadable answer")
        return found

    def _ask(self, method: str, path: str, order: object) -> Any:
        kind = HTTPSConnection if self._secure else HTTPConnection
        connection = kind(self._host, self._port, timeout=SECONDS)
        body = json.dumps(order).encode() if order is not None else None
        try:
            connection.request(method, f"{self._path}/simulator/{path}", body)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            raise SimulatorUnreachable(type(error).__name__) from None
        finally:
            connection.close()
        if answer.status == 400 and content.startswith(b"{"):
            raise SettingsRefused([(one[0], one[1]) for one in _decoded(content)["problems"]])
        if 400 <= answer.status < 500:
            raise LookupError(f"the simulator answered {answer.status}")
        return _decoded(content)


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise SimulatorUnreachable("unreadable answer") from None


def _part(text: str) -> str:
    return quote(text, safe="")
