"""Recordings that lie at Twilio: fetched once, then taken away there.

The address is made from the account's own and the recording's id: what a webhook says of it is
never followed, so that nobody can make us fetch from another host.
"""

import re

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, encode_basic_auth

from channels.twilio_http import TwilioAccount

RECORDING_ID = re.compile(r"RE[0-9a-f]{32}")
_PATIENCE = ClientTimeout(total=30, connect=5)
_CHUNK = 64 * 1024


class NotYet(Exception):
    """The carrier has not handed it out, or not taken it away; ask again later."""


class TooLarge(Exception):
    """More bytes than were asked for."""


async def fetch(account: TwilioAccount, recording_id: str, most_bytes: int) -> bytes:
    """The recording as a WAV file. Raises ``NotYet``, and ``TooLarge`` without reading the rest."""
    try:
        async with (
            ClientSession(timeout=_PATIENCE, headers=_as(account)) as session,
            session.get(_url(account, recording_id, ".wav"), allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise NotYet(f"HTTP {answer.status}")
            return await _read(answer, most_bytes)
    except (ClientError, TimeoutError, OSError) as error:
        raise NotYet(type(error).__name__) from None


async def delete(account: TwilioAccount, recording_id: str) -> None:
    """Take it away; one that is gone already is no fault. Raises ``NotYet``."""
    try:
        async with (
            ClientSession(timeout=_PATIENCE, headers=_as(account)) as session,
            session.delete(_url(account, recording_id, ".json"), allow_redirects=False) as answer,
        ):
            if answer.status not in (200, 204, 404):
                raise NotYet(f"HTTP {answer.status}")
    except (ClientError, TimeoutError, OSError) as error:
        raise NotYet(type(error).__name__) from None


async def _read(answer: ClientResponse, most_bytes: int) -> bytes:
    content = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > most_bytes:
            raise TooLarge
    return bytes(content)


def _url(account: TwilioAccount, recording_id: str, ending: str) -> str:
    if not RECORDING_ID.fullmatch(recording_id):
        raise ValueError("not the id of a recording")
    base = account.api_url.rstrip("/")
    return f"{base}/2010-04-01/Accounts/{account.account_sid}/Recordings/{recording_id}{ending}"


def _as(account: TwilioAccount) -> dict[str, str]:
    return {"Authorization": encode_basic_auth(account.account_sid, account.auth_token)}
