"""The fields and the findings of a list in words."""

from typing import Protocol

from hub.i18n import Language, mark, translate
from partnerships.members_import.duplicates import ADDRESS
from partnerships.members_import.headings import Field

FIELD_NAMES = {
    Field.NAME: mark("Name"),
    Field.FIRST_NAME: mark("First name"),
    Field.LAST_NAME: mark("Last name"),
    Field.MOBILE: mark("Mobile"),
    Field.LANDLINE: mark("Land line"),
    Field.PHONE: mark("Telephone, mobile or land line"),
    Field.EMAIL: mark("Email address"),
    Field.LANGUAGE: mark("Language"),
    Field.STREET: mark("Street"),
    Field.HOUSE_NUMBER: mark("House number"),
    Field.BOX: mark("Box"),
    Field.POSTCODE: mark("Postcode"),
    Field.TOWN: mark("Town"),
    Field.CONSENT: mark("Agreement"),
}
_NAMES = {**{field.value: words for field, words in FIELD_NAMES.items()}, ADDRESS: mark("Address")}


class Told(Protocol):
    """A finding, in the scratch file or in the database."""

    @property
    def field(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def values(self) -> dict[str, str | int]: ...


def field_name(field: str, language: Language) -> str:
    """What a field is called on the page."""
    return translate(language, _NAMES.get(field, field))


def sentence(finding: Told, language: Language) -> str:
    """What there is to say, in the reader's language."""
    return translate(language, finding.message, **finding.values)
