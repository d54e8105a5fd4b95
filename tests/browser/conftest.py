"""What every test in a browser shares: Chromium, the pictures' folder, a hub for each module."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from hub.embedded_redis import EmbeddedRedis
from tests.conftest import TemplateOf, copy_of, empty_queue
from tests.running_hub import RunningHub
from tests.windows import chromium

# Patience, so that a slow machine fails none of them.
expect.set_options(timeout=45_000)


# Not longer than a module: while it is there an event loop runs in this thread, and the modules
# that come next could start none of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(autouse=True)
def _close_what_was_opened(browser: Browser) -> Iterator[None]:
    """Pages follow what happens, each on its own: those of earlier tests would slow the next."""
    yield
    for context in browser.contexts:
        for page in context.pages:
            page.close()


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go: SCREENSHOTS names it (``make screenshots``)."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def hub(
    request: pytest.FixtureRequest,
    browser: Browser,
    template_of: TemplateOf,
    tmp_path_factory: pytest.TempPathFactory,
    redis: EmbeddedRedis,
) -> Iterator[RunningHub]:
    """A hub with the demo zone as it was made; only the processes in the module's PROCESSES."""
    folder = tmp_path_factory.mktemp("browser-hub")
    template = template_of("sqlite")
    url = copy_of(template.with_demo, "sqlite", folder, request)
    settings = getattr(request.module, "SETTINGS", {})
    running = RunningHub(folder, url, empty_queue(redis, 9), settings, accounts=template.accounts)
    running.start_only(*request.module.PROCESSES)
    yield running
    for context in browser.contexts:
        context.close()
    running.stop()
