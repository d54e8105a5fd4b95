"""Numbers as plans write them: in digits, in French and Dutch words, or left blank."""

import re
from dataclasses import dataclass, replace

_FRENCH_UNITS = {
    "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6,
    "sept": 7,
    "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14,
    "quinze": 15, "seize": 16,
}  # fmt: skip
_FRENCH_TENS = {
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "octante": 80, "nonante": 90,
}  # fmt: skip
_HUNDREDS = {"cent": 100, "cents": 100, "mille": 1000}
_DUTCH = {
    "een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8,
    "negen": 9, "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vijftien": 15,
    "zestien": 16, "zeventien": 17, "achttien": 18, "negentien": 19, "twintig": 20, "dertig": 30,
    "veertig": 40, "vijftig": 50, "zestig": 60, "zeventig": 70, "tachtig": 80, "negentig": 90,
    "honderd": 100,
}  # fmt: skip
_COLLECTIVE = {"dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
               "quarantaine": 40, "cinquantaine": 50, "centaine": 100, "tiental": 10}  # fmt: skip

_WORD = "|".join(
    sorted({**_FRENCH_UNITS, **_FRENCH_TENS, **_HUNDREDS, **_DUTCH}, key=len, reverse=True)
)
_WORDS = rf"(?:(?:{_WORD})(?:(?:[ -]et[ -]|[ -])(?:{_WORD}))*)"
_DIGITS = (
    r"[0-9]{1,3}(?:[ .'][0-9]{3})+(?![0-9])(?:,[0-9]{1,2}(?![0-9]))?"
    r"|1/2(?= (?:jour|heure|dag|uur))|[0-9]+(?:[.,][0-9]+)?(?![½¼¾])|[0-9]*[½¼¾]"
)
# A blank to fill in: X, XX, x, dots, a line, brackets around nothing.
_BLANK = r"x{1,4}(?![a-z0-9])|\.{3,}|…+|_{2,}|\[ *\]|\( *\)|\?{1,3}(?= *(?:/|par |%|x ))"
_COLLECTIVES = rf"une (?:{'|'.join(_COLLECTIVE)})|(?:een )?tiental"

NUMBER = re.compile(
    rf"(?P<digits>(?<![a-z0-9,.])(?:{_DIGITS}))"
    rf"|(?P<many>(?<![a-z])(?:{_COLLECTIVES})(?![a-z]))"
    rf"|(?P<words>(?:(?<![a-z'])(?<!-)|(?<=plus d')|(?<=moins d')){_WORDS}"
    r"(?:(?=maal(?![a-z]))|(?![a-z'-])))"
    rf"|(?P<blank>(?<![a-z0-9])(?:{_BLANK}))"
)


_PARTS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_LONGEST_TORN = 6


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and where it stands. ``value`` is ``None`` for a blank. ``doubtful`` when the same
    digits may mean another number ("1,000")."""

    start: int
    end: int
    value: float | None
    in_words: bool = False
    doubtful: bool = False
    # In percent, made of two numbers or of words.
    is_share: bool = False


def numbers(text: str) -> list[Number]:
    """Every number and blank of a folded text, from left to right."""
    found: list[Number] = []
    for one in NUMBER.finditer(text):
        number = _read(one)
        if found and _is_torn(text, found[-1], number):
            start = found.pop().start
            whole = "".join(text[start : number.end].split())
            number = Number(start, number.end, _plain(whole), doubtful=True)
        found.append(_with_odd_letter(text, number))
    return found


def _is_torn(text: str, left: Number, right: Number) -> bool:
    """Whether two numbers are more likely one with a space in it ("2 0/an"), as scans have them."""
    whole = text[left.start : right.end]
    parts = re.fullmatch(r"[0-9]{1,3}(?: +[0-9]{1,3})+", whole)
    return parts is not None and sum(map(str.isdigit, whole)) <= _LONGEST_TORN


def _with_odd_letter(text: str, number: Number) -> Number:
    """A letter where a digit might be ("10 O/an"), or a dash before it, makes a number doubtful."""
    odd = re.match(r" ?[oil](?= ?(?:/|%|x|par ))", text[number.end :])
    below = re.search(r"(?:^|[ :])-$", text[: number.start])
    known = number.value is not None
    return replace(number, doubtful=True) if known and (odd or below) else number


def _read(found: re.Match[str]) -> Number:
    start, end = found.span()
    if found["blank"]:
        return Number(start, end, None)
    if found["digits"]:
        return _of_digits(start, end, found["digits"])
    if found["many"]:
        return Number(start, end, _COLLECTIVE[found["many"].split()[-1]], True, True)
    return Number(start, end, _of_words(found["words"]), True)


def _of_digits(start: int, end: int, text: str) -> Number:
    if text == "1/2":
        return Number(start, end, 0.5, doubtful=True)
    if text[-1] in _PARTS:
        return Number(start, end, int(text[:-1] or 0) + _PARTS[text[-1]])
    if re.fullmatch(r"[0-9]{1,3}(?:([ '])[0-9]{3})+(?:,[0-9]+)?", text):
        # Spaces may also part two numbers that stand side by side: only round thousands are sure.
        return Number(start, end, _plain(re.sub(r"[ ']", "", text)))
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?", text):
        return Number(start, end, _plain(text.replace(".", "")), doubtful=text.count(".") == 1)
    if re.fullmatch(r"[0-9]+,[0-9]{3}", text):
        return Number(start, end, _plain(text), doubtful=True)
    return Number(start, end, _plain(re.sub(r"[ ']", "", text)))


def _plain(text: str) -> float | None:
    number = float(text.replace(",", "."))
    # No plan counts so far: a number that long is none.
    if number > 1e12:
        return None
    return int(number) if number == int(number) else number


def _of_words(text: str) -> int:
    total = part = 0
    for word in re.split(r"[ -]+", text):
        if word == "et":
            continue
        if word == "mille":
            total, part = total + (part or 1) * 1000, 0
        elif word in ("cent", "cents", "honderd"):
            part = (part or 1) * 100
        elif word in ("vingt", "vingts") and part % 100 == 4:
            part += 76
        else:
            part += {**_FRENCH_UNITS, **_FRENCH_TENS, **_DUTCH}[word]
    return total + part
