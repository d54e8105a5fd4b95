"""Where one colour ends and another begins in this hub, and how that is told."""

from hub.config import settings
from hub.i18n import Language, mark, translate
from plan.colour_rule import Thresholds


def in_use() -> Thresholds:
    """Those of the settings: without any, ours."""
    chosen = settings()
    return Thresholds(
        closed_green=chosen.colour_green_closed,
        open_green=chosen.colour_green_open,
        orange=chosen.colour_orange,
        due_soon_fraction=chosen.colour_due_soon,
        small_target_below=chosen.colour_small_target,
        small_base_below=chosen.colour_few_cases,
    )


def told(language: Language) -> str:
    """A sentence that says which are in use."""
    used = in_use()
    return translate(
        language,
        mark(
            "Green from {open} of what is due while the period goes on, and from {closed} of"
            " the target at its end; orange from {orange}. A share of fewer than {few} cases"
            " carries a mark."
        ),
        open=_percent(used.open_green),
        closed=_percent(used.closed_green),
        orange=_percent(used.orange),
        few=used.small_base_below,
    )


def _percent(part: float) -> str:
    return f"{100 * part:.6g} %"
