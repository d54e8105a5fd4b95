"""What can be read out of a message in four languages: suggestions for the officer who reads it
too, kept only where he says so."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback import plates
from hub import clock
from hub.errors import BadInput

_ANY_CASE = re.IGNORECASE
# From the surest to the least sure. "rue 123" is no plate, so that one needs capitals.
_PLATES = (
    re.compile(r"\b[1-9][ .-]?[A-Z]{3}[ .-]?[0-9?]{3}(?![0-9A-Z?])", _ANY_CASE),
    re.compile(r"\b[A-Z]{2}[ -][0-9]{3}[ -][A-Z]{2}\b", _ANY_CASE),
    re.compile(r"\b[A-Z]{3}-[0-9]{3}\b", _ANY_CASE),
    re.compile(r"\b[A-Z]{3} ?[0-9]{3}\b"),
    re.compile(
        r"\b(?=[A-Z0-9-]*[0-9])(?=[A-Z0-9-]*[A-Z])[A-Z0-9]{1,3}-[A-Z0-9]{1,3}-[A-Z0-9]{1,3}\b"
    ),
    re.compile(r"\b[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?[0-9]{1,4}\b"),
)
_AFTER_WORD = re.compile(
    r"\b(?:plaque|immatricul\w*|plate|nummerplaat|kenteken|kennzeichen|nummernschild)\b[^0-9A-Z?]*?"
    r"(?:(?:commen\w+ par|begint met|beginnt mit|start\w* with|est|is|ist)\s+)?"
    r"[: ]*((?=[A-Z0-9?.-]*[0-9?])[A-Z0-9?][A-Z0-9?.-]{1,9})",
    _ANY_CASE,
)
_MINUTES = re.compile(
    r"(?:il y a|vor|voor)?\s*\b(\d{1,3})\s*(?:min\b|mins\b|minut\w*|')\s*(?:geleden|ago)?",
    _ANY_CASE,
)
_IS_AGO = re.compile(r"il y a|geleden|\bvor\b|\bago\b", _ANY_CASE)
_CLOCK = re.compile(
    r"\b([01]?\d|2[0-3])\s*(?:[h:u]|\.(?=\d\d\s*(?:uhr|uur)))\s*([0-5]\d)?(?=\W|$|uhr|uur)",
    _ANY_CASE,
)
_JUST_NOW = re.compile(
    r"à l'instant|a l'instant|juste maintenant|zonet|zojuist|daarnet|\bnu\b|gerade eben|\bjetzt\b"
    r"|just now|right now|maintenant",
    _ANY_CASE,
)
_DIRECTION = re.compile(
    r"\b(?:en direction d[eu']s?|direction|vers|(?:in de )?richting|in richtung|richtung|towards?"
    r"|heading(?: to)?|naar)\s+(?!\d)([^,.;!?\n]{2,60})",
    _ANY_CASE,
)
_PLACE = re.compile(
    r"\b(?:(?:rue|avenue|place|chaussée|boulevard|chemin|route|quai|square)\s"
    r"(?:de la |de l'|du |des |de |d')?[^\W\d][\w'’-]+(?:\s[A-Z][\w'’-]+)?"
    r"|\w+(?:straat|laan|plein|steenweg|dreef|kaai|straße|strasse|platz|allee|street|road))"
    r"(?:,?\s\d{1,4}[a-z]?\b)?",
    _ANY_CASE,
)
_COLOURS = (
    "blanc blanche noir noire gris grise bleu bleue rouge vert verte jaune brun brune orange beige"
    " argent foncé foncée clair claire wit witte zwart zwarte grijs grijze blauw blauwe rood rode"
    " groen groene geel gele bruin bruine donkere lichte zilver weiß weiße weißer weiss schwarz"
    " schwarze schwarzer grau graue grauer blau blaue blauer rot rote roter grün grüne grüner gelb"
    " gelbe dunkle helle silber white black grey gray blue red green yellow brown silver dark light"
)
_VEHICLES = (
    "voiture auto wagen camionnette bestelwagen lieferwagen transporter van camion vrachtwagen lkw"
    " truck moto motor motorrad motorcycle scooter vélo velo fiets fahrrad bike bicycle car suv"
    " break quad mobilhome remorque aanhangwagen anhänger trailer trottinette step"
)
_MAKES = (
    "audi bmw citroën citroen dacia fiat ford honda hyundai iveco jeep kia mazda mercedes mini"
    " nissan opel peugeot porsche renault seat skoda škoda suzuki tesla toyota volkswagen vw volvo"
    " golf polo passat clio megane kangoo transit sprinter vito berlingo partner ducato caddy"
)
_ABOUT_VEHICLE = frozenset(f"{_COLOURS} {_VEHICLES} {_MAKES}".casefold().split())
_IS_VEHICLE = frozenset(f"{_VEHICLES} {_MAKES}".casefold().split())
# Where the next thing begins: a time, a place.
_AFTER_DIRECTION = re.compile(
    r"\s(?:om|um|à|at|vor|il y a|in de|in der|dans|sur|avec|met|mit|with|\d)(?:\s|\d|$).*",
    _ANY_CASE,
)
_PERSON = re.compile(
    r"\b(?:hommes?|femmes?|individus?|jeunes?|type|gars|man|mannen|vrouw\w*|jongen\w*|personen?"
    r"|persons?|personnes?|mann|männer|frau\w*|jugendliche\w*|men|woman|women|boys?|guys?)\b",
    _ANY_CASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+")
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Hints:
    """What a message seems to say; empty for what it does not."""

    observed_at: datetime | None = None
    person_seen: str = ""
    vehicle: str = ""
    plate: str = ""
    place: str = ""
    direction: str = ""


def read(text: str, received_at: datetime) -> Hints:
    """What this message seems to say of what was seen."""
    plate = _plate(text)
    return Hints(
        observed_at=_time(text, received_at),
        person_seen=_person(text),
        vehicle=_vehicle(text),
        plate=plate,
        place=_first(_PLACE.finditer(text), 0),
        direction=_AFTER_DIRECTION.sub("", _first(_DIRECTION.finditer(text), 1)).strip(),
    )


def _first(found: Iterable[re.Match[str]], group: int) -> str:
    for one in found:
        return one[group].strip()
    return ""


def _plate(text: str) -> str:
    candidates = [one[0] for pattern in _PLATES for one in pattern.finditer(text)]
    candidates += [one[1] for one in _AFTER_WORD.finditer(text)]
    for one in candidates:
        try:
            return plates.shown(plates.normalised(one))
        except BadInput:
            continue
    return ""


def _time(text: str, received_at: datetime) -> datetime | None:
    minutes = _MINUTES.search(text)
    if minutes and _IS_AGO.search(minutes[0]):
        return received_at - timedelta(minutes=int(minutes[1]))
    at = _CLOCK.search(text)
    if at:
        return _last_time_it_was(int(at[1]), int(at[2] or 0), received_at)
    return received_at if _JUST_NOW.search(text) else None


def _last_time_it_was(hour: int, minute: int, before: datetime) -> datetime:
    here = clock.in_brussels(before)
    same_day = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return same_day if same_day <= here else same_day - timedelta(days=1)


def _vehicle(text: str) -> str:
    """The words on a vehicle side by side, where one of them says that it is one."""
    words = [one for one in _WORD.findall(text) if one.casefold() in _ABOUT_VEHICLE]
    is_one = any(one.casefold() in _IS_VEHICLE for one in words)
    return " ".join(words[:8]) if is_one else ""


def _person(text: str) -> str:
    """The sentence in which somebody is."""
    for one in _SENTENCE.findall(text):
        if _PERSON.search(one):
            return str(one).strip()[:300]
    return ""
