"""What people text after an alert, and how the carrier posts it: signed, and some of it twice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import quote_plus, urlsplit

from benchmarks.bare_client import post
from benchmarks.numbers import FIRST_NUMBER
from channels.signature import sign
from tests.running_hub import ACCOUNT_SID, AUTH_TOKEN

PATH = "/webhooks/twilio/sms/inbound"
_FIRST_STRANGER = 32_480_000_000
_FIRST_OF_WARM_UP = 900_000
_SENDER = "+32460000001"
_STOP = "STOP"
# How long the carrier waits with its second post; the other half of them come at once.
_REPEATED_AFTER_SECONDS = 1.0
# Of each kind that is shown: something seen, nothing seen, a question, a call for help.
_WORDS = (
    "Vu une voiture noire rue Haute, direction gare",
    "Niets gezien in onze straat, alles rustig",
    "Wann ist das nächste Treffen?",
    "Help! Er staat iemand aan mijn deur",
    "Un homme avec une veste rouge court vers l'église",
    "Bedankt voor het bericht",
    "Merci, nous fermons tout",
)
# So that a text is found again among others on a page.
MARK = re.compile(r"nr\. (\d{6})")


@dataclass(frozen=True)
class Text:
    """One text; ``number`` counts from 0 and is its id at the carrier as well."""

    number: int
    sender: str
    is_member: bool

    @property
    def carrier_id(self) -> str:
        return f"SM{self.number:032x}"

    @property
    def body(self) -> str:
        words = _WORDS[self.number % len(_WORDS)]
        return _STOP if self.is_stop else f"{words} (nr. {self.number:06})"

    @property
    def is_timed(self) -> bool:
        return self.number % 10 == 0

    @property
    def is_repeated(self) -> bool:
        return self.number % 10 == 5

    @property
    def is_stop(self) -> bool:
        """Half of them are repeated as well: the second must not be acted on."""
        return self.number % 40 in (15, 18)

    def moments(self, due: float) -> Iterator[float]:
        """When it is posted, first at ``due`` seconds."""
        yield due
        if self.is_repeated:
            yield due + (_REPEATED_AFTER_SECONDS if self.number % 20 == 5 else 0)


def texts(count: int, members: int, strangers: int) -> list[Text]:
    """A third of them from strangers; some people write more than once."""
    chance = Random(6)
    made = []
    for number in range(count):
        is_member = number % 3 != 0
        first = FIRST_NUMBER if is_member else _FIRST_STRANGER
        sender = first + chance.randrange(members if is_member else strangers)
        made.append(Text(number, f"+{sender}", is_member))
    return made


def warm_up(count: int) -> list[Text]:
    """Texts of strangers that none of ``texts`` is like; nothing is counted or timed of them."""
    numbers = range(_FIRST_OF_WARM_UP, _FIRST_OF_WARM_UP + count)
    return [Text(number, f"+{_FIRST_STRANGER - number}", is_member=False) for number in numbers]


def request(url: str, one: Text) -> bytes:
    """The post that hands it in to the hub at ``url``, ready to be written."""
    form = [
        ("AccountSid", ACCOUNT_SID),
        ("ApiVersion", "2010-04-01"),
        ("Body", one.body),
        ("From", one.sender),
        ("MessageSid", one.carrier_id),
        ("NumMedia", "0"),
        ("NumSegments", "1"),
        ("SmsMessageSid", one.carrier_id),
        ("SmsSid", one.carrier_id),
        ("SmsStatus", "received"),
        ("To", _SENDER),
    ]
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in form).encode()
    signature = sign(url + PATH, form, AUTH_TOKEN)
    return post(urlsplit(url).netloc, PATH, body, f"X-Twilio-Signature: {signature}")
