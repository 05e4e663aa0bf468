"""Letters as a house sets them: the desk's own words get the style's marks and spaces, foreign text is only made fit to be printed.

Both are idempotent: what has been set once is not changed by setting it again, so that an edition read back from a form is the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.records import StyleWords
from monitor.render.markdown import Run

LONGEST = 1000
"""Characters of a title, a headline or a name that are printed."""

_PLANE_ENDS = "".join(f"\\U{plane:04x}fffe-\\U{plane:04x}ffff" for plane in range(1, 17))
# As in pipeline/clean.py, where text comes in: controls, invisible characters, bidi embeddings, overrides and isolates, surrogates,
# noncharacters, tag characters. No-break spaces stay, for they are typography; so do ZWJ, ZWNJ, LRM and RLM, for scripts need them.
_UNFIT = re.compile(
    "[\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\xad\\u200b\\u2060\\ufeff\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff\\ufdd0-\\ufdef"
    f"\\ufffe\\uffff{_PLANE_ENDS}\\U000e0000-\\U000e007f]"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
_PILED = re.compile(f"([{_MARKS}]{{8}})[{_MARKS}]+")
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
_SPACES_IN_LINES = re.compile(r"[^\S\n\u00a0\u202f]+")
_BLANK = " \u00a0\u202f"
_STRAIGHT = re.compile('"')
_OPENS = re.compile(r"(?:^|[\s(\[{—–\-/«“‘])$")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_ROUNDS = 6
_CLOSING = "»”’›"
_ENDING = ":;!?.,)]}»”"


def line(text: str, longest: int = LONGEST) -> str:
    """Any text on one line, fit to be printed: nothing invisible, nothing that turns what stands around it."""
    one = _SPACES.sub(" ", fit(text[: longest * 8])).strip()
    return one if len(one) <= longest else one[: longest - 1].rstrip() + "…"


def fit(text: str) -> str:
    """Text without what cannot or must not be printed; line breaks stay."""
    return _PILED.sub(r"\1", _UNFIT.sub("", text))


def markdown_source(text: str) -> str:
    """A piece's text fit to be read: one kind of line end, one kind of blank, single ones within a line."""
    lines = re.sub(r"\r\n?|[\x85\u2028\u2029\v\f\x1c-\x1e]", "\n", fit(text))
    return "\n".join(_SPACES_IN_LINES.sub(lambda found: " " * min(len(found[0].expandtabs(4)), 12), one) for one in lines.split("\n"))


def own(text: str, words: StyleWords) -> str:
    """The desk's own words on one line as the style sets them."""
    return "".join(run.text for run in own_runs((Run(line(text)),), words))


def own_runs(runs: Sequence[Run], words: StyleWords) -> tuple[Run, ...]:
    """The runs of one paragraph as the style sets them: quotation marks, apostrophes, the spaces before high signs.

    A space that is set may show which way a mark beside it turns, so this goes on until nothing changes.
    """
    for _ in range(_ROUNDS):
        told = _once(runs, words)
        if told == tuple(runs):
            break
        runs = told
    return tuple(runs)


def _once(runs: Sequence[Run], words: StyleWords) -> tuple[Run, ...]:
    if _curly(words):
        runs = _changed(runs, _quotation_marks(_text(runs), words.quotes))
        runs = _changed(runs, [(*found.span(), "’") for found in _APOSTROPHE.finditer(_text(runs))])
    runs = _changed(runs, _opened(_text(runs), words.quotes))
    return _changed(runs, _high_signs(_text(runs), words.space_before))


def together(title: str) -> str:
    """A title that is broken after its dashes only, as long as its parts are short; no line begins with a dash."""
    parts = (part.replace(" ", "\u00a0") if len(part) <= 20 else part for part in title.split(" — "))
    return "\u00a0— ".join(parts)


def quoted(headline: str, words: StyleWords) -> str:
    """A headline between the style's quotation marks, verbatim but for marks like the outer ones, which would seem to end it."""
    return f"{words.quotes[0]}{nested(headline, words)}{words.quotes[1]}"


def nested(headline: str, words: StyleWords) -> str:
    """A headline for between the outer quotation marks: marks like those become the inner ones; all else is as the outlet wrote it."""
    first, last = (mark.strip(_BLANK) for mark in words.quotes)
    inner_first, inner_last = words.inner_quotes
    if first != last:
        told = re.sub(re.escape(first) + f"[{_BLANK}]*", lambda _: inner_first, headline) if first else headline
        return re.sub(f"[{_BLANK}]*" + re.escape(last), lambda _: inner_last, told) if last else told
    parts = headline.split(first) if first else [headline]
    if len(parts) % 2 == 0:
        return headline
    return "".join(part + (inner_first, inner_last)[at % 2] for at, part in enumerate(parts[:-1])) + parts[-1]


def _curly(words: StyleWords) -> bool:
    return '"' not in "".join(words.quotes)


def _text(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def _quotation_marks(text: str, quotes: tuple[str, str]) -> list[tuple[int, int, str]]:
    """Straight marks as the style's, when they clearly come in pairs; inches and odd ones leave all as it is."""
    changes = []
    opened = False
    for found in _STRAIGHT.finditer(text):
        place = found.start()
        before, follows = text[max(0, place - 1) : place], text[place + 1 : place + 2]
        opens = bool(_OPENS.search(before)) and bool(follows) and not follows.isspace() and follows not in _ENDING
        if opens == opened:
            return []
        opened = opens
        changes.append((place, place + 1, quotes[0] if opens else quotes[1]))
    return [] if opened else changes


def _opened(text: str, quotes: tuple[str, str]) -> list[tuple[int, int, str]]:
    """The space that belongs to an opening mark, such as after «."""
    mark = quotes[0].strip(_BLANK)
    if not mark or mark == quotes[0]:
        return []
    return [(*found.span(), quotes[0]) for found in re.finditer(re.escape(mark) + f"[{_BLANK}]*(?=[^{_BLANK}])", text)]


def _high_signs(text: str, spaces: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """The space before a closing mark, and before a high sign that ends a word; of several signs in a row only the first has one."""
    high = "".join(re.escape(sign) for sign in spaces if sign not in _CLOSING)
    closing = "".join(re.escape(sign) for sign in spaces if sign in _CLOSING)
    found: list[re.Match[str]] = []
    if high:
        found += re.finditer(f"(?<=[^\\s{high}(\\[«“‘])[{_BLANK}]*([{high}])(?=[{high}]|$|[\\s)\\]}}.,…»”’\"'])", text)
    if closing:
        found += re.finditer(f"(?<=\\S)[{_BLANK}]*([{closing}])", text)
    return [(one.start(), one.end(), spaces[one[1]] + one[1]) for one in found]


def _changed(runs: Sequence[Run], changes: Iterable[tuple[int, int, str]]) -> tuple[Run, ...]:
    """The runs with stretches of their joined text changed; what is put in belongs to the run of the stretch's last character."""
    texts = [run.text for run in runs]
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text))
    for start, end, told in sorted(changes, reverse=True):
        inner = told
        at = bisect_left(starts, end) - 1  # the run the stretch ends in: a paragraph has thousands of runs and of changes
        while at >= 0 and starts[at + 1] > start:
            first, last = max(start, starts[at]), min(end, starts[at + 1])
            if first < last:
                texts[at] = texts[at][: first - starts[at]] + inner + texts[at][last - starts[at] :]
                inner = ""
            at -= 1
    return tuple(replace(run, text=text) for run, text in zip(runs, texts, strict=True) if text)
