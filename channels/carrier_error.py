"""One line of a carrier's error table."""

from dataclasses import dataclass

from channels.contract import Meaning


@dataclass(frozen=True, slots=True)
class CarrierError:
    """`sentence` is English, for somebody at a dispatch desk, and the key of its translations.

    An `alarm` is not about one member: a person who runs the machine must look at once.
    """

    meaning: Meaning
    sentence: str
    alarm: bool = False


def alarm(meaning: Meaning, sentence: str) -> CarrierError:
    """A line that a person must be told of at once."""
    return CarrierError(meaning, sentence, alarm=True)
