"""Areas and distances as a reader of each language writes them."""

from babel.numbers import format_decimal

from hub.i18n import Language

_SQUARE_METRES_IN_KM2 = 1_000_000
# Below a tenth of a square kilometre the decimals would hide what matters.
_SMALL_AREA = 100_000


def area(square_metres: float, language: Language) -> str:
    """Such as ``0,62 km²`` or ``4.200 m²``."""
    if square_metres < _SMALL_AREA:
        return f"{format_decimal(round(square_metres), locale=language.value)} m²"
    kilometres = square_metres / _SQUARE_METRES_IN_KM2
    return f"{format_decimal(kilometres, '#,##0.00', locale=language.value)} km²"


def distance(metres: float, language: Language) -> str:
    """Such as ``430 m`` or ``1,2 km``."""
    if round(metres) < 1000:
        return f"{round(metres)} m"
    return f"{format_decimal(metres / 1000, '#,##0.0', locale=language.value)} km"
