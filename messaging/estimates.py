"""What a message would cost before it leaves, by partnership and channel, and at which prices."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session

from channels.sms_length import measure
from hub import clock, money
from hub.config import settings
from hub.i18n import Language
from messaging import audience, leaving, missing_texts
from messaging.by_the_plan import Target
from messaging.missing_texts import StandIns
from messaging.models import BroadcastKind
from messaging.texts import Texts, joined
from partnerships.models import Channel

Prices = Mapping[str, int]
Way = tuple[UUID, Channel]  # in one partnership by one channel


def prices_now() -> dict[str, int]:
    """The prices that are set, by channel, in millionths of a euro; of an SMS for each part."""
    return {channel: money.millionths(euros) for channel, euros in settings().prices.items()}


def are_known(prices: Prices) -> bool:
    """Whether anything has a price at all."""
    return any(prices.values())


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many units (SMS parts, calls, mails) would leave, and what they cost."""

    units: Mapping[Way, int]
    prices: Prices = field(default_factory=prices_now)

    def cost_of(self, way: Way) -> int:
        return self.units[way] * self.prices.get(way[1], 0)

    @property
    def by_partnership(self) -> Counter[UUID]:
        costs: Counter[UUID] = Counter()
        for way in self.units:
            costs[way[0]] += self.cost_of(way)
        return costs

    @property
    def total(self) -> int:
        return sum(self.cost_of(way) for way in self.units)


def standing_in(texts: Texts, stand_ins: Sequence[Language]) -> int:
    """The SMS parts of what stands in for a language in which there is no text."""
    standing = [texts[one] for one in stand_ins] or list(texts.values())[:1]
    return measure(joined(standing).short).segments


def segments_of(texts: Texts, stand_ins: Sequence[Language]) -> dict[Language, int]:
    """The SMS parts each language of the hub gets: of its own text, or of what stands in."""
    otherwise = standing_in(texts, stand_ins)
    return {
        language: measure(texts[language].short).segments if language in texts else otherwise
        for language in Language
    }


def segments_by_partnership(texts: Texts, stand_ins: StandIns) -> dict[UUID, dict[Language, int]]:
    """The same for the people of each partnership."""
    by_stand_in = {one: segments_of(texts, one) for one in set(stand_ins.values())}
    return {one: by_stand_in[languages] for one, languages in stand_ins.items()}


def of_message(
    session: Session,
    found: Sequence[Target],
    kind: BroadcastKind,
    texts: Texts,
    ends: datetime,
    only_languages: Iterable[Language] = (),
) -> Estimate:
    """For these partnerships under these plans, if it left now. One person counts once."""
    waits = leaving.waits_under(session, found, clock.now(), ends)
    plans = [one.plan.id for one in found]
    row = audience.of_plans(plans, kind, waits, only_languages).subquery("row")
    columns = (row.c.partnership_id, row.c.channel, row.c.language)
    counts = session.execute(
        select(*columns, func.count()).where(row.c.reason.is_(None)).group_by(*columns)
    )
    chosen = [one.partnership for one in found]
    stand_ins = missing_texts.stand_ins_for(session, chosen, texts)
    segments = segments_by_partnership(texts, stand_ins)
    units: Counter[Way] = Counter()
    for partnership_id, channel, language, count in counts:
        each = segments[partnership_id][language] if channel == Channel.SMS else 1
        units[partnership_id, Channel(channel)] += count * each
    return Estimate(units)
