"""The picture of the benchmark: messages per second as bars, readable without colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _LABEL, _FIGURE, _ROW, _TOP = 860, 320, 110, 30, 64
_INK, _PAPER, _OURS, _OTHERS = "#1b1b1b", "#ffffff", "#0b5fa5", "#8a8a8a"


@dataclass(frozen=True)
class Bar:
    """One bar. ``is_ours`` is told by its name too, never by colour alone."""

    label: str
    value: float
    is_ours: bool = False


def draw(title: str, unit: str, bars: Sequence[Bar]) -> str:
    """An SVG picture whose description says in words what it shows."""
    height = _TOP + len(bars) * _ROW + 12
    said = "; ".join(f"{bar.label}: {bar.value:,.0f}" for bar in bars)
    largest = max(bar.value for bar in bars)
    rows = "\n".join(_row(place, bar, largest) for place, bar in enumerate(bars))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"
 aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="15">
<title id="title">{escape(title)}</title>
<desc id="description">{escape(f"Bars, in {unit}. {said}.")}</desc>
<rect width="{_WIDTH}" height="{height}" fill="{_PAPER}"/>
<text x="16" y="28" font-size="18" font-weight="600" fill="{_INK}">{escape(title)}</text>
<text x="16" y="50" fill="{_INK}">{escape(unit)}</text>
{rows}
</svg>
"""


def _row(place: int, bar: Bar, largest: float) -> str:
    top = _TOP + place * _ROW
    # The least there is must still be seen.
    width = max(2.0, (_WIDTH - _LABEL - _FIGURE) * bar.value / largest)
    fill, weight = (_OURS, 600) if bar.is_ours else (_OTHERS, 400)
    text = f'fill="{_INK}" font-weight="{weight}"'
    middle = top + 16
    return (
        f'<text x="{_LABEL - 12}" y="{middle}" text-anchor="end" {text}>{escape(bar.label)}</text>'
        f'<rect x="{_LABEL}" y="{top}" width="{width:.1f}" height="20" fill="{fill}"/>'
        f'<text x="{_LABEL + width + 8:.1f}" y="{middle}" {text}>{bar.value:,.0f}</text>'
    )
