"""What people asked for, one by one: addresses looked at, sources of pieces read, mails of editions made.

One that breaks is an error of ours, kept with its reason, and stops no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from monitor.flows.kit import Kit
from monitor.flows.look_at_addresses import look_at
from monitor.flows.read_source import read_source
from monitor.flows.send_edition import make
from monitor.records import Sender
from monitor.store import edition_mail, pastes, piece_sources

log = logging.getLogger("monitor.jobs")
Wish = TypeVar("Wish")


def look_at_addresses(kit: Kit) -> int:
    """Look at every address that editors pasted; returns how many were looked at."""
    return _each(kit, "look at addresses", pastes.claim, lambda look: look_at(kit, look), pastes.broke)


def read_sources(kit: Kit) -> int:
    """Read what writers added to their pieces, ask for the links of submitted ones; returns how many were looked at."""
    return _each(kit, "read sources", piece_sources.claim, lambda ask: read_source(kit, ask), piece_sources.broke)


def make_edition_mails(kit: Kit, sender: Sender, folder: Path) -> int:
    """Make the mails of every edition that is sent; returns how many were made."""
    made: list[int] = []

    def of_one(wish: edition_mail.ToMake) -> None:
        made.append(make(wish, sender, kit.clock.now(), folder=folder, stop=kit.stop).made)

    _each(kit, "make mails of editions", edition_mail.claim, of_one, edition_mail.broke)
    return sum(made)


def _each(kit: Kit, words: str, claim: Callable[..., Wish | None], do: Callable[[Wish], None], broke: Callable[[Wish, str], object]) -> int:
    """Do everything that waits, as `claim(now, worker=…)` gives it; returns how much was done."""
    done = 0
    while not kit.stop() and (wish := claim(kit.clock.now(), worker=kit.worker)) is not None:
        try:
            do(wish)
        except Exception as error:
            log.exception("%s: this could not be done: %s", words, wish)
            broke(wish, f"{type(error).__name__}: {error}")
            continue
        done += 1
        kit.progress(words, done, done)
    return done
