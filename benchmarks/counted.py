"""Runs ``plp-hub ARGUMENTS`` and counts its SQL: nothing in the hub knows of it.

``python -m benchmarks.counted worker urgent``, with the file to count in named by the environment.
The counters cost well under a microsecond a statement.
"""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from benchmarks.probes import COUNT_FILE_VARIABLE, CountFile
from hub.cli import main


def count_into(file: CountFile) -> None:
    """Count every statement and commit of every engine of this process."""
    numbers = file.numbers

    def on_commit(_connection: Connection) -> None:
        numbers[0] += 1

    def on_execute(
        _connection: Connection,
        _cursor: Any,
        _statement: str,
        parameters: Any,
        _context: Any,
        is_many: bool,
    ) -> None:
        numbers[1] += 1
        numbers[2] += len(parameters) if is_many else 1

    event.listen(Engine, "commit", on_commit)
    event.listen(Engine, "after_cursor_execute", on_execute)


if __name__ == "__main__":
    count_into(CountFile(Path(os.environ[COUNT_FILE_VARIABLE])))
    main()
