"""What the measures behind a report count, and by which bounds its colours are suggested."""

from collections.abc import Sequence

from hub.i18n import Language, mark, translate
from plan.keeping.tree import PlanTree
from plan.measures import definitions
from plan.models import ExpectedResult
from plan.report.contents import Definition
from plan.standing import thresholds

# Counted up when the rule itself changes; its bounds are written out.
_RULE_VERSION = 1


def of_results(
    whole: PlanTree, shown: Sequence[ExpectedResult], language: Language
) -> tuple[Definition, ...]:
    """The definitions of the measures that feed these results, in the catalogue's order."""
    used = {feed.measure for result in shown for feed in whole.measures_of.get(result.id, ())}
    return tuple(
        Definition(code, name, text, version)
        for code, name, text, _unit, version in definitions.of(language)
        if code in used
    )


def of_colours(language: Language) -> Definition:
    """The bounds between the colours that were in use when the report was made."""
    name = translate(language, mark("Colour that the rule suggests"))
    return Definition("colours", name, thresholds.told(language), _RULE_VERSION)
