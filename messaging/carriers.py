"""The carriers of one worker, kept warm across its jobs: opening a connection costs a message."""

from dataclasses import dataclass

from channels.contract import Call, Mail, Meaning, Refused, Result, SearchableChannel, Sms
from channels.contract import Channel as Sender
from channels.email import EmailChannel
from channels.sms import SmsChannel
from channels.smtp_server import parse_smtp_url
from channels.twilio_http import TwilioAccount
from channels.voice import VoiceChannel
from hub.config import settings
from messaging import rendering
from messaging.claims import Claimed
from messaging.rendering import Letter
from partnerships.models import Channel


@dataclass(frozen=True, slots=True)
class Carriers:
    """One sender per channel. Lives on the event loop that made it."""

    sms: SearchableChannel[Sms]
    # A Messaging Service cannot call, so there may be none.
    voice: SearchableChannel[Call] | None
    email: Sender[Mail]

    async def send(self, letter: Letter, delivery: Claimed) -> Result:
        """Write the message and hand it over; never raises for what the carrier did."""
        if delivery.channel is Channel.SMS:
            return await self.sms.send(rendering.sms(letter, delivery))
        if delivery.channel is Channel.EMAIL:
            return await self.email.send(rendering.mail(letter, delivery))
        if self.voice is None:
            return Refused(Meaning.FAULT, "no_voice_sender")
        return await self.voice.send(rendering.call(letter, delivery))

    async def close(self) -> None:
        """Close every connection."""
        for sender in (self.sms, self.voice, self.email):
            if sender is not None:
                await sender.close()


def open_carriers() -> Carriers:
    """The carriers the settings name. Call it on the loop that will use them."""
    chosen = settings()
    account = TwilioAccount(
        api_url=chosen.twilio_api_url,
        account_sid=chosen.twilio_account_sid,
        auth_token=chosen.twilio_auth_token,
        sender=chosen.twilio_sender,
    )
    can_call = chosen.twilio_sender.startswith("+")
    return Carriers(
        sms=SmsChannel(account),
        voice=VoiceChannel(account) if can_call else None,
        email=EmailChannel(parse_smtp_url(chosen.smtp_url), chosen.mail_from),
    )
