"""Documents as a word processor and a printer see them: LibreOffice opens the Word file, its pages and the PDF's hold no empty box."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pypdf
import pytest

from monitor.outside.fonts import missing_scripts
from monitor.render.edition_docx import docx
from monitor.render.edition_pdf import pdf
from monitor.render.edition_sheet import sheet
from tests.render import edition_sample as sample

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(
    OFFICE is None, reason="LIBREOFFICE IS NOT HERE: apt install libreoffice-writer-nogui, or Word files stay untested"
)
needs_fonts = pytest.mark.skipif(bool(missing_scripts()), reason="FONTS ARE MISSING HERE: apt install fonts-noto-core fonts-noto-cjk")


def fonts_used(data: bytes) -> set[str]:
    """The families that print a PDF, without their subset's prefix."""
    found = set()
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        for font in page["/Resources"]["/Font"].values():
            found.add(str(font.get_object()["/BaseFont"]).split("+")[-1].split("-")[0])
    return found


@needs_fonts
def test_every_script_of_the_headlines_is_printed() -> None:
    made = pdf(sheet(sample.edition("fr"), sample.STYLE), sample.STYLE.fonts)
    assert made.left_out == ""
    families = " ".join(sorted(fonts_used(made.data)))
    for part in ("NotoSerif", "Naskh", "Hebrew", "Devanagari", "CJKjp", "CJKkr", "CJKsc"):
        assert part in families, families


@needs_office
def test_word_processor_opens_the_document_without_repair(tmp_path: Path) -> None:
    (tmp_path / "edition.docx").write_bytes(docx(sheet(sample.edition("fr"), sample.STYLE)))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [str(OFFICE), profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "edition.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    made = pypdf.PdfReader(tmp_path / "edition.pdf")
    told = "\n".join(page.extract_text() for page in made.pages)
    assert "63e édition — Revue de presse" in told
    assert [title in told for _, title in sample.TITLES if "'" not in title and '"' not in title and ":" not in title] == [True] * 4
    first = made.pages[0].extract_text()
    assert first.index("Auteurs") < first.index("Corin ASH") < first.index("Titres") < first.index("5. Focus")
    assert 5 <= len(made.pages) <= 9
