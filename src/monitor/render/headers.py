"""One function for every header of a mail that is made of data (finding 1 in docs/security.md): feed titles reach our subjects."""

from __future__ import annotations

import re
from email.header import Header

from monitor.pipeline.clean import clean_title

LONGEST = 200
"""Characters of one header's value; longer ones are cut with an ellipsis."""

# what clean_title leaves because running text needs it: direction marks, other separators, joiners without letters around them
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufff9-\uffff]")
# what a reader would decode once more, were it left together (finding 1); this runs last, whatever was taken out in between
_ENCODED_WORD = re.compile(r"=(?=\?)")


def safe_header(value: str, longest: int = LONGEST) -> str:
    """Text that can be one header's value: one line, no control or direction characters, nothing a reader would decode again."""
    text = _UNSEEN.sub("", clean_title(value, longest + 1)).strip()
    if len(text) > longest:
        text = text[: longest - 1].rstrip() + "…"
    return _ENCODED_WORD.sub("= ", text)


def encoded(value: str, name: str) -> Header:
    """A safe value as a header of this name: RFC 2047 when it is not ASCII, folded to lines of 76."""
    safe = safe_header(value)
    return Header(safe, "us-ascii" if safe.isascii() else "utf-8", header_name=name)


def mailbox(name: str, address: str) -> str:
    """`"Name" <address>`; a name with quotes, commas or an @ stays a name. The address must have been checked."""
    safe = safe_header(name, 120)
    if not safe:
        return address
    if safe.isascii():
        quoted = safe.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{Header(safe, 'utf-8', header_name='Reply-To').encode()} <{address}>"
