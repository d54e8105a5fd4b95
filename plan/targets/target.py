"""A target as read, in the words the plan's data uses."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

# As the plan's data lists what is inferred.
_ORDER = (
    "kind", "comparator", "target", "target_from_words", "unit", "evaluate_as", "period",
)  # fmt: skip


class Kind(StrEnum):
    COUNT = "count"
    RATIO = "ratio"
    YES_NO = "yes_no"
    HOURS = "hours"
    DELAY = "delay"
    EXISTENCE = "existence"


@dataclass(frozen=True, slots=True)
class Condition:
    """Within what a case must be done to count: "dans les 2 semaines de la demande"."""

    text: str
    value: float | None
    unit: str
    since: str | None = None

    def as_json(self) -> dict[str, object]:
        told: dict[str, object] = {"text": self.text, "value": self.value, "unit": self.unit}
        return told | ({"from": self.since} if self.since else {})


@dataclass(frozen=True, slots=True)
class Target:
    """What a text promises. ``target`` is ``None`` where no number stands (a blank is no zero).

    ``inferred`` names the fields that are a reading and not the text. ``evaluate_as`` is the
    comparator to apply where the text has none. ``readings`` are the ways a text that contradicts
    itself, or says more than one thing, may be meant, this one first; else it is empty.
    """

    kind: Kind
    comparator: str | None
    target: float | None
    unit: str | None
    period: str
    inferred: tuple[str, ...] = ()
    evaluate_as: str | None = None
    condition: Condition | None = None
    recurrence: str | None = None
    flags: tuple[str, ...] = ()
    # In the text's own words, where each worker is to reach it by himself.
    each_worker: str | None = None
    # Of a share: what is divided, and by what.
    parts: tuple[str, str] | None = None
    readings: tuple["Target", ...] = field(default=())

    def inferring(self, *names: str) -> "Target":
        """The same with these fields as a reading, too."""
        every = dict.fromkeys((*self.inferred, *names))
        return replace(self, inferred=tuple(sorted(every, key=_ORDER.index)))

    @property
    def is_stated(self) -> bool:
        """Whether the text says something to measure by, and not only that something exists."""
        return self.target is not None or self.kind in (Kind.YES_NO, Kind.DELAY)

    def as_json(self) -> dict[str, object]:
        """In the words of the plan's data; what there is none of is left out, but for the six."""
        more: Mapping[str, object] = {
            "evaluate_as": self.evaluate_as,
            "condition": self.condition.as_json() if self.condition else None,
            "per": {"dimension": "worker", "text": self.each_worker} if self.each_worker else None,
            "numerator": self.parts[0] if self.parts else None,
            "denominator": self.parts[1] if self.parts else None,
            "recurrence": self.recurrence,
            "flags": list(self.flags),
            "readings": [one.as_json() for one in self.readings],
        }
        return {
            "kind": self.kind.value,
            "comparator": self.comparator,
            "target": self.target,
            "unit": self.unit,
            "period": self.period,
            "inferred": list(self.inferred),
            **{name: one for name, one in more.items() if one},
        }
