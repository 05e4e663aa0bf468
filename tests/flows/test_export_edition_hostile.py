"""Hostile titles, names, texts and addresses come out as text in every form (docs/security.md: mail and exports, templates, Unicode)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import docx
import pypdf
import pytest

from monitor.flows.export_edition import FORMS_TABLE, export
from monitor.records import Citation, EditionText
from tests.flows.test_export_edition import entries_of_bibtex, words_of
from tests.render import edition_sample as sample

HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "escaped": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "jinja": "{{ 7*7 }}{% include 'x' %}{{r title }}{%p for x in y %}",
    "typst": '#read("/etc/passwd") #eval("1+1") $x$ @ref <label> \\u{41} = Heading',
    "markdown": "# head\n- list [a](javascript:alert(1)) ![i](x) `code` **bold** ---",
    "latex": "\\input{/etc/passwd} } @article{x, $ % & ~ ^ _ {",
    "ris": "A\r\nER  - \r\nTY  - BOOK\nTI  - no",
    "formula": '=HYPERLINK("http://evil")',
    "wide formula": "＝cmd|' /C calc'!A0",
    "tab formula": "\t=1",
    "minus": "-2+3",
    "encoded word": "=?utf-8?q?=0ABcc:evil@x?=",
    "line ends": "one\r\ntwo\u2028three\u0085four\vfive",
    "nul": "a\x00b\x1b[31mc\x07",
    "surrogate": "a\ud800b",
    "bidi": "inv\u202egnp.exe\u2066\u2067 open",
    "zalgo": "Z" + "\u0300" * 5000 + "algo",
    "long word": "W" * 5000,
    "long title": "word " * 2500,
    "emoji tags": "\U0001f3f4\U000e0067\U000e0062\U000e007f flag",
    "xml": "]]> <w:p/> <?xml?> &#x0; \ufffe\uffff",
    "comment": "--> <!-- {\"id\": 1} -->",
    "homoglyph": "раураl.com",
    "quotes": '"“«\'»”"',
    "empty": "",
}  # fmt: skip


def hostile(words: str) -> EditionText:
    """An edition that says this wherever a stranger's or a writer's words stand."""
    cited = Citation(words, words, words[:12], date(2026, 11, 17), "javascript:" + words, words[:2], (words,))
    second = Citation("Le Phare", words or "x", "fr", None, "https://news.example.org/?q=" + words[:60], "FR")
    piece = sample.piece(
        "1.1.", words, words, words, (cited, second), text=f"{words}\n\n> {words}\n\n- {words}\n\n[{words}](javascript:{words})",
        signature=words, corrections=(words,), story=words, id=words,
    )  # fmt: skip
    made = sample.edition()
    plain = sample.piece("1.2.", "Issoria's port", "Odile", "Brumaire", (sample.citation("en"), sample.citation("fr")))
    section = replace(made.sections[0], pieces=(piece, plain), label=words)
    return replace(
        made, sections=(section,), title=words, organisation=words, authors=(words, "Odile BRUMAIRE"), id=words, address=words,
        series=words, corrections=(words,),
    )  # fmt: skip


@pytest.mark.parametrize("form", FORMS_TABLE)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_come_out_as_text(name: str, form: str) -> None:
    made = export(hostile(HOSTILE[name]), sample.STYLE, form)
    assert re.fullmatch(r"[a-z0-9-]{1,90}(\.[a-z]+){1,2}", made.name)
    told = words_of(form, made.data)
    assert re.search("[\x00-\x08\x0e-\x1f\x7f\u202a-\u202e\u2067\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]", told) is None
    assert "BRUMAIRE" in told or form in ("bibtex", "ris", "csl")
    CHECKS[form](made.data)


class Seen(HTMLParser):
    """The tags, attributes and links a browser would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in ("href", "src", "action")}


def no_markup_of_strangers(data: bytes) -> None:
    seen = Seen()
    seen.feed(data.decode())
    known = (
        "html head meta title style link body article header h1 h2 h3 h4 h5 h6 p section ul li nav ol a bdi strong em blockquote br footer"
    )
    assert seen.tags <= {*known.split(), "div", "table", "tr", "td", "b", "tbody"}
    assert {name for name in seen.attributes if name.startswith(("on", "src", "form"))} == set()
    assert {link.split(":")[0] for link in seen.links if not link.startswith("#")} <= {"https"}


def document_opens(data: bytes) -> None:
    made = docx.Document(io.BytesIO(data))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                ET.fromstring(parts.read(name))
    for relation in made.part.rels.values():
        assert not relation.is_external or relation.target_ref.startswith("https://")
    assert {node.text for node in made.element.body.iter(docx.oxml.ns.qn("w:instrText"))} <= {r' TOC \o "1-2" \n \h \z \u '}


def document_is_set(data: bytes) -> None:
    made = pypdf.PdfReader(io.BytesIO(data))
    assert "/JavaScript" not in str(made.trailer["/Root"])
    for page in made.pages:
        for note in page.get("/Annots", []):
            action = note.get_object().get("/A", {})
            assert not action.get("/URI") or str(action["/URI"]).startswith("https://")
    assert "root:x:" not in words_of("pdf", data)


def lines_are_few(data: bytes) -> None:
    assert len(data.decode().splitlines()) < 2000


def markdown_has_its_own_marks_only(data: bytes) -> None:
    text = data.decode().split("\n---\n", 1)[1]  # what stands above is read as plain lines, never as Markdown
    assert [one for one in re.findall(r"(?<!\\)<!-- .*? -->", text) if not isinstance(json.loads(one[5:-4]), dict)] == []
    text = re.sub(r"(?<!\\)<!-- .*? -->", "", text)
    assert [line for line in text.split("\n") if re.match(r"#{1,2} ", line)][-1:] != []
    assert len([line for line in text.split("\n") if re.match(r"###(?: |$)", line)]) == 2
    assert re.search(r"(?<!\\)\]\(<?javascript:", text) is None
    assert re.search(r"(?<!\\)<(?!https://)", text) is None


def bibtex_is_whole(data: bytes) -> None:
    found = entries_of_bibtex(data.decode())
    assert 3 <= len(found) <= 4
    assert [
        value
        for entry in found.values()
        for value in entry.values()
        if re.search(r"(?<!\\)\\(?![{}%&#$_]|text(backslash|asciitilde|asciicircum)\{\})", value)
    ] == []


def ris_is_whole(data: bytes) -> None:
    lines = data.decode().split("\r\n")
    assert lines.pop() == ""
    assert [line for line in lines if not re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n]*", line)] == []
    assert lines.count("ER  - ") == len([line for line in lines if line.startswith("TY  - ")])
    assert {line for line in lines if line.startswith("TY")} == {"TY  - NEWS"}


def csl_is_whole(data: bytes) -> None:
    found = json.loads(data)
    assert {item.get("URL", "https://")[:8] for item in found} == {"https://"}


CHECKS = {
    "html": no_markup_of_strangers, "mail": no_markup_of_strangers, "text": lines_are_few, "markdown": markdown_has_its_own_marks_only,
    "docx": document_opens, "pdf": document_is_set, "bibtex": bibtex_is_whole, "ris": ris_is_whole, "csl": csl_is_whole,
}  # fmt: skip


def test_plain_hostile_words_are_kept_to_the_letter() -> None:
    """What can be printed is printed, not swallowed: markup of every form is seen as it was written."""
    for name in ("script", "jinja", "latex", "formula", "minus"):
        words = HOSTILE[name]
        for form in ("text", "docx"):
            assert words in words_of(form, export(hostile(words), sample.STYLE, form).data), (name, form)
        told = json.loads(export(hostile(words), sample.STYLE, "csl").data)
        assert words in {item["title"] for item in told}
