"""`monitor demo`: the sample newsroom on loopback and a filled desk, without any network."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk
from monitor.config.environment import Settings
from monitor.outside.clock import OffsetClock, SystemClock

if TYPE_CHECKING:
    from monitor.config.newsroom_values import Samples
    from monitor.outside.mail_sink import MailSink

NEWSROOM_PORT = 8901
MAIL_PAGE_PORT = 8902
RESTED = timedelta(minutes=23)
"""How long ago the desk was filled, by its clock: every feed is due again, and asked within the next quarter of an hour (P48)."""
EVERY = "15m"
SENDER = "Press Monitor demo <desk@press-monitor.example>"


def register(app: typer.Typer) -> None:
    """Add this command to the `monitor` command."""
    app.command()(demo)


def demo(
    keep: Annotated[Path | None, typer.Option(help="Keep the demo desk in this folder instead of a temporary one.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the sample outlets on loopback; 0 picks free ones.")] = NEWSROOM_PORT,
) -> None:
    """Show a filled desk of invented outlets; no network is needed. They are polled, read, grouped and queued for real."""
    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder:
        home = keep or Path(folder)
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise show.fail(f"The folder {home} cannot be made: {error.strerror}. Name another with --keep.", code=78) from None
        _demo_settings(home)
        _run(home, port)


def _demo_settings(home: Path) -> None:
    """The demo has a home, outlets and database of its own and never touches the desk's."""
    taken_over = ("DATABASE_URL", "FEEDS", "CONTACT", "SMTP_URL", "MAIL_FROM", "MAIL_PAGE", "PUBLIC_URL")
    for name in (f"MONITOR_{ending}" for ending in taken_over):
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ |= {"MONITOR_HOME": str(home), "MONITOR_FEEDS": str(home / "feeds.yaml"), "MONITOR_HOST_INTERVAL": "0"}


def _run(home: Path, port: int) -> None:
    from monitor.outside.mail_sink import MailSink  # a server is loaded only when asked
    from monitor.outside.newsroom import Newsroom

    clock, kept = OffsetClock(-RESTED, SystemClock()), (home / "monitor.sqlite3").exists()
    with _mail_sink(MailSink) as sink, Newsroom(_samples(), port=port, clock=clock) as newsroom:
        os.environ |= {
            "MONITOR_SMTP_URL": f"smtp://127.0.0.1:{sink.smtp_port}",
            "MONITOR_MAIL_FROM": SENDER,
            "MONITOR_MAIL_PAGE": sink.page,
        }
        clock.delta = timedelta(0) if kept else clock.delta  # a desk that was kept has a past of its own
        (home / "feeds.yaml").write_text(newsroom.feeds_yaml(every=EVERY), encoding="utf-8")
        settings = open_desk(migrate=True)
        from monitor.cli.run import serve  # tables exist only once Django is set up
        from monitor.flows.import_outlets import import_outlets
        from monitor.jobs.once import once
        from monitor.jobs.worker import open_worker

        merge = import_outlets(settings.feeds, clock.now())
        show.line(f"The sample newsroom is on the air: {merge.summary.added} invented outlets on loopback. Filling the desk …")
        with show.watching() as watch, open_worker(settings, clock, progress=watch) as worker:
            once(worker, say=lambda job, summary: show.line(f"  {job}: {summary}"))
        clock.delta = timedelta(0)
        _write_review(settings, clock.now())
        said = [
            f"Mail the desk sends is shown at {sink.page}",
            "The outlets go on publishing for half an hour. Save an alert, for instance on: drone OR missile OR Ukraine OR Panama",
            "This is the demo: outlets and events are invented, and nothing leaves this machine.",
        ]
        serve(settings, work=True, also=lambda: said)


def _samples() -> Samples:
    """The newsroom, with what its outlets publish while somebody looks."""
    from monitor.config.newsroom_editions import load_review  # reads the samples only when asked
    from monitor.config.newsroom_file import load_newsroom
    from monitor.config.newsroom_live import kept_back

    samples = load_newsroom()
    cited = {source for edition in load_review().editions for piece in edition.pieces for source in piece.sources}
    return samples.coming_out(kept_back(samples, cited, RESTED))


def _write_review(settings: Settings, now: datetime) -> None:
    """Nine pieces make the desk's first edition, and the next one is begun."""
    from monitor.config.newsroom_editions import load_review  # reads the samples only when asked
    from monitor.config.newsroom_file import load_newsroom
    from monitor.config.style_file import load_styles
    from monitor.flows.write_samples import write_samples
    from monitor.store import pages

    style = next(iter(load_styles(settings.style, beside=settings.feeds).values()))
    desk = pages.desk_facts().desk
    for told in write_samples(load_review(), load_newsroom(), style, desk.organisation or desk.name, now):
        show.line(f"  {told}")


def _mail_sink(kind: type[MailSink]) -> MailSink:
    """A sink on its usual port, or on a free one when that is taken."""
    try:
        return kind(SystemClock(), web_port=MAIL_PAGE_PORT)
    except OSError:
        return kind(SystemClock())
