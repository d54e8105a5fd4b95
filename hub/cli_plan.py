"""The commands about plans: ``plp-hub plan`` and ``plp-hub check target``, ``colour`` and ``rise``.

Each command imports what it needs when it runs, as in the other commands.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from hub.cli_lines import answer_lines

plan_app = typer.Typer(help="Prevention plans.", no_args_is_help=True)


def add_to(app: typer.Typer, check_app: typer.Typer) -> None:
    """Hang these commands on the command line and on its ``check``."""
    app.add_typer(plan_app, name="plan")
    check_app.command("target")(check_target)
    check_app.command("colour")(check_colour)
    check_app.command("rise")(check_rise)


@plan_app.command("read")
def read_plan(
    file: Path,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole plan as JSON.")] = False,
) -> None:
    """Read a plan from a document (text, Markdown, Word or PDF) and say what is in it.

    Nothing is stored. A document that is no plan: what was looked for, and exit code 1.
    """
    from plan.reading import as_json as told
    from plan.reading.document import NoPlan, read

    try:
        found = read(file.read_bytes(), file.name)
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}", err=True)
        raise typer.Exit(1) from None
    except NoPlan as refusal:
        if as_json:
            print(json.dumps(told.refusal(refusal), indent=1))
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from None
    if as_json:
        print(json.dumps(told.plan(found), indent=1))
    else:
        print(told.summary(found))


def check_target() -> None:
    """Read one JSON object with "raw" a line; print what the text of a result promises.

    A line that is none gets an object with "error"; the command goes on, and ends with code 1.
    """
    from plan.target_check import check

    answer_lines(check)


def check_colour() -> None:
    """Read one case of the colour rule a line (fn, input); print its colour, reason and figures.

    A line that is none gets an object with "error"; the command goes on, and ends with code 1.
    """
    from plan.colour_check import check

    answer_lines(check)


def check_rise() -> None:
    """Read one case of the rule of a strong rise a line (method, input); print what it says.

    A line that is none gets an object with "error"; the command goes on, and ends with code 1.
    """
    from plan.rises.check import check

    answer_lines(check)
