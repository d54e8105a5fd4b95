"""The names of CAP 1.2: its elements in their order, how often each may stand, and its words.

Written down from the OASIS standard (section 3.2 and its schema); the tests hold it against the
schema itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
MEDIA_TYPE = "application/cap+xml"

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGE_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra",
    "CBRNE", "Other",
)  # fmt: skip
RESPONSE_TYPES = (
    "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None",
)  # fmt: skip
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")


@dataclass(frozen=True, slots=True)
class Slot:
    """One element within another: how often it may stand, what it may say or hold."""

    least: int = 0
    most: int | None = 1
    words: tuple[str, ...] = ()
    is_moment: bool = False
    is_number: bool = False
    holds: Mapping[str, "Slot"] | None = None


_ONCE, _MANY = Slot(least=1), Slot(most=None)
_PAIR = {"valueName": _ONCE, "value": _ONCE}
_PAIRS = Slot(most=None, holds=_PAIR)
_MOMENT = Slot(is_moment=True)

_RESOURCE = {
    "resourceDesc": _ONCE,
    "mimeType": _ONCE,
    "size": Slot(is_number=True),
    "uri": Slot(),
    "derefUri": Slot(),
    "digest": Slot(),
}
_AREA = {
    "areaDesc": _ONCE,
    "polygon": _MANY,
    "circle": _MANY,
    "geocode": _PAIRS,
    "altitude": Slot(is_number=True),
    "ceiling": Slot(is_number=True),
}
_INFO = {
    "language": Slot(),
    "category": Slot(least=1, most=None, words=CATEGORIES),
    "event": _ONCE,
    "responseType": Slot(most=None, words=RESPONSE_TYPES),
    "urgency": Slot(least=1, words=URGENCIES),
    "severity": Slot(least=1, words=SEVERITIES),
    "certainty": Slot(least=1, words=CERTAINTIES),
    "audience": Slot(),
    "eventCode": _PAIRS,
    "effective": _MOMENT,
    "onset": _MOMENT,
    "expires": _MOMENT,
    "senderName": Slot(),
    "headline": Slot(),
    "description": Slot(),
    "instruction": Slot(),
    "web": Slot(),
    "contact": Slot(),
    "parameter": _PAIRS,
    "resource": Slot(most=None, holds=_RESOURCE),
    "area": Slot(most=None, holds=_AREA),
}
# Elements stand in the order of these tables, each as often as its slot allows.
ALERT: Mapping[str, Slot] = {
    "identifier": _ONCE,
    "sender": _ONCE,
    "sent": Slot(least=1, is_moment=True),
    "status": Slot(least=1, words=STATUSES),
    "msgType": Slot(least=1, words=MESSAGE_TYPES),
    "source": Slot(),
    "scope": Slot(least=1, words=SCOPES),
    "restriction": Slot(),
    "addresses": Slot(),
    "code": _MANY,
    "note": Slot(),
    "references": Slot(),
    "incidents": Slot(),
    "info": Slot(most=None, holds=_INFO),
}
