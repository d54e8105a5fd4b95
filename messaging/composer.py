"""What the composer shows beside the words: people, SMS parts, who cannot be reached."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from channels.sms_length import SmsLength, measure
from hub import clock
from hub.access import Action, Actor
from hub.i18n import Language
from messaging import audience
from messaging.audience import AudienceSummary
from messaging.models import BroadcastKind
from messaging.texts import Texts
from partnerships import communication_plan, scope
from partnerships.models import Channel, Partnership


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of a message before it is sent."""

    audience: AudienceSummary
    lengths: dict[Language, SmsLength]

    @property
    def sms_segments(self) -> int:
        """What goes out in SMS parts: the unit a carrier counts and charges."""
        if not self.audience.by_language:
            return 0
        share = self.audience.by_channel.get(Channel.SMS, 0) / max(self.audience.reached, 1)
        total = sum(
            count * self.lengths[language].segments
            for language, count in self.audience.by_language.items()
            if language in self.lengths
        )
        return round(total * share)


def choices(session: Session, actor: Actor) -> list[Partnership]:
    """The partnerships this person may send to."""
    return scope.partnerships_of(session, actor, Action.COMPOSE_BROADCAST)


def languages_of(partnerships: Sequence[Partnership]) -> list[Language]:
    """Every language of these partnerships, in their order."""
    return list(dict.fromkeys(Language(code) for one in partnerships for code in one.languages))


def preview(
    session: Session, partnerships: Sequence[Partnership], kind: BroadcastKind, texts: Texts
) -> Preview:
    """Count people and SMS parts for these partnerships under the plans in force now."""
    plans = [communication_plan.in_force(session, one.id, clock.now()) for one in partnerships]
    rows = audience.of_plans([plan.id for plan in plans if plan], kind)
    return Preview(
        audience=audience.summary(session, rows),
        lengths=lengths(texts),
    )


def lengths(texts: Texts) -> dict[Language, SmsLength]:
    """How long each short text is as SMS."""
    return {language: measure(words.short) for language, words in texts.items()}
