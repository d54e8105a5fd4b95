"""Whether a webhook comes from Twilio: X-Twilio-Signature (Twilio docs, usage/security)."""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha1
from urllib.parse import urlsplit

Params = Iterable[tuple[str, str]]


def verify(url: str, params: Params, signature: str | None, tokens: Sequence[str]) -> bool:
    """Whether one of `tokens` signed this request. Never raises, whatever a stranger sends.

    `url` is the configured public URL with its query; `params` are all form fields as received,
    blank ones too: parse_qsl(body, keep_blank_values=True). A true signature stays true for
    ever, so effects must be idempotent.
    """
    if not signature:
        return False
    given = signature.encode("utf-8", "replace")
    try:
        tail = _joined(params)
        # The first candidate is right for every genuine request but a voice call over https on
        # an odd port: one HMAC is then all it takes.
        return any(
            hmac.compare_digest(_digest(candidate + tail, token), given)
            for candidate in _spellings(_stripped(url))
            for token in tokens
            if token
        )
    except (ValueError, TypeError):
        return False


def sign(url: str, params: Params, token: str) -> str:
    """The signature Twilio would send with `params` for `url`, without its fragment and login."""
    return _digest(_stripped(url) + _joined(params), token).decode()


def _digest(text: str, token: str) -> bytes:
    mac = hmac.digest(token.encode("utf-8", "replace"), text.encode("utf-8", "replace"), sha1)
    return b64encode(mac)


def _joined(params: Params) -> str:
    # A set: Twilio's validator counts a repeated name and value once.
    return "".join([name + value for name, value in sorted(set(params))])


def _stripped(url: str) -> str:
    url = url.partition("#")[0]
    if "@" not in url:
        return url
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _spellings(url: str) -> Iterator[str]:
    """`url` as configured, then without its port, then with the default one.

    Callbacks of messages keep the port; those of calls over https drop it.
    """
    yield url
    parts = urlsplit(url)
    host = parts.netloc
    if parts.port is not None:
        yield parts._replace(netloc=host.rpartition(":")[0]).geturl()
    else:
        port = 443 if parts.scheme == "https" else 80
        yield parts._replace(netloc=f"{host}:{port}").geturl()
