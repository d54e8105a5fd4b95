"""What people choose and type about a launch decision, on the pages that ask for it."""

from typing import Any

from hub.i18n import Language
from hub.web.forms import Form
from messaging import launch, launch_words


def decided_in(form: Form, *, launched: bool) -> launch.Decided:
    """The decision as it was typed."""
    return launch.Decided(
        launched=launched,
        reason=form.text("reason_for" if launched else "reason_against"),
        words=form.text("words"),
        asked_by=form.text("asked_by"),
        ticks=form.all("ticks"),
        tell=form.all("tell"),
        tell_reporter=bool(form.text("tell_reporter")),
    )


def choices(language: Language) -> dict[str, Any]:
    """What can be chosen, as the reader reads it."""
    return {
        "reasons_for": [
            (one, launch_words.label(one, language)) for one in launch_words.REASONS_FOR
        ],
        "reasons_against": [
            (one, launch_words.label(one, language)) for one in launch_words.REASONS_AGAINST
        ],
        "ticks": [(one, launch_words.tick_label(one, language)) for one in launch_words.TICKS],
    }
