"""The number somebody calls from, as the carrier tells it: some withhold theirs."""

# What carriers put in its place; the numbers are such words typed on a telephone's keys.
_WITHHELD = frozenset(
    {
        "anonymous",
        "blocked",
        "private",
        "restricted",
        "unavailable",
        "unknown",
        "withheld",
        "266696687",
        "7378742833",
        "86282452253",
        "2562533",
        "8656696",
    }
)


def number_of(said: str) -> str:
    """The number, or empty where the caller withholds it: nobody can be called back there."""
    number = said.replace("\0", "").strip()
    return "" if number.removeprefix("+").lower() in _WITHHELD else number
