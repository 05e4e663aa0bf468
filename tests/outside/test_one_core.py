"""The threads of a busy process share one core; its children keep all."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from monitor.outside.one_core import one_core, set_free

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="threads are kept to a core on Linux with two cores or more"
)


@contextmanager
def _another() -> Iterator[int]:
    """A thread that waits, by its number."""
    over, numbers = threading.Event(), []
    thread = threading.Thread(target=lambda: (numbers.append(threading.get_native_id()), over.wait(60)))
    thread.start()
    while not numbers:
        pass
    try:
        yield numbers[0]
    finally:
        over.set()
        thread.join()


def test_all_threads_share_one_core_until_the_last_job_ends() -> None:
    every = os.sched_getaffinity(0)
    with _another() as other:
        with one_core():
            with one_core():
                assert len(os.sched_getaffinity(0)) == 1
                assert os.sched_getaffinity(other) == os.sched_getaffinity(0)
            assert len(os.sched_getaffinity(0)) == 1
        assert os.sched_getaffinity(0) == os.sched_getaffinity(other) == every


def test_the_cores_come_back_after_a_failure() -> None:
    every = os.sched_getaffinity(0)
    with pytest.raises(RuntimeError), one_core():
        raise RuntimeError
    assert os.sched_getaffinity(0) == every


def test_a_process_begun_meanwhile_is_set_free() -> None:
    every = os.sched_getaffinity(0)
    with one_core(), subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert len(os.sched_getaffinity(child.pid)) == 1
        set_free(child.pid)
        assert os.sched_getaffinity(child.pid) == every
        child.communicate(b"\n")
    set_free(child.pid)  # gone by now: nothing happens
