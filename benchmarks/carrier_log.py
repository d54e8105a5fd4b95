"""What the fast carrier has accepted: to whom, when, with which words; a few bytes a message."""

import time
from array import array
from collections import defaultdict
from secrets import randbits


class CarrierLog:
    """One kind of message (texts, or calls), in the order in which it came."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        # Two carriers, or one that was emptied, never give the same id twice.
        self._base = randbits(60) << 64
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._base += 1 << 64
        self.to = array("Q")
        self.at = array("d")
        self._words = array("L")
        self._bodies: list[str] = []
        self._number_of_body: dict[str, int] = {}
        self._by_number: dict[int, list[int]] = defaultdict(list)
        self._indexed = 0

    def __len__(self) -> int:
        return len(self.to)

    def add(self, to: int, body: str) -> int:
        """Note one accepted message; the number its id is made of."""
        number = self._number_of_body.get(body)
        if number is None:
            number = self._number_of_body[body] = len(self._bodies)
            self._bodies.append(body)
        self.to.append(to)
        self.at.append(time.time())
        self._words.append(number)
        return self._base + len(self.to)

    def sid(self, place: int) -> str:
        """The id of the message at this place."""
        return f"{self.prefix}{self._base + place + 1:032x}"

    def place(self, sid: str) -> int | None:
        """Where the message with this id is; ``None`` when it is not ours."""
        try:
            place = int(sid[2:], 16) - self._base - 1
        except ValueError:
            return None
        return place if 0 <= place < len(self.to) else None

    def body(self, place: int) -> str:
        return self._bodies[self._words[place]]

    def places_of(self, to: int) -> list[int]:
        """The messages to this number, newest first. Indexed when first asked, not when sent."""
        for place in range(self._indexed, len(self.to)):
            self._by_number[self.to[place]].append(place)
        self._indexed = len(self.to)
        return self._by_number.get(to, [])[::-1]

    def arrivals(self) -> bytes:
        """All numbers (8 bytes each), then all moments (8 bytes each, seconds since 1970)."""
        return self.to.tobytes() + self.at.tobytes()
