"""What a success teaches about a feed: validators (P2–P11), its rhythm and the outlet's hints (P15–P17, P41)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp

from monitor.pipeline import when_limits as limits
from monitor.pipeline.when_headers import validator
from monitor.pipeline.when_plan import clamp, skip_text
from monitor.records import FeedState, Fetched, NotModified

DAY = timedelta(days=1)
MEMORY = 7.0  # days over which the rate of new entries is averaged


@dataclass(frozen=True, slots=True)
class Learned:
    """What parsing found in a 200: whether it is a feed, how many entries, how many of them new, and the outlet's own hints.

    `window_full` says that there were entries enough to judge rates by, `gap` is the median time between entries, `reason` one
    sentence when it is no feed.
    """

    is_feed: bool
    body_sha256: str = ""
    entries: int = 0
    new: int = 0
    window_full: bool = False
    gap: timedelta | None = None
    ttl: timedelta | None = None
    update_every: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    reason: str = ""


def after_304(state: FeedState, outcome: NotModified, now: datetime) -> FeedState:
    """P6, P7, P9: nothing new; validators the 304 names replace ours, absent ones stay."""
    elsewhere = bool(state.validator_url and outcome.final_url and outcome.final_url != state.validator_url)
    etag = validator(outcome.headers, "etag", limits.LONGEST_VALIDATOR) or state.etag
    last_modified = validator(outcome.headers, "last-modified", limits.LONGEST_VALIDATOR) or state.last_modified
    return state.but(
        etag="" if elsewhere else etag,
        last_modified="" if elsewhere else last_modified,
        validator_url="" if elsewhere else state.validator_url,
        consecutive_304=state.consecutive_304 + 1,
        first_304_at=state.first_304_at or now,
        useless_200=0,
        interval=_lengthened(state),
    )


def after_unchanged(state: FeedState, outcome: Fetched, now: datetime) -> FeedState:
    """P11: a 200 that repeats itself; after five in a row it is asked half as often."""
    useless = state.useless_200 + (not is_audit(state))  # we asked for the whole document ourselves (P10)
    interval = _lengthened(state)
    if useless and useless % limits.USELESS_TIMES == 0:
        interval = min(interval * 2, limits.LONGEST_INTERVAL)
    state = _with_validators(state, outcome)
    state = replace(state, useless_200=useless, interval=interval, floor=max(state.floor, _cost_floor(state, outcome)))
    return _answered(state, 0, now)


def after_feed(state: FeedState, outcome: Fetched, learned: Learned, now: datetime) -> FeedState:
    """A document read: validators, hash, rhythm and hints are those of this document."""
    lied = is_audit(state) and learned.new > 0 and learned.body_sha256 != state.body_sha256
    same_etag = bool(state.etag) and outcome.headers.get("etag") == state.etag and outcome.final_url == state.validator_url
    lied = lied or (same_etag and learned.new > 0 and learned.body_sha256 != state.body_sha256)
    state = _with_validators(state, outcome)
    crowded = state.last_200_at is not None and learned.window_full and learned.new > limits.CROWDED_SHARE * learned.entries
    state = replace(
        state,
        body_sha256=learned.body_sha256,
        parsed_ok_sha256=learned.body_sha256,
        useless_200=0,
        full_windows=state.full_windows + 1 if crowded else 0,
        gap_median=learned.gap if learned.gap is not None else state.gap_median,
        floor=max(_cost_floor(state, outcome), _hint_floor(learned)),
        skip=skip_text(learned.skip_hours, learned.skip_days),
        empty_since=None if learned.entries else state.empty_since or now,
        last_change_at=now if learned.new else state.last_change_at,
        validators_untrusted_at=now if lied else state.validators_untrusted_at,
    )
    return _answered(replace(state, interval=_rhythm(state, learned.new)), learned.new, now)


def is_audit(state: FeedState) -> bool:
    return state.audit_at is not None and state.audit_at == state.last_attempt_at


def _with_validators(state: FeedState, outcome: Fetched) -> FeedState:
    """P2–P5: the validators of this very response, byte for byte, bound to the address that gave them."""
    etag = validator(outcome.headers, "etag", limits.LONGEST_VALIDATOR)
    last_modified = validator(outcome.headers, "last-modified", limits.LONGEST_VALIDATOR)
    return replace(
        state,
        etag=etag,
        last_modified=last_modified,
        validator_url=outcome.final_url if etag or last_modified else "",
        final_url=outcome.final_url,
    )


def _answered(state: FeedState, new: int, now: datetime) -> FeedState:
    """A 200 came: the run of 304 ends, and the rate of new entries is averaged anew (a 304 says nothing of it, P10)."""
    if state.last_200_at is None:
        rate = DAY / state.gap_median if state.gap_median else 0.0
    else:
        days = max((now - state.last_200_at) / DAY, 1 / 24)
        weight = 1 - exp(-days / MEMORY)
        rate = state.rate_ewma + weight * (new / days - state.rate_ewma)
    return replace(state, last_200_at=now, consecutive_304=0, first_304_at=None, rate_ewma=rate)


def _own_rhythm(state: FeedState) -> timedelta:
    """Half the median gap between entries, within bounds; an hour while the rhythm is unknown."""
    if state.gap_median is None:
        return limits.FIRST_INTERVAL
    return clamp(state.gap_median * limits.RHYTHM, limits.SHORTEST_INTERVAL, limits.LONGEST_INTERVAL)


def _rhythm(state: FeedState, new: int) -> timedelta:
    """The interval after a document was read: shorter when entries may be lost, longer when nothing is new."""
    if state.full_windows >= limits.CROWDED_TIMES:
        return max(min(_own_rhythm(state), state.interval) / 2, limits.SHORTEST_INTERVAL)
    if new == 0 and state.last_200_at is not None:
        return _lengthened(state)
    return _own_rhythm(state)


def _lengthened(state: FeedState) -> timedelta:
    """A little longer, since nothing was new, but never far from the feed's own rhythm."""
    step = clamp(state.interval * limits.LENGTHEN_SHARE, limits.LENGTHEN_LEAST, limits.LENGTHEN_MOST)
    ceiling = clamp(_own_rhythm(state) * limits.LENGTHEN_LIMIT, limits.LENGTHEN_LIMIT_LEAST, limits.LONGEST_INTERVAL)
    return max(state.interval, min(state.interval + step, ceiling))


def _cost_floor(state: FeedState, outcome: Fetched) -> timedelta:
    """P4: without validators every poll costs the outlet a whole document; once the body is let go, its size on the wire counts."""
    if state.etag or state.last_modified:
        return timedelta(0)
    return limits.NO_VALIDATOR_BIG_FLOOR if max(len(outcome.body), outcome.wire_bytes) > limits.BIG_BODY else limits.NO_VALIDATOR_FLOOR


def _hint_floor(learned: Learned) -> timedelta:
    """P15, P16: what `<ttl>` and sy:updatePeriod ask for, within bounds."""
    zero = timedelta(0)
    ttl = min(learned.ttl, limits.LONGEST_HINT) if learned.ttl is not None and learned.ttl > zero else zero
    every = learned.update_every
    update = clamp(every, limits.SHORTEST_UPDATE_HINT, limits.LONGEST_HINT) if every is not None and every > zero else zero
    return max(ttl, update)
