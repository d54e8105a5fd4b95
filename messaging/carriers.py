"""The carriers of one worker, kept warm across its jobs: opening a connection costs a message."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from redis import asyncio as redis_async

from channels.contract import Accepted, Meaning, Refused, Result, SearchableChannel, Unclear
from channels.contract import Channel as Sender
from channels.email import EmailChannel
from channels.health import CarrierHealth
from channels.sms import SmsChannel
from channels.smtp_server import parse_smtp_url
from channels.twilio_http import TwilioAccount
from channels.voice import VoiceChannel
from channels.whatsapp import WhatsAppChannel
from hub.config import settings
from messaging import rendering
from messaging.claims import Claimed
from messaging.pace import Pace, connect
from messaging.rendering import Letter
from partnerships.models import Channel

FIRST, SECOND = "first", "second"

# From a broadcast's words to what this channel takes.
_WRITE = {
    Channel.SMS: rendering.sms,
    Channel.VOICE: rendering.call,
    Channel.EMAIL: rendering.mail,
    Channel.WHATSAPP: rendering.whatsapp,
}
# Twilio's pace for a number that writes to Belgium: segments, and calls, a second.
_TWILIO_PACE = {Channel.SMS: 10.0, Channel.VOICE: 1.0, Channel.WHATSAPP: 80.0}
_SEARCHABLE = (SmsChannel, VoiceChannel, WhatsAppChannel)
# A carrier that refuses us altogether (credentials, balance) is left alone for this long.
SHUT_SECONDS = 30.0


@dataclass(slots=True)
class Route:
    """One way out: a carrier for one channel, how it is doing and how fast it may be used."""

    carrier: str
    sender: Sender[Any]
    pace: Pace
    health: CarrierHealth
    # How many may be under way at once: halved by "slow down", regained one success at a time.
    most_at_once: int
    width: float = 0.0

    def __post_init__(self) -> None:
        self.width = float(self.most_at_once)

    @property
    def is_usable(self) -> bool:
        return not (self.health.is_open or self.health.is_shut or self.pause)

    @property
    def pause(self) -> float:
        """Seconds for which the carrier wants nothing from us."""
        return self.pace.pause

    async def learn(self, result: Result, seconds: float) -> None:
        """Take what an answer says about the carrier itself."""
        failed = isinstance(result, Unclear) or (
            isinstance(result, Refused) and result.whole_carrier
        )
        self.health.note(failed, seconds)
        if isinstance(result, Accepted):
            self.width = min(self.most_at_once, self.width + 0.1)
            self.pace.went_well()
        elif isinstance(result, Refused) and result.meaning is Meaning.STOP_SENDER:
            self.health.shut(SHUT_SECONDS)
        elif isinstance(result, Refused) and result.meaning is Meaning.SLOW_DOWN:
            if not self.pause:
                self.width = max(1.0, self.width / 2)
            await self.pace.slow_down(result.retry_after)


class Carriers:
    """Every route of every channel. Lives on the event loop that made it."""

    def __init__(
        self, routes: dict[Channel, Sequence[Route]], redis: redis_async.Redis | None = None
    ) -> None:
        self._routes = routes
        self._redis = redis

    def routes(self, channel: Channel) -> Sequence[Route]:
        """The routes of a channel, the first carrier's before the second's; maybe none."""
        return self._routes.get(channel, ())

    def route(self, channel: Channel) -> Route | None:
        """The route for the next portion: by weight, as the carriers are doing now.

        None when every carrier is down or wants nothing from us, and no probe is due.
        """
        ready = [one for one in self.routes(channel) if not (one.pause or one.health.is_shut)]
        for one in ready:
            if one.health.is_open and one.health.take_probe():
                return one
        usable = [one for one in ready if not one.health.is_open]
        for one in usable[:-1]:
            if random.random() < one.health.weight:  # noqa: S311 - not a secret
                return one
        return usable[-1] if usable else None

    def pause(self, channel: Channel) -> float | None:
        """Seconds until a carrier that asked us to slow down may be used; None if none is well."""
        pauses = [
            one.pause
            for one in self.routes(channel)
            if not (one.health.is_open or one.health.is_shut)
        ]
        return min(pauses, default=None)

    def other_route(self, channel: Channel, route: Route) -> Route | None:
        """Another carrier that is well, for a message this one did not take."""
        others = (one for one in self.routes(channel) if one is not route)
        return next((one for one in others if one.is_usable), None)

    def searchable(self, channel: Channel, carrier: str | None) -> SearchableChannel[Any] | None:
        """The carrier that has, or may have, a message; None where nobody can be asked."""
        routes = self.routes(channel)
        named = [one for one in routes if one.carrier == carrier] or list(routes[:1])
        sender = named[0].sender if named else None
        return sender if isinstance(sender, _SEARCHABLE) else None

    async def send(self, route: Route, letter: Letter, delivery: Claimed) -> Result:
        """Write the message and hand it over; never raises for what the carrier did."""
        return await route.sender.send(write(letter, delivery))

    async def close(self) -> None:
        """Close every connection."""
        for routes in self._routes.values():
            for one in routes:
                await one.sender.close()
        if self._redis is not None:
            await self._redis.aclose()


def write(letter: Letter, delivery: Claimed) -> Any:
    """The message of one delivery, as its channel takes it."""
    return _WRITE[delivery.channel](letter, delivery)


def open_carriers() -> Carriers:
    """The carriers the settings name. Call it on the loop that will use them."""
    chosen = settings()
    redis = connect()
    account = TwilioAccount(
        api_url=chosen.twilio_api_url,
        account_sid=chosen.twilio_account_sid,
        auth_token=chosen.twilio_auth_token,
        sender=chosen.twilio_sender,
    )
    accounts = {FIRST: account}
    if chosen.second_twilio_account_sid:
        accounts[SECOND] = TwilioAccount(
            api_url=chosen.second_twilio_api_url or chosen.twilio_api_url,
            account_sid=chosen.second_twilio_account_sid,
            auth_token=chosen.second_twilio_auth_token,
            sender=chosen.second_twilio_sender,
        )
    servers = {FIRST: chosen.smtp_url, SECOND: chosen.second_smtp_url}
    return Carriers(
        {
            Channel.SMS: [
                _route(Channel.SMS, name, SmsChannel(one), redis, one.api_url)
                for name, one in accounts.items()
            ],
            # A Messaging Service cannot call, so there may be no voice.
            Channel.VOICE: [
                _route(Channel.VOICE, name, VoiceChannel(one), redis, one.api_url)
                for name, one in accounts.items()
                if one.sender.startswith("+")
            ],
            Channel.WHATSAPP: [
                _route(Channel.WHATSAPP, FIRST, one, redis, account.api_url)
                for one in _whatsapp(account)
            ],
            Channel.EMAIL: [
                _route(Channel.EMAIL, name, _email(url), redis, url)
                for name, url in servers.items()
                if url
            ],
        },
        redis,
    )


def _whatsapp(account: TwilioAccount) -> list[WhatsAppChannel]:
    """Of the first carrier only: templates are approved for one account."""
    chosen = settings()
    if not chosen.has_whatsapp:
        return []
    own = replace(account, sender=chosen.whatsapp_sender)
    return [WhatsAppChannel(own, chosen.whatsapp_content_sid)]


def _email(url: str) -> EmailChannel:
    chosen = settings()
    return EmailChannel(parse_smtp_url(url), chosen.mail_from, chosen.email_concurrency)


def _route(
    channel: Channel, carrier: str, sender: Sender[Any], redis: redis_async.Redis, url: str
) -> Route:
    return Route(
        carrier=carrier,
        sender=sender,
        pace=Pace(redis, f"{channel}:{carrier}", _rate(channel, url)),
        health=CarrierHealth(),
        most_at_once=_most_at_once(channel),
    )


def _rate(channel: Channel, url: str) -> float:
    chosen = settings()
    wanted = {
        Channel.SMS: chosen.sms_segments_per_second,
        Channel.VOICE: chosen.calls_per_second,
    }.get(channel)
    if wanted is not None:
        return wanted
    is_twilio = (urlsplit(url).hostname or "").endswith("twilio.com")
    return _TWILIO_PACE.get(channel, 0.0) if is_twilio else 0.0


def _most_at_once(channel: Channel) -> int:
    chosen = settings()
    return {
        Channel.VOICE: chosen.voice_concurrency,
        Channel.EMAIL: chosen.email_concurrency,
    }.get(channel, chosen.sms_concurrency)
