"""`monitor person`: the people of the desk, their roles, and one-time links handed over by an admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk
from monitor.outside.clock import SystemClock

app = typer.Typer(help="The people of the desk.", no_args_is_help=True)
INVITED_FOR = timedelta(days=3)


@app.command()
def add(
    email: str,
    given: Annotated[str, typer.Option(help="Given name, for `By First LAST`.")] = "",
    family: Annotated[str, typer.Option(help="Family name.")] = "",
    role: Annotated[str, typer.Option(help="contributor, editor or admin.")] = "contributor",
    language: Annotated[str, typer.Option(help="Language of the pages: fr or en.")] = "fr",
) -> None:
    """Add a person and print the one-time link that lets them in."""
    settings = open_desk()
    from monitor.jobs.addresses import sign_in_address  # tables exist only once Django is set up
    from monitor.store import people

    now = SystemClock().now()
    person = people.add(email, given, family, role, language, now)
    show.line(f"Added {person.email} as {role}. Their one-time link, good for three days:")
    show.line(sign_in_address(settings, people.make_link(person, "invite", now, INVITED_FOR)))


@app.command()
def link(email: str) -> None:
    """Print a new one-time sign-in link for a person, good for an hour."""
    settings = open_desk()
    from monitor.jobs.addresses import sign_in_address  # tables exist only once Django is set up
    from monitor.store import people

    show.line(sign_in_address(settings, people.make_link(people.find(email), "sign-in", SystemClock().now())))


@app.command()
def role(email: str, role: str) -> None:
    """Change a person's role."""
    open_desk()
    from monitor.store import people  # tables exist only once Django is set up

    show.line(f"{people.set_role(email, role).email} is now {role}.")


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, one object a line.")] = False,
) -> None:
    """The people of the desk."""
    open_desk()
    from monitor.store import people  # tables exist only once Django is set up

    rows = [
        {"email": p.email, "given": p.given, "family": p.family, "role": p.role, "language": p.language, "active": p.active}
        for p in people.list_all()
    ]
    show.listing(rows, ("email", "given", "family", "role", "language"), as_json=as_json, empty="Nobody yet. `monitor person add EMAIL`.")
