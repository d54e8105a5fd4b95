"""Invitations: the owner of a number or an address gets a link to the join page."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import Language, mark
from hub.security import blind_index, new_token, token_hash
from partnerships import join_notices
from partnerships.models import ContactKind, Invitation, Partnership
from partnerships.ways import Way

GOOD_FOR = timedelta(days=14)
_DAY = timedelta(days=1)
_MOST_IN_A_DAY = 200


def invite(
    session: Session, actor: Actor, partnership: Partnership, way: Way, language: Language
) -> Invitation:
    """Invite whoever has this mobile or address.

    Raises ``BadInput`` on ``way`` for a land line and for one invited in the last day, ``Conflict``
    when this partnership has invited too many people in one day.
    """
    _refuse(session, partnership, way)
    at, token = clock.now(), new_token()
    invitation = Invitation(
        partnership_id=partnership.id,
        value=way.value,
        value_index=blind_index(way.value),
        language=Language(language),
        token_hash=token_hash(token),
        invited_by=actor.account_id,
        created_at=at,
        expires_at=at + GOOD_FOR,
    )
    session.add(invitation)
    session.flush()
    join_notices.invite(session, invitation, partnership, way, token)
    audit.record(session, "member.invite", ("invitation", invitation.id), by=actor.account_id)
    return invitation


def _refuse(session: Session, partnership: Partnership, way: Way) -> None:
    if way.kind is ContactKind.LANDLINE:
        problem = mark("This is a land line: it cannot take a text message.")
        raise BadInput(FieldProblem("way", problem))
    lately = col(Invitation.created_at) > clock.now() - _DAY
    # Its own only: whom other partnerships invite is theirs to know.
    same = select(Invitation).where(
        Invitation.partnership_id == partnership.id,
        Invitation.value_index == blind_index(way.value),
        lately,
    )
    if session.exec(same).first() is not None:
        raise BadInput(FieldProblem("way", mark("An invitation was sent there today already.")))
    sent = select(func.count()).where(col(Invitation.partnership_id) == partnership.id, lately)
    if session.exec(sent).one() >= _MOST_IN_A_DAY:
        raise Conflict(mark("Enough invitations were sent today. Go on tomorrow."))


def behind(session: Session, partnership: Partnership, token: str) -> Invitation | None:
    """The invitation of a link, while it can be accepted."""
    found = session.exec(
        select(Invitation).where(
            Invitation.token_hash == token_hash(token),
            Invitation.partnership_id == partnership.id,
            col(Invitation.accepted_at).is_(None),
            col(Invitation.expires_at) > clock.now(),
        )
    )
    return found.first()


def accept(session: Session, invitation: Invitation) -> datetime:
    """Take it as accepted: the link has done its work, and the number or address goes."""
    at = clock.now()
    invitation.accepted_at = at
    invitation.value = ""
    session.add(invitation)
    session.flush()
    return at


def forget_old(session: Session) -> None:
    """Drop those that nobody accepted in time: whom we wrote to in vain is nobody's business."""
    unaccepted = col(Invitation.accepted_at).is_(None)
    session.execute(delete(Invitation).where(col(Invitation.expires_at) <= clock.now(), unaccepted))
