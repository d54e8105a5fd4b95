"""What the columns of a list mean, by their Dutch, French, German and English headings."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from hub.i18n import Language, mark, translate
from partnerships.members_import.cells import Row
from partnerships.spelling import plain


class Field(StrEnum):
    """What a column may hold. A column of none of these is left aside."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    MOBILE = "mobile"
    LANDLINE = "landline"
    # Of either kind: the number itself tells.
    PHONE = "phone"
    EMAIL = "email"
    LANGUAGE = "language"
    STREET = "street"
    HOUSE_NUMBER = "house_number"
    BOX = "box"
    POSTCODE = "postcode"
    TOWN = "town"
    CONSENT = "consent"


# Field by column, counted from 0.
Mapping = dict[int, Field]

CONTACT_FIELDS = (Field.MOBILE, Field.LANDLINE, Field.PHONE, Field.EMAIL)
NAME_FIELDS = (Field.NAME, Field.FIRST_NAME, Field.LAST_NAME)
# A list may have several columns of these; of the others, the first.
SEVERAL = frozenset(CONTACT_FIELDS)
# The column of a corrected file that says why a row was left out.
WHY = mark("To correct")

_WHOLE = {
    Field.NAME: (
        "name|naam|nom|full name|fullname|volledige naam|nom complet|nom et prenom|nom prenom|"
        "prenom et nom|prenom nom|nom prenoms|naam en voornaam|naam voornaam|voornaam en naam|"
        "voornaam naam|voornaam achternaam|voornaam familienaam|vor und nachname|name und vorname|"
        "name vorname|vorname name|vorname nachname|vorname und name|lid|membre|member|mitglied|"
        "bewoner|habitant|participant|deelnemer|teilnehmer"
    ),
    Field.FIRST_NAME: (
        "voornaam|prenom|prenoms|vorname|first name|firstname|given name|roepnaam|forename"
    ),
    Field.LAST_NAME: (
        "achternaam|familienaam|nom de famille|nachname|familienname|last name|lastname|surname|"
        "family name|zuname"
    ),
    Field.LANGUAGE: (
        "taal|langue|sprache|language|lang|taalvoorkeur|voertaal|taalrol|langue parlee|"
        "langue preferee|preferred language|fr nl|nl fr"
    ),
    Field.STREET: (
        "straat|rue|strasse|street|adres|adresse|address|anschrift|straatnaam|nom de rue|"
        "straat en nummer|straat en huisnummer|straat nr|straat en nr|straat nummer|rue et numero|"
        "rue numero|rue n|rue et n|rue no|strasse und hausnummer|strasse nr|strasse und nr|"
        "adresse postale|woonadres|domicile|adresse complete|volledig adres|postadres|rue avenue"
    ),
    Field.HOUSE_NUMBER: (
        "huisnummer|huisnr|huis nr|hausnummer|hausnr|house number|numero de maison|no maison|"
        "numero de rue"
    ),
    Field.BOX: "bus|boite|bte|box|busnummer|bus nr|numero de boite|bp",
    Field.POSTCODE: (
        "postcode|post code|code postal|cp|plz|postleitzahl|zip|zip code|postnummer|pc|postal code"
    ),
    Field.TOWN: (
        "gemeente|commune|localite|ville|woonplaats|stad|plaats|ort|wohnort|gemeinde|town|city|"
        "municipality|deelgemeente|code postal et localite|code postal localite|cp localite|"
        "cp et localite|postcode en gemeente|postcode gemeente|postcode woonplaats|plz ort|"
        "plz und ort|place|village"
    ),
}
_MEANINGS = {heading: field for field, words in _WHOLE.items() for heading in words.split("|")}
# Only beside a street: alone, it counts the rows.
_NUMBER_OF_SOMETHING = frozenset(["nr", "n", "no", "numero", "nummer", "number", "num"])
# Words within a heading, tried in this order: "adresse mail" is no street.
_WITHIN = (
    (Field.EMAIL, re.compile(r"mail|courriel")),
    (
        Field.CONSENT,
        re.compile(
            r"\bconsent|\bagree|toestemm|einwillig|zustimm|einverst|"
            r"\b(?:accord|akkoord|rgpd|gdpr|avg|dsgvo)\b"
        ),
    ),
    (Field.MOBILE, re.compile(r"gsm|mobil|mobiel|handy|\bportable\b|cellul|\bsms\b")),
    (Field.LANDLINE, re.compile(r"\bfixe?\b|\bvast|festnetz|land ?line|huistelefoon|\bthuis\b")),
    (
        Field.PHONE,
        re.compile(
            r"\btel|telefoo?n|telephon|phone|\brufnummer|\b(?:2e|tweede|zweite) (?:nr|nummer)|"
            r"second number|(?:deuxieme|second|2e) numero"
        ),
    ),
)
# Whose number or address this is, it is not the member's.
_SOMEBODY_ELSES = re.compile(
    r"partner|conjoint|epou|echtgeno|ehepartner|urgence|nood|notfall|ouders|parents|werkgever"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """The row of a list that says what its columns are; row 0 where there is none."""

    row: int
    texts: tuple[str, ...]
    mapping: Mapping

    @property
    def is_understood(self) -> bool:
        """Whether it has what no list can do without: a name, and a way to be reached."""
        fields = set(self.mapping.values())
        return bool(fields & set(NAME_FIELDS)) and bool(fields & set(CONTACT_FIELDS))


def find(rows: Sequence[Row]) -> Heading | None:
    """The heading among the first rows of a list: the one with the most columns we know."""
    known = [one for one in map(of_row, rows) if one.mapping]
    return max(known, key=lambda one: (one.is_understood, len(one.mapping), -one.row), default=None)


def likeness(rows: Sequence[Row]) -> tuple[bool, int, int]:
    """How much the beginning of a sheet is that of a list; the greater, the more."""
    heading = find(rows)
    filled = sum(not row.is_blank for row in rows)
    return (
        heading is not None and heading.is_understood,
        len(heading.mapping) if heading else 0,
        filled,
    )


def of_row(row: Row) -> Heading:
    """What a row means if it is the heading."""
    return Heading(row.number, tuple(row.cells), mapping_of(row.cells))


def mapping_of(texts: Sequence[str]) -> Mapping:
    """What each column means by its heading; columns of unknown meaning are not in it."""
    mapping: Mapping = {}
    for column, text in enumerate(texts):
        field = _meaning(text, mapping.get(column - 1))
        if field and (field in SEVERAL or field not in mapping.values()):
            mapping[column] = field
    return _with_name_in_two(mapping)


def _meaning(text: str, left: Field | None) -> Field | None:
    spelled = plain(text.replace("_", " "))
    if spelled in _NUMBER_OF_SOMETHING:
        return Field.HOUSE_NUMBER if left is Field.STREET else None
    if not spelled or _SOMEBODY_ELSES.search(spelled):
        return None
    if spelled in _MEANINGS:
        return _MEANINGS[spelled]
    return next((field for field, words in _WITHIN if words.search(spelled)), None)


def _with_name_in_two(mapping: Mapping) -> Mapping:
    """Beside a first name, "name" is the last one."""
    fields = set(mapping.values())
    if Field.FIRST_NAME not in fields or Field.LAST_NAME in fields:
        return mapping
    return {c: Field.LAST_NAME if f is Field.NAME else f for c, f in mapping.items()}


def hash_of(texts: Sequence[str]) -> str:
    """What recognises a list with the same headings, also once we added a column to it."""
    theirs = [plain(text) for text in texts if text not in _ours()]
    while theirs and not theirs[-1]:
        theirs.pop()
    return hashlib.sha256("\n".join(theirs).encode()).hexdigest()


@lru_cache
def _ours() -> frozenset[str]:
    return frozenset(translate(language, WHY) for language in Language)
