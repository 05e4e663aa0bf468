"""A pasted list of subscribers, line by line: whose address it is, or why the line cannot be used; nothing in it is trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.pipeline.addresses import mail_address

MOST_LINES = 5_000
LONGEST_LINE = 500
LONGEST_NAME = 200
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,189}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
_SPLIT = re.compile(r"[;,\t]")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>\s*(?P<rest>.*)")
# Controls, and marks that would turn what stands around a name; the rest of a name is text and is shown as such.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]")


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line: its number, what it says, and `wrong` "" or why it cannot be used: address, twice, long, many."""

    number: int
    email: str
    name: str
    language: str
    wrong: str = ""
    said: str = ""


def read_list(text: str, languages: tuple[str, ...], default: str) -> list[ListLine]:
    """Every line that is not empty: `ada@example.org`, `Ada Byron <ada@example.org>`, or parts between `;`, `,` or tabs with a language."""
    found: list[ListLine] = []
    seen: set[str] = set()
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not raw.strip():
            continue
        if len(found) >= MOST_LINES:
            found.append(ListLine(number, "", "", default, "many"))
            break
        line = _line(number, raw, languages, default)
        if not line.wrong and line.email in seen:
            line = ListLine(number, line.email, line.name, line.language, "twice", line.said)
        seen.add(line.email)
        found.append(line)
    return found


def address_in(text: str) -> str:
    """A mail address in small letters, or "" when it is none."""
    told = mail_address(text.strip().strip('"'))
    return told if len(told) <= 254 and _ADDRESS.fullmatch(told) and ".." not in told else ""


def plain_name(text: str) -> str:
    """A name on one line without signs that are none."""
    return " ".join(_UNFIT.sub(" ", text).replace('"', " ").split())[:LONGEST_NAME]


def _line(number: int, raw: str, languages: tuple[str, ...], default: str) -> ListLine:
    said = plain_name(raw[:LONGEST_LINE])
    if len(raw) > LONGEST_LINE:
        return ListLine(number, "", "", default, "long", said)
    named = _NAMED.fullmatch(raw.strip())
    parts = [named["name"], named["email"], *_SPLIT.split(named["rest"])] if named else _SPLIT.split(raw)
    email = next((found for part in parts if (found := address_in(part))), "")
    if not email:
        return ListLine(number, "", "", default, "address", said)
    others = [part.strip() for part in parts if part.strip() and address_in(part) != email]
    language = next((part.lower() for part in others if part.lower() in languages), default)
    name = plain_name(" ".join(part for part in others if part.lower() not in languages))
    return ListLine(number, email, name, language, "", said)
