"""Reads what writers add to their pieces and asks for the links of submitted ones; one that breaks stops no other."""

from __future__ import annotations

import logging

from monitor.flows.kit import Kit
from monitor.flows.read_source import read_source
from monitor.store import piece_sources

log = logging.getLogger("monitor.jobs")


def read_sources(kit: Kit) -> int:
    """Look at every source that waits; returns how many were looked at."""
    looked = 0
    while not kit.stop() and (ask := piece_sources.claim(kit.clock.now(), worker=kit.worker)) is not None:
        try:
            read_source(kit, ask)
        except Exception as error:
            log.exception("a source could not be looked at: %s", ask.address)
            piece_sources.broke(ask, f"{type(error).__name__}: {error}")
            continue
        looked += 1
        kit.progress("read sources", looked, looked)
    return looked
