"""What a parser child is made to do instead of reading, to see what it costs."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Final

from monitor.outside.reading import PageDocument, read_page
from monitor.records import Article

DIE: Final = "tests.flows.jobs:die"
SAY_WHAT_NO_DATABASE_TAKES: Final = "tests.flows.jobs:say_what_no_database_takes"
FAULTS: Final = (DIE, SAY_WHAT_NO_DATABASE_TAKES)


def die(_: object) -> None:
    os._exit(9)


def say_what_no_database_takes(document: PageDocument) -> Article:
    """The page read, with half a character in its reason when its address ends with 2."""
    read = read_page(document)
    return replace(read, reason="\ud800") if document.url.endswith("2") else read
