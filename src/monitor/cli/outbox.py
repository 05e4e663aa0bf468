"""`monitor outbox`: what waits to be mailed, what became of the rest, and letting mail go again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk
from monitor.cli.desk import since as moment_of
from monitor.config.environment import Settings
from monitor.config.sender import leaves
from monitor.outside.clock import SystemClock

if TYPE_CHECKING:
    from monitor.store.pages_outbox import Message

app = typer.Typer(help="Mail that waits, left or could not be sent.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="JSON Lines, one object a line.")]


@app.command("list")
def list_(
    state: Annotated[str, typer.Option(help="Only messages in this state: pending, deferred, uncertain, failed, sent …")] = "",
    kind: Annotated[str, typer.Option(help="Only messages of this kind: alert, digest, edition, invite, reset, notice, test.")] = "",
    since: Annotated[str | None, typer.Option(help="Only those made since then: 2d, 36h, 90m, or a date.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List messages, newest first, with what became of them and why."""
    settings = open_desk()
    from monitor.store import pages_outbox  # tables exist only once Django is set up

    for given, known, name in ((state, pages_outbox.STATES, "state"), (kind, pages_outbox.KINDS, "kind")):
        if given and given not in known:
            raise show.fail(f"There is no {name} {given!r}; there are {', '.join(known)}.", code=2)
    asked = pages_outbox.Asked(state=state, kind=kind, since=moment_of(since))
    found, _more = pages_outbox.messages(asked, limit)
    empty = show.none("message", state, kind, since, otherwise="Alerts, digests and invitations are kept here when they are made.")
    show.listing(map(_shown, found), ("id", "made", "kind", "to", "subject", "state", "next", "reason"), as_json=as_json, empty=empty)
    if not as_json:
        _say_what_holds(settings)


@app.command()
def resume(
    drop_waiting: Annotated[bool, typer.Option("--drop-waiting", help="Cancel what was made before mail was held.")] = False,
    as_json: Json = False,
) -> None:
    """Let mail leave again after a restore, and try the mail server at once. Until then a restored desk sends nothing."""
    settings = open_desk()
    from monitor.store import mail_line, outbox_acts, pages_outbox  # tables exist only once Django is set up

    held = mail_line.held() is not None
    dropped = outbox_acts.resume(None, SystemClock().now(), drop=drop_waiting)
    waiting = pages_outbox.waiting()
    if as_json:
        show.listing([{"held_before": held, "cancelled": dropped, "waiting": waiting}], (), as_json=True, empty="")
        return
    show.line("Mail leaves again." if held else "Mail was not held; the mail server is tried at once.")
    if dropped:
        show.line(f"{show.count(dropped, 'message')} made before that will not be sent.")
    show.line(f"{show.count(waiting, 'message')} {'waits' if waiting == 1 else 'wait'}.")
    _say_what_holds(settings)


@app.command()
def retry(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Messages to send again, by their id.")] = None,
    state: Annotated[str, typer.Option(help="Or all in this state: failed, uncertain, expired, suppressed, cancelled, deferred.")] = "",
    as_json: Json = False,
) -> None:
    """Send messages again: the same bytes, the same Message-ID. Takes ids, or a state."""
    open_desk()
    from monitor.store import outbox_acts, pages_outbox  # tables exist only once Django is set up

    if bool(ids) == bool(state):
        raise show.fail("Give ids, or a state with --state; `monitor outbox list` shows both.", code=2)
    if state and state not in outbox_acts.SENT_AGAIN:
        raise show.fail(f"Messages in state {state!r} are not sent again; choose {', '.join(outbox_acts.SENT_AGAIN)}.", code=2)
    if state:
        keys: Sequence[uuid.UUID] = [one.uuid for one in pages_outbox.messages(pages_outbox.Asked(state=state), 10_000)[0]]
    else:
        keys = [_key(text) for text in ids or ()]
    told = [_again(key) for key in keys]
    show.listing(told, ("id", "again", "reason"), as_json=as_json, empty="No message is in that state.")
    if any(not one["again"] for one in told):
        raise typer.Exit(1)


def _again(key: uuid.UUID) -> dict[str, Any]:
    from monitor.store import outbox_acts  # tables exist only once Django is set up

    try:
        outbox_acts.resend(key, None, SystemClock().now())
    except outbox_acts.OutboxRefused as why:
        return {"id": str(key), "again": False, "reason": str(why)}
    return {"id": str(key), "again": True, "reason": ""}


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise show.fail(f"{text[:80]!r} is no id of a message; `monitor outbox list` shows them.", code=2) from None


def _shown(one: Message) -> dict[str, Any]:
    """A message as a listing shows it."""
    from monitor.web import outbox_words  # words need the tables' settings

    said = ": ".join(part for part in outbox_words.reason(one.last_error) if part)
    return {
        "id": str(one.uuid),
        "kind": one.kind,
        "to": one.recipient,
        "subject": one.subject,
        "state": one.state,
        "made": one.made_at.isoformat(),
        "next": one.due_at.isoformat() if one.due_at else None,
        "expires": one.expires_at.isoformat() if one.expires_at else None,
        "sent": one.sent_at.isoformat() if one.sent_at else None,
        "reason": said,
        "message_id": one.message_id,
        "queue_id": one.queue_id,
    }


def _say_what_holds(settings: Settings) -> None:
    """What keeps mail from leaving, one line each, on standard error."""
    from monitor.store import mail_line  # tables exist only once Django is set up
    from monitor.web import outbox_words

    if not leaves(settings):
        show.note("Nothing leaves: set MONITOR_MAIL_FROM and MONITOR_SMTP_URL. Until then messages can be read on the Outbox page.")
    if held := mail_line.held():
        why = "this desk was restored from a backup" if held[1] == "restored" else "an admin holds it"
        show.note(f"Nothing leaves: {why}. `monitor outbox resume` lets mail go; with --drop-waiting, what was made before is cancelled.")
    line = mail_line.line()
    if line.broken:
        said = ": ".join(part for part in outbox_words.line(line.why) if part)
        show.note(f"Mail is broken: {show.count(line.failures, 'failure')} in a row. {said}. `monitor outbox resume` tries at once.")
