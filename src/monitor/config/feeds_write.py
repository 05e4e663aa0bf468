"""Writes feeds.yaml back: what did not change stays byte for byte, comments and order included.

The original text is cut into the blocks of its outlets by line; an outlet that is the same keeps its block as it stands, a changed one
is edited in place by ruamel's round trip, one that left is cut out, new ones are appended. Whatever comes out is read again and
compared before it is given away; an original in a form that cannot be edited so (outlets in brackets) is written anew instead.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from monitor.config.feed_address import feed_key
from monitor.config.feeds_file import FeedsFile, parse_feeds
from monitor.config.feeds_shape import slug
from monitor.config.yaml_file import Document, scan_yaml
from monitor.errors import ConfigError
from monitor.records import Desk, Feed, Outlet

_KEY_ORDER = ("name", "id", "owner", "home", "country", "language", "kind", "weight", "enabled", "note", "text", "feeds")
_FEED_ORDER = ("url", "section", "language", "every", "enabled", "format", "note")
_ALWAYS = ("name", "country", "language", "kind")  # written even when they are the default
_OUTLET_DEFAULTS = {field.name: field.default for field in fields(Outlet)}
_FEED_DEFAULTS = {field.name: field.default for field in fields(Feed)}
_COMMENT_OR_BLANK = re.compile(r"\s*(#.*)?")


def dump_feeds(desk: Desk, outlets: Iterable[Outlet], original_text: str | None = None) -> str:
    """The text of a feeds.yaml that says exactly this; reading it gives the same records back.

    With an original its order and comments are kept, new outlets come last; without one outlets are in the order given.
    Raises ConfigError when the original has mistakes, or when a record could not be written in the file at all.
    """
    wanted = FeedsFile(desk, tuple(_trimmed(outlet) for outlet in outlets))
    if original_text is not None:
        held = parse_feeds(original_text)
        try:
            text = _edited(original_text.replace("\r\n", "\n").removeprefix("\ufeff"), held, wanted)
        except YAMLError:
            text = None  # a block that cannot be read alone, such as brackets that end further left than they began
        if text is not None and _says(text, wanted):
            return text
    text = _fresh(wanted, _head_comment(original_text or ""))
    written = parse_feeds(text)
    assert _alike(written) == _alike(wanted), "what was written must say what was meant"
    return text


def _trimmed(outlet: Outlet) -> Outlet:
    """Without blanks around its texts, which no file keeps."""
    texts = {name: getattr(outlet, name).strip() for name in ("name", "owner", "home", "note")}
    return replace(outlet, **texts, feeds=tuple(replace(feed, note=feed.note.strip()) for feed in outlet.feeds))


def _says(text: str, wanted: FeedsFile) -> bool:
    try:
        return _alike(parse_feeds(text)) == _alike(wanted)
    except ConfigError:
        return False


def _alike(file: FeedsFile) -> tuple[Desk, dict[str, Outlet]]:
    """What a file says apart from the order of outlets and feeds, which an original decides."""
    return file.desk, {outlet.id: replace(outlet, feeds=tuple(sorted(outlet.feeds, key=lambda feed: feed.url))) for outlet in file.outlets}


# ── a file written anew ──────────────────────────────────────────────────────────────────────────────────────────────


def _fresh(file: FeedsFile, head: str) -> str:
    text = head + _yaml({"desk": _desk_values(file.desk)})
    if not file.outlets:
        return text + "\noutlets: []\n"
    return text + "\noutlets:\n" + "".join(_block(outlet) for outlet in file.outlets)


def _block(outlet: Outlet) -> str:
    """One outlet as an entry of the list, indented by two."""
    return _yaml([_plain(outlet)])


def _plain(outlet: Outlet) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in _KEY_ORDER:
        value = getattr(outlet, name)
        if name == "feeds":
            values[name] = [_plain_feed(feed) for feed in value]
        elif name == "id":
            if value != slug(outlet.name):
                values[name] = value
        elif name in _ALWAYS or value != _OUTLET_DEFAULTS[name]:
            values[name] = value
    return values


def _plain_feed(feed: Feed) -> str | dict[str, Any]:
    """A feed as written: its bare address when nothing else is said of it."""
    values = {name: getattr(feed, name) for name in _FEED_ORDER if name == "url" or getattr(feed, name) != _FEED_DEFAULTS[name]}
    if "every" in values:
        values["every"] = _interval(values["every"])
    return feed.url if len(values) == 1 else values


def _interval(every: timedelta) -> str:
    minutes = max(1, round(every / timedelta(minutes=1)))
    if minutes % 1440 == 0:
        return f"{minutes // 1440}d"
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def _desk_values(desk: Desk) -> dict[str, Any]:
    return {
        "name": desk.name,
        "organisation": desk.organisation,
        "timezone": desk.timezone,
        "languages": _in_brackets(list(desk.languages)),
        "sections": [_in_brackets({"id": section.id, "label": dict(section.label)}) for section in desk.sections],
        "digest_at": DoubleQuotedScalarString(desk.digest_at),
    }


def _in_brackets(value: Any) -> Any:
    made = CommentedSeq(value) if isinstance(value, list) else CommentedMap((key, _styled(item)) for key, item in value.items())
    made.fa.set_flow_style()
    return made


def _styled(value: Any) -> Any:
    return _in_brackets(value) if isinstance(value, dict) else value


# ── an original edited ───────────────────────────────────────────────────────────────────────────────────────────────


def _edited(original: str, held: FeedsFile, wanted: FeedsFile) -> str | None:
    """The original with the differences worked in, None when its form does not allow it."""
    if any(character in original for character in "\x85\u2028\u2029\x0b\x0c\r"):
        return None  # what ends a line differs between readers
    if not original.endswith("\n"):
        original += "\n"
    document, _ = scan_yaml(original, "feeds.yaml")
    lines = original.splitlines(keepends=True)
    starts = _starts(document, lines, len(held.outlets)) if document is not None else None
    if document is None or starts is None:
        return None
    end = _end_of("outlets", document, lines)
    if not wanted.outlets:
        key = document.line("outlets") - 1
        lines[key] = lines[key].replace("outlets:", "outlets: []", 1)
    text = "".join(lines[: starts[0]]) + _outlet_pieces(lines, starts, end, held, wanted) + "".join(lines[end:])
    return text if held.desk == wanted.desk else _with_desk(text, held.desk, wanted.desk)


def _starts(document: Document, lines: Sequence[str], count: int) -> list[int] | None:
    """The line (from 0) where each outlet begins, None when one does not begin with a hyphen on a line of its own."""
    starts = [document.line("outlets", index) - 1 for index in range(count)]
    hyphen = [re.match(r"( *)- +\S", lines[start]) for start in starts]
    if not starts or len(set(starts)) != count or not all(hyphen) or len({match[1] for match in hyphen if match}) != 1:
        return None
    return starts


def _end_of(key: str, document: Document, lines: Sequence[str]) -> int:
    """The line (from 0) after the block of a top key, its trailing comments not included."""
    start = document.line(key) - 1
    later = [document.line(other) - 1 for other in document.value if document.line(other) - 1 > start]
    return _without_tail(lines, start, min(later, default=len(lines)))


def _without_tail(lines: Sequence[str], start: int, end: int) -> int:
    while end > start + 1 and _COMMENT_OR_BLANK.fullmatch(lines[end - 1].rstrip("\n")):
        end -= 1
    return end


def _outlet_pieces(lines: Sequence[str], starts: Sequence[int], end: int, held: FeedsFile, wanted: FeedsFile) -> str:
    """The text of all outlets: kept, edited, cut out or appended; comments between two outlets always stay."""
    targets = {outlet.id: outlet for outlet in wanted.outlets}
    indent = len(lines[starts[0]]) - len(lines[starts[0]].lstrip(" "))
    pieces = []
    for outlet, start, following in zip(held.outlets, starts, [*starts[1:], end], strict=True):
        stop = _without_tail(lines, start, following)
        block, between = "".join(lines[start:stop]), "".join(lines[stop:following])
        target = targets.pop(outlet.id, None)
        if target is not None:
            pieces.append(block if target == outlet else _edited_block(block, indent, outlet, target))
        pieces.append(between)
    pieces += [_shifted(_block(outlet), indent - 2) for outlet in wanted.outlets if outlet.id in targets]
    return "".join(pieces)


def _edited_block(block: str, indent: int, held: Outlet, wanted: Outlet) -> str:
    """One outlet's text with only the keys changed that differ."""
    loaded = _round_trip().load(_shifted(block, 2 - indent))
    node, plain = loaded[0], _plain(wanted)
    for name in _KEY_ORDER:
        if getattr(held, name) == getattr(wanted, name) and not (name == "id" and "id" in plain):
            continue
        if name == "feeds":
            _edit_feeds(node, held.feeds, wanted.feeds)
        elif name in plain or name in node:
            _put(node, name, getattr(wanted, name), _KEY_ORDER)
    return _shifted(_yaml(loaded), indent - 2)


def _edit_feeds(node: CommentedMap, held: Sequence[Feed], wanted: Sequence[Feed]) -> None:
    if "feeds" not in node or not held or not wanted:
        _put(node, "feeds", [_plain_feed(feed) for feed in wanted], _KEY_ORDER)
        return
    written: CommentedSeq = node["feeds"]
    before = {feed_key(feed.url): feed for feed in held}
    after = {feed_key(feed.url): feed for feed in wanted}
    for index in range(len(held) - 1, -1, -1):
        key = feed_key(held[index].url)
        if key not in after:
            del written[index]
        elif before[key] != after[key]:
            written[index] = _edited_feed(written[index], held[index], after[key])
    for key, feed in after.items():
        if key not in before:
            written.append(_plain_feed(feed))


def _edited_feed(written: Any, held: Feed, wanted: Feed) -> Any:
    plain = _plain_feed(wanted)
    if isinstance(written, str) or isinstance(plain, str):
        return plain
    for name in _FEED_ORDER:
        if getattr(held, name) == getattr(wanted, name):
            continue
        if name in plain:
            _put(written, name, plain[name], _FEED_ORDER)
        else:
            del written[name]
    return written


def _put(node: CommentedMap, name: str, value: Any, order: Sequence[str]) -> None:
    """Sets a key; a new one goes where the usual order has it."""
    if name in node:
        node[name] = value
        return
    earlier = set(order[: order.index(name)])
    place = max((index + 1 for index, key in enumerate(node) if key in earlier), default=0)
    node.insert(place, name, value)


def _with_desk(text: str, held: Desk, desk: Desk) -> str | None:
    """The text with another `desk:` block; comments inside it are kept."""
    document, _ = scan_yaml(text, "feeds.yaml")
    if document is None:
        return None
    values = _desk_values(desk)
    if "desk" not in document.value:
        head = _head_comment(text)
        return head + _yaml({"desk": values}) + "\n" + text[len(head) :]
    lines = text.splitlines(keepends=True)
    start, end = document.line("desk") - 1, _end_of("desk", document, lines)
    loaded = _round_trip().load("".join(lines[start:end]))
    before = _desk_values(held)
    for name, value in values.items():
        if value != before[name]:
            _put(loaded["desk"], name, value, list(values))
    return "".join(lines[:start]) + _yaml(loaded) + "".join(lines[end:])


def _head_comment(text: str) -> str:
    """The comment at the top of a file, up to its first key."""
    lines = text.splitlines(keepends=True)
    end = next((index for index, line in enumerate(lines) if not _COMMENT_OR_BLANK.fullmatch(line.rstrip("\r\n"))), len(lines))
    return "".join(lines[:end])


# ── ruamel ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _round_trip() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.allow_unicode = True
    yaml.width = 100_000  # a note stays on its line
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _yaml(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """YAML text; the entries of a list are indented by two, as they stand below a top key."""
    buffer = io.StringIO()
    _round_trip().dump(value, buffer)
    return buffer.getvalue()


def _shifted(text: str, by: int) -> str:
    """The text with its lines moved to the right, or to the left when `by` is negative."""
    if by < 0:
        return "".join(line.removeprefix(" " * -by) for line in text.splitlines(keepends=True))
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(keepends=True))
