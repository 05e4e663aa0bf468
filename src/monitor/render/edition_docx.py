"""An edition as a Word document: the words of the sheet poured into a template that an editor may change; python-docx's only door.

The template is filled in a sandbox, every value escaped; what is set by us (links, languages, bookmarks) comes as whole runs, `{{r … }}`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.image.exceptions import UnrecognizedImageError
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import XMLSyntaxError
from markupsafe import Markup

from monitor.errors import UsageError
from monitor.render.edition_sheet import Bit, Sheet, SheetPiece
from monitor.render.markdown import Block, Run

TEMPLATE = "edition.docx"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold
_EAST_ASIAN = frozenset({"zh", "ja", "ko"})
_COMPLEX = frozenset({"hi", "mr", "ne", "bn", "as", "pa", "gu", "or", "ta", "te", "kn", "ml", "si", "th", "lo", "km", "my", "bo", "dz"})
_REGIONS = {
    "en": "GB", "fr": "FR", "de": "DE", "es": "ES", "it": "IT", "pt": "PT", "nl": "NL", "pl": "PL", "ru": "RU", "uk": "UA", "el": "GR",
    "tr": "TR", "ar": "SA", "fa": "IR", "he": "IL", "ur": "PK", "zh": "CN", "ja": "JP", "ko": "KR", "hi": "IN", "th": "TH", "vi": "VN",
}  # fmt: skip


def docx(sheet: Sheet, template: bytes | None = None, logo: bytes | None = None, fonts: Sequence[str] = ()) -> bytes:
    """The document, the same bytes for the same sheet; `template` is the desk's own, else ours.

    Raises UsageError when the desk's own template cannot be filled.
    """
    try:
        made = DocxTemplate(io.BytesIO(template if template is not None else shipped()))
        made.init_docx()
        values = _values(sheet, made) | {"logo": _picture(made, logo)}
        if sheet.corrections and "corrections" not in made.get_undeclared_template_variables():
            values["front"] += sheet.corrected_lines  # a template of the desk's own that is older than they are
        made.render(values, SandboxedEnvironment(autoescape=True), autoescape=True)
    except (TemplateError, PackageNotFoundError, XMLSyntaxError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise UsageError(f"The template {TEMPLATE} cannot be filled: {' '.join(str(error).split())[:300]}") from error
    _checked(made)
    _finish(made, sheet, fonts)
    kept = io.BytesIO()
    made.docx.save(kept)
    return stable(kept.getvalue())


def shipped() -> bytes:
    """The template that comes with Monitor."""
    return files("monitor").joinpath("render", "templates", "edition", TEMPLATE).read_bytes()


def stable(data: bytes) -> bytes:
    """A zip with its parts in one order and at one time, so that equal contents are equal bytes."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        names = sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            new.writestr(entry, old.read(name))
    return kept.getvalue()


# ── what the template is given ───────────────────────────────────────────────────────────────────────────────────────


def _values(sheet: Sheet, made: DocxTemplate) -> dict[str, Any]:
    """Only plain texts, lists, dictionaries and ready runs: a template sees no object of ours."""
    writer = _Writer(made)
    sections = [
        {
            "heading": writer.heading(section.heading, section.anchor),
            "pieces": [_piece(piece, writer) for piece in section.pieces],
        }
        for section in sheet.sections
    ]
    listed = [
        (level, words, anchor)
        for section in sheet.sections
        for level, words, anchor in ((1, section.heading, section.anchor), *((2, one.heading, one.anchor) for one in section.pieces))
    ]
    contents = [
        {"level": level, "entry": writer.entry(words, anchor, first=at == 1, last=at == len(listed))}
        for at, (level, words, anchor) in enumerate(listed, 1)
    ]
    return {
        "title": sheet.title,
        "short_title": sheet.short_title,
        "organisation": sheet.organisation,
        "front": list(sheet.front),
        "date": sheet.printed_date,
        "authors_heading": sheet.words.authors,
        "authors": list(sheet.authors),
        "headlines_heading": sheet.words.headlines,
        "sources_heading": sheet.words.sources,
        "correction_heading": sheet.correction,
        "corrections": list(sheet.corrections),
        "headlines": contents,
        "sections": sections,
    }


def _piece(piece: SheetPiece, writer: _Writer) -> dict[str, Any]:
    return {
        "heading": writer.heading(piece.heading, piece.anchor),
        "paragraphs": [found for block in piece.blocks for found in _paragraphs(block, writer)],
        "byline": piece.byline,
        "sources": [writer.line(line) for line in piece.sources],
        "corrections": list(piece.corrections),
    }


def _paragraphs(block: Block, writer: _Writer, kind: str = "text", depth: int = 0) -> Iterator[dict[str, Any]]:
    """A block as paragraphs, each of a kind the template has a style for: text, heading, quote, bullet, bullet2, number."""
    if block.kind == "quote":
        for one in block.blocks:
            yield from _paragraphs(one, writer, "quote", depth)
    elif block.kind == "list":
        for number, item in enumerate(block.items, block.first):
            for at, one in enumerate(item):
                told = "number" if block.first else "bullet" if depth == 0 else "bullet2"
                label = f"{number}.\t" if block.first and at == 0 else ""
                for paragraph in _paragraphs(one, writer, told, depth + 1):
                    yield paragraph | ({"line": writer.line((Bit(label),)) + paragraph["line"]} if label else {})
    else:
        yield {"kind": "heading" if block.kind == "heading" else kind, "line": writer.line(block.runs)}


class _Writer:
    """Writes runs as WordprocessingML for one document, whose relations hold the addresses."""

    def __init__(self, made: DocxTemplate) -> None:
        self.made = made
        self.names: dict[str, str] = {}

    def line(self, runs: Sequence[Run]) -> Markup:
        """Several runs, links as hyperlinks."""
        return Markup("".join(self._linked(run) for run in runs))  # noqa: S704  # every value in it is escaped by _run

    def _linked(self, run: Run) -> str:
        # Marks of direction at both ends keep two foreign names with only signs between them from being read as one.
        turned = isinstance(run, Bit) and run.foreign and run.direction == "rtl"
        mark = _run(Bit("\u200e")) if turned else ""
        return mark + self._plain_or_linked(run) + mark

    def _plain_or_linked(self, run: Run) -> str:
        if not run.link:
            return _run(run)
        told = self.made.docx.part.relate_to(run.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return f'<w:hyperlink r:id={quoteattr(told)} w:history="1">{_run(run, "Hyperlink")}</w:hyperlink>'

    def heading(self, words: str, anchor: str) -> Markup:
        """A heading's words within the bookmark that the list of headlines leads to."""
        name = self._name(anchor)
        number = list(self.names).index(anchor) + 1
        start, end = f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>', f'<w:bookmarkEnd w:id="{number}"/>'
        return Markup(start + _run(Bit(words)) + end)  # noqa: S704  # escaped by _run

    def entry(self, words: str, anchor: str, *, first: bool, last: bool) -> Markup:
        """One line of the list of headlines, leading to its heading; the first begins and the last ends a table of contents.

        It has no page numbers (`\\n`): so it is right before and after a word processor updates it.
        """
        told = f'<w:hyperlink w:anchor="{self._name(anchor)}" w:history="1">{_run(Bit(words))}</w:hyperlink>'
        return Markup((_CONTENTS if first else "") + told + (_mark("end") if last else ""))  # noqa: S704  # escaped by _run

    def _name(self, anchor: str) -> str:
        """A bookmark as Word numbers those of a table of contents."""
        return self.names.setdefault(anchor, f"_Toc{len(self.names) + 1:08d}")


def _mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


_CONTENTS = _mark("begin") + r'<w:r><w:instrText xml:space="preserve"> TOC \o "1-2" \n \h \z \u </w:instrText></w:r>' + _mark("separate")


def _run(run: Run, style: str = "") -> str:
    """One run; a break for each line end, a tab for each tab."""
    told = (
        escape(run.text).replace("\n", '</w:t><w:br/><w:t xml:space="preserve">').replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
    )
    return f'<w:r>{_properties(run, style)}<w:t xml:space="preserve">{told}</w:t></w:r>'


def _properties(run: Run, style: str) -> str:
    """What a run looks like and in which language it is, in the order the schema asks for."""
    language = run.language if isinstance(run, Bit) else ""
    tongue = language.split("-")[0].lower()
    right_to_left = isinstance(run, Bit) and run.foreign and run.direction == "rtl"
    told = [f'<w:rStyle w:val="{style}"/>'] if style else []
    told += ['<w:rFonts w:hint="eastAsia"/>'] if tongue in _EAST_ASIAN else []
    told += ["<w:b/><w:bCs/>"] if run.bold else []
    told += ["<w:i/><w:iCs/>"] if run.italic else []
    told += ["<w:rtl/>"] if right_to_left else []
    if language:
        which = "bidi" if right_to_left or tongue in _COMPLEX else "eastAsia" if tongue in _EAST_ASIAN else "val"
        told.append(f"<w:lang w:{which}={quoteattr(region(language))}/>")
    return f"<w:rPr>{''.join(told)}</w:rPr>" if told else ""


def region(language: str) -> str:
    """A language as word processors name it: `fr` → `fr-FR`; unknown ones stay."""
    return f"{language}-{_REGIONS[language]}" if language in _REGIONS else language


def _picture(made: DocxTemplate, logo: bytes | None) -> InlineImage | str:
    """The logo for `{{ logo }}`; "" without one."""
    return InlineImage(made, io.BytesIO(logo), height=Mm(20)) if logo and readable(logo) else ""


def readable(logo: bytes) -> bool:
    """Whether a picture can stand in a document of this form (PNG, JPEG; an SVG cannot)."""
    from docx.image.image import Image  # only asked for where there is a logo

    try:
        return bool(Image.from_blob(logo).px_height)
    except (UnrecognizedImageError, ValueError, KeyError):
        return False


# ── what is done to the filled document ──────────────────────────────────────────────────────────────────────────────


def _checked(made: DocxTemplate) -> None:
    """A run within a text (a template that wrote `{{ line }}` for `{{r line }}`) would make word processors refuse the file."""
    if made.docx.element.body.xpath(".//w:t/*"):
        raise UsageError(f"The template {TEMPLATE} must write {{{{r … }}}} for headings, entries, lines and sources, not {{{{ … }}}}.")


def _finish(made: DocxTemplate, sheet: Sheet, fonts: Sequence[str]) -> None:
    """Language, font and properties; the only times are the edition's date."""
    told = made.docx.core_properties
    day = datetime(sheet.dated.year, sheet.dated.month, sheet.dated.day)  # noqa: DTZ001  # the form has no zones
    told.title, told.subject = sheet.title[:255], sheet.organisation[:255]
    told.author = "; ".join(sheet.authors)[:255]
    told.last_modified_by, told.comments, told.keywords, told.category = "", "", "", ""
    told.identifier, told.language = sheet.id[:255], sheet.language
    told.created = told.modified = day
    told.revision = 1
    for one in made.docx.element.body.iter(qn("wp:docPr")):
        one.set("descr", sheet.organisation or sheet.title)
    for defaults in made.docx.styles.element.iter(qn("w:rPrDefault")):
        for one in defaults.iter(qn("w:lang")):
            one.set(qn("w:val"), region(sheet.language))
        if fonts:
            for one in defaults.iter(qn("w:rFonts")):
                one.attrib.clear()
                for script in ("ascii", "hAnsi", "cs", "eastAsia"):
                    one.set(qn(f"w:{script}"), fonts[0])
