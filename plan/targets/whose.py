"""Who is to reach a target, and of what a share is one: words that stand beside the number."""

import re
from dataclasses import replace

from plan.targets import each
from plan.targets.target import Kind, Target

_SHARE_OF = re.compile(
    r"(?:rapport|ratio|verhouding) (?:entre|tussen) (?:les? |la |l'|de |het )?(?P<part>.+?),? "
    r"(?:et|en) (?:le |la |les |l'|het )?(?P<whole>(?:nombre|aantal|totaal|total)\b.+?)[ .]*$"
)


def told(target: Target, text: str) -> Target:
    """The reading with whose target it is, and the parts of a share that names them; ``text`` is
    folded."""
    of_each = replace(target, each_worker=each.said(text) or None)
    share = _SHARE_OF.search(text)
    if share is None or target.target is not None:
        return of_each
    parts = (share["part"], share["whole"])
    return replace(of_each, kind=Kind.RATIO, comparator=None, unit="percent", parts=parts)
