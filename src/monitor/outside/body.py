"""Reads a response body in bounded steps: never more than one buffer is decompressed at a time (finding 2)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from time import monotonic

from monitor.outside.dialer import DialError, Leash

RATIO = 100
"""A body that grows more than this many times, beyond `RATIO_FROM` bytes, is a bomb and not a feed."""
RATIO_FROM = 5 << 20
_STEP = 64 << 10
_MEMBERS = 32
"""Most gzip members in one body: honest servers send one, and each further one costs a copy of what is left."""


def coding_of(headers: Mapping[str, str]) -> str:
    """The content coding, "gzip" or ""; raises DialError for any other one and for nested ones."""
    coding = headers.get("content-encoding", "").strip().lower()
    if coding in {"", "identity"}:
        return ""
    if coding in {"gzip", "x-gzip"}:
        return "gzip"
    shown = "".join(letter for letter in coding if letter.isprintable())[:40]
    raise DialError("encoding", f"The outlet packed its answer as “{shown}”, though only gzip was asked for.")


def read_body(chunks: Iterable[bytes], headers: Mapping[str, str], leash: Leash, *, most: int | None = None) -> bytes:
    """The whole decoded body.

    Raises DialError: too_large beyond `most` bytes (default: the leash's limit) or the ratio rule, encoding, truncated, timeout when
    slower than the least rate. Further errors of the connection pass through.
    """
    limit = leash.limits.body if most is None else most
    gzip = coding_of(headers) == "gzip"
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > limit:
        raise DialError("too_large", f"The outlet announces {int(announced[:20]):,} bytes; at most {limit:,} are taken.")
    leash.phase = "body"
    leash.budget = leash.wire + leash.limits.wire
    paced = _paced(chunks, leash)
    return _gunzipped(paced, limit) if gzip else _plain(paced, limit)


def _paced(chunks: Iterable[bytes], leash: Leash) -> Iterable[bytes]:
    """The same chunks, ended when they trickle (P34)."""
    began = monotonic()
    limits = leash.limits
    received = 0
    for chunk in chunks:
        received += len(chunk)
        yield chunk
        leash.left(1.0)
        elapsed = monotonic() - began
        if elapsed > limits.slow_after and received < limits.slow_rate * elapsed:
            raise DialError("timeout", f"The outlet sent only {received:,} bytes in {elapsed:.0f} seconds.")


def _plain(chunks: Iterable[bytes], limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        parts.append(chunk)
    return b"".join(parts)


def _gunzipped(chunks: Iterable[bytes], limit: int) -> bytes:
    unpacker = zlib.decompressobj(31)
    out: list[bytes] = []
    size = wire = 0
    members = 1
    for chunk in chunks:
        wire += len(chunk)
        rest = chunk
        while rest:
            if unpacker.eof:
                if not rest.startswith(b"\x1f\x8b") or members == _MEMBERS:  # padding after the end harms nobody
                    break
                unpacker, members = zlib.decompressobj(31), members + 1
            try:
                piece = unpacker.decompress(rest, _STEP)
            except zlib.error as error:
                raise DialError("truncated", f"The outlet's gzip stream is damaged ({error}).") from error
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            size += len(piece)
            if size > limit or (size > RATIO_FROM and size > RATIO * wire):
                raise _too_large(limit)
            out.append(piece)
    if wire and not unpacker.eof:
        raise DialError("truncated", "The outlet's gzip stream ends too early.")
    return b"".join(out)


def _too_large(limit: int) -> DialError:
    return DialError("too_large", f"The outlet's answer unpacks to more than {limit / (1 << 20):g} MiB or is a decompression bomb.")
