"""Letting the code of this very process work on a hub's database, as one of its processes would."""

import logging
import os
from collections.abc import Mapping

import structlog

from hub import config, db, queue


def enter(environment: Mapping[str, str]) -> None:
    """From now on ``hub.*`` in this process reads these settings."""
    leave()
    # The screen is for figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        del os.environ[name]
    os.environ.update({k: v for k, v in environment.items() if k.startswith("HUB_")})


def leave() -> None:
    """Close what is open and forget what was read."""
    db.close()
    for remembered in (config.settings, queue.redis):
        remembered.cache_clear()
