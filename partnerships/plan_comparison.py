"""Two versions of a plan side by side: what changed, in words."""

from dataclasses import dataclass

from hub.i18n import Language
from partnerships.plan_content import PlanContent
from partnerships.plan_words import sections


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is agreed on differently."""

    key: str
    section: str
    label: str
    before: str
    after: str


def changes(before: PlanContent, after: PlanContent, language: Language) -> list[Change]:
    """What ``after`` says differently from ``before``, in the order of the plan."""
    return [
        Change(new.key, now.title, new.label, old.value, new.value)
        for then, now in zip(sections(before, language), sections(after, language), strict=True)
        for old, new in zip(then.lines, now.lines, strict=True)
        if old.value != new.value
    ]
