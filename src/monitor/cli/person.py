"""`monitor person`: the people of the desk, their roles, and one-time links handed over by an admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk
from monitor.config.environment import Settings
from monitor.outside.clock import SystemClock

app = typer.Typer(help="The people of the desk.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The person's e-mail address.")]
INVITED_FOR = timedelta(days=3)
LONGEST_NAME = 80


@app.command()
def add(
    email: Email,
    given: Annotated[str, typer.Option(help="Given name, for `By First LAST`.")] = "",
    family: Annotated[str, typer.Option(help="Family name.")] = "",
    role: Annotated[str, typer.Option(help="contributor, editor or admin.")] = "contributor",
    language: Annotated[str, typer.Option(help="Language of the pages: fr or en.")] = "fr",
) -> None:
    """Add a person. Prints the one-time link that lets them in; it works for three days, and nothing is mailed."""
    settings = open_desk()
    from monitor.jobs.addresses import sign_in_address  # tables exist only once Django is set up
    from monitor.store import people

    now = SystemClock().now()
    person = people.add(email, _name(given, "--given"), _name(family, "--family"), role, language, now)
    show.line(f"Added {person.email} as {role}. Their one-time link, good for three days:")
    show.line(sign_in_address(settings, people.make_link(person, "invite", now, INVITED_FOR)))
    _say_where(settings)


@app.command()
def invite(
    email: Email,
    role: Annotated[str, typer.Option(help="contributor, editor or admin.")] = "contributor",
    language: Annotated[str, typer.Option(help="Language the invitation speaks: fr or en.")] = "fr",
) -> None:
    """Invite somebody. Prints the one-time link, and mails it when mail leaves; it is good for three days."""
    settings = open_desk()
    from monitor.flows.mail_links import mail_invitation
    from monitor.store import invite as invitations  # tables exist only once Django is set up

    now = SystemClock().now()
    made, token = invitations.invite(email, role, language, None, now)
    about = {"key": str(made.uuid), "email": made.email, "role": made.role, "language": made.language, "path": f"/join/{token}"}
    mailed = mail_invitation(settings, now, by="", until=made.expires_at, **about)
    show.line(f"Invited {made.email} as {made.role}. The one-time link, good for three days{', is also mailed' if mailed else ''}:")
    show.line(settings.address_of(f"/join/{token}"))
    _say_where(settings)


@app.command("out")
def out(email: Email) -> None:
    """Let a person in no more. Their sessions and links end, their claims go back to the queue; everything else is kept."""
    open_desk()
    from monitor.store import change_people, people  # tables exist only once Django is set up

    person = people.find(email)
    claims = change_people.shut_out(person.uuid, None, SystemClock().now())
    show.line(f"{person.email} cannot come in any more; {show.count(claims, 'claim')} handed back.")


@app.command("in")
def let_in(email: Email) -> None:
    """Let a person in again who was shut out, with the role they had."""
    open_desk()
    from monitor.store import change_people, people  # tables exist only once Django is set up

    show.line(f"{change_people.let_in(people.find(email).uuid, None, SystemClock().now()).email} may come in again.")


@app.command()
def link(email: Email) -> None:
    """Print a one-time sign-in link for a person. It works once, within an hour."""
    settings = open_desk()
    from monitor.jobs.addresses import sign_in_address  # tables exist only once Django is set up
    from monitor.store import people

    person = people.find(email)
    if not person.is_active:
        raise show.fail(f"{person.email} is shut out; `monitor person in {person.email}` lets them in again.", code=2)
    show.line(sign_in_address(settings, people.make_link(person, "sign-in", SystemClock().now())))
    _say_where(settings)


@app.command()
def role(email: Email, role: Annotated[str, typer.Argument(metavar="ROLE", help="contributor, editor or admin.")]) -> None:
    """Change a person's role. The desk's only admin stays admin until there is another."""
    open_desk()
    from monitor.store import change_people, people  # tables exist only once Django is set up

    changed = change_people.change_role(people.find(email).uuid, role, None, SystemClock().now())
    show.line(f"{changed.email} is now {role}.")


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, one object a line.")] = False,
) -> None:
    """The people of the desk."""
    open_desk()
    from monitor.store import people  # tables exist only once Django is set up

    rows: list[dict[str, Any]] = [
        {"email": p.email, "given": p.given, "family": p.family, "role": p.role, "language": p.language, "active": p.active}
        for p in people.list_all()
    ]
    if not as_json:
        rows = [row | {"state": "" if row["active"] else "shut out"} for row in rows]
    empty = "Nobody yet. `monitor person add EMAIL` takes somebody in."
    show.listing(rows, ("email", "given", "family", "role", "language", "state"), as_json=as_json, empty=empty)


def _name(text: str, option: str) -> str:
    """A name as pieces are signed with it: at most 80 characters of one line."""
    name = text.strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise show.fail(f"{option} takes a name of at most {LONGEST_NAME} characters on one line.", code=2)
    return name


def _say_where(settings: Settings) -> None:
    """A link to this machine's own address is of no use elsewhere; said on standard error, so that the link can be piped."""
    if not settings.public_url and settings.host in {"127.0.0.1", "::1", "localhost"}:
        show.note("It opens on this machine only. For other machines set MONITOR_PUBLIC_URL to the desk's address.")
