"""Status callbacks as Twilio posts them: signed, with the form it sends."""

from urllib.parse import quote_plus, urlsplit

from benchmarks.bare_client import post
from channels.signature import sign

_SENDER = "+32460000001"


def receipt(callback: str, account: str, token: str, sid: str, status: str, to: str) -> bytes:
    """One signed receipt, ready to be written to the host of ``callback``."""
    url = callback.partition("#")[0]
    kind = "Call" if sid.startswith("CA") else "Message"
    form = [
        ("AccountSid", account),
        ("ApiVersion", "2010-04-01"),
        ("From", _SENDER),
        (f"{kind}Sid", sid),
        (f"{kind}Status", status),
        ("To", to),
    ]
    signature = sign(url, form, token)
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in form).encode()
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return post(parts.netloc, path, body, f"X-Twilio-Signature: {signature}")
