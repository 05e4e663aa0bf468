"""Sets an edition in any of its forms: the words and the style decide, the machine lends its fonts and the desk's own templates.

export(text, style, "pdf", folder=settings.feeds.parent).data
"""

from __future__ import annotations

from pathlib import Path

from monitor.errors import UsageError
from monitor.outside import fonts
from monitor.records import EditionText, Exported, MissingFont, Style
from monitor.render.edition_forms import FORMS, Means, file_name, make, signs
from monitor.render.edition_sheet import Sheet, sheet

FORMS_TABLE = FORMS
OWN_TEMPLATES = ("edition.docx", "edition.typ")
"""A file of this name beside style.yaml takes the place of the one shipped."""
_LARGEST = 10_000_000  # bytes of a template or a logo


def export(text: EditionText, style: Style, form: str, folder: Path | None = None) -> Exported:
    """An edition in one form; the same text, style, templates and fonts give the same bytes.

    `folder` is where style.yaml lies. Raises UsageError for an unknown form or an own template that cannot be filled.
    """
    found = FORMS.get(form)
    if found is None:
        raise UsageError(f"There is no form {form}; there are {', '.join(FORMS)}.")
    lacking = missing_fonts(sheet(text, style)) if form == "pdf" else ()
    means = Means(_templates(folder), _logo(style), "".join(one.signs for one in lacking), fonts.stamp() if form == "pdf" else "")
    made = make(found, text, style, means)
    return Exported(file_name(text, found), found.media_type, made.data, (*said(lacking), *made.notes))


def missing_fonts(made: Sheet) -> tuple[MissingFont, ...]:
    """The scripts of an edition that this machine cannot print, to be said before the PDF is made."""
    return fonts.missing(signs(made))


def said(lacking: tuple[MissingFont, ...]) -> tuple[str, ...]:
    """A sentence for each missing script, with what to install."""
    return tuple(f"No font here prints {one.script} ({one.signs[:8]}): apt install {one.package}." for one in lacking)


def _templates(folder: Path | None) -> dict[str, bytes]:
    """The desk's own templates."""
    if folder is None:
        return {}
    return {name: _read(folder / name) for name in OWN_TEMPLATES if (folder / name).is_file()}


def _logo(style: Style) -> tuple[str, bytes] | None:
    path = Path(style.logo) if style.logo else None
    return (path.name, _read(path)) if path is not None and path.is_file() else None


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{path.name} is larger than {_LARGEST // 1_000_000} MB.")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror or error}.") from error
