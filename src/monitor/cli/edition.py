"""`monitor edition`: begin an edition, list and show them, set one in any form, send it to its subscribers."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk
from monitor.cli.lines import day_of
from monitor.config.environment import Settings
from monitor.config.sender import leaves, sender_of
from monitor.config.style_file import load_styles
from monitor.outside.clock import SystemClock

if TYPE_CHECKING:
    from monitor.store.editions import Edition

app = typer.Typer(help="Editions: the press review itself.", no_args_is_help=True)
SITE = "site"

AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines, one object a line.")]
Named = Annotated[str, typer.Argument(metavar="EDITION", help="Its number or its id.")]
Tongue = Annotated[str, typer.Option("--language", help="The edition's language, where a number stands for several.")]
Series = Annotated[str, typer.Option("--style", help="The id of the house style in style.yaml; default: the first.")]


@app.command()
def new(
    language: Annotated[str, typer.Option(help="The language it is written in: en, fr.")],
    dated: Annotated[str, typer.Option("--date", help="The day it is dated, such as 2026-03-20.")],
    number: Annotated[int | None, typer.Option(help="Its number; default: the one after the last.")] = None,
    title: Annotated[str, typer.Option(help="A title in place of the usual one.")] = "",
    deadline: Annotated[str, typer.Option(help="When the last piece should be in, such as 2026-03-19T18:00, in the desk's time.")] = "",
    style: Series = "",
) -> None:
    """Begin an edition with an empty board."""
    settings = open_desk()
    from monitor.store import editions  # tables exist only once Django is set up

    styles = load_styles(settings.style, beside=settings.feeds)
    chosen = styles.get(style or next(iter(styles)))
    if chosen is None:
        raise show.fail(f"There is no house style {style!r}; there are {', '.join(styles)}.", code=2)
    wanted = editions.Wanted(language, day_of(dated), number, title, _moment(deadline))
    made = editions.make(chosen, wanted, None, SystemClock().now())
    show.line(f"{_title(made, settings)} is begun: {settings.address_of(f'/edition/{made.uuid}')}")


@app.command("list")
def list_(
    language: Annotated[str, typer.Option(help="Only this language.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many.")] = None,
    as_json: AsJson = False,
) -> None:
    """The editions, the newest first."""
    open_desk()
    from monitor.store import pages_editions  # tables exist only once Django is set up

    found = [one for one in pages_editions.listed() if not language or one.language == language][:limit]
    rows = (
        {
            "id": one.id,
            "number": one.number,
            "language": one.language,
            "date": one.dated.isoformat(),
            "state": one.state,
            "pieces": one.pieces,
            "wanted": one.target,
            "style": one.series,
            "title": one.title,
        }
        for one in found
    )
    columns = ("number", "language", "date", "state", "pieces", "wanted", "id")
    empty = "No edition yet; `monitor edition new --language en --date 2026-03-20` begins one."
    show.listing(rows, columns, as_json=as_json, empty=empty)


@app.command("show")
def show_(edition: Named, language: Tongue = "", style: Series = "", as_json: AsJson = False) -> None:
    """What an edition holds: its sections, pieces and authors, and what is missing."""
    settings = open_desk()
    row = _find(edition, language, style)
    text, _style = _standing(row, settings)
    from monitor.pipeline.edition import missing  # only here
    from monitor.store import pages_editions  # tables exist only once Django is set up

    if as_json:
        show.listing([_as_json(row, text)], (), as_json=True, empty="")
        return
    show.line(f"{text.title} · {row.state} · {row.dated.isoformat()}")
    show.line(f"Authors: {', '.join(text.authors) or 'none yet'}")
    for section in text.sections:
        show.line(f"{section.number} {section.label}")
        for piece in section.pieces:
            show.line(f"  {piece.number} {piece.title} ({show.count(len(piece.sources), 'source')})")
    board = pages_editions.board(row)
    if row.state == "open":
        gaps = missing(board.sections, board.placed)
        show.line("Missing: " + (", ".join(f"{gap.label}: {gap.have} of {gap.target}" for gap in gaps) or "nothing"))


@app.command()
def export(
    edition: Annotated[str, typer.Argument(metavar="EDITION", help="Its number or its id; `all` for a site of everything published.")],
    target: Annotated[
        Path | None, typer.Argument(help="File or folder to write; default: here, under its own name; - for standard output.")
    ] = None,
    form: Annotated[
        str, typer.Option(help="html, mail, text, markdown, docx, pdf, bibtex, ris, csl, or site for a folder of pages.")
    ] = "markdown",
    language: Tongue = "",
    style: Series = "",
) -> None:
    """Set an edition in one of its forms. The same edition gives the same bytes."""
    settings = open_desk()
    folder = (settings.style or settings.feeds).parent
    if form == SITE:
        _export_site(edition, target, language, style, settings)
        return
    from monitor.flows import export_edition  # tables exist only once Django is set up

    text, set_in = _standing(_find(edition, language, style), settings)
    made = export_edition.export(text, set_in, form, folder)
    for said in made.notes:
        show.note(said)
    if target is not None and str(target) == "-":
        sys.stdout.buffer.write(made.data)
        return
    path = target / made.name if target is not None and target.is_dir() else target or Path(made.name)
    _write(path, made.data)
    show.line(f"{path}: {len(made.data)} bytes.")


@app.command()
def send(
    edition: Named,
    language: Tongue = "",
    style: Series = "",
    test: Annotated[str, typer.Option(help="Send it to this address only, as a test; nothing is published.")] = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="With the PDF.")] = False,
) -> None:
    """Publish a frozen edition and put one message a subscriber into the outbox; nobody gets it twice."""
    settings = open_desk()
    from monitor.flows import send_edition  # tables exist only once Django is set up
    from monitor.store import pages

    now, desk = SystemClock().now(), pages.desk_facts().desk
    row, sender = _find(edition, language, style), sender_of(settings, desk.organisation or desk.name)
    if test:
        made = send_edition.send_test(row.uuid, *_standing(row, settings), sender, (test, ""), now)
        show.line("The test is in the outbox." if made else "This test stands in the outbox already.")
        return
    folder = (settings.style or settings.feeds).parent
    done = send_edition.send(row.uuid, sender, None, now, pdf=pdf, folder=folder)
    show.line(f"{show.count(done.made, 'message')} put into the outbox." if done.made else "Everybody who agreed has it already.")
    for address in done.refused:
        show.note(f"not written to, because it is no mail address: {address}")
    if not leaves(settings):
        show.note("No mail leaves yet: set MONITOR_SMTP_URL and MONITOR_MAIL_FROM.")


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _find(named: str, language: str, style: str) -> Edition:
    from monitor.store import pages_editions  # tables exist only once Django is set up

    found = pages_editions.named(named, language, style)
    if not found:
        raise show.fail(f"There is no edition {named!r}. `monitor edition list` shows them.", code=2)
    if len(found) > 1:
        several = ", ".join(f"--language {one.language} --style {one.series}" for one in found[:6])
        raise show.fail(f"Several editions are number {named}; say which: {several}.", code=2)
    return found[0]


def _standing(row: Edition, settings: Settings) -> tuple[Any, Any]:
    from monitor.flows import edition_now  # tables exist only once Django is set up
    from monitor.store import pages

    styles = {} if row.snapshot is not None else load_styles(settings.style, beside=settings.feeds)
    return edition_now.standing(row, styles, pages.desk_facts().desk.organisation)


def _export_site(edition: str, target: Path | None, language: str, style: str, settings: Settings) -> None:
    from monitor.flows import export_site  # tables exist only once Django is set up
    from monitor.store import pages, pages_editions

    if target is None:
        raise show.fail("Name the folder the site is written to.", code=2)
    desk = pages.desk_facts().desk
    if edition == "all":
        chosen = pages_editions.published()
    else:
        row = _find(edition, language, style)
        told = pages_editions.frozen(row)
        if told is None:
            raise show.fail(f"Edition {edition} is not frozen; a site holds finished editions only.")
        chosen = [told]
    folder = (settings.style or settings.feeds).parent
    tongue = language or (desk.languages[0] if desk.languages else "en")
    try:
        written = export_site.write(target, chosen, desk.organisation or desk.name, tongue, folder)
    except OSError as error:
        raise show.fail(f"{target} cannot be written: {error.strerror or error}") from error
    show.line(f"{target}: {show.count(len(chosen), 'edition')}, {show.count(len(written), 'file')}. Put the folder on any web host.")


def _title(row: Edition, settings: Settings) -> str:
    return str(_standing(row, settings)[0].title)


def _as_json(row: Edition, text: Any) -> dict[str, Any]:
    sections = [
        {
            "number": section.number,
            "id": section.id,
            "label": section.label,
            "pieces": [_piece_json(piece) for piece in section.pieces],
        }
        for section in text.sections
    ]
    told = {"id": str(row.uuid), "number": row.number, "language": row.language, "date": row.dated.isoformat(), "state": row.state}
    return told | {"title": text.title, "authors": list(text.authors), "corrections": list(text.corrections), "sections": sections}


def _piece_json(piece: Any) -> dict[str, Any]:
    cited = [
        {
            "outlet": one.outlet,
            "headline": one.headline,
            "language": one.language,
            "country": one.country,
            "date": one.dated.isoformat() if one.dated else None,
            "url": one.address,
        }
        for one in piece.sources
    ]
    signed = piece.signature or f"{piece.given_name} {piece.family_name}".strip()
    told = {"id": piece.id, "number": piece.number, "title": piece.title, "author": signed, "story": piece.story or None}
    return told | {"text": piece.text, "sources": cited, "corrections": list(piece.corrections)}


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    from monitor.store import pages  # tables exist only once Django is set up

    try:
        found = datetime.fromisoformat(text)
        zone = ZoneInfo(pages.desk_facts().desk.timezone)
    except (ValueError, ZoneInfoNotFoundError):
        raise show.fail(f"--deadline {text!r} is no moment; write it as 2026-03-19T18:00.", code=2) from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise show.fail(f"{path} cannot be written: {error.strerror or error}") from error
