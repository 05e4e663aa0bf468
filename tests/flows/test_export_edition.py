"""Editions in every form: the same bytes twice, the house's structure, hostile text as text, fonts that are missing."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from html import unescape
from pathlib import Path

import docx
import pypdf
import pytest

from monitor.errors import UsageError
from monitor.flows.export_edition import FORMS_TABLE, export, missing_fonts, said
from monitor.records import MissingFont
from monitor.render.edition_sheet import sheet
from tests.conftest import PROJECT
from tests.render import edition_sample as sample
from tests.render.edition_template import PLACE, template

FORMS = ("html", "mail", "text", "markdown", "docx", "pdf", "bibtex", "ris", "csl")


def words_of(form: str, data: bytes) -> str:
    """The text a reader of this form sees, blanks made one."""
    if form == "docx":
        made = docx.Document(io.BytesIO(data))
        told = "\n".join("".join(node.text or "" for node in p._p.iter() if node.tag.endswith("}t")) for p in made.paragraphs)
    elif form == "pdf":
        told = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    else:
        told = data.decode()
    return re.sub(r"[\s\u200e]+", " ", told)


def test_table_has_every_form_under_its_own_name() -> None:
    assert tuple(FORMS_TABLE) == FORMS
    assert [form.id for form in FORMS_TABLE.values()] == list(FORMS)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("form", FORMS)
def test_same_edition_twice_gives_the_same_bytes(form: str, language: str) -> None:
    first = export(sample.edition(language), sample.STYLE, form)
    assert export(sample.edition(language), sample.STYLE, form) == first
    assert first.name.startswith(f"press-review-63-{language}.")
    assert len(first.data) > 1000


def test_unknown_form_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="There is no form epub; there are html, mail, text"):
        export(sample.edition(), sample.STYLE, "epub")


@pytest.mark.parametrize("form", ["html", "mail", "text", "docx", "pdf"])
def test_structure_is_that_of_the_press_review(form: str) -> None:
    told = words_of(form, export(sample.edition(), sample.STYLE, form).data)
    plain = re.sub(r"<[^>]*>", "", re.sub(r"(?s)<(style|head).*?</\1>", "", told)) if form in ("html", "mail") else told
    plain = " ".join(unescape(plain).split())
    front = ["63rd Edition — Press Review — Security & Defence", "The Lighthouse Association", "Authors", "Corin ASH", "Zélie d’AUBRAC"]
    listed = ["Tancrède de VALLOMBRE", "Headlines", "1. Africa", "1.1. Issoria's port opens", "5. Focus", "5.1. Ports"]
    first = ["1. Africa", "1.1. Issoria's port", "The port of Issoria took", "the photograph.", "By Odile BRUMAIRE", "Sources:", "Le Phare"]
    last = ["By Noor SAHRANI", "Sources:", "Портовый вестник"]
    at = 0
    for one in [*front, *listed, *first, *last]:
        found = plain.find(one, at)
        assert found >= at, (one, plain[at : at + 200])
        at = found + 1


def test_citations_are_in_house_style_to_the_last_sign() -> None:
    told = export(sample.edition(), sample.STYLE, "text").data.decode()
    piece = told[told.rindex("1.1. Issoria") :]
    assert piece[piece.index("Sources:") :].split("\n\n")[0] == (
        "Sources:\n"
        '- Le Phare : "Le port d’Issoria rouvre : « un premier pas », dit la\n  capitainerie", 17/11/2026 ;\n'
        "  <https://news.example.org/fr/1?a=1&b=2>\n"
        '- Harbour News : "Issoria\'s port reopens: what is known of the ‘quiet’\n  accord?", 17/11/2026 ;\n'
        "  <https://news.example.org/en/1?a=1&b=2>\n"
        '- \u2068صحيفة الميناء\u2069 : "\u2068إعادة فتح ميناء إيسوريا بعد 14 شهرًا من الإغلاق\n  (رويدًا رويدًا)\u2069", 17/11/2026.\n'
        "  <https://news.example.org/ar/1?a=1&b=2>"
    )


def test_second_style_is_data_alone() -> None:
    told = export(sample.edition(style=sample.OTHER), sample.OTHER, "text").data.decode()
    assert "In this issue\n-------------\n§ 1 Africa\n  1-1) Issoria’s port opens again after fourteen months\n" in told
    assert (
        "Odile Brumaire\n\nRead:\n- “Le port d’Issoria rouvre : « un premier pas », dit la capitainerie”\n  (Le Phare, 17.11.2026),\n"
        in told
    )


def test_long_headlines_hang_below_their_words_and_blanks_are_single() -> None:
    made = sample.edition()
    piece = sample.piece(
        "1.1.", "A title of many words that goes on until it needs a second line of text", "Ada", "Byron", (), text="One.   Two."
    )
    told = export(replace(made, sections=(replace(made.sections[0], pieces=(piece,)),)), sample.STYLE, "text").data.decode()
    assert "\n  1.1. A title of many words that goes on until it needs a second line\n       of text\n" in told
    assert "\nOne. Two.\n" in told


def test_french_typography_is_for_the_desk_s_own_words_only() -> None:
    told = export(sample.edition("fr"), sample.STYLE, "text").data.decode()
    assert "2.1. Three islands ask for a «\u00a0coast guard of their own\u00a0»" in told
    assert '- Harbour News\u00a0: «\u00a0Issoria\'s port reopens: what is known of the "quiet"\n  accord?\u00a0», 17/11/2026\u202f;' in told


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────────


def opened(text: object = None, folder: Path | None = None) -> docx.document.Document:
    return docx.Document(io.BytesIO(export(text or sample.edition(), sample.STYLE, "docx", folder).data))  # type: ignore[arg-type]


def test_word_template_is_the_one_its_script_builds() -> None:
    assert template() == PLACE.read_bytes(), "run: python -m tests.render.edition_template"


def test_word_document_has_headings_contents_and_links() -> None:
    made = opened()
    headings = [(p.style.name, p.text) for p in made.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:3] == [
        ("Heading 1", "1. Africa"),
        ("Heading 2", "1.1. Issoria's port opens again after fourteen months"),
        ("Heading 2", "1.2. A shared patrol of the Lower Ambre is agreed upon"),
    ]
    assert len(headings) == 14
    entries = [p for p in made.paragraphs if p.style.name.startswith("toc")]
    assert [(p.style.name, p.hyperlinks[0].text) for p in entries][:2] == [("toc 1", headings[0][1]), ("toc 2", headings[1][1])]
    assert [p.hyperlinks[0].text for p in entries] == [words for _, words in headings]
    marks = {node.get(docx.oxml.ns.qn("w:name")) for node in made.element.body.iter(docx.oxml.ns.qn("w:bookmarkStart"))}
    assert {p.hyperlinks[0].fragment for p in entries} == marks
    assert [node.text for node in made.element.body.iter(docx.oxml.ns.qn("w:instrText"))] == [r' TOC \o "1-2" \n \h \z \u ']
    assert made.paragraphs[0].style.name == "Title"
    source = next(p for p in made.paragraphs if p.style.name == "Source")
    assert source.hyperlinks[0].address == "https://news.example.org/fr/1?a=1&b=2"
    assert [run.text for run in source.runs if run.italic] == ["Le Phare"]


def test_word_document_says_the_language_of_each_headline() -> None:
    made = opened()
    found = {}
    for run in made.element.body.iter(docx.oxml.ns.qn("w:r")):
        for one in run.iter(docx.oxml.ns.qn("w:lang")):
            told = {name.split("}")[1]: value for name, value in one.attrib.items()}
            found["".join(node.text or "" for node in run.iter(docx.oxml.ns.qn("w:t")))] = (
                told,
                run.find(f".//{docx.oxml.ns.qn('w:rtl')}") is not None,
            )
    assert found["إعادة فتح ميناء إيسوريا بعد 14 شهرًا من الإغلاق (رويدًا رويدًا)"] == ({"bidi": "ar-SA"}, True)
    assert found["נמל איסוריה נפתח מחדש: 3 אוניות ראשונות עגנו"] == ({"bidi": "he-IL"}, True)
    assert found["伊索里亚港重新开放，首批三艘货轮靠泊"] == ({"eastAsia": "zh-CN"}, False)
    assert found["Порт Иссории снова открыт: первые суда вошли в гавань"] == ({"val": "ru-RU"}, False)
    defaults = next(made.styles.element.iter(docx.oxml.ns.qn("w:rPrDefault")))
    assert next(defaults.iter(docx.oxml.ns.qn("w:lang"))).get(docx.oxml.ns.qn("w:val")) == "en-GB"


def test_word_document_knows_no_time_but_the_edition_s() -> None:
    data = export(sample.edition(), sample.STYLE, "docx").data
    told = docx.Document(io.BytesIO(data)).core_properties
    assert (told.created.date(), told.modified.date(), told.title) == (sample.DAY, sample.DAY, sample.edition().title)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert parts.namelist()[0] == "[Content_Types].xml"


def test_desk_s_own_template_wins(tmp_path: Path) -> None:
    own = docx.Document()
    own.add_paragraph("House of {{ organisation }}")
    own.add_paragraph("{%p for section in sections %}")
    own.add_paragraph("{{r section.heading }}")
    own.add_paragraph("{%p endfor %}")
    own.save(str(tmp_path / "edition.docx"))
    made = opened(folder=tmp_path)
    assert [p.text for p in made.paragraphs][:2] == ["House of The Lighthouse Association", "1. Africa"]


@pytest.mark.parametrize(
    ("line", "said_of_it"),
    [
        ("{{ title.__class__.__mro__ }}", "is unsafe"),
        ("{{ ''.__class__.__subclasses__() }}", "is unsafe"),
        ("{% for %}", "cannot be filled"),
        ("{{ sections[0].heading }}", "must write {{r"),
    ],
)
def test_own_template_that_is_wrong_is_refused_in_a_sentence(tmp_path: Path, line: str, said_of_it: str) -> None:
    own = docx.Document()
    own.add_paragraph(line)
    own.save(str(tmp_path / "edition.docx"))
    with pytest.raises(UsageError, match=re.escape(said_of_it)):
        opened(folder=tmp_path)


def test_file_that_is_no_template_is_refused(tmp_path: Path) -> None:
    (tmp_path / "edition.docx").write_bytes(b"not a zip")
    with pytest.raises(UsageError, match=r"edition\.docx cannot be filled"):
        opened(folder=tmp_path)


def test_pdf_has_outline_links_language_and_its_fonts() -> None:
    made = pypdf.PdfReader(io.BytesIO(export(sample.edition("fr"), sample.STYLE, "pdf").data))
    root = made.trailer["/Root"].get_object()
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("fr-FR", True)
    assert (made.metadata.title, made.metadata.creation_date.date()) == (sample.edition("fr").title, sample.DAY)
    titles = [
        (one["/Title"], [inner["/Title"] for inner in below]) for one, below in zip(made.outline[::2], made.outline[1::2], strict=True)
    ]
    assert [title for title, _ in titles] == ["1. Afrique", "2. Amérique", "3. Asie", "4. Europe", "5. Focus"]
    assert titles[0][1] == [
        "1.1. Issoria’s port opens again after fourteen months",
        "1.2. A shared patrol of the Lower Ambre is agreed upon",
    ]
    notes = [note.get_object() for page in made.pages for note in page.get("/Annots", [])]
    addresses = {note["/A"]["/URI"] for note in notes if note["/Subtype"] == "/Link" and "/A" in note and "/URI" in note["/A"]}
    assert {
        source.address for section in sample.edition("fr").sections for piece in section.pieces for source in piece.sources
    } <= addresses
    fonts = {str(font.get_object()["/BaseFont"]) for page in made.pages for font in page["/Resources"]["/Font"].values()}
    assert fonts
    for page in made.pages:
        for font in page["/Resources"]["/Font"].values():
            kept = font.get_object().get("/DescendantFonts", [font])[0].get_object()["/FontDescriptor"]
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(kept)


def a_png() -> bytes:
    """A picture of one point, made here."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\1\2\3")) + chunk(b"IEND", b"")


def test_logo_stands_on_the_front_page(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(a_png())
    style = replace(sample.STYLE, logo=str(tmp_path / "logo.png"))
    assert b'<img class="logo" src="data:image/png;base64,' in export(sample.edition(), style, "html").data
    made = docx.Document(io.BytesIO(export(sample.edition(), style, "docx").data))
    assert len(made.inline_shapes) == 1
    assert next(made.element.body.iter(docx.oxml.ns.qn("wp:docPr"))).get("descr") == "The Lighthouse Association"
    first = pypdf.PdfReader(io.BytesIO(export(sample.edition(), style, "pdf").data)).pages[0]
    assert len(first.images) == 1


def test_logo_that_word_cannot_hold_is_named(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="5" height="5"/></svg>')
    style = replace(sample.STYLE, logo=str(tmp_path / "logo.svg"))
    assert export(sample.edition(), style, "docx").notes == ("A Word document cannot hold logo.svg: use a PNG or JPEG.",)
    assert export(sample.edition(), style, "pdf").notes == ()


def test_desk_s_own_pdf_template_wins_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "edition.typ"
    own.write_text('#let e = json("edition.json")\n#set document(title: e.title)\n= House of #e.organisation')
    assert words_of("pdf", export(sample.edition(), sample.STYLE, "pdf", tmp_path).data).strip() == "House of The Lighthouse Association"
    own.write_text("#nothing-of-this-name()")
    with pytest.raises(UsageError, match=r"edition\.typ cannot be set: unknown variable"):
        export(sample.edition(), sample.STYLE, "pdf", tmp_path)


def test_own_templates_that_know_no_corrections_say_them_on_the_front(tmp_path: Path) -> None:
    text = replace(sample.edition(), corrections=("The date was wrong.",))
    own = docx.Document()
    for line in ("{%p for line in front %}", "{{ line }}", "{%p endfor %}"):
        own.add_paragraph(line)
    own.save(str(tmp_path / "edition.docx"))
    made = docx.Document(io.BytesIO(export(text, sample.STYLE, "docx", tmp_path).data))
    assert [one.text for one in made.paragraphs if one.text] == ["Correction: The date was wrong."]
    (tmp_path / "edition.typ").write_text(
        '#let e = json("edition.json")\n#set document(title: e.title)\n#for one in e.front { par(text(one)) }'
    )
    pages = pypdf.PdfReader(io.BytesIO(export(text, sample.STYLE, "pdf", tmp_path).data)).pages
    assert "".join(page.extract_text() for page in pages).strip() == "Correction: The date was wrong."


def test_pdf_template_reads_nothing_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "edition.typ").write_text(f'#set document(title: "x")\n#read("{tmp_path / "secret.txt"}")')
    with pytest.raises(UsageError, match="cannot be set: file not found"):
        export(sample.edition(), sample.STYLE, "pdf", tmp_path)


def test_mail_too_large_to_be_shown_whole_is_told() -> None:
    long = sample.edition()
    pieces = tuple(replace(piece, text=piece.text * 30) for piece in long.sections[0].pieces)
    made = export(replace(long, sections=(replace(long.sections[0], pieces=pieces),)), sample.STYLE, "mail")
    assert re.fullmatch(r"The mail has \d+ kB; some readers cut it off at 102 kB\. Send the PDF with it\.", made.notes[0])
    assert export(long, sample.STYLE, "mail").notes == ()


def test_another_process_with_another_seed_and_zone_gives_the_same_bytes() -> None:
    """Sets, time zones and the machine's clock leave no trace."""
    code = (
        "import hashlib, tests.conftest\n"
        "from tests.render import edition_sample as s\n"
        "from monitor.flows.export_edition import FORMS_TABLE, export\n"
        "print(*(hashlib.sha256(export(s.edition('fr'), s.STYLE, f).data).hexdigest() for f in FORMS_TABLE))"
    )
    other = os.environ | {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1"}
    told = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=other, check=True, capture_output=True, text=True, timeout=120)
    here = [hashlib.sha256(export(sample.edition("fr"), sample.STYLE, form).data).hexdigest() for form in FORMS]
    assert told.stdout.split() == here


# ── fonts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sign_without_a_font_is_named_and_left_out() -> None:
    text = replace(sample.edition(), title="Edition \U0001fae9\u0378 of signs")
    lacking = missing_fonts(sheet(text, sample.STYLE))
    assert {sign for one in lacking for sign in one.signs} >= {"\u0378"}
    made = export(text, sample.STYLE, "pdf")
    assert "U+0378" in made.notes[-1]
    assert "Edition […] of signs" in words_of("pdf", made.data)


def test_missing_script_is_said_with_its_package() -> None:
    assert said((MissingFont("han", "中文", "fonts-noto-cjk"),)) == ("No font here prints han (中文): apt install fonts-noto-cjk.",)


# ── citations ────────────────────────────────────────────────────────────────────────────────────────────────────────


CITED = {one.address for section in sample.edition().sections for piece in section.pieces for one in piece.sources}


def entries_of_bibtex(text: str) -> dict[str, dict[str, str]]:
    """Reads BibTeX as its manual says: entries, then fields whose braces pair."""
    found: dict[str, dict[str, str]] = {}
    at = 0
    while (at := text.find("@", at)) >= 0:
        kind, rest = text[at:].split("{", 1)
        assert kind == "@article"
        key, rest = rest.split(",", 1)
        assert re.fullmatch(r"[a-z0-9]+", key) and key not in found
        fields: dict[str, str] = {}
        while match := re.match(r"\s*(\w+) = \{", rest):
            end, depth = match.end(), 1
            while depth:
                sign = rest[end]
                depth += (sign == "{") - (sign == "}") if rest[end - 1] != "\\" else 0
                end += 1
            fields[match[1]] = rest[match.end() : end - 1]
            rest = rest[end:].removeprefix(",")
        assert rest.lstrip().startswith("}")
        found[key] = fields
        at = len(text) - len(rest) + rest.index("}") + 1
    return found


def test_bibtex_is_read_back_with_unique_keys() -> None:
    found = entries_of_bibtex(export(sample.edition(), sample.STYLE, "bibtex").data.decode())
    assert {entry["url"] for entry in found.values()} == CITED
    assert found["harbournews20261117a"] == {
        "title": "{Issoria's port reopens: what is known of the \"quiet\" accord?}",
        "journal": "Harbour News", "year": "2026", "month": "11", "day": "17", "date": "2026-11-17",
        "url": "https://news.example.org/en/1?a=1&b=2", "langid": "en",
        "note": r"63rd Edition — Press Review — Security \& Defence",
    }  # fmt: skip


def test_ris_is_read_back() -> None:
    told = export(sample.edition(), sample.STYLE, "ris").data.decode()
    lines = told.split("\r\n")
    assert lines.pop() == ""
    assert [line for line in lines if not re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line)] == []
    records = told.split("ER  - \r\n")
    assert records.pop() == ""
    assert len(records) == len(CITED)
    assert records[0].split("\r\n")[:6] == [
        "TY  - NEWS", "ID  - lephare20261117a", "TI  - Le port d’Issoria rouvre : « un premier pas », dit la capitainerie",
        "T2  - Le Phare",
        "PY  - 2026", "DA  - 2026/11/17",
    ]  # fmt: skip


def test_csl_is_read_back() -> None:
    found = json.loads(export(sample.edition(), sample.STYLE, "csl").data)
    assert len({item["id"] for item in found}) == len(found) == len(CITED)
    assert found[2] == {
        "id": "eg20261117a", "type": "article-newspaper", "title": "إعادة فتح ميناء إيسوريا بعد 14 شهرًا من الإغلاق (رويدًا رويدًا)",
        "container-title": "صحيفة الميناء", "issued": {"date-parts": [[2026, 11, 17]]}, "URL": "https://news.example.org/ar/1?a=1&b=2",
        "language": "ar", "publisher-place": "EG",
    }  # fmt: skip
