"""What a person newly wrote in a mail, without the mail it answers and the signature below.

Programs quote in many shapes. Where none is recognised everything is kept: a quotation too much is
a nuisance, a sentence too little may be a call for help.
"""

import re
from collections.abc import Sequence

_MONTHS_OR_DATE = r".*\d.*"
# "On Monday 1 June 2026 at 12:00, PLP Hub <alert@…> wrote:", in the languages of our members.
_ATTRIBUTION = re.compile(
    rf"^(on|le|op|am|den)\b{_MONTHS_OR_DATE}\b(wrote|a écrit|schreef|schrieb)\b.*:\s*$"
    rf"|^.+\b(wrote|a écrit|schreef|schrieb)\s*:\s*$"
    rf"|^(op|am|on|le)\b{_MONTHS_OR_DATE}\b(het volgende geschreven|folgendes geschrieben)\s*:\s*$",
    re.IGNORECASE,
)
_ATTRIBUTION_BEGINS = re.compile(r"^(on|le|op|am)\b.*\d", re.IGNORECASE)
_DIVIDER = re.compile(
    r"^-{2,}\s*(original message|message d['’]origine|message original|oorspronkelijk bericht"
    r"|original(e )?nachricht|ursprüngliche nachricht)\s*-{2,}\s*$",
    re.IGNORECASE,
)
# What somebody passes on is no history: he wants it read.
_PASSED_ON = re.compile(
    r"^-{2,}\s*(forwarded message|message transféré|doorgestuurd bericht"
    r"|weitergeleitete nachricht)\s*-{2,}\s*$",
    re.IGNORECASE,
)
_HEADER_FROM = re.compile(r"^\*?(from|de|van|von)\s?:\*?\s.*", re.IGNORECASE)
_HEADER_SENT = re.compile(
    r"^\*?(sent|date|envoyé|verzonden|datum|gesendet|à|to|aan|an|objet|subject|onderwerp|betreff)"
    r"\s?:\*?(\s.*)?$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^_{10,}\s*$")
_SENT_FROM_DEVICE = re.compile(
    r"^(sent from (my |outlook|mail|yahoo|the )|envoyé (de|depuis) (mon |ma |outlook|mail|yahoo)"
    r"|verzonden (vanaf|met|vanuit) (mijn |outlook|mail)|verstuurd vanaf mijn "
    r"|von meine[mr] .* gesendet|gesendet (von|mit) (meine|outlook|mail)"
    r"|get outlook for |téléchargez outlook|outlook voor .* downloaden|t[ée]l[ée]charger outlook)",
    re.IGNORECASE,
)


def new_words(text: str) -> str:
    """What is new in the text of a reply; empty when everything is quoted."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    own, passed_on = _parted(lines)
    kept = [line for line in _before_signature(_unquoted(own)) if not _is_noise(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join([*kept, *passed_on])).strip()


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """What is his own, and what he passes on of somebody else's."""
    begins = (place for place, line in enumerate(lines) if _PASSED_ON.match(line.strip()))
    place = next(begins, len(lines))
    return lines[:place], [line.rstrip() for line in lines[place:]]


def _unquoted(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    place = 0
    while place < len(lines):
        length = _quotation_begins(lines, place)
        if length and not _is_quoted(_next_words(lines, place + length)):
            # A history without marks goes on to the end.
            break
        if length:
            place += length
            continue
        if not _is_quoted(lines[place]):
            kept.append(lines[place].rstrip())
        place += 1
    return kept


def _quotation_begins(lines: Sequence[str], place: int) -> int:
    """How many lines from here announce a quotation; 0 when these do not."""
    line = lines[place].strip()
    if _DIVIDER.match(line) or _ATTRIBUTION.match(line):
        return 1
    if _ATTRIBUTION_BEGINS.match(line):
        # Long ones are broken over two or three lines.
        for length in (2, 3):
            joined = " ".join(one.strip() for one in lines[place : place + length])
            if len(joined) < 400 and _ATTRIBUTION.match(joined):
                return length
    if _RULE.match(line):
        return 1 if _is_header_block(lines, place + 1) else 0
    return 1 if _is_header_block(lines, place) else 0


def _is_header_block(lines: Sequence[str], place: int) -> bool:
    """From, then Sent, To or Subject on the next lines: how Outlook begins its history."""
    block = [line.strip() for line in lines[place : place + 5] if line.strip()]
    if not block or not _HEADER_FROM.match(block[0]):
        return False
    return sum(bool(_HEADER_SENT.match(line)) for line in block[1:]) >= 2


def _next_words(lines: Sequence[str], place: int) -> str:
    return next((line for line in lines[place:] if line.strip()), "")


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _before_signature(lines: Sequence[str]) -> Sequence[str]:
    for place, line in enumerate(lines):
        if line in ("--", "-- ") and any(one.strip() for one in lines[:place]):
            return lines[:place]
    return lines


def _is_noise(line: str) -> bool:
    return _SENT_FROM_DEVICE.match(line.strip()) is not None
