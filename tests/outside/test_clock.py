from __future__ import annotations

import threading
from datetime import timedelta

from monitor.outside.clock import OffsetClock, SystemClock
from tests.fakes import NOON, FakeClock


def test_system_clock_speaks_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_system_clock_does_not_go_backwards() -> None:
    clock = SystemClock()
    assert clock.now() <= clock.now()


def test_stop_wakes_a_sleeper() -> None:
    clock = SystemClock()
    sleeper = threading.Thread(target=clock.sleep, args=(600.0,))
    sleeper.start()
    clock.stop()
    sleeper.join(timeout=600)
    assert not sleeper.is_alive()


def test_stopped_clock_does_not_sleep() -> None:
    stopping = threading.Event()
    stopping.set()
    SystemClock(stopping).sleep(600.0)


def test_offset_clock_is_moved_by_its_delta() -> None:
    clock = FakeClock()
    moved = OffsetClock(timedelta(hours=24), clock)
    assert moved.now() == NOON + timedelta(hours=24)
    moved.sleep(60.0)
    assert (moved.now(), clock.slept) == (NOON + timedelta(hours=24, seconds=60), [60.0])
