"""An edition as one web page that needs nothing else: semantic, for screens in light and dark, for paper; no script at all."""

from __future__ import annotations

import base64
import hashlib
from pathlib import PurePath

from monitor.render.edition_sheet import Sheet
from monitor.render.foreign import direction
from monitor.render.templates import fill

PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}


def html(sheet: Sheet, logo: tuple[str, bytes] | None = None) -> bytes:
    """The page; `logo` is a file name and its bytes, which go into the page."""
    values = {
        "sheet": sheet,
        "direction": "rtl" if direction(sheet.language) == "rtl" else "ltr",
        "policy": policy(),
        "logo": _data_address(*logo) if logo else "",
    }
    return _sized(fill("edition/page.html", values, sheet.language)).encode()


def policy() -> str:
    """The Content-Security-Policy of the page, for its head and the answer that carries it: its own style, no script, nothing fetched."""
    told = hashlib.sha256(fill("edition/page.css", {}, "en").encode()).digest()
    return f"default-src 'none'; style-src 'sha256-{base64.b64encode(told).decode()}'; img-src data:; base-uri 'none'; form-action 'none'"


def _data_address(name: str, data: bytes) -> str:
    kind = PICTURES.get(PurePath(name).suffix.lower(), "image/png")
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _sized(text: str) -> str:
    """One kind of line end and one at the end, whatever the templates were written with."""
    return text.replace("\r\n", "\n").strip() + "\n"
