"""`monitor run|web|worker|once|migrate|prune`: what makes the desk go."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import show
from monitor.cli.desk import clock_for, open_desk
from monitor.config.environment import Settings
from monitor.outside import notify
from monitor.outside.clock import SystemClock

if TYPE_CHECKING:
    from waitress.server import BaseWSGIServer

    from monitor.jobs.timetable import Job
    from monitor.ports import Clock

FIRST_LINK_DAYS = 7
WEB_THREADS = 8
LOOK_UP = 0.5  # seconds


def register(app: typer.Typer) -> None:
    """Add these commands to the `monitor` command."""
    for command in (run, web, worker, once, migrate, prune):
        app.command()(command)


def run() -> None:
    """Start the whole desk: pages and worker, until Ctrl-C. Before that, feeds.yaml is imported and the database is migrated."""
    settings = open_desk(migrate=True)
    _bring_outlets_in(settings)
    serve(settings, work=True)


def web() -> None:
    """Serve the pages only. `monitor worker` does the work beside it."""
    serve(open_desk(), work=False)


def worker() -> None:
    """Do the work only: poll, read, group and rank, until Ctrl-C. `monitor web` serves the pages beside it."""
    settings = open_desk()
    from monitor.jobs.local import LocalEngine  # tables exist only once Django is set up
    from monitor.jobs.worker import open_worker

    clock = SystemClock()
    with open_worker(settings, clock) as opened:
        _stop_on_signals(opened.stopping.set, clock.stop)
        engine = LocalEngine(opened)
        engine.start()
        show.line("The worker is running; Ctrl-C ends it.")
        while not clock.stopping.wait(LOOK_UP):
            pass  # a signal that another thread was given is handled here, and only while this thread wakes now and then
        engine.stop()


def once(
    job: Annotated[str, typer.Argument(help="A job of the timetable, or all.")] = "all",
    as_of: Annotated[str | None, typer.Option(help="Move the clock, for outlets on loopback: +24h, +90m, +2d.")] = None,
) -> None:
    """Run every job once, in path order, until nothing is due any more."""
    settings = open_desk()
    from monitor.jobs.once import once as run_once  # tables exist only once Django is set up
    from monitor.jobs.timetable import TIMETABLE
    from monitor.jobs.timetable import job as line_of
    from monitor.jobs.worker import open_worker

    line = line_of(job)
    if line is None and job != "all":
        names = ", ".join(line.name for line in TIMETABLE)
        raise show.fail(f"There is no job {job!r}; there are {names}, and all.", code=2)
    clock, said = clock_for(as_of), []
    with show.watching() as watch, open_worker(settings, clock, progress=watch, loopback_only=as_of is not None) as opened:
        _stop_on_signals(opened.stopping.set)

        def say(name: str, summary: str) -> None:
            said.append(name)
            show.line(f"{name}: {summary}")

        sound = run_once(opened, (line,) if line else _lines(moved=as_of is not None), say=say)
    if not said or (line is None and not {"poll_feeds", "read_articles", "group_stories", "queue_leads"} & set(said)):
        show.line(_why_nothing())
    if not sound:
        raise typer.Exit(1)


def _lines(*, moved: bool) -> tuple[Job, ...]:
    """The jobs of `once all`; under a moved clock nothing is let go, for the texts of real outlets would leave with it."""
    from monitor.jobs.timetable import TIMETABLE  # tables exist only once Django is set up

    return tuple(line for line in TIMETABLE if line.repeat is None) if moved else TIMETABLE


def migrate() -> None:
    """Bring the database to this version of Monitor. An existing SQLite file is copied beside itself first."""
    open_desk(migrate=True)
    show.line("The database is of this version.")


def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Let texts and old rows go when their time is over. The worker does so by itself once a day."""
    open_desk()
    from monitor.flows import keep_house  # tables exist only once Django is set up

    show.line(keep_house.prune_at(SystemClock().now(), dry_run=dry_run))


def serve(settings: Settings, *, work: bool, clock: Clock | None = None, also: Callable[[], list[str]] | None = None) -> None:
    """Serve the pages, with the worker beside them if asked; returns when the process is told to stop."""
    from monitor.jobs.local import LocalEngine  # tables exist only once Django is set up
    from monitor.jobs.worker import open_worker
    from monitor.web import moment

    own = SystemClock()
    clock = clock or own
    moment.use(clock)
    server = _listen(settings)
    with ExitStack() as stack:
        stack.callback(server.close)
        stop: list[Callable[[], object]] = [_leave]
        if work:
            opened = stack.enter_context(open_worker(settings, clock))
            engine = LocalEngine(opened)
            engine.start()
            stack.callback(engine.stop)
            stop.insert(0, opened.stopping.set)
        _greet(settings, clock, also)
        _stop_on_signals(*stop)
        notify.tell("READY=1")
        threading.Thread(target=_keep_telling, args=(own,), name="watchdog", daemon=True).start()
        server.run()
        notify.tell("STOPPING=1")
        own.stop()


def _leave() -> None:
    """End the server's loop from a signal: it takes SystemExit as the wish to stop; sockets closed under its select() would be an error."""
    raise SystemExit(0)


def _keep_telling(clock: SystemClock) -> None:
    """Tell the service manager every twenty seconds that this process lives."""
    while not clock.stopping.is_set() and notify.tell("WATCHDOG=1"):
        clock.sleep(20)


def _listen(settings: Settings) -> BaseWSGIServer:
    from waitress import create_server

    from monitor.web.wsgi import application  # needs the settings of this process

    try:
        return create_server(application, host=settings.host, port=settings.port, threads=WEB_THREADS, ident=None)
    except OSError as busy:
        where = f"{settings.host}:{settings.port} cannot be listened on ({busy.strerror})."
        text = f"{where} Set MONITOR_BIND to another address, such as 127.0.0.1:8001."
        raise show.fail(text) from busy


def _greet(settings: Settings, clock: Clock, also: Callable[[], list[str]] | None) -> None:
    from monitor.jobs.addresses import desk_address, sign_in_address  # tables exist only once Django is set up
    from monitor.store import people

    now = clock.now()
    admin = people.first_admin(now) or people.an_admin()
    show.line("")
    show.line(f"Press Monitor is running at {desk_address(settings)}/")
    if admin is not None:
        token = people.make_link(admin, "sign-in", now, timedelta(days=FIRST_LINK_DAYS))
        show.line(f"Sign in with this one-time link: {sign_in_address(settings, token)}")
    for text in also() if also else _advice(settings):
        show.line(text)
    show.line("Ctrl-C ends it.")
    sys.stdout.flush()


def _advice(settings: Settings) -> list[str]:
    """What keeps the desk from filling, one plain line each."""
    from monitor.outside.network import any_resolves  # looks names up, sends no request
    from monitor.outside.pace import is_loopback
    from monitor.store import outlets

    lines = []
    homes = [feed.url for outlet in outlets.outlets() for feed in outlet.feeds if outlet.enabled and feed.enabled]
    if not settings.contact and not all(is_loopback(url) for url in homes):
        lines.append(
            "No outlet is asked yet: set MONITOR_CONTACT to an address outlets can write to, "
            "for example: MONITOR_CONTACT=desk@example.org make run"
        )
    if homes and not any_resolves(homes):
        lines.append("There is no network: the desk keeps trying politely. `make demo` shows a filled desk without one.")
    return lines


def _bring_outlets_in(settings: Settings) -> None:
    """Import feeds.yaml at the start; a mistake in it is said and the desk runs on what it has."""
    from monitor.errors import ConfigError
    from monitor.flows.import_outlets import import_outlets  # tables exist only once Django is set up

    if not settings.feeds.exists():
        show.line(f"There is no {settings.feeds}: the desk watches the outlets it already has.")
        return
    try:
        merge = import_outlets(settings.feeds, SystemClock().now())
    except ConfigError as error:
        show.config_mistakes(error)
        show.line(f"{settings.feeds} was not imported; the desk watches the outlets it already has.")
        return
    did = merge.summary
    added = show.count(did.added, "outlet")
    show.line(f"{settings.feeds}: {added} added, {did.changed} changed, {did.archived} archived, {did.unchanged} unchanged.")


def _why_nothing() -> str:
    from monitor.jobs.timetable import next_due  # tables exist only once Django is set up
    from monitor.store import outlets

    if not outlets.outlets():
        return "Nothing to do: the desk has no outlet. `monitor outlet import feeds.yaml` brings them in."
    soon = next_due(SystemClock().now())
    return f"Nothing is due before {soon:%Y-%m-%d %H:%M} UTC." if soon else "Nothing is due."


def _stop_on_signals(*steps: Callable[[], object]) -> None:
    if threading.current_thread() is not threading.main_thread():
        return

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not cut the releasing of work in hand short
        for step in steps:
            step()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
