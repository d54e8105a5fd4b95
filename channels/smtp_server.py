"""Where e-mail goes: an SMTP server, read from a URL."""

from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import parse_qs, unquote, urlsplit

StartTls = Literal["require", "opportunistic", "never"]


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """`tls` is TLS from the first byte (smtps); `starttls` then has no meaning."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    starttls: StartTls = "require"


def parse_smtp_url(url: str) -> SmtpServer:
    """Read smtp://user:pass@host:port?starttls=require|opportunistic|never or smtps://...

    Ports default to 587 and 465, starttls to require. Raises ValueError, without the URL in its
    text as that may hold a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("the mail server's URL must start with smtp:// or smtps:// and a host")
    tls = parts.scheme == "smtps"
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or (465 if tls else 587),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=tls,
        starttls=_starttls(parts.query),
    )


def _starttls(query: str) -> StartTls:
    wanted = parse_qs(query).get("starttls", ["require"])[-1]
    for known in get_args(StartTls):
        if wanted == known:
            return wanted  # type: ignore[return-value]  # mypy does not narrow by get_args
    raise ValueError("starttls must be require, opportunistic or never")
