"""Who a broadcast goes to, as one SQL question: one person, one message, however many partnerships.

Nothing here reads people into memory: the same statements serve forty members and a million.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Integer,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlmodel import Session, col

from hub.i18n import Language
from messaging import kept_to
from messaging.followers import followers
from messaging.kept_to import EVERYBODY, KeptTo
from messaging.leaving import NO_WAIT, Waits
from messaging.member_ways import PURPOSE_OF_KIND as PURPOSE_OF_KIND
from messaging.member_ways import Rows as Rows
from messaging.member_ways import agreed as agreed
from messaging.member_ways import candidates, who_agreed
from messaging.missed import missed_among
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastLanguage,
    BroadcastPartnership,
    Step,
)
from messaging.skip_reasons import CHANNEL_OFF as CHANNEL_OFF
from messaging.skip_reasons import LOST_CONTACT as LOST_CONTACT
from messaging.skip_reasons import NO_CONSENT as NO_CONSENT
from messaging.skip_reasons import NO_CONTACT as NO_CONTACT
from messaging.skip_reasons import OPTED_OUT as OPTED_OUT
from messaging.skip_reasons import SHARED_NUMBER
from partnerships.models import Channel, CommunicationPlan, PlanRule, Residence

_rings = func.coalesce(col(PlanRule.rings_in_closed_hours), false())


def of_broadcast(broadcast: Broadcast, waits: Waits = NO_WAIT) -> Rows:
    """Who it goes to: person_id, contact_point_id, partnership_id, channel, language, reason; and
    not_before where ``waits`` keeps somebody back.

    One row a person. ``reason`` says why he gets nothing, and is null for those who get it. A
    broadcast that follows another goes to exactly those who got that one, by the same way.
    """
    if broadcast.step is Step.AGAIN:
        # By the plan, as the first time: whatever way failed him then.
        members = _members(_targets(broadcast), broadcast.kind, waits)
        chosen = missed_among(members, broadcast)
    elif broadcast.follows_id is not None:
        chosen = followers(broadcast, waits)
    else:
        chosen = _members(_targets(broadcast), broadcast.kind, waits)
        chosen = _kept_to_its_own(chosen, broadcast.id)
    return _one_per_number(chosen, waits)


def languages_kept_to(session: Session, broadcast: Broadcast) -> list[Language]:
    """The languages to whose speakers a broadcast is kept; none means everybody."""
    its_own = select(col(BroadcastLanguage.language)).where(
        col(BroadcastLanguage.broadcast_id) == broadcast.id
    )
    languages = set(session.execute(its_own).scalars())
    return [one for one in Language if one in languages]


def _kept_to_its_own(members: Rows, broadcast_id: UUID) -> Rows:
    """Those to whose language, street or group the broadcast is kept; everybody where it is kept
    to none."""
    its_own = col(BroadcastLanguage.broadcast_id) == broadcast_id
    member = members.subquery("member")
    is_kept = exists(select(col(BroadcastLanguage.language)).where(its_own))
    languages = select(col(BroadcastLanguage.language)).where(its_own)
    return select(member).where(
        or_(~is_kept, member.c.language.in_(languages)),
        kept_to.only_as_stored(member.c.person_id, broadcast_id),
    )


def open_ways(broadcast: Broadcast, people: Sequence[UUID], waits: Waits) -> Rows:
    """Every open way to each of these people, numbered from the best (``choice``).

    A way that two partnerships' plans allow is in it twice. It has ``calls_from`` where ``waits``
    knows when calls may ring again.
    """
    targets = _targets(broadcast)
    way = candidates(targets, broadcast.kind, waits, people).subquery("candidate")
    purpose = PURPOSE_OF_KIND[broadcast.kind]
    return select(way).where(way.c.reason.is_(None), agreed(purpose, way.c.person_id))


def _targets(broadcast: Broadcast) -> Rows:
    return (
        select(
            col(BroadcastPartnership.partnership_id),
            col(BroadcastPartnership.communication_plan_id),
            _rings.label("rings"),
        )
        .outerjoin(
            PlanRule,
            and_(
                col(PlanRule.communication_plan_id)
                == col(BroadcastPartnership.communication_plan_id),
                col(PlanRule.kind) == broadcast.kind,
            ),
        )
        .where(col(BroadcastPartnership.broadcast_id) == broadcast.id)
    )


def of_plans(
    plan_ids: Iterable[UUID],
    kind: BroadcastKind,
    waits: Waits = NO_WAIT,
    only_languages: Iterable[Language] = (),
    kept: KeptTo = EVERYBODY,
) -> Rows:
    """The same for a broadcast that is still being written, under these communication plans, kept
    to those who speak one of ``only_languages``; none means everybody."""
    targets: Rows = (
        select(
            col(CommunicationPlan.partnership_id),
            col(CommunicationPlan.id).label("communication_plan_id"),
            _rings.label("rings"),
        )
        .outerjoin(
            PlanRule,
            and_(
                col(PlanRule.communication_plan_id) == col(CommunicationPlan.id),
                col(PlanRule.kind) == kind,
            ),
        )
        .where(col(CommunicationPlan.id).in_(plan_ids))
    )
    chosen, only = _members(targets, kind, waits), list(only_languages)
    if only or not kept.is_everybody:
        # Both at one level: SQLite reads questions within questions only so deep.
        member = chosen.subquery("member")
        chosen = select(member).where(
            member.c.language.in_(only) if only else true(),
            true() if kept.is_everybody else kept_to.only(member.c.person_id, kept),
        )
    return _one_per_number(chosen, waits)


def _members(targets: Rows, kind: BroadcastKind, waits: Waits) -> Rows:
    """Each member's best way to be reached, under the plan of any of his partnerships."""
    candidate = candidates(targets, kind, waits).subquery("candidate")
    return who_agreed(candidate, kind).where(candidate.c.choice == 1)


def _one_per_number(chosen: Rows, waits: Waits) -> Rows:
    """One telephone rings once, whoever shares it; the others get a reason instead."""
    person = chosen.subquery("chosen")
    not_yet = [person.c.calls_from] if "calls_from" in person.c else []
    turn = func.row_number().over(
        partition_by=(person.c.channel, person.c.value_index, person.c.reason.is_(None)),
        # Rather for whoever may be called now.
        order_by=(*(one.is_not(None) for one in not_yet), person.c.person_id),
    )
    is_second = and_(person.c.reason.is_(None), turn > 1)
    # Only where somebody waits: PostgreSQL would take a column of nothing but NULL for text.
    if waits.until:
        not_yet.append(waits.not_before(person.c.partnership_id))
    later = [func.coalesce(*not_yet, null()).label("not_before")] if not_yet else []
    return select(
        person.c.person_id,
        person.c.contact_point_id,
        person.c.partnership_id,
        person.c.channel,
        person.c.language,
        case((is_second, literal(SHARED_NUMBER)), else_=person.c.reason).label("reason"),
        *later,
    )


def chunked(rows: Rows, chunk_size: int) -> Rows:
    """The same rows with a chunk number, channel by channel, each of ``chunk_size`` at most."""
    row = rows.subquery("row")
    place = func.row_number().over(
        order_by=(row.c.reason.is_not(None), row.c.channel, row.c.person_id)
    )
    return select(row, cast((place - 1) / chunk_size, Integer).label("chunk"))


@dataclass(frozen=True, slots=True)
class AudienceSummary:
    """How many people a broadcast would go to, and who of them would get nothing, and why."""

    people: int
    by_channel: dict[Channel, int]
    by_language: dict[Language, int]
    not_reached: dict[str, int]
    # How many get it by one channel in one language: what it costs depends on both.
    by_way: dict[tuple[Channel, Language], int] = field(default_factory=dict)
    # In how many different ones those who get it live, as far as addresses are known.
    households: int = 0

    @property
    def reached(self) -> int:
        return sum(self.by_channel.values())


def summary(session: Session, rows: Rows) -> AudienceSummary:
    """Count an audience by what an officer wants to know before sending."""
    *counts, (_channel, _language, _reason, households) = session.execute(_counts(rows)).all()
    by_channel: dict[Channel, int] = {}
    by_language: dict[Language, int] = {}
    not_reached: dict[str, int] = {}
    by_way: dict[tuple[Channel, Language], int] = {}
    for channel, language, reason, count in counts:
        if reason is not None:
            not_reached[reason] = not_reached.get(reason, 0) + count
            continue
        by_channel[channel] = by_channel.get(channel, 0) + count
        by_language[language] = by_language.get(language, 0) + count
        by_way[channel, language] = count
    people = sum(count for *_rest, count in counts)
    return AudienceSummary(people, by_channel, by_language, not_reached, by_way, households)


def _counts(rows: Rows) -> Any:
    """The people by channel, language and reason, and last the households of those who get it.

    In one statement, which works out who they are once: that is what takes the time.
    """
    row = rows.subquery("row")
    home = (
        select(row.c.channel, row.c.language, row.c.reason, col(Residence.household_index))
        .select_from(row)
        .outerjoin(Residence, col(Residence.person_id) == row.c.person_id)
        .cte("home")
    )
    by = (home.c.channel, home.c.language, home.c.reason)
    people = select(*by, func.count().label("number"), literal(0).label("last")).group_by(*by)
    different = func.count(func.distinct(home.c.household_index))
    nothing = [null() for _one in by]
    lived_in = select(*nothing, different, literal(1)).where(home.c.reason.is_(None))
    every = people.union_all(lived_in).subquery("every")
    found = select(every.c.channel, every.c.language, every.c.reason, every.c.number)
    return found.order_by(every.c.last)
