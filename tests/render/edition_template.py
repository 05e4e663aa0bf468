"""Builds the Word template that ships with Monitor: python -m tests.render.edition_template. An editor changes a copy of it."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from monitor.render.edition_docx import stable

PLACE = Path(__file__).resolve().parents[2] / "src" / "monitor" / "render" / "templates" / "edition" / "edition.docx"
INK, ACCENT, SOFT = RGBColor(0x1D, 0x21, 0x26), RGBColor(0x12, 0x35, 0x5B), RGBColor(0x58, 0x5D, 0x64)
FONT = "Noto Serif"


def template() -> bytes:
    """The template's bytes, always the same."""
    made: Any = Document()
    _page(made)
    _styles(made)
    _front(made)
    _sections(made)
    _footer(made)
    _properties(made)
    kept = io.BytesIO()
    made.save(kept)
    return stable(kept.getvalue())


def _page(made: Any) -> None:
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(25)
    page.top_margin, page.bottom_margin = Mm(24), Mm(24)


def _styles(made: Any) -> None:
    for defaults in made.styles.element.iter(qn("w:rPrDefault")):
        for fonts in defaults.iter(qn("w:rFonts")):
            fonts.attrib.clear()
            for script in ("ascii", "hAnsi", "cs", "eastAsia"):
                fonts.set(qn(f"w:{script}"), FONT)
    _style(made, "Normal", size=10.5, after=6, line=1.2)
    _style(made, "Title", size=24, bold=True, colour=INK, after=6)
    _style(made, "Subtitle", size=13, colour=SOFT, after=4)
    _style(made, "Heading 1", size=17, bold=True, colour=ACCENT, before=24, after=6)
    _style(made, "Heading 2", size=13, bold=True, colour=INK, before=18, after=6)
    _style(made, "Heading 3", size=11, bold=True, colour=INK, before=10, after=4)
    _style(made, "Body Text", after=6)
    _style(made, "Quote", italic=True, colour=SOFT, after=6, indent=8)
    _style(made, "List Bullet", after=3)
    _style(made, "List Bullet 2", after=3)
    _style(made, "List", after=3, indent=8, hanging=8)
    _new(made, "Front Heading", size=12, bold=True, colour=INK, before=18, after=4)
    _new(made, "Author", after=0)
    _new(made, "toc 1", bold=True, before=6, after=0)
    _new(made, "toc 2", after=0, indent=6)
    _new(made, "Byline", bold=True, before=6, after=6)
    made.styles["Byline"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _new(made, "Sources Heading", bold=True, size=9.5, before=6, after=2)
    _new(made, "Source", size=9.5, after=2, indent=6, hanging=4)
    _new(made, "Correction", size=9.5, before=6, after=6, indent=4)
    for name in ("Byline", "Sources Heading", "Front Heading"):
        made.styles[name].paragraph_format.keep_with_next = name != "Byline"
    link = made.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = RGBColor(0x12, 0x42, 0x7A), True


def _new(made: Any, name: str, **looks: Any) -> None:
    style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = made.styles["Normal"]
    style.quick_style = True
    _style(made, name, **looks)


def _style(
    made: Any, name: str, *, size: float = 0, bold: bool = False, italic: bool = False, colour: RGBColor | None = None, before: float = 0,
    after: float = 0, line: float = 0, indent: float = 0, hanging: float = 0,
) -> None:  # fmt: skip
    style = made.styles[name]
    _plain_fonts(style)
    if size:
        style.font.size = Pt(size)
        _complex_size(style, size)
    style.font.bold, style.font.italic = bold or None, italic or None
    if colour is not None:
        style.font.color.rgb = colour
    told = style.paragraph_format
    told.space_before, told.space_after = Pt(before), Pt(after)
    if line:
        told.line_spacing = line
    if indent:
        told.left_indent = Mm(indent)
    if hanging:
        told.first_line_indent = Mm(-hanging)
    for border in list(style.element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)


def _plain_fonts(style: Any) -> None:
    """No theme's fonts and sizes of its own: all from the document's default, which an edition's style may name."""
    for name in ("w:rFonts", "w:spacing", "w:kern"):
        for one in list(style.element.iterfind(f"{qn('w:rPr')}/{qn(name)}")):
            one.getparent().remove(one)


def _complex_size(style: Any, size: float) -> None:
    properties = style.element.get_or_add_rPr()
    for one in list(properties.iterfind(qn("w:szCs"))):
        properties.remove(one)
    told = OxmlElement("w:szCs")
    told.set(qn("w:val"), str(int(size * 2)))
    properties.find(qn("w:sz")).addnext(told)


def _front(made: Any) -> None:
    add = made.add_paragraph
    add("{%p if logo %}")
    add("{{ logo }}")
    add("{%p endif %}")
    add("{{ title }}", "Title")
    add("{%p if organisation %}")
    add("{{ organisation }}", "Subtitle")
    add("{%p endif %}")
    add("{%p for line in front %}")
    add("{{ line }}", "Subtitle")
    add("{%p endfor %}")
    _corrections(made, "corrections")
    add("{{ authors_heading }}", "Front Heading")
    add("{%p for author in authors %}")
    add("{{ author }}", "Author")
    add("{%p endfor %}")
    add("{{ headlines_heading }}", "Front Heading")
    # The first entry begins a table of contents and the last one ends it.
    add("{%p for headline in headlines %}")
    add("{%p if headline.level == 1 %}")
    add("{{r headline.entry }}", "toc 1")
    add("{%p else %}")
    add("{{r headline.entry }}", "toc 2")
    add("{%p endif %}")
    add("{%p endfor %}")
    add("").add_run().add_break(WD_BREAK.PAGE)


def _sections(made: Any) -> None:
    add = made.add_paragraph
    add("{%p for section in sections %}")
    add("{{r section.heading }}", "Heading 1")
    add("{%p for piece in section.pieces %}")
    add("{{r piece.heading }}", "Heading 2")
    add("{%p for paragraph in piece.paragraphs %}")
    kinds = {"heading": "Heading 3", "quote": "Quote", "bullet": "List Bullet", "bullet2": "List Bullet 2", "number": "List"}
    for at, (kind, style) in enumerate(kinds.items()):
        add(f'{{%p {"elif" if at else "if"} paragraph.kind == "{kind}" %}}')
        add("{{r paragraph.line }}", style)
    add("{%p else %}")
    add("{{r paragraph.line }}", "Body Text")
    add("{%p endif %}")
    add("{%p endfor %}")
    add("{%p if piece.byline %}")
    add("{{ piece.byline }}", "Byline")
    add("{%p endif %}")
    add("{%p if piece.sources %}")
    add("{{ sources_heading }}", "Sources Heading")
    add("{%p endif %}")
    add("{%p for source in piece.sources %}")
    source = add("–\t", "Source")
    source.add_run("{{r source }}")
    add("{%p endfor %}")
    _corrections(made, "piece.corrections")
    add("{%p endfor %}")
    add("{%p endfor %}")


def _corrections(made: Any, which: str) -> None:
    made.add_paragraph(f"{{%p for correction in {which} %}}")
    correction = made.add_paragraph("", "Correction")
    correction.add_run("{{ correction_heading }}").bold = True
    correction.add_run(" {{ correction }}")
    made.add_paragraph("{%p endfor %}")


def _footer(made: Any) -> None:
    line = made.sections[0].footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.add_run("{{ short_title }} · ")
    _field(line, "begin", " PAGE ", "separate")
    line.add_run("1")
    _field(line, "end")
    for run in line.runs:
        run.font.size, run.font.color.rgb = Pt(8.5), SOFT


def _field(paragraph: Any, *parts: str) -> None:
    """The marks of a field: `begin`, its instruction, `separate`; or `end`."""
    for part in parts:
        run = paragraph.add_run()
        if part in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), part)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = part
        run._r.append(mark)


def _properties(made: Any) -> None:
    told = made.core_properties
    told.title, told.author, told.comments, told.last_modified_by = "Edition", "", "", ""
    told.created = told.modified = datetime(2026, 1, 1)  # noqa: DTZ001  # the form has no zones
    package = made.part.package
    for key in [key for key, relation in package.rels.items() if relation.reltype.endswith("/thumbnail")]:
        del package.rels[key]


if __name__ == "__main__":
    PLACE.write_bytes(template())
    print(PLACE.name, PLACE.stat().st_size)
