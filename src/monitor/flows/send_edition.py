"""Send a frozen edition: published first, then a job makes one message a subscriber for the outbox; pressed twice, nobody gets two.

Rendered once: what differs between two messages is the name and the address that ends the subscription.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.errors import EditionRefused, MailRefused
from monitor.flows.export_edition import export
from monitor.records import Attachment, EditionText, Letter, Sender, Style
from monitor.render.edition_mail import mail
from monitor.render.edition_sheet import sheet
from monitor.render.edition_text import text as plain_text
from monitor.render.letter import letter
from monitor.render.templates import fill
from monitor.store import edition_mail, editions, mail_wishes, outbox, pages_editions
from monitor.store.edition_mail import ToMake
from monitor.store.editions import Person

AT_ONCE = 100
"""Messages kept in one transaction: half a second of a processor's time, and as long as others wait for the database at most."""
_LEAVE = "https://leave.invalid/u/0"  # stands in the rendered mail where each subscriber's own address goes


@dataclass(frozen=True, slots=True)
class Sending:
    """What was made: messages, and addresses that cannot be written to."""

    made: int
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """An edition as a mail, before it is anybody's."""

    text: EditionText
    html: str
    plain: str
    attachments: tuple[Attachment, ...] = ()


def queue(edition: uuid.UUID, sender: Sender, person: Person, now: datetime, *, pdf: bool = False, folder: Path | None = None) -> int:
    """Publish an edition if it is not yet, and let its mails be made: one transaction; returns how many subscribers have none yet.

    Raises EditionRefused: site (the desk has no address people could leave by), state (not frozen, or withdrawn), nobody;
    UsageError when the desk's own template cannot be filled.
    """
    if not sender.site:
        raise EditionRefused("site", "Set MONITOR_PUBLIC_URL first: every message carries the address that ends the subscription.")
    row = editions.find(edition)
    told = pages_editions.frozen(row)
    if told is None or row.state not in ("frozen", "published"):
        raise EditionRefused("state", f"This edition is {row.state}; only a frozen or published one is sent.")
    stands = edition_mail.progress(row)
    if not stands.to_go and not stands.made:
        raise EditionRefused("nobody", "Nobody has agreed to receive editions in this language yet.")
    rendered(*told, pdf=pdf, folder=folder)  # first: what cannot be set is not published either
    editions.publish(edition, person, now, mail=stands.to_go, with_pdf=pdf)
    return stands.to_go


def make(wish: ToMake, sender: Sender, now: datetime, *, folder: Path | None = None, stop: Callable[[], bool] = lambda: False) -> Sending:
    """Make the mails of one edition that was asked for; `stop` leaves the rest to another worker.

    Raises UsageError when the desk's own template cannot be filled any more.
    """
    row = editions.find(wish.edition)
    told = pages_editions.frozen(row)
    made, refused, last = 0, list[str](), ""
    if told is not None and row.state == "published":
        ready = rendered(*told, pdf=wish.with_pdf, folder=folder)
        while to := edition_mail.without_message(row, AT_ONCE, last):
            if stop():
                edition_mail.later(wish, now)
                return Sending(made, tuple(refused))
            letters, unfit = _letters(wish.edition, ready, to, sender, now)
            made, refused, last = made + edition_mail.keep_all(letters, now), [*refused, *unfit], to[-1][1]
    if refused:
        editions.told(wish.edition, "unfit", None, now, note=", ".join(refused))
    edition_mail.done(wish)
    return Sending(made, tuple(refused))


def send(edition: uuid.UUID, sender: Sender, person: Person, now: datetime, *, pdf: bool = False, folder: Path | None = None) -> Sending:
    """Queue an edition and make its mails at once, where no worker need be running; raises as `queue` does."""
    queue(edition, sender, person, now, pdf=pdf, folder=folder)
    made, refused = 0, list[str]()
    while (wish := edition_mail.claim(now, worker="by hand")) is not None:
        part = make(wish, sender, now, folder=folder)
        made, refused = made + part.made, [*refused, *part.refused]
    return Sending(made, tuple(refused))


def send_test(edition: uuid.UUID, text: EditionText, style: Style, sender: Sender, to: tuple[str, str], now: datetime) -> bool:
    """Send an edition to oneself; nothing is published and no subscriber hears of it. False when the same test stood there already."""
    ready = rendered(text, style)
    html = ready.html.replace(_LEAVE, f"{sender.site}/editions" if sender.site else "")
    made = _letter("test", f"edition:{edition}:{now.isoformat()}", ready, sender, to, html, ready.plain, "", now)
    return outbox.keep(made, now) is not None


def rendered(text: EditionText, style: Style, *, pdf: bool = False, folder: Path | None = None) -> Rendered:
    """The edition as a mail, once for everybody."""
    made = sheet(text, style)
    attached: Sequence[Attachment] = ()
    if pdf:
        document = export(text, style, "pdf", folder)
        attached = (Attachment(document.name, document.media_type, document.data),)
    return Rendered(text, mail(made, _LEAVE).decode(), plain_text(made).decode(), tuple(attached))


def _letters(
    edition: uuid.UUID, ready: Rendered, to: Sequence[tuple[str, str, str]], sender: Sender, now: datetime
) -> tuple[list[tuple[str, Letter]], list[str]]:
    """A letter for each of these subscribers who are still there, and the addresses that cannot be written to."""
    made, refused = [], []
    for subscriber, email, name in to:
        if not (token := mail_wishes.subscriber_token(uuid.UUID(subscriber))):
            continue  # erased since the list was read
        address = f"{sender.site}/u/{token}"
        plain = ready.plain + "\n" + fill("mail/edition_leave.txt", {"address": address}, ready.text.language)
        html = ready.html.replace(_LEAVE, address)
        try:
            told = _letter(edition_mail.KIND, str(edition), ready, sender, (email, name), html, plain, address, now)
        except MailRefused:
            refused.append(email)
            continue
        made.append((subscriber, told))
    return made, refused


def _letter(
    kind: str, key: str, ready: Rendered, sender: Sender, to: tuple[str, str], html: str, plain: str, leave: str, now: datetime
) -> Letter:
    return letter(
        kind=kind,
        key=key,
        sender=sender,
        recipient=to[0],
        recipient_name=to[1],
        subject=ready.text.title,
        text=plain,
        html=html,
        language=ready.text.language,
        at=now,
        list_id="editions" if leave else "",
        unsubscribe=leave,
        bulk=bool(leave),
        attachments=ready.attachments,
    )


def ask_by_mail(email: str, name: str, language: str, token: str, sender: Sender, desk: str, now: datetime) -> bool:
    """The letter that asks somebody whether they want editions; False when today's question stands in the outbox already.

    Raises EditionRefused (site) while nobody could follow its link, MailRefused for an address that is none.
    """
    if not sender.site:
        raise EditionRefused("site", "Set MONITOR_PUBLIC_URL first: the letter carries the link by which they agree.")
    values = {"address": f"{sender.site}/subscribe/{token}", "desk": desk, "name": name}
    subject = " ".join(fill("mail/edition_ask_subject.txt", values, language).split())
    made = letter(
        kind="notice",
        key=f"subscribe:{token[:22]}:{now.date().isoformat()}",  # the first 22 signs are the subscriber; the rest stays secret
        sender=sender,
        recipient=email,
        recipient_name=name,
        subject=subject,
        text=fill("mail/edition_ask.txt", values, language),
        html="",
        language=language,
        at=now,
    )
    return outbox.keep(made, now) is not None
