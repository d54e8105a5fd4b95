"""The police read what a coordinator writes to his own members, where the plan says so (R9)."""

import hashlib
import json
from collections.abc import Sequence

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotAllowed
from hub.i18n import mark
from messaging import cold_budget, cold_reach, cold_setting_out, relay_notices
from messaging.models import ColdAttachment, ColdMessage, ColdStatus, ColdText
from partnerships import appointments, communication_plan
from partnerships.models import Account

LONGEST_REMARK = 600
_REWRITTEN = mark("This message was written anew since you read it. Read it again.")


def is_needed(session: Session, message: ColdMessage, actor: Actor) -> bool:
    """Whether an officer must read it before ``actor`` lets it leave."""
    if not message.is_own:
        return False
    chosen = cold_reach.partnerships_of(session, message)
    if cold_reach.may_review(actor, message, chosen):
        return False
    ids = [one.id for one in chosen]
    plans = communication_plan.in_force_of(session, ids, clock.now())
    return any(plan.reviews_coordinator for plan in plans.values())


def ask(session: Session, actor: Actor, message: ColdMessage) -> bool:
    """Bring it to the officers of the zone, one mail each; whether this call did."""
    # Who sent it back has read it, and not these words.
    values = {"status": ColdStatus.AWAITING_REVIEW, "reviewed_by": None, "reviewed_at": None}
    if not cold_setting_out.take(session, message, message.status, **values):
        return False
    audit.record(session, "cold.ask_review", ("cold_message", message.id), by=actor.account_id)
    chosen = cold_reach.partnerships_of(session, message)
    at = clock.now()
    officers = {
        one.account.id: one.account
        for one in appointments.holders_at(session, chosen, at)
        if one.holds_at(at) and one.role in cold_reach.REVIEWERS
    }
    relay_notices.to_review(session, message, chosen[0], officers.values())
    return True


def seal(session: Session, message: ColdMessage) -> str:
    """Of everything an officer reads before he lets it leave: the words, the papers, for whom."""
    texts = select(ColdText).where(ColdText.message_id == message.id).order_by(ColdText.language)
    papers = select(ColdAttachment.sha256).where(ColdAttachment.message_id == message.id)
    read = {
        "about": [message.kind, message.topic, message.phenomenon],
        "texts": [one.model_dump(mode="json") for one in session.exec(texts)],
        "papers": sorted(session.exec(papers)),
        "for": [one.slug for one in cold_reach.partnerships_of(session, message)],
        "when": [str(message.leaves_at), str(message.good_until)],
    }
    plain = json.dumps(read, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


def approve(session: Session, actor: Actor, message: ColdMessage, read: str) -> bool:
    """Let it leave as its coordinator wrote it; whether this call did. ``read`` is the seal of what
    the officer had before him.

    Raises ``NotAllowed`` for anybody but an officer of the zone, ``Conflict`` for one too late or
    rewritten since it was read, ``OverBudget`` for one that costs more than is left.
    """
    _refuse_others(session, actor, message)
    if not _waits(message):
        return False
    if message.good_until <= clock.now():
        raise Conflict(mark("The time of this message has passed. Write it again."))
    # Before anything is put on record: what does not fit stays as it is.
    cold_budget.refuse(session, message)
    # Of two officers one decides: who sent it back in the meantime has not let it leave.
    session.refresh(message, with_for_update=True)
    if not _waits(message):
        return False
    if read != seal(session, message):
        raise Conflict(_REWRITTEN)
    message.reviewed_by, message.reviewed_at = actor.account_id, clock.now()
    session.add(message)
    session.flush()
    audit.record(session, "cold.approve", ("cold_message", message.id), by=actor.account_id)
    return cold_setting_out.let_go(session, actor, message, ColdStatus.AWAITING_REVIEW)


def _waits(message: ColdMessage) -> bool:
    return message.status is ColdStatus.AWAITING_REVIEW


def send_back(session: Session, actor: Actor, message: ColdMessage, remark: str) -> bool:
    """Give it back to its coordinator with a remark; whether this call did.

    Raises ``BadInput`` naming ``remark``, ``NotAllowed`` for anybody but an officer of the zone.
    """
    _refuse_others(session, actor, message)
    said = remark.strip()
    if not said:
        raise BadInput(FieldProblem("remark", mark("Say what should be different.")))
    if len(said) > LONGEST_REMARK:
        problem = mark("At most {count} characters.")
        raise BadInput(FieldProblem("remark", problem, (("count", LONGEST_REMARK),)))
    taken = cold_setting_out.take(
        session,
        message,
        ColdStatus.AWAITING_REVIEW,
        status=ColdStatus.SENT_BACK,
        review_remark=said,
        reviewed_by=actor.account_id,
        reviewed_at=clock.now(),
    )
    if taken:
        audit.record(session, "cold.send_back", ("cold_message", message.id), by=actor.account_id)
        chosen = cold_reach.partnerships_of(session, message)
        author = session.get_one(Account, message.author_id)
        relay_notices.sent_back(session, message, chosen[0], author)
    return taken


def _refuse_others(session: Session, actor: Actor, message: ColdMessage) -> None:
    chosen = cold_reach.partnerships_of(session, message)
    if not cold_reach.may_review(actor, message, chosen):
        raise NotAllowed


def awaiting(session: Session, actor: Actor) -> Sequence[ColdMessage]:
    """What waits to be read within the reach of an officer, oldest first."""
    officer = cold_reach.as_reviewer(actor)
    waiting = select(ColdMessage).where(
        ColdMessage.status == ColdStatus.AWAITING_REVIEW,
        cold_reach.within_reach(officer, Action.COMPOSE_COLD),
        col(ColdMessage.author_id) != actor.account_id,
    )
    return session.exec(waiting.order_by(col(ColdMessage.created_at))).all()
