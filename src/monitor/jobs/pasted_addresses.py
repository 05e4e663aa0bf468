"""Looks at every address that editors pasted; one that breaks is an error of ours, kept with its reason, and stops no other."""

from __future__ import annotations

import logging

from monitor.flows.kit import Kit
from monitor.flows.look_at_addresses import look_at
from monitor.store import pastes

log = logging.getLogger("monitor.jobs")


def look_at_addresses(kit: Kit) -> int:
    """Look at every address that waits; returns how many were looked at."""
    looked = 0
    while not kit.stop() and (look := pastes.claim(kit.clock.now(), worker=kit.worker)) is not None:
        try:
            look_at(kit, look)
        except Exception as error:
            log.exception("an address could not be looked at: %s", look.address)
            pastes.broke(look, f"{type(error).__name__}: {error}")
            continue
        looked += 1
        kit.progress("look at addresses", looked, looked)
    return looked
