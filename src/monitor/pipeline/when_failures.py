"""What each failure of the outside means for its feed: how bad it is, how long to stay away, what the editor should know (P22–P37)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitor.pipeline import when_limits as limits
from monitor.pipeline.when_headers import challenged
from monitor.records import Failed


@dataclass(frozen=True, slots=True)
class Meaning:
    """One failure understood.

    `score` is added to the feed's fail score, `away` is how long nobody may ask (not even by hand), `daily` rechecks once a day, `stop`
    ends polling until a person revives the feed, `drop_validators` forgets them (P8), `too_many` marks 429 and 503 with the wait to
    assume when the server names none.
    """

    score: float
    health: str = "failing"
    away: timedelta = timedelta(0)
    daily: bool = False
    stop: bool = False
    drop_validators: bool = False
    too_many: timedelta | None = None
    notice: str = ""


HARD = Meaning(limits.HARD)
SOFT = Meaning(limits.SOFT)
TEMPORARY = Meaning(limits.TEMPORARY)
CREDENTIALS = Meaning(
    limits.HARD, health="credentials", daily=True, notice="This feed asks for credentials or payment; it is looked at once a day."
)
FORBIDDEN = Meaning(limits.SOFT, away=limits.FORBIDDEN_PAUSE)
CHALLENGE = Meaning(
    limits.SOFT,
    health="blocked",
    away=limits.DAILY,
    notice="This feed is blocked by bot protection; ask the outlet to admit our poller. It is tried once a day.",
)
ROBOTS = Meaning(0.0, health="robots", daily=True, notice="The outlet's robots.txt asks PressMonitor not to fetch this feed.")
GONE = Meaning(limits.HARD, health="gone", stop=True, notice="The outlet says this feed is gone for good; it is no longer asked.")
LEGAL = Meaning(limits.HARD, health="gone", stop=True, notice="This feed is unavailable for legal reasons (451); it is no longer asked.")
TOO_MANY = Meaning(limits.SOFT, too_many=limits.TOO_MANY_PAUSE)
UNAVAILABLE = Meaning(limits.SOFT, too_many=limits.UNAVAILABLE_PAUSE)
NOT_FEED = Meaning(limits.SOFT, health="not_feed")
UNASKED_304 = Meaning(limits.SOFT, drop_validators=True)
KILLS_PARSERS = Meaning(limits.HARD, away=limits.DAILY)

BY_STATUS = {
    401: CREDENTIALS,
    402: CREDENTIALS,
    407: CREDENTIALS,
    403: FORBIDDEN,
    404: SOFT,
    408: SOFT,
    425: SOFT,
    410: GONE,
    429: TOO_MANY,
    451: LEGAL,
    503: UNAVAILABLE,
}
BY_KIND = {
    "challenge": CHALLENGE,
    "robots": ROBOTS,
    "not_feed": NOT_FEED,
    "dns": TEMPORARY,
    "refused": HARD,
    "not_html": SOFT,
}
NETWORK_KINDS = frozenset({"dns", "connect", "tls", "timeout", "reset"})


def meaning(failed: Failed, *, score_before: float) -> Meaning:
    """What a failure means for its feed, given how badly it did before."""
    if failed.kind in BY_KIND:
        return BY_KIND[failed.kind]
    if failed.kind == "parser":
        return KILLS_PARSERS if score_before >= limits.HARD else HARD
    if failed.kind == "protocol" and failed.status == 304:
        return UNASKED_304
    if failed.kind == "http" and failed.status is not None:
        return _by_status(failed.status, failed)
    return SOFT


def _by_status(status: int, failed: Failed) -> Meaning:
    if challenged(failed.headers):
        return CHALLENGE
    if status in BY_STATUS:
        return BY_STATUS[status]
    return HARD if 400 <= status < 500 else SOFT
