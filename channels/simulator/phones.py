"""What lies on each member's phone."""

from channels.simulator.records import Entry, Message, PhoneCall, Reply

KEPT_PER_PHONE = 50
PHONES_KEPT = 200_000


class Phones:
    """The newest entries of each number, oldest first; the numbers longest silent are dropped."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}

    def add(self, number: str, entry: Entry) -> None:
        """Put an entry on a phone."""
        entries = self._entries.pop(number, None)
        if entries is None:
            entries = []
            if len(self._entries) >= PHONES_KEPT:
                del self._entries[next(iter(self._entries))]
        self._entries[number] = entries
        entries.append(entry)
        if len(entries) > KEPT_PER_PHONE:
            del entries[0]

    def of(self, number: str) -> list[Entry]:
        """The entries of one number, oldest first."""
        return self._entries.get(number, [])

    def newest(self, limit: int) -> list[str]:
        """The numbers with the latest activity, latest first."""
        numbers = reversed(self._entries)
        return [number for number, _ in zip(numbers, range(limit), strict=False)]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()


def as_json(entry: Entry) -> dict[str, object]:
    """One entry as the control API shows it."""
    match entry:
        case PhoneCall():
            return _call_json(entry)
        case Message():
            return _text_json("in", entry)
        case Reply():
            return _text_json(entry.direction, entry)


def _text_json(direction: str, entry: Message | Reply) -> dict[str, object]:
    return {
        "direction": direction,
        "kind": entry.kind if isinstance(entry, Message) else "sms",
        "text": entry.body,
        "at": entry.at.isoformat(),
        "status": entry.status,
        "sid": entry.sid,
        "segments": entry.segments,
        "call": None,
    }


def _call_json(call: PhoneCall) -> dict[str, object]:
    heard = "\n".join(call.heard)
    return {
        "direction": "out" if call.is_to_hub else "in",
        "kind": "call",
        "text": heard,
        "at": call.at.isoformat(),
        "status": call.status,
        "sid": call.sid,
        "segments": None,
        "call": {
            "state": call.status,
            "heard": heard,
            "played": list(call.played),
            "language": call.language,
            "waiting_for_digit": bool(call.action),
            "waiting_for_voice": bool(call.after_tone),
        },
    }
