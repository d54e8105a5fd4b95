"""A real Redis for one test run, in a folder that goes away with it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.embedded_redis import EmbeddedRedis


@contextmanager
def redis_server() -> Iterator[EmbeddedRedis]:
    """A started server: ``.url`` to talk to, ``.process`` to be cruel to, ``.start()`` again."""
    # Not below pytest's own folders: their long names do not fit a socket's path.
    with tempfile.TemporaryDirectory(prefix="plp-hub-redis-") as folder:
        server = EmbeddedRedis(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
