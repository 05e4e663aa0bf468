"""Every form of an edition, in one table: its ending, its media type, and what makes it from a sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.records import EditionText, Style
from monitor.render.edition_citations import bibtex, csl, ris
from monitor.render.edition_docx import docx, readable
from monitor.render.edition_html import html
from monitor.render.edition_mail import advice, mail
from monitor.render.edition_markdown import markdown
from monitor.render.edition_pdf import pdf
from monitor.render.edition_sheet import Sheet, sheet
from monitor.render.edition_text import text as plain_text


@dataclass(frozen=True, slots=True)
class Means:
    """What a form may need besides the words: the desk's own templates by name, its logo, signs without a font here."""

    templates: Mapping[str, bytes]
    logo: tuple[str, bytes] | None = None
    unprintable: str = ""
    font_stamp: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """The bytes of a form and what to know about them."""

    data: bytes
    notes: tuple[str, ...] = ()


Maker = Callable[[Sheet, EditionText, Style, Means], Made]


@dataclass(frozen=True, slots=True)
class Form:
    """One form; `label` names it to people."""

    id: str
    label: str
    ending: str
    media_type: str
    make: Maker


def _docx(made: Sheet, _text: EditionText, style: Style, means: Means) -> Made:
    logo = means.logo[1] if means.logo else None
    unreadable = logo is not None and not readable(logo)
    notes = (f"A Word document cannot hold {means.logo[0]}: use a PNG or JPEG.",) if means.logo and unreadable else ()
    return Made(docx(made, means.templates.get("edition.docx"), logo, style.fonts), notes)


def _pdf(made: Sheet, _text: EditionText, style: Style, means: Means) -> Made:
    told = pdf(made, style.fonts, means.unprintable, means.logo, means.templates.get("edition.typ"), means.font_stamp)
    notes = (f"No font here prints {_shown(told.left_out)}; it is left out as […].",) if told.left_out else ()
    return Made(told.data, notes)


def _shown(signs: str) -> str:
    more = f" and {len(signs) - 12} more signs" if len(signs) > 12 else ""
    return " ".join(f"U+{ord(sign):04X}" for sign in signs[:12]) + more


def _mail(made: Sheet, _text: EditionText, _style: Style, _means: Means) -> Made:
    data = mail(made)
    return Made(data, (told,) if (told := advice(data)) else ())


FORMS: Mapping[str, Form] = {
    form.id: form
    for form in (
        Form("html", "Web page", "html", "text/html; charset=utf-8", lambda made, _text, _style, means: Made(html(made, means.logo))),
        Form("mail", "Mail", "mail.html", "text/html; charset=utf-8", _mail),
        Form("text", "Plain text", "txt", "text/plain; charset=utf-8", lambda made, _text, _style, _means: Made(plain_text(made))),
        Form("markdown", "Markdown", "md", "text/markdown; charset=utf-8", lambda made, text, _style, _means: Made(markdown(made, text))),
        Form("docx", "Word", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _docx),
        Form("pdf", "PDF", "pdf", "application/pdf", _pdf),
        Form("bibtex", "BibTeX", "bib", "application/x-bibtex; charset=utf-8", lambda made, *_: Made(bibtex(made))),
        Form("ris", "RIS", "ris", "application/x-research-info-systems", lambda made, *_: Made(ris(made))),
        Form("csl", "CSL-JSON", "csl.json", "application/vnd.citationstyles.csl+json", lambda made, *_: Made(csl(made))),
    )
}


def make(form: Form, text: EditionText, style: Style, means: Means) -> Made:
    """One edition in one form."""
    return form.make(sheet(text, style), text, style, means)


def file_name(text: EditionText, form: Form) -> str:
    """`press-review-63-en.pdf`: letters, digits and dashes only."""
    stem = re.sub(r"[^a-z0-9]+", "-", f"{text.series}-{text.number}-{text.language}".lower()).strip("-")
    return f"{stem[:80] or 'edition'}.{form.ending}"


def signs(made: Sheet) -> str:
    """Every sign that an edition prints, once, for asking whether fonts have them."""
    return "".join(sorted(set(plain_text(made).decode())))
