"""Keeps the catalogue of pages and mails: gathers every message of web/ and render/, updates the .po, compiles the .mo; pure Python.

`python -m tests.web.messages` writes both files; the tests beside it fail when they are behind the pages.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[2] / "src" / "monitor"
FOLDER = SOURCE / "locale" / "fr" / "LC_MESSAGES"
_TEMPLATES = (".html", ".txt", ".xml", ".md")
_KEYWORDS = ("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext")


def gathered() -> Catalog:
    """Every message of the pages, with the files it is in."""
    catalog = Catalog(charset="utf-8")
    for name, code in _sources():
        for _line, function, message, _comments in extract_python(io.BytesIO(code.encode()), _KEYWORDS, (), {"encoding": "utf-8"}):
            _add(catalog, name, function, message)
    return catalog


def stored() -> Catalog:
    """The French catalogue as written."""
    with (FOLDER / "django.po").open("rb") as file:
        return pofile.read_po(file, locale="fr")


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as the .mo that gettext reads."""
    target = io.BytesIO()
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # the same bytes whenever it is compiled
    mofile.write_mo(target, catalog)
    return target.getvalue()


def write() -> None:
    """Bring the .po up to the pages, keeping what is translated, and compile it."""
    path = FOLDER / "django.po"
    catalog = stored() if path.exists() else Catalog(locale="fr", charset="utf-8")
    catalog.update(gathered(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment, catalog.fuzzy = "# The French words of the pages.", False
    text = io.BytesIO()
    pofile.write_po(text, catalog, omit_header=False, sort_output=True, no_location=True, width=0)
    dated = ('"POT-', '"PO-', '"Generated', '"Last-', '"Report', '"Project', '"Language-Team')
    lines = [line for line in text.getvalue().decode().splitlines() if not line.startswith(dated)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (FOLDER / "django.mo").write_bytes(compiled(stored()))


def _sources() -> Iterator[tuple[str, str]]:
    for path in sorted(path for room in ("web", "render") for path in (SOURCE / room).rglob("*.py")):
        yield path.name, path.read_text(encoding="utf-8")
    for path in sorted(path for room in ("web", "render") for path in (SOURCE / room / "templates").rglob("*.*")):
        if path.suffix not in _TEMPLATES:
            continue
        pseudo = templatize(path.read_text(encoding="utf-8"), origin=path.name)
        yield path.name, "\n".join(line.strip() for line in pseudo.splitlines())  # its indents are no Python


def _add(catalog: Catalog, name: str, function: str | None, message: object) -> None:
    parts = [part for part in message if isinstance(part, str)] if isinstance(message, tuple) else [message]
    if not parts or not parts[0]:
        return
    if function in ("pgettext", "pgettext_lazy"):
        catalog.add(parts[1], context=parts[0])
    elif function in ("ngettext", "ngettext_lazy"):
        catalog.add((parts[0], parts[1]), locations=[(name, 0)])
    else:
        catalog.add(parts[0], locations=[(name, 0)])


if __name__ == "__main__":
    write()
