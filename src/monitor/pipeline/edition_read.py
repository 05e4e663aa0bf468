"""Reads an edition in Markdown back: the desk's own form to the letter, and what people write by hand as far as it can be understood.

    found = read(text, styles)
    found.text          # EditionText, None as soon as one line was not understood
    found.problems      # (ReadLine(41, "there is no headline between quotation marks, and no link"), …)

What the form is: render/edition_markdown.py. Nothing is guessed silently: what was taken for something else than it says is in `notes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.pipeline.edition import authors as authors_of
from monitor.pipeline.edition_read_source import COMMENT, comment_of, read_source, unescaped
from monitor.pipeline.names import name_in, printed
from monitor.records import Citation, EditionPiece, EditionSection, EditionText, Style, StyleWords

LARGEST = 2_000_000
"""Characters of a file that is read."""
LONGEST_LINE = 20_000
_HEADING = re.compile(r"(#{1,6})(?:[ \t]|$)")
_BOLD_LINE = re.compile(r"\*\*(\d+[.\-]\d+.*)\*\*\s*$")
_BULLET = re.compile(r"\s{0,3}(?:[-*+•–—]|\d{1,3}[.)])\s+(.*)$")
_CORRECTIONS = ("Correction", "Erratum", "Rectificatif")
_PIECE_NUMBER = re.compile(r"(\d+[.\-]\d+[.)]?)(?:\s+(.*))?$")
_SECTION_NUMBER = re.compile(r"(\d+[.)]?)\s+(.*)$")
_LISTS = {"authors", "auteurs", "headlines", "titres", "sommaire", "contents", "summary"}
_SOURCES = re.compile(r"sources?\s*:?$", re.IGNORECASE)
_TEXT_LEVEL = 4
"""Headings this deep belong to a piece's text, where they are three levels higher."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """Something about one line, in words; lines are counted from 1."""

    line: int
    said: str


@dataclass(frozen=True, slots=True)
class ReadEdition:
    """What was read: nothing half, `text` is None when there are problems."""

    text: EditionText | None
    problems: tuple[ReadLine, ...]
    notes: tuple[ReadLine, ...]


@dataclass
class _Part:
    """A heading and the lines below it, up to the next one of its kind."""

    kind: str  # title, authors, headlines, section, piece
    line: int
    words: str
    lines: list[tuple[int, str]] = field(default_factory=list)


def read(source: str, styles: Mapping[str, Style], dated: date | None = None) -> ReadEdition:
    """An edition of one of these styles; `dated` is its date where the file says none."""
    reader = _Reader(source, styles, dated)
    text = reader.edition()
    return ReadEdition(None if reader.problems else text, tuple(reader.problems), tuple(reader.notes))


class _Reader:
    """Reads one file; keeps going after a mistake so that all are told together."""

    def __init__(self, source: str, styles: Mapping[str, Style], dated: date | None) -> None:
        self.problems: list[ReadLine] = []
        self.notes: list[ReadLine] = []
        if len(source) > LARGEST:
            self.wrong(1, f"the file is longer than {LARGEST:,} characters")
            source = ""
        lines = list(enumerate(re.split(r"\r\n?|\n", source.removeprefix("\ufeff")), 1))
        if long := next((line for line, text in lines if len(text) > LONGEST_LINE), 0):
            self.wrong(long, f"this line is longer than {LONGEST_LINE:,} characters")
            lines = [(line, text[:LONGEST_LINE]) for line, text in lines[:long]]
        self.head, self.lines = _front_matter(lines)
        self.ours = bool(self.head)
        self.style = styles.get(self.head.get("series", "")) or next(iter(styles.values()))
        self.language = self.head.get("language") or self._guessed_language()
        if self.language not in self.style.languages:
            self.wrong(1, f"the style {self.style.id} has no language {self.language}")
            self.language = next(iter(self.style.languages))
        self.words: StyleWords = self.style.languages[self.language]
        self.dated = dated
        known = {re.escape(one.correction.rstrip(": \u00a0\u202f")) for one in self.style.languages.values()} | set(_CORRECTIONS)
        names = "|".join(sorted(known, key=len, reverse=True))
        self.correction = re.compile(rf"\*\*(?:{names})\s*(?::\s*\*\*|\*\*\s*:?)\s*(.*)$", re.IGNORECASE | re.DOTALL)
        if (named := self.head.get("series")) and named not in styles:
            self.note(1, f"the desk has no style {named[:40]}; it is read in {self.style.id}")

    def wrong(self, line: int, said: str) -> None:
        """Notes what was not understood."""
        self.problems.append(ReadLine(line, said))

    def note(self, line: int, said: str) -> None:
        """Notes what is worth knowing."""
        self.notes.append(ReadLine(line, said))

    # ── the whole ──

    def edition(self) -> EditionText:
        """All of it."""
        parts = list(self.parts())
        title = next((part for part in parts if part.kind == "title"), None)
        if title is None:
            self.wrong(1, "there is no title: the first line begins with #")
        top_lines, corrections = self.corrections(title.lines, len(title.lines)) if title else ([], ())
        top = _paragraphs(top_lines)
        sections = tuple(self.sections([part for part in parts if part.kind in ("section", "piece")]))
        if not any(section.pieces for section in sections):
            self.wrong(len(self.lines), "there is no piece")
        listed = tuple(self.names(part) for part in parts if part.kind == "authors")
        pieces = [piece for section in sections for piece in section.pieces]
        authors = listed[0] if listed else authors_of(pieces, self.words, self.language)
        words = unescaped_line(title.words) if title else ""
        return EditionText(
            id=self.head.get("id", ""),
            series=self.head.get("series") or self.style.id,
            number=self.number(words),
            language=self.language,
            title=words,
            organisation=self.organisation(top),
            dated=self.day(top),
            authors=authors,
            sections=sections,
            address=self.head.get("address", ""),
            corrections=corrections,
        )

    def _guessed_language(self) -> str:
        """The language whose words for authors, headlines and sources are most often met."""
        met = {_plain(words) for _, line in self.lines for words in (line, line.lstrip("# "))}
        languages = self.style.languages.items()
        return max(languages, key=lambda one: sum(_plain(word) in met for word in (one[1].authors, one[1].headlines, one[1].sources)))[0]

    def number(self, title: str) -> int:
        """The number of the edition: of the front matter, or the first one in the title."""
        told = self.head.get("number") or next(iter(re.findall(r"\d+", title)), "")
        if re.fullmatch(r"\d{1,9}", told):
            return int(told)
        self.wrong(1, "the edition has no number")
        return 0

    def day(self, top: Sequence[tuple[int, str]]) -> date:
        """The edition's date: of the front matter, of the front page, or the one given."""
        told = self.head.get("date", "")
        for text in (told, *(line for _, line in top)):
            if found := re.search(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
                year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
                try:
                    return date(int(year), int(month), int(day))
                except ValueError:
                    self.wrong(1, f"{found[0]} is no date")
        if self.dated is None:
            self.wrong(1, "the edition has no date: write date: 2026-11-20 between two lines of ---, or give it")
        return self.dated or date(1970, 1, 1)

    def organisation(self, top: Sequence[tuple[int, str]]) -> str:
        """The first line below the title that the style does not print there itself."""
        front = [re.sub(r"\\\{\w+\\\}", ".*", re.escape(line)) for line in self.words.front]
        left = list(top)
        while front and left and re.fullmatch(front[-1], unescaped(left[-1][1])):
            front.pop()
            left.pop()
        if len(left) > 1:
            self.wrong(left[1][0], "below the title there is only the organisation")
        return unescaped(left[0][1]) if left else ""

    def names(self, part: _Part) -> tuple[str, ...]:
        """The list of authors as printed."""
        found = []
        for line, text in part.lines:
            if text.strip():
                bullet = _BULLET.match(text)
                found += [unescaped(bullet[1])] if bullet else [unescaped(one) for one in text.split(",")]
                if not found[-1]:
                    self.wrong(line, "an author has no name")
        return tuple(found)

    # ── headings ──

    def parts(self) -> Iterator[_Part]:
        """The file in parts, by its headings."""
        part: _Part | None = None
        seen: set[str] = set()
        for line, text in self.lines:
            heading = self.heading(text, seen)
            if heading:
                if part is not None:
                    yield part
                part = _Part(heading[0], line, heading[1])
                seen.add(heading[0])
            elif part is not None:
                part.lines.append((line, text))
            elif text.strip():
                self.wrong(line, "this stands before the title")
        if part is not None:
            yield part

    def heading(self, text: str, seen: set[str]) -> tuple[str, str] | None:
        """The kind of part that a line begins, and its words."""
        found = _HEADING.match(text)
        if found is None:
            bold = None if self.ours else _BOLD_LINE.match(text)
            return ("piece", bold[1]) if bold and "section" in seen else None
        level, words = len(found[1]), _opened(text[found.end() :])
        if level >= _TEXT_LEVEL:
            return None
        if "title" not in seen:
            return "title", words
        plain = _plain(words)
        if "section" not in seen and plain == _plain(self.words.authors) and "authors" not in seen:
            return "authors", words
        if "section" not in seen and plain == _plain(self.words.headlines) and "headlines" not in seen:
            return "headlines", words
        if self.ours:
            return ("section" if level <= 2 else "piece"), words
        return self._by_hand(words, plain, seen)

    def _by_hand(self, words: str, plain: str, seen: set[str]) -> tuple[str, str] | None:
        """The kind of a heading in a file that was written by hand, by its number or name rather than its depth."""
        if plain in _LISTS and "section" not in seen:
            return ("authors" if plain.startswith("aut") else "headlines"), words
        if _SOURCES.fullmatch(unescaped(words)):
            return None
        told = unescaped_line(words)
        if _PIECE_NUMBER.match(told):
            return "piece", words
        if self._label(_without_number(told)) or _SECTION_NUMBER.match(told):
            return "section", words
        return ("piece" if "section" in seen else "section"), words

    def _label(self, label: str) -> str:
        """The id of the section that has this name in any language of the style."""
        wanted = _plain(label)
        return next((one.id for one in self.style.sections if wanted in {_plain(name) for name in one.label.values()}), "")

    # ── sections and pieces ──

    def sections(self, parts: Sequence[_Part]) -> Iterator[EditionSection]:
        """Sections with their pieces."""
        groups: list[tuple[_Part, list[_Part]]] = []
        for part in parts:
            if part.kind == "section":
                groups.append((part, []))
            elif groups:
                groups[-1][1].append(part)
            else:
                self.wrong(part.line, "this piece stands in no section")
        for at, (head, pieces) in enumerate(groups, 1):
            kept, below = _kept(head.lines)
            for line, text in below:
                if text.strip():
                    self.wrong(line, "this stands in a section before its first piece")
                    break
            number, label = self.numbered(unescaped_line(head.words), self.style.section_number, _SECTION_NUMBER)
            name = kept.get("id") if isinstance(kept.get("id"), str) else self._label(label)
            if not name:
                self.wrong(head.line, f"the style has no section called {label[:60]}")
            read_pieces = tuple(self.piece(part, at, place) for place, part in enumerate(pieces, 1))
            yield EditionSection(str(name), number or self.style.section_number.format(section=at), label, read_pieces)

    def numbered(self, text: str, pattern: str, generic: re.Pattern[str]) -> tuple[str, str]:
        """The number before a title, by the style's pattern or any usual one."""
        told = re.sub(r"\\\{\w+\\\}", r"\\d+", re.escape(pattern))
        found = re.match(rf"({told})(?: (.*))?$", text) or (None if self.ours else generic.match(text))
        return (found[1], found[2] or "") if found else ("", text)

    def piece(self, part: _Part, section: int, place: int) -> EditionPiece:
        """One piece: text, signature, sources, corrections."""
        number, title = self.numbered(unescaped_line(part.words), self.style.piece_number, _PIECE_NUMBER)
        kept, lines = _kept(part.lines)
        most = kept.get("corrections")
        lines, corrections = self.corrections(lines, most if isinstance(most, int) else len(lines))
        body, cited = self.split(lines, kept)
        body, names = self.signed(body, kept)
        text = "\n".join(_raised(line) for _, line in body).strip("\n")
        if not text.strip():
            self.note(part.line, "this piece has no text")
        made = EditionPiece(
            id=str(kept.get("id", "")),
            number=number or self.style.piece_number.format(section=section, piece=place),
            title=title,
            text=text,
            given_name=names[0],
            family_name=names[1],
            sources=tuple(self.cited(cited)),
            signature=names[2],
            story=str(kept.get("story", "")),
            corrections=corrections,
        )
        if not any(names) and kept.get("signed") is not False:
            self.wrong(
                part.line, f"the piece {title[:60]} is not signed: write {printed(self.words.byline, 'First', 'Last')} below its text"
            )
        return made

    def corrections(self, lines: list[tuple[int, str]], most: int) -> tuple[list[tuple[int, str]], tuple[str, ...]]:
        """The corrections at the end, and the lines before them."""
        found: list[str] = []
        while len(found) < most:
            block = _last_paragraph(lines)
            told = self.correction.match(" ".join(text.strip() for _, text in block)) if block else None
            if told is None:
                break
            found.append(unescaped(told[1]))
            lines = lines[: lines.index(block[0])]
        return lines, tuple(reversed(found))

    def split(self, lines: list[tuple[int, str]], kept: Mapping[str, object]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
        """The lines before `Sources:` and those after it; the last such line counts."""
        if kept.get("sources") != 0:
            for at in range(len(lines) - 1, -1, -1):
                if self._begins_sources(lines[at][1]):
                    return lines[:at], lines[at + 1 :]
        return lines, []

    def _begins_sources(self, text: str) -> bool:
        plain = unescaped(text.lstrip("# ")) if not self.ours else unescaped(text)
        if _plain(plain) in {_plain(words.sources) for words in self.style.languages.values()}:
            return True
        return not self.ours and bool(_SOURCES.fullmatch(plain.strip("*_ ")))

    def cited(self, lines: Sequence[tuple[int, str]]) -> Iterator[Citation]:
        """The sources, one an item; an item goes on in indented lines."""
        items: list[tuple[int, str]] = []
        for line, text in lines:
            bullet = _BULLET.match(text)
            if bullet or (text.strip() and not (items and text.startswith((" ", "\t")))):
                items.append((line, bullet[1] if bullet else text.strip()))
            elif text.strip():
                items[-1] = (items[-1][0], f"{items[-1][1]} {text.strip()}")
        for line, item in items:
            told = read_source(item, self.words)
            if told.citation is None:
                self.wrong(line, f"in this source {told.problem}")
                continue
            for said in told.notes:
                self.note(line, f"this source is {said}")
            yield told.citation

    # ── signatures ──

    def signed(self, lines: list[tuple[int, str]], kept: Mapping[str, object]) -> tuple[list[tuple[int, str]], tuple[str, str, str]]:
        """The text without its last paragraph, and given name, family name, signature of it; all of it where there is none."""
        block = _last_paragraph(lines)
        if not block or kept.get("signed") is False:
            return lines, ("", "", "")
        visible = unescaped(" ".join(text.strip() for _, text in block))
        names = self.names_of(visible, kept)
        if names is None:
            return lines, ("", "", "")
        return lines[: lines.index(block[0])], names

    def names_of(self, visible: str, kept: Mapping[str, object]) -> tuple[str, str, str] | None:
        """Whose name a byline shows; what a comment says counts only when it prints the same."""
        given, family, signature = (str(kept.get(key, "")) for key in ("given", "family", "signature"))
        pattern = self.words.byline
        if signature and pattern.replace(name_in(pattern), signature) == visible:
            return "", "", signature
        if (given or family) and printed(pattern, given, family) == visible:
            return given, family, ""
        for words in (self.words, *self.style.languages.values()):
            name = _named(visible, words.byline)
            if name:
                return _divided(name, self.words.byline)
        return None


# ── small parts ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _front_matter(lines: list[tuple[int, str]]) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """The `key: value` lines between two of `---` at the beginning, and what follows."""
    start = next((at for at, (_, text) in enumerate(lines) if text.strip()), 0)
    if not lines or lines[start][1].strip() != "---":
        return {}, lines
    for end in range(start + 1, len(lines)):
        if lines[end][1].strip() == "---":
            pairs = (text.partition(":") for _, text in lines[start + 1 : end] if ":" in text)
            return {key.strip().lower(): value.strip() for key, _, value in pairs}, lines[end + 1 :]
    return {}, lines


def _kept(lines: list[tuple[int, str]]) -> tuple[dict[str, object], list[tuple[int, str]]]:
    """What a comment right below a heading says, and the lines after it."""
    if lines and (found := COMMENT.fullmatch(lines[0][1].strip())):
        return comment_of(found[1]), lines[1:]
    return {}, lines


def _paragraphs(lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Paragraphs as one line each, with the number of their first."""
    found: list[tuple[int, str]] = []
    fresh = True
    for line, text in lines:
        if not text.strip():
            fresh = True
        elif fresh:
            found.append((line, text.strip()))
            fresh = False
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]} {text.strip()}")
    return found


def _last_paragraph(lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines of the last paragraph."""
    found: list[tuple[int, str]] = []
    for one in reversed(lines):
        if one[1].strip():
            found.append(one)
        elif found:
            break
    return found[::-1]


def _raised(text: str) -> str:
    """A line of a piece's text, a heading three levels higher than in the edition's file."""
    return text[_TEXT_LEVEL - 1 :] if re.match(r"#{4,6}(?:[ \t]|$)", text) else text.rstrip()


def _plain(text: str) -> str:
    """Words to be compared: small, without marks, blanks and a colon at the end."""
    return re.sub(r"\s+", " ", unescaped(text)).strip(" :*_#").casefold()


def unescaped_line(text: str) -> str:
    """The words of a heading."""
    return unescaped(text) if "\\" not in text else re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).strip()


def _opened(words: str) -> str:
    """The words of a heading without the signs that may close it."""
    told = words.strip()
    open_end = told.rstrip("#")
    return open_end.rstrip() if not open_end or open_end[-1] in " \t" else told


def _without_number(text: str) -> str:
    found = _SECTION_NUMBER.match(text)
    return found[2] if found else text


def _named(visible: str, pattern: str) -> str:
    """The name in a byline: what stands where the pattern has it; a pattern of the name alone takes a short line without an end."""
    before, after = pattern[: pattern.find("{")], pattern[pattern.rfind("}") + 1 :]
    if not before.strip() and not after.strip():
        return visible if len(visible) <= 80 and not visible.endswith((".", "!", "?", ":")) and visible[:1].isupper() else ""
    found = re.fullmatch(re.escape(before.strip()) + r"\s+(.+?)" + re.escape(after), visible, re.IGNORECASE)
    return found[1].strip() if found else ""


def _divided(name: str, pattern: str) -> tuple[str, str, str]:
    """Given name, family name and signature: two parts where they print the same again, else the whole as a signature."""
    words = name.split()
    loud = next((at for at, word in enumerate(words) if len(word) > 1 and word == word.upper() and any(sign.isalpha() for sign in word)), 0)
    first = loud or len(words) - 1
    while first > 1 and words[first - 1].islower():
        first -= 1
    given, family = " ".join(words[:first]), " ".join(words[first:])
    joined = re.search(r"\s(?:and|et|&|und|y|e)\s|,", name)
    for told in (_small(family), family):
        if family and given and not joined and printed(name_in(pattern), given, told) == name:
            return given, told, ""
    return "", "", name


def _small(family: str) -> str:
    """A family name in capitals as it is written elsewhere."""
    return re.sub(r"[^\W\d_]+", lambda found: found[0].capitalize() if found[0].isupper() and len(found[0]) > 1 else found[0], family)
