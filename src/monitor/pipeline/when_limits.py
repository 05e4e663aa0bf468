"""Every cap and floor of polite polling in one place; docs/polling.md prints each name with its value and a test compares them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# Rule 0 and the plan of a healthy feed
FLOOR: Final = timedelta(minutes=15)  # between two requests of one feed, whoever asks
MANUAL_FLOOR: Final = timedelta(minutes=5)  # the same when a person asks
FIRST_INTERVAL: Final = timedelta(minutes=60)  # P41, until the feed's rhythm is known
SHORTEST_INTERVAL: Final = timedelta(minutes=15)  # P41
LONGEST_INTERVAL: Final = timedelta(hours=24)  # P41
LONGEST_OWN_DELAY: Final = timedelta(hours=23)  # P42, jitter included: a look every 24 hours finds every healthy feed due
JITTER: Final = 0.1  # P42, of the interval
RHYTHM: Final = 0.5  # P41, of the median gap between entries
LENGTHEN_SHARE: Final = 0.25  # P41, of the interval, when nothing was new …
LENGTHEN_LEAST: Final = timedelta(minutes=10)  # … at least
LENGTHEN_MOST: Final = timedelta(minutes=60)  # … and at most
LENGTHEN_LIMIT: Final = 4  # times the feed's rhythm: a silent weekend must not hide Monday's first article for a day
LENGTHEN_LIMIT_LEAST: Final = timedelta(minutes=60)
CROWDED_SHARE: Final = 0.5  # P41, of a full window
CROWDED_TIMES: Final = 2  # P41

# Validators and unchanged documents
LONGEST_VALIDATOR: Final = 1000  # characters
NO_VALIDATOR_FLOOR: Final = timedelta(hours=6)  # P4
NO_VALIDATOR_BIG_FLOOR: Final = timedelta(hours=24)  # P4
BIG_BODY: Final = 512 * 1024  # bytes, P4
AUDIT_AFTER_304: Final = 8  # P10
AUDIT_AFTER: Final = timedelta(hours=48)  # P10
AUDIT_MISSED_ENTRIES: Final = 3.0  # P10
AUDIT_EVERY: Final = timedelta(hours=24)  # P10
UNTRUSTED_FLOOR: Final = timedelta(hours=2)  # P10
UNTRUSTED_FOR: Final = timedelta(days=30)  # P10
USELESS_TIMES: Final = 5  # P11

# What the outlet says
LONGEST_FRESHNESS: Final = timedelta(days=7)  # P13, P14
LONGEST_HINT: Final = timedelta(hours=24)  # P15, P16
SHORTEST_UPDATE_HINT: Final = timedelta(minutes=15)  # P16
LONGEST_RETRY_AFTER: Final = timedelta(days=30)  # P30
ADOPT_SIGHTINGS: Final = 3  # P18
ADOPT_AFTER: Final = timedelta(hours=48)  # P18

# Failures
HARD: Final = 1.0  # P22
SOFT: Final = 0.5  # P24, P25, P29, P33
TEMPORARY: Final = 0.25  # P32
FORBIDDEN_PAUSE: Final = timedelta(hours=4)  # P24
DAILY: Final = timedelta(hours=24)  # P23, P24 challenge, explicit robots refusal, a document that killed its parser twice
TOO_MANY_PAUSE: Final = timedelta(hours=4)  # P28
UNAVAILABLE_PAUSE: Final = timedelta(hours=1)  # P29
PAUSE_INTERVALS: Final = 2  # P28
PAUSE_JITTER: Final = timedelta(minutes=60)  # P28
SLOWED_BY: Final = 1.5  # P28
SLOWED_FOR: Final = timedelta(days=7)  # P28
SHARED_HOST: Final = 2  # P28, feeds
LONGEST_BACKOFF: Final = timedelta(hours=24)  # P40
WEEKLY_SCORE: Final = 10.0  # P40
WEEKLY: Final = timedelta(days=7)  # P40
DORMANT_AFTER: Final = timedelta(days=90)  # P40
SILENT_INTERVALS: Final = 3  # P40
SILENT_LEAST: Final = timedelta(hours=24)
LOST_AFTER: Final = timedelta(days=14)  # P25
EMPTY_AFTER: Final = timedelta(hours=48)  # P38

# Hosts, the line, the clock
HOST_INTERVAL: Final = timedelta(seconds=5)  # P43
PAGE_INTERVAL: Final = timedelta(seconds=10)  # P44
LONGEST_CRAWL_DELAY: Final = timedelta(seconds=60)  # P43
OFFLINE_HOSTS: Final = 3  # P32, at least so many different hosts must fail before the line is blamed
OFFLINE_PROBE: Final = timedelta(minutes=1)  # P32
PORTAL_MEMORY: Final = timedelta(minutes=30)  # P37, how long answers of earlier polls count when several hosts give one page
CLOCK_JUMP: Final = timedelta(minutes=5)  # P48
SPREAD: Final = timedelta(minutes=30)  # P48
