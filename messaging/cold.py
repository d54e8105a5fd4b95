"""Writing what can wait (R23-R25): once, for many partnerships, checked as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotAllowed
from hub.i18n import Language, mark
from messaging import (
    by_the_plan,
    cold_reach,
    cold_series,
    cold_words,
    missing_texts,
    phenomena,
)
from messaging.by_the_plan import Target
from messaging.cold_words import ColdTexts
from messaging.models import (
    COLD_KINDS,
    BroadcastKind,
    ColdMessage,
    ColdStatus,
    ColdText,
    Relay,
    Topic,
)
from messaging.texts import Words
from partnerships import scope
from partnerships.models import (
    LIVING_STATUSES,
    GroupedPartnership,
    Partnership,
    PartnershipGroup,
)

# A coordinator gives advice and invites; how thieves work, and that there are more of them, is for
# the police to say.
OWN_KINDS = (BroadcastKind.PREVENTION, BroadcastKind.INFORMATION)
LIFETIME = timedelta(days=14)
LONGEST_LIFE = timedelta(days=180)
WRITABLE = (ColdStatus.DRAFT, ColdStatus.SENT_BACK)
_NO_PLAN = mark("There is no partnership called {slug} with an agreed plan.")
_NOT_NAMED = mark("By its communication plan, {name} does not get such messages from your role.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wrote, before anything is checked. ``everywhere`` is all within his reach;
    ``group`` the slug of a group."""

    client_request_id: str
    kind: BroadcastKind
    texts: ColdTexts
    partnerships: Sequence[str] = ()
    everywhere: bool = False
    group: str = ""
    topic: Topic | None = None
    phenomenon: str = ""
    leaves_at: datetime | None = None
    good_until: datetime | None = None
    # The series it is a part of.
    series: UUID | None = None


def write(session: Session, actor: Actor, wanted: Wanted) -> ColdMessage:
    """Store a draft. The same ``client_request_id`` again gives the same message.

    Raises ``BadInput`` naming every field at once.
    """
    same = select(ColdMessage).where(
        ColdMessage.author_id == actor.account_id,
        ColdMessage.client_request_id == wanted.client_request_id,
    )
    existing = session.exec(same).first()
    if existing is not None:
        return existing
    found = _checked(session, actor, wanted, None)
    message = ColdMessage(
        client_request_id=wanted.client_request_id,
        author_id=actor.account_id,
        is_own=_is_own(actor, found),
        created_at=clock.now(),
        **_values(wanted),
    )
    session.add(message)
    session.flush()
    _store(session, message, wanted.texts, found)
    audit.record(
        session, "cold.write", ("cold_message", message.id), by=actor.account_id, kind=wanted.kind
    )
    return message


def change(session: Session, actor: Actor, message: ColdMessage, wanted: Wanted) -> None:
    """Write a draft anew, or one the police sent back. Raises ``BadInput`` naming every field,
    ``NotAllowed`` for what another coordinator wrote, ``Conflict`` for one that is on its way."""
    cold_reach.refuse_others(session, actor, message)
    # The police send it back with a remark; they put no words in a coordinator's mouth.
    if message.is_own and message.author_id != actor.account_id:
        raise NotAllowed
    session.refresh(message, with_for_update=True)
    refuse_sent(message)
    found = _checked(session, actor, wanted, message.id)
    for name, value in _values(wanted).items():
        setattr(message, name, value)
    message.is_own = _is_own(actor, found)
    # Other words than those that somebody read.
    message.reviewed_by = message.reviewed_at = None
    session.add(message)
    for table in (ColdText, Relay):
        session.execute(delete(table).where(col(table.message_id) == message.id))
    session.flush()
    _store(session, message, wanted.texts, found)
    audit.record(session, "cold.change", ("cold_message", message.id), by=actor.account_id)


def refuse_sent(message: ColdMessage) -> None:
    """Raise ``Conflict`` for a message whose words are settled."""
    if message.status not in WRITABLE:
        raise Conflict(mark("This message is on its way: its words do not change any more."))


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "kind": wanted.kind,
        "topic": wanted.topic,
        "phenomenon": phenomena.code_of(wanted.phenomenon),
        "leaves_at": wanted.leaves_at,
        "series_id": wanted.series,
        "good_until": wanted.good_until or (wanted.leaves_at or clock.now()) + LIFETIME,
    }


def _store(
    session: Session, message: ColdMessage, texts: ColdTexts, found: Sequence[Target]
) -> None:
    for language, words in texts.items():
        session.add(
            ColdText(
                message_id=message.id,
                language=language,
                **{name: getattr(words, name).strip() for name in words.__dataclass_fields__},
            )
        )
    session.add_all(
        Relay(message_id=message.id, partnership_id=one.partnership.id) for one in found
    )
    session.flush()


def _checked(
    session: Session, actor: Actor, wanted: Wanted, message_id: UUID | None
) -> list[Target]:
    """The partnerships under their plans of this moment. Raises ``BadInput``."""
    problems = [*_kind_problems(wanted), *_time_problems(wanted)]
    has_time = wanted.leaves_at is not None
    problems += cold_series.problems(session, actor, wanted.series, message_id, has_time=has_time)
    chosen, unknown = _chosen(session, actor, wanted)
    under = by_the_plan.targets(session, chosen, wanted.kind, clock.now())
    problems += unknown + _plan_problems(actor, wanted, chosen, under)
    needed = list(dict.fromkeys(Language(code) for one in chosen for code in one.languages))
    problems += cold_words.problems(wanted.kind, wanted.texts, needed)
    texts = {
        one: Words(words.subject, words.short, words.long) for one, words in wanted.texts.items()
    }
    problems += missing_texts.too_long_together(session, chosen, texts)
    if problems:
        raise BadInput(*problems)
    return under


def _kind_problems(wanted: Wanted) -> list[FieldProblem]:
    if wanted.kind not in COLD_KINDS:
        return [FieldProblem("kind", mark("What is urgent is written as an alert."))]
    code = phenomena.code_of(wanted.phenomenon)
    is_needed = wanted.kind in (BroadcastKind.MODUS_OPERANDI, BroadcastKind.INCREASE_WARNING)
    if code is None and (wanted.phenomenon or is_needed):
        return [FieldProblem("phenomenon", mark("Choose a phenomenon from the list."))]
    if wanted.kind is BroadcastKind.PREVENTION and wanted.topic is None:
        return [FieldProblem("topic", mark("Say what the advice is about."))]
    return []


def _time_problems(wanted: Wanted) -> list[FieldProblem]:
    at, problems = clock.now(), []
    if wanted.leaves_at is not None and not at < wanted.leaves_at <= at + LONGEST_LIFE:
        problem = mark("Choose a moment in the next {count} days.")
        problems.append(FieldProblem("leaves_at", problem, (("count", LONGEST_LIFE.days),)))
    if wanted.good_until is not None and wanted.good_until <= (wanted.leaves_at or at):
        problem = mark("This is before the message leaves.")
        problems.append(FieldProblem("good_until", problem))
    return problems


def _chosen(
    session: Session, actor: Actor, wanted: Wanted
) -> tuple[list[Partnership], list[FieldProblem]]:
    reachable = {one.slug: one for one in choices(session, actor)}
    slugs = list(dict.fromkeys([*wanted.partnerships, *_slugs_of(session, wanted)]))
    if wanted.everywhere:
        slugs = list(dict.fromkeys([*reachable, *slugs]))
    if not slugs:
        return [], [FieldProblem("partnerships", mark("Choose at least one partnership."))]
    unknown = [
        FieldProblem(f"partnerships.{place}", _NO_PLAN, (("slug", slug),))
        for place, slug in enumerate(slugs)
        if slug not in reachable
    ]
    return [reachable[slug] for slug in slugs if slug in reachable], unknown


def choices(session: Session, actor: Actor) -> list[Partnership]:
    """The living partnerships this person may write to, by name."""
    within = scope.partnerships_of(session, actor, Action.COMPOSE_COLD)
    return [one for one in within if one.status in LIVING_STATUSES]


def _slugs_of(session: Session, wanted: Wanted) -> Sequence[str]:
    """The living partnerships of the group that was named."""
    inside = (
        select(Partnership.slug)
        .join(GroupedPartnership, col(GroupedPartnership.partnership_id) == col(Partnership.id))
        .join(PartnershipGroup, col(PartnershipGroup.id) == col(GroupedPartnership.group_id))
        .where(PartnershipGroup.slug == wanted.group, col(Partnership.status).in_(LIVING_STATUSES))
    )
    return session.exec(inside.order_by(Partnership.name)).all() if wanted.group else []


def groups(session: Session, actor: Actor) -> list[PartnershipGroup]:
    """The groups all of whose living partnerships this person may write to, by name."""
    reachable = {one.id for one in choices(session, actor)}
    inside: dict[Any, set[Any]] = {}
    rows = session.exec(
        select(GroupedPartnership.group_id, GroupedPartnership.partnership_id)
        .join(Partnership, col(Partnership.id) == col(GroupedPartnership.partnership_id))
        .where(col(Partnership.status).in_(LIVING_STATUSES))
    )
    for group_id, partnership_id in rows:
        inside.setdefault(group_id, set()).add(partnership_id)
    mine = [group_id for group_id, ids in inside.items() if ids <= reachable]
    found = select(PartnershipGroup).where(col(PartnershipGroup.id).in_(mine))
    return list(session.exec(found.order_by(PartnershipGroup.name)))


def _plan_problems(
    actor: Actor, wanted: Wanted, chosen: Sequence[Partnership], under: Sequence[Target]
) -> list[FieldProblem]:
    planned = {one.partnership.id for one in under}
    problems = [
        FieldProblem(f"partnerships.{one.slug}", _NO_PLAN, (("slug", one.slug),))
        for one in chosen
        if one.id not in planned
    ]
    if _is_own(actor, under):
        if wanted.kind not in OWN_KINDS:
            problem = mark("A coordinator writes advice and information; this is for the police.")
            problems.append(FieldProblem("kind", problem))
        return problems
    refusing = by_the_plan.not_named(cold_reach.as_writer(actor), under, Action.COMPOSE_COLD)
    return problems + [
        FieldProblem(
            f"partnerships.{one.partnership.slug}",
            _NOT_NAMED,
            (("name", one.partnership.name),),
        )
        for one in refusing
    ]


def _is_own(actor: Actor, under: Sequence[Target]) -> bool:
    """Whether he writes as a coordinator: not all of it lies within another right of his."""
    writer = cold_reach.as_writer(actor)
    return not all(scope.covers(writer, Action.COMPOSE_COLD, one.partnership) for one in under)


def unfinished(session: Session, actor: Actor) -> Sequence[ColdMessage]:
    """What this person has begun and not let go yet, the newest first."""
    begun = select(ColdMessage).where(
        ColdMessage.author_id == actor.account_id,
        col(ColdMessage.status).in_((*WRITABLE, ColdStatus.AWAITING_REVIEW)),
    )
    return session.exec(begun.order_by(col(ColdMessage.created_at).desc())).all()
