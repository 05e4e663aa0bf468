"""What a parser child is made to do instead of reading, to see what its death costs."""

from __future__ import annotations

import os
from typing import Final

DIE: Final = "tests.flows.jobs:die"
FAULTS: Final = (DIE,)


def die(_: object) -> None:
    os._exit(9)
