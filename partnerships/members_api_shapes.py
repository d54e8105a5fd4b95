"""Members and consents as JSON: what goes in and what comes out."""

from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hub.i18n import Language
from partnerships.households import Address
from partnerships.member_lines import MemberShown
from partnerships.member_states import MemberState
from partnerships.models import Consent, ContactKind, JoinedHow, Purpose
from partnerships.paper_consent import GivenHow


class _Input(BaseModel):
    # A misspelled field must not be a field silently left out.
    model_config = ConfigDict(extra="forbid")


class AddressShape(_Input):
    """Where a member lives or works, as precisely as he wants it known."""

    street: str = Field(default="", max_length=120)
    house_number: str = Field(default="", max_length=120)
    postcode: str = Field(default="", max_length=120)
    town: str = Field(default="", max_length=120)

    def read(self) -> Address:
        return Address(**{name: " ".join(line.split()) for name, line in self})


class AgreementInput(_Input):
    """What a member agreed to on paper or by word of mouth, on a Belgian day."""

    purposes: list[Purpose] = Field(min_length=1)
    how: GivenHow
    on: date
    proof: str = Field(default="", description="Where the signed paper is kept.")


class MemberInput(_Input):
    name: str
    language: Language
    ways: list[str] = Field(
        max_length=10, description="Numbers and mail addresses, as people write them, best first."
    )
    address: AddressShape = Field(default_factory=AddressShape)
    agreement: AgreementInput | None = None
    is_shared: bool = Field(
        default=False, description="Take a mobile or address that another member has as well."
    )


class MemberChange(_Input):
    """What to change; what is left out stays."""

    name: str | None = None
    language: Language | None = None
    address: AddressShape | None = None
    takes_calls: bool | None = None
    weekly_mail: bool | None = Field(
        default=None, description="Let what can wait come in one mail a week."
    )


class WayInput(_Input):
    value: str
    is_shared: bool = False


class SearchInput(_Input):
    words: str = Field(
        min_length=1,
        max_length=254,
        description="A part of a name, or a whole number or mail address.",
    )
    language: Language | None = None
    reachable: bool | None = None
    consent: Purpose | None = None
    cursor: UUID | None = None
    limit: int = Field(default=100, ge=1, le=500)


class WayOutput(BaseModel):
    id: UUID
    kind: ContactKind
    value: str
    is_verified: bool
    is_lost: bool = Field(description="The network or the mail server says it does not exist.")
    is_closed: bool = Field(description="Its owner said STOP, to all or some of its channels.")
    is_unproved: bool = Field(
        description="Nothing but its own proof is sent to it until that comes, or somebody vouches."
    )


class MemberOutput(BaseModel):
    """A member. ``id`` is that of the membership: in another partnership he has another one."""

    id: UUID
    name: str
    language: Language
    ways: list[WayOutput]
    address: AddressShape
    consents: list[Purpose]
    states: list[MemberState]
    takes_calls: bool
    weekly_mail: bool
    joined_at: datetime
    joined_how: JoinedHow
    left_at: datetime | None
    suspended_until: datetime | None
    shares_land_line_with: int

    @classmethod
    def of(cls, member: MemberShown, address: Address) -> "MemberOutput":
        membership = member.membership
        return cls(
            id=membership.id,
            name=member.person.name,
            language=member.person.language,
            ways=[
                WayOutput(
                    id=one.point.id,
                    kind=one.point.kind,
                    value=one.point.value,
                    is_verified=one.point.verified_at is not None,
                    is_lost=one.is_lost,
                    is_closed=one.is_closed,
                    is_unproved=one.is_unproved,
                )
                for one in member.ways
            ],
            address=AddressShape(**asdict(address)),
            consents=[one for one in Purpose if one in member.purposes],
            states=[one for one in MemberState if one in member.states],
            takes_calls=member.person.takes_calls,
            weekly_mail=member.person.weekly_mail,
            joined_at=membership.joined_at,
            joined_how=membership.joined_how,
            left_at=membership.left_at,
            suspended_until=membership.suspended_until,
            shares_land_line_with=member.sharing,
        )


class MembersPageOutput(BaseModel):
    items: list[MemberOutput]
    next_cursor: UUID | None


class ConsentOutput(BaseModel):
    """An agreement to one purpose, in force until it was taken back."""

    purpose: Purpose
    wording_version: str
    words: str | None = Field(description="What was agreed to, word for word, where it is known.")
    language: Language | None
    given_how: str
    given_at: datetime
    proof: str | None
    withdrawn_at: datetime | None
    withdrawn_how: str | None

    @classmethod
    def of(cls, row: Consent, words: str | None) -> "ConsentOutput":
        return cls(words=words, **row.model_dump(exclude={"id", "person_id"}))
