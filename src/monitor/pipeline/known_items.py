"""Leaves out of a feed document the items that were read before, byte for byte, so that only what is new is parsed.

Most polls of a changed feed bring one new item among thirty; parsing the other twenty-nine again is nine tenths of a poll's cost
(benchmarks/polling). An item is recognised by a hash of its own bytes, so an edited one is read again. Wherever the document cannot be
cut with certainty (nested items, a CDATA section across a border, an encoding that is no superset of ASCII), it is parsed whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

DIGEST: Final = 8
MOST: Final = 500  # items remembered, as many as are read of one document

_ITEM: Final = re.compile(rb"<(item|entry)(?=[\s>]).*?</\1\s*>", re.DOTALL)
_OPENING: Final = re.compile(rb"<(?:item|entry)(?=[\s>])")
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")


@dataclass(frozen=True, slots=True)
class Cut:
    """A document without its known items; `prints` are the hashes of all its items, joined, for the next poll; `items` counts them."""

    body: bytes
    items: int
    known: int
    prints: bytes


def without_known(body: bytes, seen: bytes) -> Cut:
    """Cut the items whose hash is in `seen` out of a feed document; `items` is 0 when the document cannot be cut."""
    found = _items(body)
    if not found:
        return Cut(body, 0, 0, b"")
    hashes = [blake2b(body[start:end], digest_size=DIGEST).digest() for start, end in found]
    prints = b"".join(dict.fromkeys(hashes[:MOST]))
    known = {seen[place : place + DIGEST] for place in range(0, len(seen), DIGEST)}
    if known.isdisjoint(hashes):
        return Cut(body, len(found), 0, prints)
    kept, at, dropped = [], 0, 0
    for (start, end), digest in zip(found, hashes, strict=True):
        if digest in known:
            kept.append(body[at:start])
            at = end
            dropped += 1
    kept.append(body[at:])
    return Cut(b"".join(kept), len(found), dropped, prints)


def _items(body: bytes) -> list[tuple[int, int]]:
    """Where each item begins and ends, or nothing when the document cannot be cut with certainty."""
    if body.startswith(_WIDE) or b"<!--" in body or b"<!ENTITY" in body:
        return []
    spans = [match.span() for match in _ITEM.finditer(body)]
    if len(spans) != len(_OPENING.findall(body)):
        return []  # an item within an item, or one that never ends
    if any(body.count(b"<![CDATA[", *span) != body.count(b"]]>", *span) for span in spans):
        return []
    return spans
