"""One feed, one host and one poll, for the tests of polite polling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.pipeline.when import After, Learned, after, before_request
from monitor.records import Failed, FailKind, FeedState, Fetched, Hop, HostState, NotModified, Outcome

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday
URL = "https://paper.example/rss"
HOST = HostState("paper.example")
VALIDATORS = {"etag": 'W/"5-a"', "last-modified": "Fri, 20 Nov 2026 11:00:00 GMT"}

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def a_state(**changes: object) -> FeedState:
    return replace(FeedState(key=1, url=URL), **changes)  # type: ignore[arg-type]


def a_200(
    headers: Mapping[str, str] | None = None, *, body: bytes = b"<rss/>", at: datetime = NOW, url: str = URL, hops: tuple[Hop, ...] = ()
) -> Fetched:
    return Fetched(
        url=URL,
        final_url=url,
        body=body,
        headers=VALIDATORS if headers is None else headers,
        received_at=at,
        hops=hops,
        wire_bytes=len(body),
    )


def a_304(headers: Mapping[str, str] | None = None, *, at: datetime = NOW, url: str = URL, hops: tuple[Hop, ...] = ()) -> NotModified:
    return NotModified(url=URL, final_url=url, headers=headers or {}, received_at=at, hops=hops)


def a_failure(
    status: int | None = None, *, kind: FailKind = "http", headers: Mapping[str, str] | None = None, at: datetime = NOW
) -> Failed:
    return Failed(URL, kind, "It did not answer as it should.", at, status=status, final_url=URL, headers=headers or {})


def a_feed(**changes: object) -> Learned:
    return replace(Learned(is_feed=True, body_sha256="sha-1", entries=10, new=0), **changes)  # type: ignore[arg-type]


def poll(
    state: FeedState, outcome: Outcome, learned: Learned | None = None, *, at: datetime = NOW, host: HostState = HOST, siblings: int = 1
) -> After:
    """One whole poll at a moment: the write before the request, and what the answer changes."""
    return after(before_request(state, at), outcome, learned, host, at, siblings=siblings)


def wait(result: After, at: datetime = NOW) -> timedelta:
    """How long until the next poll."""
    assert result.state.next_at is not None
    return result.state.next_at - at


def within_jitter(delay: timedelta, interval: timedelta) -> bool:
    """Whether a delay is the interval plus at most a tenth (P42)."""
    return interval <= delay <= interval * 1.1
