"""The parts of an address, however many columns they stand in."""

import re
from collections.abc import Mapping

from partnerships.households import Address
from partnerships.members_import.headings import Field

_BELGIAN_POSTCODE = r"(?:B-?\s*)?([1-9]\d{3})"
_TOWN_WITH_POSTCODE = re.compile(rf"{_BELGIAN_POSTCODE}\s*[-,]?\s+(\D.*)", re.IGNORECASE)
_WITH_TOWN = re.compile(rf"(.+?)[\s,;-]+{_BELGIAN_POSTCODE}\s+(\D+)", re.IGNORECASE)
# "Rue Haute 12", "Rue Haute, 12 bte 3", "Kerkstraat 5A bus 2": the number ends it.
_WITH_NUMBER = re.compile(
    r"(\D.*?)[\s,]+(?:n[°or.]+\s*)?(\d{1,4}\s?[a-zA-Z]?(?:\s*[-/]\s*\d{1,4}[a-zA-Z]?)?"
    r"(?:\s*(?:/|bte\.?|bus|boîte|boite|box|b\.?)\s*\w{1,5})?)"
)


def of(parts: Mapping[Field, str]) -> Address:
    """The address these cells make; a number or a town within the street is taken out of it."""
    street, number = parts[Field.STREET], parts[Field.HOUSE_NUMBER]
    postcode, town = parts[Field.POSTCODE], parts[Field.TOWN]
    whole = _WITH_TOWN.fullmatch(street)
    if whole and not (postcode or town):
        street, postcode, town = whole.groups()
    split = _TOWN_WITH_POSTCODE.fullmatch(town)
    if split and postcode in ("", split[1]):
        postcode, town = split.groups()
    numbered = _WITH_NUMBER.fullmatch(street)
    if numbered and not number:
        street, number = numbered.groups()
    if number and parts[Field.BOX]:
        number = f"{number}/{parts[Field.BOX]}"
    return Address(street.strip(" ,"), number, postcode, town)
