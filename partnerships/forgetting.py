"""What is kept for a time only: requests, codes, links, visits, invitations."""

from sqlmodel import Session

from partnerships import confirmation, invitations, joining, measures, member_links


def forget_old(session: Session) -> None:
    """Close, blank or drop what its time is over for; doing it twice a day does no harm."""
    joining.forget_old(session)
    confirmation.forget_old(session)
    member_links.forget_old(session)
    invitations.forget_old(session)
    measures.forget_old(session)
