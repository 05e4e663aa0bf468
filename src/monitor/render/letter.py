"""A finished letter: text and HTML in one message with exactly the headers meant, as the bytes that are handed over."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email import charset, message_from_bytes
from email.encoders import encode_base64
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime
from io import BytesIO
from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.errors import MailRefused
from monitor.records import Attachment, Letter, Sender
from monitor.render.headers import encoded, mailbox, safe_header

LONGEST_LINE = 998
"""Bytes of a line without its end (RFC 5322, 2.1.1)."""
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*")
_STREAM = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_WEB = re.compile(r"https?://[!-;=?-~]{1,900}")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_POLICY = compat32.clone(linesep="\r\n", max_line_length=76, mangle_from_=False)


def letter(
    *,
    kind: str,
    key: str,
    sender: Sender,
    recipient: str,
    recipient_name: str,
    subject: str,
    text: str,
    html: str,
    language: str,
    at: datetime,
    list_id: str = "",
    unsubscribe: str = "",
    thread: str = "",
    bulk: bool = False,
    attachments: Sequence[Attachment] = (),
) -> Letter:
    """Build one message to one recipient; the same arguments give the same bytes.

    `html` may be empty (text only); `thread` is the stable key of the conversation's synthetic root, `list_id` the stream's name.
    Raises MailRefused for an address that is none, and when the finished bytes do not carry exactly the headers meant.
    """
    for address in (recipient, sender.address):
        if not _ADDRESS.fullmatch(address):
            raise MailRefused(f"{safe_header(address)!r} is no mail address.")
    domain = sender.address.rpartition("@")[2]
    identity = "\0".join((kind, key, recipient))
    message = _body(text, html, attachments, identity)
    message_id = f"<{_word(kind)}.{_digest(identity)}@{domain}>"
    headers: dict[str, str | Header] = {
        "From": mailbox(sender.name, sender.address),
        "To": mailbox(recipient_name, recipient),
        "Subject": encoded(subject, "Subject"),
        "Date": format_datetime(at),
        "Message-ID": message_id,
        "Content-Language": _word(language),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if sender.reply_to and sender.reply_to != sender.address and _ADDRESS.fullmatch(sender.reply_to):
        headers["Reply-To"] = sender.reply_to
    headers |= _stream(list_id, unsubscribe, domain) | _thread(thread, domain) | ({"Precedence": "bulk"} if bulk else {})
    for name, value in headers.items():
        message[name] = value  # type: ignore[assignment] # the stubs do not know that a Header may stand here
    raw = _bytes(message)
    _assert_exactly(raw, {*headers, "MIME-Version", "Content-Type", *([] if message.is_multipart() else ["Content-Transfer-Encoding"])})
    return Letter(kind, key, recipient, safe_header(subject), message_id, raw)


def thread_root(thread: str, domain: str) -> str:
    """The Message-ID of a conversation's root, which no message carries itself."""
    return f"<thread.{_digest(thread)}@{domain}>"


def _stream(list_id: str, unsubscribe: str, domain: str) -> dict[str, str | Header]:
    """The List-* headers of a stream people can leave (RFC 2369, 2919, 8058)."""
    headers: dict[str, str | Header] = {}
    if list_id:
        if not _STREAM.fullmatch(list_id):
            raise MailRefused(f"{safe_header(list_id)!r} is no name of a stream.")
        headers["List-Id"] = f"<{list_id}.{domain}>"
    if unsubscribe:
        if not _WEB.fullmatch(unsubscribe):
            raise MailRefused("The address for unsubscribing is no web address.")
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        parts = urlsplit(unsubscribe)
        if parts.scheme == "https" or _is_this_machine(parts.hostname or ""):  # one click is for https (RFC 8058, 3.1)
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _thread(thread: str, domain: str) -> dict[str, str | Header]:
    root = thread_root(thread, domain)
    return {"In-Reply-To": root, "References": root} if thread else {}


def _body(text: str, html: str, attachments: Sequence[Attachment], seed: str) -> Message:
    """Text first, HTML second; boundaries come from the key, so that the same letter has the same bytes."""
    mark = _digest(f"boundary\0{seed}")
    body: Message = _part(text, "plain")
    if html:
        both = MIMEMultipart("alternative", boundary=f"=_{mark}_a", policy=_POLICY)
        both.attach(body)
        both.attach(_part(html, "html"))
        body = both
    if not attachments:
        return body
    whole = MIMEMultipart("mixed", boundary=f"=_{mark}_m", policy=_POLICY)
    if not html:
        del body["MIME-Version"]
    whole.attach(body)
    for one in attachments:
        whole.attach(_attached(one))
    return whole


def _part(text: str, subtype: str) -> Message:
    """UTF-8, as quoted-printable while that is readable and short, else base64: no line is longer than 76 either way."""
    clean = _NO_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    data = clean.encode("utf-8")
    how = charset.Charset("utf-8")
    readable = sum(byte > 127 for byte in data) * 6 < len(data)
    how.body_encoding = charset.QP if readable else charset.BASE64
    part = MIMENonMultipart("text", subtype, policy=_POLICY)
    part.set_payload(clean if readable else clean.replace("\n", "\r\n"), how)  # base64 keeps the line ends it is given
    return part


def _attached(one: Attachment) -> Message:
    major, _, minor = one.media_type.partition("/")
    part = MIMEBase(_word(major), _word(minor), policy=_POLICY)
    part.set_payload(one.data)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=safe_header(one.name, 100))
    return part


def _bytes(message: Message) -> bytes:
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False, policy=_POLICY).flatten(message)
    return out.getvalue()


def _assert_exactly(raw: bytes, meant: set[str]) -> None:
    """Parse what will be handed over once more: exactly these headers, each once, and no line too long (finding 1)."""
    found = message_from_bytes(raw, policy=compat32)
    names = sorted(found.keys())
    if names != sorted(meant) or found.defects:
        raise MailRefused(f"The finished message does not carry the headers meant: {', '.join(names)[:200]}.")
    if any(len(line) > LONGEST_LINE for line in raw.split(b"\r\n")) or b"\n" in raw.replace(b"\r\n", b""):
        raise MailRefused("The finished message has a line that mail cannot carry.")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.+-]", "", text)[:100] or "x"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
