"""The command line: ``plp-hub``.

Each command imports what it needs when it runs: the whole hub takes about two seconds of processor
time to import, and ``plp-hub run`` starts eight processes.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.config import settings
from hub.errors import BadInput, HubError
from hub.languages import Language
from hub.queue_names import QueueName
from hub.roles import Role

app = typer.Typer(
    help="PLP Hub: alerts, replies and feedback for Local Prevention Partnerships.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
account_app = typer.Typer(help="People who sign in.", no_args_is_help=True)
token_app = typer.Typer(help="Tokens for machines.", no_args_is_help=True)
members_app = typer.Typer(help="Members of a partnership.", no_args_is_help=True)
app.add_typer(account_app, name="account")
app.add_typer(token_app, name="api-token")
app.add_typer(members_app, name="members")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script to read.")]


def main() -> None:
    """Run a command; a refusal is a sentence and exit code 1, never a traceback."""
    try:
        app()
    except BadInput as refusal:
        for one in refusal.problems:
            typer.echo(f"{one.field}: {one.message.format(**dict(one.values))}", err=True)
        sys.exit(1)
    except HubError as refusal:
        typer.echo(refusal.message.format(**refusal.values), err=True)
        sys.exit(1)


def _begin_process() -> None:
    from hub import log, processes

    log.configure(settings().log_format)
    processes.end_with_supervisor()


@app.command()
def run() -> None:
    """Run the whole hub on this machine: web, workers, timetable, Redis, simulated carrier."""
    from hub.run import run as run_tree

    raise typer.Exit(run_tree())


@app.command()
def web() -> None:
    """Serve the pages, the API and the carrier's webhooks."""
    from hub.server import serve

    _begin_process()
    serve()


@app.command()
def worker(queue: QueueName) -> None:
    """Work on one queue: urgent, default or bulk."""
    from hub.metrics import serve_if_wanted
    from workers.worker import run as work

    _begin_process()
    serve_if_wanted()
    work(queue)


@app.command()
def timetable() -> None:
    """Do what is due every few seconds: sweep, receipts, questions to the carrier."""
    from hub.metrics import serve_if_wanted
    from workers.timetable import run as keep_time

    _begin_process()
    serve_if_wanted()
    keep_time()


@app.command()
def simulator() -> None:
    """Be the carrier: SMS and voice over HTTP, mail over SMTP. Nothing leaves this machine."""
    from channels.simulator.server import run as run_simulator
    from channels.simulator.settings import SimulatorSettings

    _begin_process()
    chosen = settings()
    run_simulator(
        SimulatorSettings(
            host=chosen.host,
            port=chosen.simulator_port,
            smtp_port=chosen.simulator_smtp_port,
            account_sid=chosen.twilio_account_sid,
            auth_token=chosen.twilio_auth_token,
            inbound_url=f"{chosen.base_url}/webhooks/twilio/sms/inbound",
            sender=chosen.twilio_sender,
        )
    )


@app.command()
def migrate() -> None:
    """Bring the database to this version."""
    from hub.migration import upgrade

    upgrade()


@app.command()
def demo(
    as_json: AsJson = False,
    new_passwords: Annotated[
        bool, typer.Option("--new-passwords", help="Give the demo accounts new passwords.")
    ] = False,
) -> None:
    """Make a fictional police zone to try the hub with, once."""
    from hub import demo as demo_zone
    from hub.db import unit_of_work

    with unit_of_work() as session:
        created, made = demo_zone.seed(session)
        if new_passwords and not created:
            made = demo_zone.new_passwords(session)
    shown = [{"role": a.role, "email": a.email, "password": a.password} for a in made]
    if as_json:
        typer.echo(json.dumps({"created": created, "accounts": shown}))
        return
    typer.echo("The demo zone was made." if created else "The demo zone was there already.")
    for one in made:
        typer.echo(f"  {one.role:<20}{one.email:<32}{one.password or ''}")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what is missing before the hub can serve. Exit code 1 when something is."""
    from hub.doctor import examine

    findings = examine()
    if as_json:
        typer.echo(
            json.dumps([{"ok": f.ok, "about": f.about, "finding": f.text} for f in findings])
        )
    else:
        for one in findings:
            typer.echo(f"{'ok     ' if one.ok else 'MISSING'} {one.about}: {one.text}")
    raise typer.Exit(0 if all(one.ok for one in findings) else 1)


@account_app.command("create")
def create_account(
    email: Annotated[str, typer.Option(help="The address to sign in with.")],
    role: Annotated[Role, typer.Option(help="What this person does.")],
    scope: Annotated[
        str, typer.Option(help="Slug of the police zone, municipality or partnership.")
    ] = "",
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    language: Annotated[Language, typer.Option(help="fr, nl, de or en.")] = Language.FRENCH,
    as_json: AsJson = False,
) -> None:
    """Make an account with one role. Its one-time password is printed once."""
    from hub.db import unit_of_work
    from hub.security import new_token
    from partnerships import accounts

    password = new_token()[:24]
    with unit_of_work() as session:
        scope_id = accounts.scope_named(session, role, scope)
        account = accounts.create(
            session, email=email, name=name or email, password=password, language=language
        )
        accounts.appoint(session, account, role, scope_id)
    if as_json:
        typer.echo(json.dumps({"email": account.email, "role": role, "password": password}))
    else:
        typer.echo(f"{account.email}  {password}")


@token_app.command("create")
def create_token(
    account: Annotated[str, typer.Option(help="Address of the account it acts for.")],
    name: Annotated[str, typer.Option(help="What the token is for.")],
    as_json: AsJson = False,
) -> None:
    """Make an API token. It is printed once and cannot be read again."""
    from hub.db import unit_of_work
    from partnerships import accounts

    with unit_of_work() as session:
        found = accounts.by_email(session, account)
        if found is None:
            raise HubError("There is no account with the address {address}.", address=account)
        token = accounts.create_token(session, found, name)
    typer.echo(json.dumps({"name": name, "token": token}) if as_json else token)


@members_app.command("import")
def import_members(
    file: Path,
    partnership: Annotated[str, typer.Option(help="Slug of the partnership.")],
    as_json: AsJson = False,
) -> None:
    """Take a partnership's register from a CSV file; bad rows are told and left out."""
    from hub.db import unit_of_work
    from partnerships.members_import import import_members as take
    from partnerships.scope import any_partnership

    with unit_of_work() as session:
        result = take(session, file, any_partnership(session, partnership))
    refused = [
        {
            "row": one.row,
            "field": one.problem.field,
            "reason": one.problem.message.format(**dict(one.problem.values)),
        }
        for one in result.refused
    ]
    if as_json:
        counts = {"added": result.added, "updated": result.updated}
        typer.echo(json.dumps({**counts, "refused": refused}))
        return
    for line in refused:
        typer.echo(f"row {line['row']}, {line['field']}: {line['reason']}")
    typer.echo(f"{result.added} added, {result.updated} updated, {len(refused)} fields refused.")


if __name__ == "__main__":
    main()
