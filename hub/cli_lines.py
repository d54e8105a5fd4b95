"""How the ``check`` commands speak: a line in, a line out; what was wrong on the error stream."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping

import typer

Check = Callable[[Iterable[bytes]], Iterator[Mapping[str, object]]]


def answer_lines(check: Check) -> None:
    """Print what ``check`` says to each line of the input, as it comes; end with code 1 where a
    line could not be answered."""
    wrong = False
    for number, told in enumerate(check(sys.stdin.buffer), start=1):
        print(json.dumps(told), flush=True)
        if "error" in told:
            wrong = True
            print(f"line {number}: {told['error']}", file=sys.stderr)
    if wrong:
        raise typer.Exit(1)
