"""An edition as a mail: the desk's frame of mails, its rules on the elements, small enough to be shown whole."""

from __future__ import annotations

from monitor.render.edition_sheet import Sheet
from monitor.render.mail_styles import MOST_BYTES, inlined
from monitor.render.templates import fill


def mail(sheet: Sheet, unsubscribe: str = "") -> bytes:
    """The HTML part; `unsubscribe` is the one address that ends the subscription, when it is sent to somebody."""
    return inlined(fill("edition/mail.html", {"sheet": sheet, "unsubscribe": unsubscribe}, sheet.language)).encode()


def advice(data: bytes) -> str:
    """What to know before it is sent: "" when it is shown whole everywhere."""
    if len(data) <= MOST_BYTES:
        return ""
    return f"The mail has {len(data) // 1000} kB; some readers cut it off at {MOST_BYTES // 1000} kB. Send the PDF with it."
