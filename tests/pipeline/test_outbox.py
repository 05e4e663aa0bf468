"""The outbox's table of events, line by line as docs/reliability.md has it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.pipeline.outbox import (
    BACK_OFF,
    LINE_BROKEN_AFTER,
    LIVES,
    Line,
    Standing,
    after,
    after_a_crash,
    expired,
    line_after,
    lives_until,
    refuses_address,
    refuses_for_ever,
    suppressed,
)
from monitor.records import Accepted, Broken, MailOutcome, MailStage, MessageNext, Refused
from tests.fakes import NOON

ALERT = Standing("alert", 0, 0, NOON + timedelta(hours=24))
DIGEST = Standing("digest", 0, 0, NOON + timedelta(hours=6))
MINUTE = timedelta(minutes=1)
STAGES: tuple[MailStage, ...] = ("connect", "hello", "tls", "login", "sender", "recipient", "data", "end")


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (Broken("connect", "refused"), "deferred", "no-connect: refused"),
        (Refused("connect", 554, "no"), "deferred", "no-connect: 554 no"),
        (Refused("hello", 550, "no"), "deferred", "no-hello: 550 no"),
        (Broken("tls", "certificate"), "deferred", "no-tls: certificate"),
        (Refused("login", 535, "5.7.8 wrong"), "deferred", "no-login: 535 5.7.8 wrong"),
        (Refused("sender", 421, "busy"), "deferred", "server-closes: 421 busy"),
        (Refused("recipient", 421, "busy"), "deferred", "server-closes: 421 busy"),
        (Refused("end", 421, "busy"), "deferred", "server-closes: 421 busy"),
        (Broken("sender", "cut"), "deferred", "cut-before-end: cut"),
        (Broken("recipient", "cut"), "deferred", "cut-before-end: cut"),
        (Broken("data", "cut"), "deferred", "cut-before-end: cut"),
        (Refused("sender", 553, "not yours"), "deferred", "sender-refused: 553 not yours"),
        (Refused("sender", 552, "5.3.4 too big"), "failed", "message-refused: 552 5.3.4 too big"),
        (Refused("recipient", 451, "4.7.1 greylisted"), "deferred", "later: 451 4.7.1 greylisted"),
        (Refused("recipient", 550, "5.1.1 nobody"), "failed", "address-refused: 550 5.1.1 nobody"),
        (Refused("data", 451, "later"), "deferred", "later: 451 later"),
        (Refused("data", 554, "no"), "failed", "message-refused: 554 no"),
        (Refused("end", 451, "later"), "deferred", "later: 451 later"),
        (Refused("end", 552, "full"), "failed", "message-refused: 552 full"),
        (Accepted("4QX1"), "sent", "accepted: 4QX1"),
        (Accepted(""), "sent", "accepted"),
    ],
)
def test_each_event_leads_where_the_table_says(outcome: MailOutcome, state: str, reason: str) -> None:
    due = NOON + MINUTE if state == "deferred" else None
    assert after(outcome, ALERT, NOON) == MessageNext(state, due, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "again"),
    [("alert", True), ("invite", True), ("reset", True), ("notice", True), ("digest", False), ("edition", False), ("test", False)],
)
def test_silence_after_the_dot_is_uncertain_and_repeated_once_where_a_copy_does_no_harm(kind: str, again: bool) -> None:
    silent = Broken("end", "no answer")
    fresh = Standing(kind, 0, 0, None)
    due = NOON + 15 * MINUTE
    assert after(silent, fresh, NOON) == MessageNext("uncertain", due if again else None, "silent-after-end: no answer")
    assert after_a_crash(fresh, NOON) == MessageNext("uncertain", due if again else None, "worker-ended")
    assert after(silent, fresh, NOON, at_least_once=True).due_at == due
    assert after(silent, Standing(kind, 0, 1, None), NOON, at_least_once=True).due_at is None


def test_reset_is_not_repeated_when_its_link_is_over_by_then() -> None:
    assert after_a_crash(Standing("reset", 0, 0, NOON + 10 * MINUTE), NOON) == MessageNext("uncertain", None, "worker-ended")


@pytest.mark.parametrize("kind", ["alert", "digest"])
def test_deferred_messages_wait_longer_each_time_until_they_are_too_old(kind: str) -> None:
    now, waits = NOON, []
    standing = Standing(kind, 0, 0, lives_until(kind, NOON))
    while (then := after(Refused("recipient", 451, "later"), standing, now)).due_at is not None:
        waits.append(then.due_at - now)
        now, standing = then.due_at, Standing(kind, standing.deferred + 1, 0, standing.expires_at)
    assert then == MessageNext("expired", None, "later: 451 later")
    assert tuple(waits[:5]) == BACK_OFF[: len(waits[:5])]
    assert now - NOON < LIVES[kind]
    assert len(waits) == {"alert": 9, "digest": 5}[kind]


def test_address_is_given_up_on_the_third_day_or_when_it_does_not_exist() -> None:
    assert [suppressed(days, final=False) for days in range(5)] == [False, False, False, True, True]
    assert suppressed(1, final=True)
    assert refuses_for_ever(Refused("recipient", 550, "5.1.1 nobody"))
    assert not refuses_for_ever(Refused("recipient", 550, "5.1.10 null MX"))
    assert not refuses_for_ever(Refused("end", 550, "5.1.1 nobody"))
    assert refuses_address(Refused("recipient", 550, "5.7.1 no"))
    assert not refuses_address(Refused("recipient", 450, "4.2.1 later"))


def test_line_rests_longer_each_time_and_is_told_broken_after_five_failures() -> None:
    line, now, tries = Line(), NOON, [NOON]
    for _ in range(7):
        line = line_after(Refused("login", 535, "wrong"), line, now)
        now = line.not_before or now
        tries.append(now)
    assert [int((moment - NOON) / MINUTE) for moment in tries] == [0, 1, 6, 21, 36, 51, 66, 81]
    assert sum(moment < NOON + timedelta(hours=1) for moment in tries) == 6
    assert (line.broken, line.since, line.why) == (True, NOON, "login: 535 wrong")
    assert not Line(LINE_BROKEN_AFTER - 1).broken


@pytest.mark.parametrize(
    ("outcome", "fails"),
    [
        (Accepted("x"), False),
        (Refused("recipient", 550, "5.1.1 nobody"), False),
        (Refused("recipient", 451, "later"), False),
        (Refused("end", 550, "spam"), False),
        (Refused("sender", 552, "5.3.4 too big"), False),
        (Refused("sender", 553, "not yours"), True),
        (Refused("end", 421, "busy"), True),
        (Broken("end", "cut"), True),
        (Broken("connect", "refused"), True),
    ],
)
def test_line_fails_by_what_the_next_message_would_meet_too(outcome: MailOutcome, fails: bool) -> None:
    assert line_after(outcome, Line(2, NOON, NOON, "x"), NOON).failures == (3 if fails else 0)


@given(
    st.one_of(
        st.builds(Accepted, st.text(max_size=5)),
        st.builds(Broken, st.sampled_from(STAGES), st.text(max_size=5)),
        st.builds(Refused, st.sampled_from(STAGES), st.integers(400, 599), st.text(max_size=5)),
    ),
    st.builds(Standing, st.sampled_from(sorted(LIVES)), st.integers(0, 20), st.integers(0, 3), st.none() | st.just(NOON + MINUTE * 30)),
    st.booleans(),
)
def test_nothing_certain_is_ever_called_uncertain_and_the_other_way_round(outcome: MailOutcome, standing: Standing, once: bool) -> None:
    then = after(outcome, standing, NOON, at_least_once=once)
    assert (then.state == "sent") == isinstance(outcome, Accepted)
    assert (then.state == "uncertain") == (isinstance(outcome, Broken) and outcome.stage == "end")
    assert then.due_at is None or (
        then.state in ("deferred", "uncertain") and then.due_at > NOON and not expired(standing.expires_at, then.due_at)
    )
