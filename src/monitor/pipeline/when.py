"""Decides when a feed may be asked, how, and what an answer changes: the polling policy of docs/polling.md, without a clock.

A poll goes `may_fetch` → `before_request` (write it) → `ask_for` → the fetcher → `is_unchanged` or parse → `after` (write it).
Every function takes frozen state and `now`, and returns frozen state; nothing here raises on anything a server may send.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.pipeline import when_limits as limits
from monitor.pipeline.when_failures import NOT_FEED, Meaning, meaning
from monitor.pipeline.when_headers import freshness, names_a_path, retry_after
from monitor.pipeline.when_hosts import host_after_clock_jump, is_public, next_start, offline, page_mark, portal
from monitor.pipeline.when_moves import sighted
from monitor.pipeline.when_plan import after_clock_jump, fraction, interval_of, is_stopped, planned, spread
from monitor.pipeline.when_success import Learned, after_304, after_feed, after_unchanged, is_audit
from monitor.records import Ask, Failed, FeedState, Fetched, HostState, NotModified, Outcome

__all__ = [
    "After",
    "Learned",
    "after",
    "after_clock_jump",
    "ask_for",
    "before_request",
    "earliest",
    "freeze",
    "host_after_clock_jump",
    "interval_of",
    "is_unchanged",
    "may_fetch",
    "moved",
    "next_start",
    "offline",
    "page_mark",
    "portal",
    "revived",
    "silent_since",
    "spread",
]

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class After:
    """What an answer changes. `notices` are for the editor: the same words at each poll while the matter lasts, to be kept once.

    `adopt_url` is a permanent new address that may be taken over unless another feed already has it (P18, P21); see `moved`.
    """

    state: FeedState
    host: HostState
    notices: tuple[str, ...] = ()
    adopt_url: str = ""


# ── before the request ───────────────────────────────────────────────────────────────────────────────────────────────


def earliest(state: FeedState, host: HostState | None = None, *, claimed: bool = False, manual: bool = False) -> datetime | None:
    """The first moment a request may be sent (Rule 0), long ago for a feed never polled, None for one that is asked no more.

    `claimed` leaves `next_at` out: a claimed row has had its due date moved to the end of the lease. `manual`, when a person asks, has a
    floor of five minutes and takes up a dormant feed; `gone` is final.
    """
    if state.gone_at is not None or (is_stopped(state) and not manual):
        return None
    floor = limits.MANUAL_FLOOR if manual else limits.FLOOR
    last = state.last_attempt_at + floor if state.last_attempt_at is not None else None
    moments = (None if claimed else state.next_at, state.not_before, host.not_before if host else None, last)
    return max((moment for moment in moments if moment is not None), default=LONG_AGO)


def may_fetch(state: FeedState, host: HostState | None, now: datetime, *, manual: bool = False, claimed: bool = False) -> bool:
    """Whether the feed may be asked now; by hand, the server's wish and a floor of five minutes still hold, and `gone` is final."""
    first = earliest(state, host, claimed=claimed or manual, manual=manual)
    return first is not None and first <= now


def before_request(state: FeedState, now: datetime) -> FeedState:
    """The state to write before asking, so that a kill in the middle cannot make a poll loop (Rule 0); `ask_for` reads it."""
    untrusted = state.validators_untrusted_at
    if untrusted is not None and now - untrusted >= limits.UNTRUSTED_FOR:
        untrusted = None
    if untrusted != state.validators_untrusted_at:
        state = replace(state, validators_untrusted_at=untrusted)
    audit_at = now if _audit_is_due(state, now) else state.audit_at
    next_at = now + interval_of(state, now)
    return state.but(last_attempt_at=now, attempts=state.attempts + 1, audit_at=audit_at, next_at=next_at)


def ask_for(state: FeedState) -> Ask:
    """The request to send for a state from `before_request`: with the validators as the server gave them, unless they are in doubt."""
    if state.validators_untrusted_at is not None or is_audit(state) or not (state.etag or state.last_modified):
        return Ask(url=state.url)
    return Ask(url=state.url, etag=state.etag, last_modified=state.last_modified, validator_url=state.validator_url or state.url)


def is_unchanged(state: FeedState, fetched: Fetched, body_sha256: str) -> bool:
    """Whether a 200 repeats the document last read, so that it need not be parsed (P11).

    The same ETag is believed like the same bytes, but every fifth time the document is read all the same: some servers send one ETag
    for ever.
    """
    if body_sha256 and body_sha256 == state.parsed_ok_sha256:
        return True
    etag = fetched.headers.get("etag", "")
    believed = state.validators_untrusted_at is None and not is_audit(state) and (state.useless_200 + 1) % limits.USELESS_TIMES != 0
    return bool(etag) and believed and etag == state.etag and bool(state.parsed_ok_sha256) and fetched.final_url == state.validator_url


# ── after the answer ─────────────────────────────────────────────────────────────────────────────────────────────────


def after(state: FeedState, outcome: Outcome, learned: Learned | None, host: HostState, now: datetime, *, siblings: int = 1) -> After:
    """What the answer to a request changes.

    `state` is the one `before_request` gave, `learned` is None for anything but a parsed 200 (a 200 without it is an unchanged one,
    P11), `siblings` counts the desk's feeds on this host, this one included.
    """
    if isinstance(outcome, Failed):
        return _after_failure(state, outcome, meaning(outcome, score_before=state.fail_score), host, now, siblings)
    if isinstance(outcome, Fetched) and learned is not None and not learned.is_feed:
        failed = Failed(
            outcome.url, "not_feed", learned.reason or "The address answers with a page that is not a feed.", outcome.received_at,
            status=200, final_url=outcome.final_url, headers=outcome.headers,
        )  # fmt: skip
        return _after_failure(state, failed, NOT_FEED, host, now, siblings)
    if isinstance(outcome, NotModified):
        state = after_304(state, outcome, now)
    elif learned is None:
        state = after_unchanged(state, outcome, now)
    else:
        state = after_feed(state, outcome, learned, now)
    return _after_success(state, outcome, host, now)


def _after_success(state: FeedState, outcome: Fetched | NotModified, host: HostState, now: datetime) -> After:
    """What every success has in common: failures forgotten, the server's wish, redirects counted, the next date."""
    move = sighted(state, outcome, now)
    until, why = _wish(outcome)
    state = move.state
    if state.health != "ok" or state.fail_score or state.last_error or state.failing_since or state.not_before or until:
        healthy: dict[str, Any] = {"fail_score": 0.0, "failing_since": None, "last_error": "", "health": "ok"}
        state = replace(state, **healthy, not_before=until, not_before_reason=why)
    notices = [move.notice] if move.notice else []
    if state.empty_since is not None and now - state.empty_since >= limits.EMPTY_AFTER and state.last_change_at is not None:
        notices.append("This feed had entries and has been empty for two days.")
    return After(state.but(next_at=planned(state, now)), host, tuple(notices), move.adopt_url)


def _after_failure(state: FeedState, failed: Failed, what: Meaning, host: HostState, now: datetime, siblings: int) -> After:
    """P22–P41: the score, the wait, the editor's notice; validators are kept, for a broken answer is not the feed (P34, P35, P37)."""
    since = state.failing_since or now
    score = state.fail_score + what.score
    dormant = score >= limits.WEEKLY_SCORE and now - since >= limits.DORMANT_AFTER
    state = replace(
        state,
        fail_score=score,
        failing_since=since,
        last_error=failed.reason,
        health="dormant" if dormant and not what.stop else what.health,
        gone_at=now if what.stop else None,
    )
    if what.drop_validators:
        state = replace(state, etag="", last_modified="", validator_url="")
    state, host = _told_to_wait(state, failed, what, host, now, siblings)
    notices = [what.notice] if what.notice else []
    if failed.status == 404 and now - since >= limits.LOST_AFTER:
        notices.append("This feed has not been found for two weeks; has its address changed?")
    if dormant and not what.stop:
        notices.append("This feed has failed for three months and is no longer asked.")
    return After(replace(state, next_at=planned(state, now)), host, tuple(notices))


def _told_to_wait(
    state: FeedState, failed: Failed, what: Meaning, host: HostState, now: datetime, siblings: int
) -> tuple[FeedState, HostState]:
    """The wait a failure brings: the server's Retry-After, ours, and for 429 and 503 the whole host when others of it are watched."""
    asked = retry_after(failed.headers, failed.received_at)
    wait = max(what.away, asked or timedelta(0))
    if what.too_many is not None:
        wait = max(asked if asked is not None else what.too_many, interval_of(state, now) * limits.PAUSE_INTERVALS)
        until = failed.received_at + wait
        if siblings >= limits.SHARED_HOST and is_public(host.name) and not names_a_path(failed.headers):
            host = replace(host, not_before=max(until, host.not_before or until), not_before_reason=failed.reason)
        jitter = limits.PAUSE_JITTER * fraction(state.url, state.attempts, "pause")
        state = replace(state, slowed_until=now + limits.SLOWED_FOR)
        return replace(state, not_before=until + jitter, not_before_reason=failed.reason), host
    if wait > timedelta(0):
        return replace(state, not_before=failed.received_at + wait, not_before_reason=failed.reason), host
    return replace(state, not_before=None, not_before_reason=""), host


# ── by hand, and from afar ───────────────────────────────────────────────────────────────────────────────────────────


def freeze(state: FeedState, now: datetime) -> FeedState:
    """The state after a failure that was the desk's own line or a portal, not the feed's: no score, asked again soon (P32)."""
    return replace(state, next_at=now + limits.FLOOR * (1 + limits.JITTER * fraction(state.url, state.attempts)))


def moved(state: FeedState, url: str) -> FeedState:
    """The same feed under another address (P9, P18): its history stays, its validators and failures do not."""
    fresh = FeedState(key=state.key, url=url)
    return replace(
        fresh,
        every=state.every,
        interval=state.interval,
        next_at=state.next_at,
        not_before=state.not_before,
        not_before_reason=state.not_before_reason,
        last_attempt_at=state.last_attempt_at,
        last_200_at=state.last_200_at,
        last_change_at=state.last_change_at,
        attempts=state.attempts,
        rate_ewma=state.rate_ewma,
        gap_median=state.gap_median,
    )


def revived(state: FeedState, now: datetime) -> FeedState:
    """A stopped feed taken up again by hand: due as soon as Rule 0 allows, its failures forgotten."""
    fresh = replace(state, gone_at=None, health="new", fail_score=0.0, failing_since=None, last_error="", next_at=now)
    return replace(fresh, next_at=earliest(fresh))


def silent_since(state: FeedState, now: datetime) -> datetime | None:
    """Since when a feed has been silent, once that is three times longer than its rhythm, a day at least; else None (P40)."""
    expected = max(state.gap_median or timedelta(0), interval_of(state, now))
    last = state.last_change_at
    if last is None or now - last < max(expected * limits.SILENT_INTERVALS, limits.SILENT_LEAST):
        return None
    return last


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _audit_is_due(state: FeedState, now: datetime) -> bool:
    """P10: eight 304 in a row over two days although the feed's rate promised three entries, and no audit within a day."""
    if state.consecutive_304 < limits.AUDIT_AFTER_304 or state.first_304_at is None or state.validators_untrusted_at is not None:
        return False
    quiet = now - state.first_304_at
    missed = state.rate_ewma * (quiet / timedelta(days=1))
    rested = state.audit_at is None or now - state.audit_at >= limits.AUDIT_EVERY
    return quiet >= limits.AUDIT_AFTER and missed >= limits.AUDIT_MISSED_ENTRIES and rested


def _wish(outcome: Fetched | NotModified) -> tuple[datetime | None, str]:
    """Until when the server's own words make the answer last (P13, P14, P31), and which words."""
    fresh = freshness(outcome.headers)
    asked = retry_after(outcome.headers, outcome.received_at) or timedelta(0)
    longest = max(fresh, asked)
    if longest <= timedelta(0):
        return None, ""
    capped = " (capped at 7 days)" if fresh == longest == limits.LONGEST_FRESHNESS else ""
    why = f"The outlet asks for no request before{capped}" if asked == longest else f"The outlet calls its answer fresh until then{capped}"
    return outcome.received_at + longest, why + "."
