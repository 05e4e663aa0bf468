"""The archive as a web site for any web host: in a folder, or packed into one file whose bytes depend on nothing but the editions."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from monitor.errors import UsageError
from monitor.flows.export_edition import export
from monitor.records import EditionText, Style
from monitor.render.edition_forms import FORMS
from monitor.render.edition_sheet import sheet
from monitor.render.edition_site import SiteEdition, site

DOCUMENTS = ("pdf", "docx")
"""The forms a site offers to take away."""
_STAMP = (1980, 1, 1, 0, 0, 0)  # the first moment a ZIP can name; when it was packed must not change its bytes
_READABLE = 0o644 << 16

Frozen = tuple[EditionText, Style]


def files(editions: Sequence[Frozen], name: str, language: str = "en", folder: Path | None = None) -> dict[str, bytes]:
    """Every file of the site by its path; `folder` is where the desk's own templates lie."""
    return site([_site_edition(text, style, folder) for text, style in editions], name, language)


def packed(editions: Sequence[Frozen], name: str, language: str = "en", folder: Path | None = None) -> bytes:
    """The site in one ZIP file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack:
        for path, data in files(editions, name, language, folder).items():
            entry = zipfile.ZipInfo(path, _STAMP)
            entry.external_attr, entry.compress_type = _READABLE, zipfile.ZIP_DEFLATED
            pack.writestr(entry, data)
    return target.getvalue()


def write(into: Path, editions: Sequence[Frozen], name: str, language: str = "en", folder: Path | None = None) -> list[Path]:
    """Write the site into a folder that is empty or not there yet, or holds an earlier export; raises UsageError otherwise."""
    if into.exists() and any(into.iterdir()) and not (into / "atom.xml").is_file():
        raise UsageError(f"{into} holds something that is no earlier export; name another folder.")
    written = []
    for path, data in files(editions, name, language, folder).items():
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        written.append(target)
    return written


def _site_edition(text: EditionText, style: Style, folder: Path | None) -> SiteEdition:
    documents = []
    for form in DOCUMENTS:
        made = export(text, style, form, folder)
        documents.append((made.name, FORMS[form].label, made.data))
    return SiteEdition(f"{text.series}-{text.number}-{text.language}".lower(), sheet(text, style), tuple(documents))
