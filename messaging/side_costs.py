"""What something that is no broadcast, such as a survey, takes of the budgets."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session

from hub import clock
from messaging import budget_rule, cost_records
from messaging.budget_use import NOTHING
from messaging.estimates import Estimate
from messaging.models import SideCost
from partnerships.models import Channel, Partnership


def promise(session: Session, subject_id: UUID, partnership: Partnership, most: Estimate) -> None:
    """Put aside what it costs at most.

    Raises ``OverBudget`` when that does not fit into what is left to the partnership and its zone;
    nothing is changed then.
    """
    year = cost_records.year_of(clock.now())
    budget_rule.refuse(session, [partnership], most, year, NOTHING)
    session.add(
        SideCost(
            subject_id=subject_id,
            partnership_id=partnership.id,
            year=year,
            prices=dict(most.prices),
            promised=most.total,
        )
    )
    session.flush()


def settle(session: Session, subject_id: UUID, used: Mapping[Channel, int]) -> None:
    """It has ended: what it used (SMS parts, mails), at the prices of its beginning, is spent, and
    nothing is promised any more. Of what never promised anything nothing is known."""
    kept = session.get(SideCost, subject_id, with_for_update=True)
    if kept is None:
        return
    kept.spent = sum(count * kept.prices.get(channel, 0) for channel, count in used.items())
    kept.promised = 0
    session.add(kept)
    session.flush()
