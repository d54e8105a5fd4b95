"""How stubborn a callback is: the #fragment of its URL (Twilio docs, connection overrides)."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs

MAX_RETRIES = 5


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """`url` has no fragment: that is neither sent nor signed. Times are in seconds."""

    url: str
    retries: int
    policy: frozenset[str]
    connect: float
    total: float

    def again(self, status: int | None, connected: bool, tries: int) -> bool:
        """Whether to repeat after this answer (None: there was none) and so many tries."""
        if tries > self.retries:
            return False
        if status is None:
            return bool(self.policy & ({"rt", "all"} if connected else {"ct", "all"}))
        family = f"{status // 100}xx"
        return family in ("4xx", "5xx") and bool(self.policy & {family, "all"})


def rules_of(callback: str) -> CallbackRules:
    """Split a callback URL from its rules; what is missing or absurd has Twilio's default."""
    url, _, fragment = callback.partition("#")
    return CallbackRules(url, *_read(fragment))


# Each delivery has a callback of its own, with the same fragment.
@lru_cache(maxsize=256)
def _read(fragment: str) -> tuple[int, frozenset[str], float, float]:
    fields = {name: values[-1] for name, values in parse_qs(fragment).items()}
    return (
        min(_number(fields, "rc", 1), MAX_RETRIES),
        frozenset(fields.get("rp", "ct").split(",")),
        _number(fields, "ct", 5000) / 1000,
        _number(fields, "tt", 15000) / 1000,
    )


def _number(fields: dict[str, str], name: str, default: int) -> int:
    text = fields.get(name, "")
    return int(text) if text.isdigit() else default
