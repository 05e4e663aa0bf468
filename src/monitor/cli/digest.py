"""`monitor digest`: what a person's digest would say now, and what became of those that were due."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk, since
from monitor.config.sender import sender_of
from monitor.outside.clock import SystemClock
from monitor.pipeline.digest_json import to_json

if TYPE_CHECKING:
    from monitor.store.digests import Kept

app = typer.Typer(help="Digests: what each person is told once a day.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines, one object a line.")]
_REASONS = {"asleep": "nothing ran at that hour, nor in the six hours after it"}
ForPerson = Annotated[str | None, typer.Option("--person", help="The e-mail address of one person.")]


@app.command("preview")
def preview(
    person: Annotated[str | None, typer.Option("--person", help="Whose digest, by e-mail address; without it an admin's.")] = None,
    text: Annotated[bool, typer.Option("--text", help="The mail's plain text (also without any option).")] = False,
    html: Annotated[bool, typer.Option("--html", help="The mail's HTML, to be looked at in a browser.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The content as one JSON object.")] = False,
) -> None:
    """What a person's digest would say if it were made now; nothing is sent and nothing is kept."""
    if text + html + as_json > 1:
        raise show.fail("Choose one of --text, --html and --json.", code=2)
    settings = open_desk()
    from monitor.flows import send_digest  # tables exist only once Django is set up
    from monitor.store import outlets, people

    someone = person or getattr(people.an_admin(), "email", "")
    if not someone:
        raise show.fail("Nobody is at this desk yet: `monitor person add` takes somebody in.", code=1)
    desk = outlets.desk()
    made = send_digest.preview(desk, sender_of(settings, desk.name), SystemClock().now(), someone)
    if as_json:
        told = {"person": made.person.email, "subject": made.written.subject, "html_bytes": len(made.written.html.encode())}
        sys.stdout.write(json.dumps(told | to_json(made.digest), ensure_ascii=False) + "\n")
        return
    if html:
        sys.stdout.write(made.written.html)
        return
    show.note(f"To {made.person.email}: {made.written.subject}")
    sys.stdout.write(made.written.text)


@app.command("list")
def digest_list(
    person: ForPerson = None,
    since_: Annotated[str | None, typer.Option("--since", help="Only those due since: 2d, 36h, or a date.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most this many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """The digests that were due, the newest first: made or skipped and why, and what became of their mail."""
    open_desk()
    from monitor.store import digests  # tables exist only once Django is set up

    rows = [_row(kept) for kept in digests.listed(since=since(since_), email=person or "", limit=limit)]
    empty = "No digest was due yet. `monitor digest preview` shows what one would say now."
    show.listing(rows, ("date", "person", "state", "late", "mail", "made", "reason"), as_json=as_json, empty=empty)


def _row(kept: Kept) -> dict[str, Any]:
    return {
        "date": kept.local_date.isoformat(),
        "person": kept.person,
        "state": kept.state,
        "late": kept.late,
        "mail": kept.message,
        "wanted": kept.wanted_at.isoformat(),
        "made": kept.made_at.isoformat() if kept.made_at else None,
        "reason": _REASONS.get(kept.reason, kept.reason),
    }
