"""What a checked row has become: somebody to take in, and what there is to tell about the row."""

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import count
from uuid import UUID

from hub.columns import new_id
from hub.i18n import Language
from partnerships.households import Address
from partnerships.models import ContactKind, FindingKind

Way = tuple[ContactKind, str]


def new_ids() -> Iterator[UUID]:
    """Keys one after the other, from a new one: drawing each anew takes a sixth of an import."""
    return (UUID(int=number) for number in count(new_id().int))


@dataclass(slots=True)
class Candidate:
    """Somebody in the list. ``ways`` are in his order; ``language`` is None where the list has
    none, and ``agreed`` where it has no column for it.

    ``person_id`` is his once it is known whether he is new. ``takes_name`` is whether the name of
    the list replaces the one in the register.
    """

    row: int
    name: str
    language: Language | None
    ways: list[Way]
    address: Address = dataclasses.field(default_factory=Address)
    agreed: bool | None = None
    # Of each way, what finds it in the register.
    indexes: list[str] = dataclasses.field(default_factory=list)
    person_id: UUID | None = None
    is_new: bool = True
    # The first row that he is in.
    first_row: int = 0
    # Of a row that adds to somebody of an earlier row: he is counted there.
    is_more_of_a_row: bool = False
    takes_name: bool = False
    # The name for comparing.
    name_key: str = ""

    def as_json(self) -> str:
        """Himself as text, for the scratch file."""
        facts = {name: getattr(self, name) for name in _CANDIDATE}
        address = self.address
        facts["address"] = (
            *(address.street, address.house_number, address.postcode, address.town),
        )
        return json.dumps(facts, default=str)


_CANDIDATE = tuple(one.name for one in fields(Candidate))


def candidate_from_json(text: str) -> Candidate:
    """The candidate that ``as_json`` wrote."""
    found = json.loads(text)
    found["ways"] = [(ContactKind(one), value) for one, value in found["ways"]]
    found["address"] = Address(*found["address"])
    found["person_id"] = UUID(found["person_id"]) if found["person_id"] else None
    found["language"] = Language(found["language"]) if found["language"] else None
    return Candidate(**found)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell about a row: a field left out, something done to it, or whom it doubles.

    ``message`` is a sentence to translate, with its ``values``. Of a double, ``by`` is what is the
    same, and one of the two others says whose.
    """

    row: int
    field: str
    kind: FindingKind
    message: str
    typed: str = ""
    values: dict[str, str | int] = dataclasses.field(default_factory=dict)
    same_as_row: int | None = None
    same_as_person_id: UUID | None = None

    def as_json(self) -> str:
        """Itself as text, for the scratch file."""
        return json.dumps({name: getattr(self, name) for name in _FINDING}, default=str)


_FINDING = tuple(one.name for one in fields(Finding))


def finding_from_json(text: str) -> Finding:
    """The finding that ``as_json`` wrote."""
    found = json.loads(text)
    found["kind"] = FindingKind(found["kind"])
    if found["same_as_person_id"]:
        found["same_as_person_id"] = UUID(found["same_as_person_id"])
    return Finding(**found)


@dataclass(slots=True)
class Checked:
    """A row after all checks: nobody to take in where ``candidate`` is None."""

    row: int
    candidate: Candidate | None
    findings: list[Finding] = dataclasses.field(default_factory=list)
