"""A coordinator vouches for a number or an address: he knows this person, and that it is his.

A code or a link proves it better. Some people have neither a mobile nor mail, and a land line takes
no code: without somebody's word nothing could ever be sent to them.
"""

from sqlmodel import Session

from hub import audit, clock
from hub.access import Actor
from partnerships import contact, ways
from partnerships.models import ContactPoint


def vouch(session: Session, actor: Actor, point: ContactPoint) -> None:
    """Use a way without its proof, on this actor's word; who and when is recorded.

    A STOP of whoever has it still counts. Where it is known whose it is, nothing is changed.
    """
    if ways.is_surely_his(point):
        return
    point.vouched_at, point.vouched_by = clock.now(), actor.account_id
    session.add(point)
    contact.open_unproved(session, point)
    subject = ("contact_point", point.id)
    audit.record(session, "member.vouch", subject, by=actor.account_id, kind=point.kind)
