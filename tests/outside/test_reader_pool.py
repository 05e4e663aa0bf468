from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.outside.reader_pool import Killed, ReaderPool
from monitor.outside.reader_process import _trusted
from monitor.records import Hop

ROOM = "tests.outside.pool_jobs"
NAMES = (
    "echo",
    "setup_words",
    "pid",
    "hang",
    "burn",
    "eat",
    "crash",
    "leave",
    "boom",
    "huge",
    "unpicklable",
    "not_a_record",
    "evil",
    "record",
    "dial",
    "write",
    "open_sockets",
    "environment",
)
JOBS = [f"{ROOM}:{name}" for name in NAMES]
MIB = 1 << 20
LONGEST = 600.0  # seconds that only end a hang


@pytest.fixture
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(1, wall=LONGEST, cpu=1, memory=64 * MIB, result_cap=MIB, jobs=JOBS) as pool:
        yield pool


def do(pool: ReaderPool, name: str, payload: object = None) -> object:
    return pool.submit(f"{ROOM}:{name}", payload).result(timeout=LONGEST)


def reason(result: object) -> str:
    assert isinstance(result, Killed), result
    return result.reason


def test_job_gives_its_result(pool: ReaderPool) -> None:
    assert do(pool, "echo", ("feed", b"\x00\xff", 3.5, None, frozenset({1}))) == ("feed", b"\x00\xff", 3.5, None, frozenset({1}))


def test_job_gives_our_records(pool: ReaderPool) -> None:
    assert do(pool, "record") == Hop(301, "https://example.org/")


def test_payload_larger_than_a_pipe_arrives_whole(pool: ReaderPool) -> None:
    with ReaderPool(1, jobs=JOBS, result_cap=32 * MIB) as wide:
        payload = os.urandom(15 * MIB)
        assert do(wide, "echo", payload) == payload


def test_setup_runs_once_before_the_first_job() -> None:
    with ReaderPool(2, setup=f"{ROOM}:set_up", setup_args=("one", "two"), jobs=JOBS) as pool:
        assert [do(pool, "setup_words") for _ in range(4)] == [("one", "two")] * 4


def test_setup_that_fails_is_told_by_every_job() -> None:
    with ReaderPool(1, setup=f"{ROOM}:fail_to_set_up", jobs=JOBS) as pool:
        expected = Killed("crash", "The parser children cannot start: ValueError: no gazetteer.")
        assert [do(pool, "echo", 1), do(pool, "echo", 2)] == [expected, expected]


def test_hundred_jobs_come_back_to_their_own_futures() -> None:
    with ReaderPool(3, jobs=JOBS) as pool:
        futures = [pool.submit(f"{ROOM}:echo", number) for number in range(100)]
        assert [future.result(timeout=LONGEST) for future in futures] == list(range(100))


def test_jobs_from_many_threads_come_back_to_their_own_futures() -> None:
    with ReaderPool(2, jobs=JOBS) as pool, ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda number: do(pool, "echo", number), range(60))) == list(range(60))


def test_free_child_works_while_another_hangs() -> None:
    with ReaderPool(2, wall=LONGEST, jobs=JOBS) as pool:
        stuck = pool.submit(f"{ROOM}:hang", None)
        assert [do(pool, "echo", number) for number in range(20)] == list(range(20))
        assert not stuck.done()


def test_hanging_job_is_killed_and_the_next_one_works() -> None:
    with ReaderPool(1, wall=3.0, jobs=JOBS) as pool:  # the next one has as long, on whatever machine
        assert do(pool, "hang") == Killed("wall", "The parser took longer than 3 seconds.")
        assert do(pool, "echo", 1) == 1
        assert pool.forked == 2


def test_job_that_burns_the_processor_is_killed() -> None:
    with ReaderPool(1, wall=LONGEST, cpu=0, jobs=JOBS) as pool:
        assert do(pool, "burn") == Killed("wall", "The parser used more than 0 seconds of processor time.")
        assert do(pool, "echo", 1) == 1


def test_processor_time_counts_for_each_job_alone(pool: ReaderPool) -> None:
    assert [do(pool, "eat", 10 * MIB) for _ in range(150)] == [10 * MIB] * 150
    assert pool.forked == 1


def test_job_that_wants_too_much_memory_is_refused_it(pool: ReaderPool) -> None:
    assert reason(do(pool, "eat", 512 * MIB)) == "memory"
    assert do(pool, "eat", MIB) == MIB


def test_child_killed_by_the_system_counts_as_memory(pool: ReaderPool) -> None:
    child = do(pool, "pid")
    assert isinstance(child, int)
    stuck = pool.submit(f"{ROOM}:hang", None)
    while not stuck.running():
        pass
    os.kill(child, signal.SIGKILL)
    assert reason(stuck.result(timeout=LONGEST)) == "memory"
    assert do(pool, "echo", 1) == 1


def test_crash_costs_only_its_own_job(pool: ReaderPool) -> None:
    assert do(pool, "crash") == Killed("crash", "The parser process died of SIGSEGV.")
    assert do(pool, "leave") == Killed("crash", "The parser process ended before its work was done.")
    assert do(pool, "echo", 1) == 1


def test_exception_of_a_job_is_told_and_the_child_lives_on(pool: ReaderPool) -> None:
    before = do(pool, "pid")
    assert do(pool, "boom") == Killed("crash", "The parser raised LookupError: broken document")
    assert do(pool, "pid") == before


def test_huge_result_is_not_taken(pool: ReaderPool) -> None:
    assert reason(do(pool, "huge", 2 * MIB)) == "too_big"
    assert do(pool, "echo", 1) == 1


@given(data=st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: b"\x80\x05" + tail))
@settings(max_examples=300, deadline=None)
def test_damaged_pickle_is_refused_or_plain(data: bytes) -> None:
    result = _trusted(data)
    assert isinstance(result, Killed) or type(result).__module__ in {"builtins", "datetime"}


@pytest.mark.parametrize("name", ["unpicklable", "not_a_record", "evil"])
def test_result_that_is_no_record_is_refused(pool: ReaderPool, name: str) -> None:
    assert reason(do(pool, name)) == "refused"
    assert do(pool, "echo", 1) == 1


def test_payload_that_cannot_travel_is_refused(pool: ReaderPool) -> None:
    assert reason(do(pool, "echo", threading.Lock())) == "refused"


def test_job_that_is_not_listed_is_refused(pool: ReaderPool) -> None:
    assert pool.submit("os:system", "true").result() == Killed("refused", "os:system is not on this pool's list of jobs.")


def test_child_is_replaced_after_its_share_of_jobs() -> None:
    with ReaderPool(1, recycle=3, jobs=JOBS) as pool:
        pids = [do(pool, "pid") for _ in range(7)]
    assert [pids.index(pid) for pid in pids] == [0, 0, 0, 3, 3, 3, 6]


def test_lost_nursery_is_started_again() -> None:
    others = set(_children_of(os.getpid()))  # other tests of this process may hold children of their own
    with ReaderPool(1, jobs=JOBS) as pool:
        first = do(pool, "pid")
        assert isinstance(first, int)
        watch = os.pidfd_open(first)
        (nursery,) = set(_children_of(os.getpid())) - others
        os.kill(nursery, signal.SIGKILL)
        with os.fdopen(watch):
            assert _ended_within(watch, LONGEST)
        answers = [do(pool, "pid") for _ in range(3)]
        assert reason(answers[0]) == "crash"
        assert isinstance(answers[1], int)
        assert answers[1] != first
        assert answers[2] == answers[1]


def test_child_has_no_socket_and_opens_none(pool: ReaderPool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert do(pool, "open_sockets") == 0
        assert do(pool, "dial", server.getsockname()[1]) == "PermissionError"


def test_child_writes_no_file(pool: ReaderPool, tmp_path: Path) -> None:
    assert do(pool, "write", str(tmp_path / "x")) == "OSError"


def test_child_knows_no_secret_of_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_SECRET_KEY", "hidden")
    with ReaderPool(1, jobs=JOBS) as pool:
        assert do(pool, "environment") == []


def test_closing_ends_running_and_waiting_jobs() -> None:
    others = set(_children_of(os.getpid()))
    pool = ReaderPool(1, wall=LONGEST, jobs=JOBS)
    running = pool.submit(f"{ROOM}:hang", None)
    while not running.running():
        pass
    waiting = pool.submit(f"{ROOM}:echo", 1)
    pool.close()
    pool.close()
    assert [reason(running.result(timeout=0)), reason(waiting.result(timeout=0))] == ["crash", "refused"]
    assert pool.submit(f"{ROOM}:echo", 1).result(timeout=0) == Killed("refused", "The pool is closed.")
    assert set(_children_of(os.getpid())) - others == set()


def test_children_end_when_the_parent_is_killed() -> None:
    code = f"""
import sys
from monitor.outside.reader_pool import ReaderPool
pool = ReaderPool(1, wall={LONGEST}, jobs={JOBS!r})
print(pool.submit("{ROOM}:pid", None).result(), flush=True)
pool.submit("{ROOM}:burn", None).result()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        watch = os.pidfd_open(child)
        parent.kill()
        with os.fdopen(watch):
            assert _ended_within(watch, LONGEST)


@pytest.mark.parametrize("way", ["script", "module"])
def test_pool_works_from_a_program_without_a_main_guard(tmp_path: Path, way: str) -> None:
    program = tmp_path / "unguarded.py"
    program.write_text(
        "from monitor.outside.reader_pool import ReaderPool\n"
        f"with ReaderPool(2, jobs={JOBS!r}) as pool:\n    print(pool.submit('{ROOM}:echo', 7).result())\n"
    )
    command = [str(program)] if way == "script" else ["-m", "unguarded"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), str(tmp_path)])}
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=LONGEST, env=env, cwd=tmp_path, check=False)
    assert (done.stdout, done.stderr) == ("7\n", "")


def _children_of(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def _ended_within(pidfd: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def test_renewed_pool_sets_up_its_children_anew_and_ends_the_old_ones() -> None:
    with ReaderPool(2, wall=LONGEST, cpu=1, jobs=JOBS, setup=f"{ROOM}:set_up", setup_args=("old",)) as pool:
        before = {do(pool, "pid") for _ in range(8)}
        slow = pool.submit(f"{ROOM}:echo", "in hand")
        assert pool.renew("new") == ""
        assert slow.result(timeout=LONGEST) == "in hand"
        assert {do(pool, "setup_words") for _ in range(8)} == {("new",)}
        assert before & {do(pool, "pid") for _ in range(8)} == set()
        assert pool._nurseries._older == []


def test_pool_that_cannot_be_renewed_goes_on_as_it_was() -> None:
    with ReaderPool(1, wall=5.0, cpu=1, jobs=JOBS, setup=f"{ROOM}:set_up", setup_args=("old",)) as pool:
        assert pool.renew(3).startswith("The new parser children cannot start")
        assert do(pool, "setup_words") == ("old",)
