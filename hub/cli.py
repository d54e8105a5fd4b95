"""The command line: ``plp-hub``.

Each command imports what it needs when it runs: the whole hub takes about two seconds of processor
time to import, and ``plp-hub run`` starts eight processes.
"""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hub import cli_plan
from hub.cli_lines import answer_lines
from hub.config import settings
from hub.errors import BadInput, ConfigurationError, HubError
from hub.languages import Language
from hub.queue_names import QueueName
from hub.roles import Role

if TYPE_CHECKING:
    from channels.simulator.knobs import Knobs

app = typer.Typer(
    help="PLP Hub: alerts, replies and feedback for Local Prevention Partnerships.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
account_app = typer.Typer(help="People who sign in.", no_args_is_help=True)
token_app = typer.Typer(help="Tokens for machines.", no_args_is_help=True)
check_app = typer.Typer(help="Figures to compare with other programs'.", no_args_is_help=True)
members_app = typer.Typer(help="Members of a partnership.", no_args_is_help=True)
app.add_typer(account_app, name="account")
app.add_typer(token_app, name="api-token")
app.add_typer(members_app, name="members")
app.add_typer(check_app, name="check")
cli_plan.add_to(app, check_app)
zone_app = typer.Typer(help="What a police zone has decided.", no_args_is_help=True)
app.add_typer(zone_app, name="zone")

cap_app = typer.Typer(help="Alerts for other systems (CAP).", no_args_is_help=True)
app.add_typer(cap_app, name="cap")

ExportFormat = Literal["csv", "xlsx", "vcard"]
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


@app.command("mail-door")
def mail_door() -> None:
    """Take in what members answer by mail, and the mail that came back."""
    from hub.metrics import serve_if_wanted
    from workers.mail_door import run as take_mail

    _begin_process()
    serve_if_wanted()
    take_mail()


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
            mail_door=chosen.mail_door,
            knobs=_knobs(chosen.simulator_settings),
        )
    )


def _knobs(wanted: str) -> "Knobs":
    from pydantic import ValidationError

    from channels.simulator.knobs import Knobs

    try:
        return Knobs.model_validate_json(wanted)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigurationError(
            "{variable} cannot be used: {reason}",
            variable="HUB_SIMULATOR_SETTINGS",
            reason=" ".join([*(str(part) for part in first["loc"]), first["msg"]]),
        ) from error


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
    with_life: Annotated[
        bool, typer.Option("--with-life", help="With messages, sightings and a survey in it.")
    ] = False,
) -> None:
    """Make a fictional police zone to try the hub with, once."""
    from hub import demo as demo_zone
    from hub.db import unit_of_work

    with unit_of_work() as session:
        created, made = demo_zone.seed(session)
        if created:
            demo_zone.seed_reports(session)
            demo_zone.seed_registers(session)
            made += demo_zone.seed_life(session) if with_life else []
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


@zone_app.command("create")
def create_zone(
    name: Annotated[str, typer.Argument(help="What the police zone is called.")],
    municipality: Annotated[
        list[str] | None, typer.Option(help="A municipality of the zone; as many as it has.")
    ] = None,
    province: Annotated[str, typer.Option(help="The province the zone lies in.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put a police zone and its municipalities into the register; prints their slugs."""
    from hub.db import unit_of_work
    from partnerships import organisations

    with unit_of_work() as session:
        zone = organisations.add_police_zone(session, name, province)
        towns = [
            organisations.add_municipality(session, one, zone, by=None)
            for one in municipality or ()
        ]
        slugs = [zone.slug, *(one.slug for one in towns)]
    told = {"zone": slugs[0], "municipalities": slugs[1:]}
    typer.echo(json.dumps(told) if as_json else " ".join(slugs))


@zone_app.command("set")
def set_zone(
    slug: Annotated[str, typer.Argument(help="Slug of the police zone.")],
    whatsapp: Annotated[
        bool,
        typer.Option(
            "--whatsapp/--no-whatsapp",
            help="Non-urgent messages may go by WhatsApp, where a plan names it. Alerts never do.",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Write down what a police zone has decided."""
    from hub.db import unit_of_work
    from partnerships.police_zones import allow_whatsapp

    with unit_of_work() as session:
        allow_whatsapp(session, slug, whatsapp)
    told = {"zone": slug, "allows_whatsapp": whatsapp}
    typer.echo(json.dumps(told) if as_json else f"WhatsApp is {'on' if whatsapp else 'off'}.")


@zone_app.command("province")
def set_province(
    slug: Annotated[str, typer.Argument(help="Slug of the police zone.")],
    province: Annotated[str, typer.Argument(help="The province the zone lies in.")],
    as_json: AsJson = False,
) -> None:
    """Move a police zone to the province it lies in; an officer can only name it once."""
    from hub.db import unit_of_work
    from partnerships import organisations

    with unit_of_work() as session:
        organisations.move_to_province(session, slug, province)
    told = {"zone": slug, "province": province}
    typer.echo(json.dumps(told) if as_json else f"{slug} lies in {province}.")


@check_app.command("sms")
def check_sms() -> None:
    """Read one JSON string a line; print its encoding, SMS parts and units as one JSON object.

    A line that is none gets an object with "error"; the command goes on, and ends with code 1.
    """
    from channels.sms_check import check

    answer_lines(check)


@check_app.command("phone")
def check_phone() -> None:
    """Read one JSON string a line; print the number in E.164, its kind and whether it takes SMS.

    A line that is no number gets an object with "error"; the command goes on, and ends with code 1.
    """
    from partnerships.phone_check import check

    answer_lines(check)


@check_app.command("reply")
def check_reply() -> None:
    """Read one JSON string a line; print what that reply means and its language.

    A line that is none gets an object with "error"; the command goes on, and ends with code 1.
    """
    from feedback.reply_check import check

    answer_lines(check)


@members_app.command("import")
def import_members(
    file: Path,
    partnership: Annotated[str, typer.Option(help="Slug of the partnership.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what is in the list; store nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take in a partnership's list of members (CSV or Excel); bad rows are told and left out."""
    from partnerships.members_import import by_command

    report = (by_command.look_at if dry_run else by_command.take)(file, partnership)
    if as_json:
        typer.echo(json.dumps(report.as_facts()))
        return
    for line in (*report.refused, *report.notes):
        typer.echo(f"row {line['row']}, {line['field']}: {line['reason']}")
    for double in report.duplicates:
        other = double.get("same_as_row") or "the register"
        typer.echo(f"row {double['row']}: the same {double['by']} as {other}")
    counts = report.tally
    typer.echo(f"{counts.rows_read} rows: {counts.added} new, {counts.updated} known,", nl=False)
    typer.echo(f" {counts.refused} left out.")


@members_app.command("export")
def export_members(
    partnership: Annotated[str, typer.Option(help="Slug of the partnership.")],
    wanted: Annotated[ExportFormat, typer.Option("--format", help="csv, xlsx or vcard.")] = "csv",
    output: Annotated[Path | None, typer.Option(help="The file to write; else printed.")] = None,
) -> None:
    """Write the members of a partnership to a file. It is noted in the log of decisions."""
    from hub.db import unit_of_work
    from partnerships import members_export
    from partnerships.scope import any_partnership

    with unit_of_work() as session:
        pieces = members_export.export_members(
            session,
            None,
            any_partnership(session, partnership),
            members_export.Format(wanted),
            Language.ENGLISH,
        )
    with output.open("wb") if output else nullcontext(sys.stdout.buffer) as file:
        for piece in pieces:
            file.write(piece)


@cap_app.command("new-key")
def new_cap_key(
    name: Annotated[str, typer.Option(help="Whose key it is, as its certificate says.")],
    path: Annotated[
        Path | None, typer.Option(help="Where to keep it; by default among the hub's secrets.")
    ] = None,
) -> None:
    """Make the key that signs alerts, with its certificate for their readers."""
    from messaging.cap import signing

    kept = path or settings().data_dir / "secrets" / "hub_cap_signing_key"
    signing.new_key(kept, name)
    typer.echo(f"Kept in {kept}. Elsewhere, name the file in HUB_CAP_SIGNING_KEY_FILE.")
    typer.echo("Readers find its certificate at /cap/certificate after a restart.")


if __name__ == "__main__":
    main()
