"""What a parser child does with a page an editor typed in: the feeds it names, and nothing else of it."""

from __future__ import annotations

from typing import Final

from monitor.outside.reading import BarePage
from monitor.pipeline import discover

FRONT: Final = "monitor.outside.reading_front:read_front"


def read_front(page: BarePage) -> discover.FrontPage:
    """The feeds, the name and the language a page states."""
    return discover.front_page(page.body, page.url)
