"""Hand back claims nobody drafted on in time, and end snoozes whose day has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.flows.kit import Kit
from monitor.store import triage


@dataclass(frozen=True, slots=True)
class HandBackReport:
    """What one run came to: claims handed back and snoozes ended."""

    lapsed: int
    woken: int


def hand_back(kit: Kit) -> HandBackReport:
    """Bring back to the queue every lead whose claim or snooze is over."""
    now = kit.clock.now()
    return HandBackReport(_all(triage.lapse, now), _all(triage.wake, now))


def _all(batch: Callable[[datetime], int], now: datetime) -> int:
    done = 0
    while found := batch(now):
        done += found
    return done
