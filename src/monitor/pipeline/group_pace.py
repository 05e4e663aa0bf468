"""When to group: at once on an ordinary day, and oldest news first out of a gathered crowd while many articles are still being read."""

from __future__ import annotations

from datetime import timedelta

BATCH = 200
"""Articles grouped at once at the most."""
MANY = 100
"""Articles waiting and on their way from which their order is minded: the first poll of a desk, a morning after a night off."""
CROWD = 240
"""Articles gathered before the oldest of them are grouped."""
OLDEST = 120
"""Articles then taken. The sample newsroom read outlet by outlet in batches of 16 to 48: BCubed F .93 to .94 as it comes, .97 to .98
through crowds of 150, .985 in time order."""
PATIENCE = timedelta(minutes=1)
"""No article waits longer than this for older ones that may come."""


def articles_to_group(waiting: int, coming: int, held: timedelta) -> int:
    """How many of the articles that wait are to be grouped now, oldest first.

    `waiting` have been read, `coming` are being read or will be within a minute, `held` is how long the first of those waiting was kept.
    """
    if not coming or waiting + coming < MANY or held >= PATIENCE:
        return min(waiting, BATCH)
    return OLDEST if waiting >= CROWD else 0
