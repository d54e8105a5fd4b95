"""Asking addresses that somebody typed: over https, out into the world, and nowhere else.

A hub stands inside a network of the police. An address that leads back into it, by name, by figures
or by a redirect, would let whoever typed it reach what only the hub may: so each name is resolved
once, the address found is judged, and it is that very address which is called.
"""

import ipaddress
import socket
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from hub.config import settings
from hub.errors import FieldProblem
from hub.i18n import mark

_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
_LONGEST_URL = 500

_NOT_HTTPS = mark("Give a whole address that begins with https://")
_TOO_LONG = mark("At most {count} characters.")
_WITH_PASSWORD = mark("Leave user name and password out of the address.")
_INTO_OUR_NETWORK = mark("This address leads into a private network. Give a public one.")

_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutsideError(Exception):
    """Nobody answered, or nobody may be asked; ``reason`` is a word for the record."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    etag: str
    body: bytes
    # Seconds after which it wants to be asked again; 0 when it does not say.
    retry_after: int = 0


def problem_with(url: str) -> FieldProblem | None:
    """What is wrong with an address, as far as it can be seen without asking anybody."""
    if len(url) > _LONGEST_URL:
        return FieldProblem("url", _TOO_LONG, (("count", _LONGEST_URL),))
    try:
        parts = urlsplit(url)
        # As whoever calls it reads it: wide digits become plain ones, and an address is an address.
        host, _port = unicodedata.normalize("NFKC", parts.hostname or ""), parts.port
    except ValueError:
        return FieldProblem("url", _NOT_HTTPS)
    if parts.scheme not in _schemes() or not host or any(sign.isspace() for sign in url):
        return FieldProblem("url", _NOT_HTTPS)
    if parts.username or parts.password:
        return FieldProblem("url", _WITH_PASSWORD)
    leads_inside = _is_own_name(host) or not _may_call_literal(host)
    return FieldProblem("url", _INTO_OUR_NETWORK) if leads_inside else None


def _schemes() -> tuple[str, ...]:
    chosen = settings()
    in_trial = chosen.outgoing_private_addresses and not chosen.is_production
    return ("https", "http") if in_trial else ("https",)


def _is_own_name(host: str) -> bool:
    name = host.rstrip(".").lower()
    is_local = name == "localhost" or name.endswith((".localhost", ".local", ".internal"))
    return is_local and not settings().outgoing_private_addresses


def _may_call_literal(host: str) -> bool:
    """A name passes: it is judged when it is resolved."""
    try:
        # As the system reads it: 127.1 and 2130706433 are addresses too.
        literal = host if ":" in host else socket.inet_ntoa(socket.inet_aton(host))
        return may_call(literal)
    except (OSError, ValueError):
        return True


def may_call(address: str) -> bool:
    """Whether an IP address is out in the world, or private ones are allowed."""
    if settings().outgoing_private_addresses:
        return True
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    carried = _carried(ip)
    if isinstance(ip, ipaddress.IPv6Address) and not carried and ip not in _UNICAST:
        return False
    return all(one.is_global and not one.is_multicast for one in (ip, *carried))


# All of the internet's own; what lies beside stands for something else (RFC 4291).
_UNICAST = ipaddress.IPv6Network("2000::/3")
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def _carried(ip: _IPAddress) -> list[_IPAddress]:
    """The IPv4 addresses that an IPv6 address stands for: it leads where they lead."""
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    found: list[_IPAddress] = [one for one in (ip.ipv4_mapped, ip.sixtofour) if one]
    found += ip.teredo or ()
    if ip in _TRANSLATED:
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return found


class _WorldOnly(AbstractResolver):
    """Gives the connection those addresses only that may be called."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        allowed = [one for one in found if may_call(one["host"])]
        if not allowed:
            raise OutsideError("private_address")
        return allowed

    async def close(self) -> None:
        await self._resolver.close()


async def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post to an address; of the answer nothing but its head is read. Raises ``OutsideError``."""
    return await _ask("POST", url, headers, body, most=0)


async def get(url: str, headers: Mapping[str, str], most: int) -> Answer:
    """What an address gives, at most one byte beyond ``most``. Raises ``OutsideError``."""
    return await _ask("GET", url, headers, None, most + 1)


async def _ask(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, most: int
) -> Answer:
    # Once more: the settings may have become stricter since it was typed.
    if problem_with(url):
        raise OutsideError("private_address")
    connector = aiohttp.TCPConnector(resolver=_WorldOnly())
    # Nothing packed: a few kilobytes can unpack to a gigabyte before anything is counted.
    plain = {**headers, "Accept-Encoding": "identity"}
    try:
        async with (
            aiohttp.ClientSession(
                connector=connector, timeout=_TIMEOUT, auto_decompress=False
            ) as client,
            client.request(method, url, data=body, headers=plain, allow_redirects=False) as found,
        ):
            content = await _read(found, most)
            etag, wait = found.headers.get("ETag", ""), found.headers.get("Retry-After", "")
            # It may be a date as well, for which nobody needs to wait.
            seconds = int(wait) if wait.isascii() and wait.isdigit() and len(wait) < 8 else 0
            return Answer(found.status, etag, content, seconds)
    except TimeoutError:
        raise OutsideError("timed_out") from None
    except aiohttp.ClientSSLError:
        raise OutsideError("bad_certificate") from None
    except (aiohttp.ClientError, OSError, ValueError):
        raise OutsideError("no_connection") from None


async def _read(found: aiohttp.ClientResponse, most: int) -> bytes:
    """Up to so many bytes, however they come in."""
    taken = bytearray()
    while len(taken) < most:
        piece = await found.content.read(most - len(taken))
        if not piece:
            break
        taken += piece
    return bytes(taken)
