"""Send a frozen edition: published first, then one message a subscriber through the outbox; pressed twice, nobody gets two.

Rendered once: what differs between two messages is the name and the address that ends the subscription.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
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
from monitor.store.editions import Person

AT_ONCE = 300
"""Messages made in one go; who presses again goes on where it stopped."""
_LEAVE = "https://leave.invalid/u/0"  # stands in the rendered mail where each subscriber's own address goes


@dataclass(frozen=True, slots=True)
class Sending:
    """What one go came to: messages made, addresses that cannot be written to, and whether there is more to do."""

    made: int
    refused: tuple[str, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Rendered:
    """An edition as a mail, before it is anybody's."""

    text: EditionText
    html: str
    plain: str
    attachments: tuple[Attachment, ...] = ()


def send(edition: uuid.UUID, sender: Sender, person: Person, now: datetime, *, pdf: bool = False, folder: Path | None = None) -> Sending:
    """Publish an edition if it is not yet, and put its messages into the outbox, so many at once.

    Raises EditionRefused: site (the desk has no address people could leave by), state (not frozen, or withdrawn), nobody;
    UsageError when the desk's own template cannot be filled.
    """
    if not sender.site:
        raise EditionRefused("site", "Set MONITOR_PUBLIC_URL first: every message carries the address that ends the subscription.")
    row = editions.find(edition)
    told = pages_editions.frozen(row)
    if told is None or row.state not in ("frozen", "published"):
        raise EditionRefused("state", f"This edition is {row.state}; only a frozen or published one is sent.")
    to = edition_mail.without_message(row, AT_ONCE + 1)
    if not to and not edition_mail.progress(row).made:
        raise EditionRefused("nobody", "Nobody has agreed to receive editions in this language yet.")
    ready = rendered(*told, pdf=pdf, folder=folder)  # first: what cannot be set is not published either
    editions.publish(edition, person, now)
    made, refused = _each(edition, ready, to[:AT_ONCE], sender, now)
    if made:
        editions.told(edition, "sent", person, now, note=str(made))
    return Sending(made, tuple(refused), len(to) > AT_ONCE)


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


def _each(edition: uuid.UUID, ready: Rendered, to: Sequence[tuple[str, str, str]], sender: Sender, now: datetime) -> tuple[int, list[str]]:
    made, refused = 0, []
    for subscriber, email, name in to:
        address = f"{sender.site}/u/{mail_wishes.subscriber_token(uuid.UUID(subscriber))}"
        plain = ready.plain + "\n" + fill("mail/edition_leave.txt", {"address": address}, ready.text.language)
        html = ready.html.replace(_LEAVE, address)
        try:
            letter_to = _letter(edition_mail.KIND, str(edition), ready, sender, (email, name), html, plain, address, now)
        except MailRefused:
            refused.append(email)
            continue
        made += edition_mail.keep(subscriber, letter_to, now)
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
