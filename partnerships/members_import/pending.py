"""The rows that one batch of candidates adds to the database, table by table."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session, SQLModel

from hub import clock
from hub.i18n import Language
from hub.many_rows import insert_new_rows
from partnerships import streets
from partnerships.households import Address, household_index
from partnerships.members_import.candidates import Candidate, Way, new_ids
from partnerships.members_import.register import Self, mark_of
from partnerships.models import (
    CHANNELS_OF_CONTACT,
    Channel,
    Consent,
    ContactPoint,
    ContactStop,
    ImportedPerson,
    JoinedHow,
    Membership,
    Person,
    Purpose,
    Residence,
)

WORDING = "register-1"
HOW = "register"
PURPOSES = (Purpose.URGENT_ALERTS, Purpose.PREVENTION)
# Parents before children.
TABLES: tuple[type[SQLModel], ...] = (
    *(Person, ContactPoint, ContactStop, Residence, Membership, Consent, ImportedPerson),
)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pending:
    """What is to be added. ``otherwise`` is the language of who has none in the list; ``closed``
    are the channels that the owners of these numbers have closed."""

    import_id: UUID
    partnership_id: UUID
    otherwise: Language
    states_consent: bool
    closed: Mapping[str, Mapping[Channel, str]]
    _new: dict[type[SQLModel], list[Row]] = field(default_factory=dict)
    _ids: Iterator[UUID] = field(default_factory=new_ids)

    def store(self, session: Session) -> None:
        """Add it all, in one statement a table."""
        for table in TABLES:
            insert_new_rows(session, table, self._new.pop(table, []))

    def _add(self, table: type[SQLModel], **row: Any) -> None:
        self._new.setdefault(table, []).append(row)

    def add_person(self, candidate: Candidate) -> None:
        """A new member with all that the list says of him."""
        at, person_id = clock.now(), owner_of(candidate)
        self._add(
            Person,
            id=person_id,
            name=candidate.name,
            language=candidate.language or self.otherwise,
            created_at=at,
            takes_calls=True,
        )
        for position, (way, index) in enumerate(ways_of(candidate), start=1):
            self.add_way(person_id, way, index, position)
        if not candidate.address.is_empty:
            self.add_residence(person_id, candidate.address)
        self._add(
            Membership,
            id=next(self._ids),
            partnership_id=self.partnership_id,
            person_id=person_id,
            joined_at=at,
            joined_how=JoinedHow.REGISTER,
        )
        self.add_consents(candidate, ())
        as_made = Self(candidate.name, candidate.language or self.otherwise, candidate.address)
        self.note(candidate, was_new=True, before=mark_of(as_made, candidate.indexes))

    def add_way(self, person_id: UUID, way: Way, index: str, position: int) -> UUID:
        """A number or address; what its owner has closed elsewhere is closed here too."""
        point_id, (kind, value) = next(self._ids), way
        self._add(
            ContactPoint,
            id=point_id,
            person_id=person_id,
            kind=kind,
            value=value,
            value_index=index,
            position=position,
        )
        stops = self.closed.get(index, {})
        for channel in CHANNELS_OF_CONTACT[kind]:
            if channel in stops:
                self._add(
                    ContactStop,
                    contact_point_id=point_id,
                    channel=channel,
                    reason=stops[channel],
                    stopped_at=clock.now(),
                )
        return point_id

    def add_residence(self, person_id: UUID, address: Address) -> None:
        self._add(Residence, person_id=person_id, **address_columns(address), point="")

    def add_consents(self, candidate: Candidate, asked: Collection[Purpose]) -> None:
        """Agree in his name to what he was never asked; what he took back stays taken back."""
        if not self.states_consent or candidate.agreed is False:
            return
        for purpose in PURPOSES:
            if purpose not in asked:
                self._add(
                    Consent,
                    id=next(self._ids),
                    person_id=candidate.person_id,
                    purpose=purpose,
                    wording_version=WORDING,
                    given_how=HOW,
                    given_at=clock.now(),
                    proof=str(self.import_id),
                )

    def note(self, candidate: Candidate, *, was_new: bool, before: str) -> None:
        """Note what was done to somebody, to undo it by."""
        self._add(
            ImportedPerson,
            import_id=self.import_id,
            person_id=candidate.person_id,
            row=candidate.row,
            was_new=was_new,
            before=before,
        )


def owner_of(candidate: Candidate) -> UUID:
    """Whose row it is; settled before anything is stored."""
    assert candidate.person_id is not None
    return candidate.person_id


def ways_of(candidate: Candidate) -> Iterator[tuple[Way, str]]:
    """Each way with what finds it."""
    return zip(candidate.ways, candidate.indexes, strict=True)


def address_columns(address: Address) -> Row:
    """An address as the columns of a residence."""
    return {
        "street": address.street,
        "house_number": address.house_number,
        "postcode": address.postcode,
        "town": address.town,
        "household_index": household_index(address),
        "street_index": streets.index_of(address.street),
    }
