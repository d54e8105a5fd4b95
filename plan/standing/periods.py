"""The stretches of days a plan is judged by."""

from plan.measures.period import Period
from plan.models import Plan
from plan.standing import spans


def of(plan: Plan) -> list[Period]:
    """Each calendar year within the plan, and the plan whole where that is more than a year."""
    years = [one.period for one in spans.years(plan)]
    whole = spans.whole(plan).period
    return years if years == [whole] else [*years, whole]


def quarters(plan: Plan) -> list[Period]:
    """Each calendar quarter within the plan."""
    return [one.period for one in spans.quarters(plan)]
