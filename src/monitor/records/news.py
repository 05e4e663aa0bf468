"""The frozen values that travel the path of an article, in the order an article meets them.

Moments are aware UTC datetimes with the source's own offset and precision beside them. Collections are tuples, mappings are read-only
by convention. `key` is a row number inside this process and never leaves the database layer's callers; `uuid` is what people see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

Precision = Literal["day", "minute"]
Verdict = Literal["full", "summary", "paywalled", "blocked", "failed"]
Rights = Literal["open", "reserved"]
FailKind = Literal[
    "refused",  # the safe dialer or the address gate said no
    "dns",
    "connect",
    "tls",
    "timeout",
    "reset",  # connection cut, also in the middle of a body
    "truncated",  # fewer bytes than announced, or a damaged gzip stream
    "too_large",
    "encoding",  # a content coding we do not take, or nested ones
    "protocol",  # malformed HTTP, 304 to an unconditional request, 1xx/204/205/206
    "redirect",  # too many hops, a loop, a bad Location
    "http",  # an error status; `status` tells which
    "challenge",  # bot protection answered instead of the outlet
    "robots",  # robots.txt asks us not to
    "not_feed",
    "not_html",
    "parser",  # the parser child failed or was killed
]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was said to happen: `at` in UTC, `offset` minutes east of UTC in the source (None: not stated), and how precise."""

    at: datetime
    offset: int | None = None
    precision: Precision = "minute"


# ── what the editors' files say ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the edition; `label` maps interface language to the printed name."""

    id: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk's own settings, from the `desk:` part of feeds.yaml."""

    name: str = "Security & Defence press review"
    organisation: str = ""
    timezone: str = "Europe/Paris"
    languages: tuple[str, ...] = ("fr", "en")
    sections: tuple[Section, ...] = (
        Section("africa", {"fr": "Afrique", "en": "Africa"}),
        Section("america", {"fr": "Amérique", "en": "America"}),
        Section("asia", {"fr": "Asie", "en": "Asia"}),
        Section("europe", {"fr": "Europe", "en": "Europe"}),
        Section("focus", {"fr": "Focus", "en": "Focus"}),
    )
    digest_at: str = "07:00"


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed as configured; None means "as the outlet says" or "adaptive"."""

    url: str
    section: str | None = None
    language: str | None = None
    every: timedelta | None = None
    enabled: bool = True
    format: str = "auto"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet as configured, with its feeds; `weight` is 0.2 … 1.0, `text` is page, feed or none."""

    id: str
    name: str
    country: str
    language: str
    kind: str = "newspaper"
    weight: float = 0.6
    owner: str = ""
    home: str = ""
    enabled: bool = True
    note: str = ""
    text: str = "page"
    feeds: tuple[Feed, ...] = ()


# ── fetching ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Ask:
    """One polite request: validators are sent back byte-exact and only to the address they came from (P2, P3, P9)."""

    url: str
    kind: Literal["feed", "page", "robots", "discovery"] = "feed"
    etag: str = ""
    last_modified: str = ""
    validator_url: str = ""
    origin: str = ""  # the feed's configured address that led to a page or robots.txt; loopback pages pass only when it is loopback too


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed: `status` 301, 302, 303, 307 or 308 sent us to `url`."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 with its whole decoded body; header names are lower-case, repeated headers joined by ", "."""

    url: str
    final_url: str
    body: bytes
    headers: Mapping[str, str]
    received_at: datetime
    hops: tuple[Hop, ...] = ()
    wire_bytes: int = 0


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304 to a conditional request, with the headers it carried."""

    url: str
    final_url: str
    headers: Mapping[str, str]
    received_at: datetime
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """An expected failure of the outside: `reason` is one sentence for a person; `headers` serve Retry-After (P28–P31)."""

    url: str
    kind: FailKind
    reason: str
    received_at: datetime
    status: int | None = None
    final_url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    hops: tuple[Hop, ...] = ()


Outcome = Fetched | NotModified | Failed


@dataclass(frozen=True)
class FeedState:
    """All that polite polling remembers of one feed (polling.md, "State stored per feed"); every field is durable.

    Without slots, so that `but` can copy all of it at once.
    """

    key: int
    url: str
    every: timedelta | None = None
    final_url: str = ""
    etag: str = ""
    last_modified: str = ""
    validator_url: str = ""
    body_sha256: str = ""
    parsed_ok_sha256: str = ""
    interval: timedelta = timedelta(minutes=60)
    next_at: datetime | None = None
    not_before: datetime | None = None
    not_before_reason: str = ""
    last_attempt_at: datetime | None = None
    last_200_at: datetime | None = None
    last_change_at: datetime | None = None
    attempts: int = 0  # polls since the feed is known; seeds the jitter (P42)
    fail_score: float = 0.0
    failing_since: datetime | None = None
    last_error: str = ""
    consecutive_304: int = 0
    first_304_at: datetime | None = None
    useless_200: int = 0
    validators_untrusted_at: datetime | None = None
    slowed_until: datetime | None = None
    perm_redirect_to: str = ""
    perm_redirect_seen: int = 0
    perm_redirect_first_at: datetime | None = None
    gone_at: datetime | None = None
    rate_ewma: float = 0.0  # new entries a day
    gap_median: timedelta | None = None  # between new entries
    full_windows: int = 0  # polls in a row where more than half of a full window was new (P41)
    empty_since: datetime | None = None
    health: str = "new"  # new ok failing blocked credentials gone dormant not_feed robots
    floor: timedelta = timedelta(0)  # shortest interval the outlet's own hints allow (P4, P15, P16)
    skip: str = ""  # P17: hours and days not to be asked, "0 1 2|5 6" in GMT, Monday is 0
    audit_at: datetime | None = None  # last request sent without validators to test them (P10)

    def but(self, **changes: Any) -> FeedState:
        """The same state with some fields changed: `dataclasses.replace` at a sixth of its cost; raises TypeError for an unknown field."""
        if not changes.keys() <= self.__dict__.keys():
            raise TypeError(f"a feed's state has no {', '.join(sorted(changes.keys() - self.__dict__.keys()))}")
        state = object.__new__(FeedState)
        state.__dict__.update(self.__dict__, **changes)
        return state


@dataclass(frozen=True, slots=True)
class HostState:
    """What holds for a whole host (registrable domain): a server's wish to be left alone, and the pace of starts."""

    name: str
    not_before: datetime | None = None
    not_before_reason: str = ""
    next_start_at: datetime | None = None
    crawl_delay: float = 0.0


# ── feeds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed said of one article: plain text, absolute link, the date as stated (None: not stated)."""

    guid: str
    link: str
    title: str
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: Moment | None = None
    updated: Moment | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document understood: entries in document order, at most 500, and the scheduling hints of P15–P17."""

    format: str
    title: str
    language: str
    entries: tuple[Entry, ...]
    home: str = ""
    skipped: tuple[str, ...] = ()  # one sentence for each entry that could not be used
    ttl: timedelta | None = None
    update_every: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()  # Monday is 0


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """A document that is no feed; `suggestion` is a feed address the document itself names, if any (P37)."""

    reason: str
    suggestion: str = ""


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AboutArticle:
    """What is known of an article before its page is read: its address, what its feed said, and whose it is."""

    id: str
    url: str
    title: str
    summary: str
    content: str
    authors: tuple[str, ...]
    published: Moment | None
    discovered_at: datetime
    section_hint: str
    language_hint: str
    outlet: str
    outlet_name: str
    outlet_country: str
    outlet_language: str
    outlet_kind: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a page said: `verdict` tells how much of the text could be read, `reason` why when it is not full."""

    title: str
    text: str
    verdict: Verdict
    reason: str = ""
    lead: str = ""
    published: Moment | None = None
    modified: Moment | None = None
    authors: tuple[str, ...] = ()
    language: str = ""  # the page's own claim, a weak hint
    section: str = ""
    site: str = ""
    canonical: str = ""
    paywalled: bool = False
    rights: Rights = "open"
    granted: bool = False  # the page itself says tdm-reservation: 0, which outweighs its origin's tdmrep.json (P46)


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """A language as BCP 47 code ("" when nothing can be said) with a confidence from 0 to 1."""

    language: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a place, theme or section was given: the words found, where, and the rule that took them."""

    what: str  # "theme:terror", "place:ML", "entity:o.nato"
    words: str
    zone: Literal["title", "lead", "body"]
    offset: int  # in tokens from the start of the zone
    rule: str = ""


@dataclass(frozen=True, slots=True)
class CountryScore:
    """How strongly an article is about a country (ISO 3166-1 alpha-2)."""

    country: str
    score: float
    count: int


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """A theme assigned, with its score and a confidence from 0 to 1."""

    theme: str
    score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Tagged:
    """Section, countries and themes of an article, each with its evidence."""

    section: str
    sections: Mapping[str, float]
    countries: tuple[CountryScore, ...]
    themes: tuple[ThemeScore, ...]
    entities: tuple[str, ...] = ()
    noise: float = 0.0
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryDoc:
    """All the grouping needs of one article, small enough to keep for good: weights by term, not text."""

    id: str
    outlet: str
    language: str
    at: datetime
    terms: Mapping[str, float]  # stems of the title twice and the first 120 words: raw weighted counts
    features: Mapping[str, float]  # cross-lingual: g:ISO2, k:skeleton, n:number, e:entity, t:theme, c:concept
    shingles: tuple[int, ...] = ()  # sampled 64-bit hashes of 5-word shingles
    title_key: str = ""  # normalised title, for exact copies of short texts
    agency: str = ""
    names: Mapping[str, str] = field(default_factory=dict)  # the names behind the s: features, as written, so that a link can be explained


@dataclass(frozen=True, slots=True)
class Copy:
    """That an article carries the text of the article `of`: most of it (`copy_of`, containment ≥ .8) or much of it (`reuses`, ≥ .4)."""

    of: str
    kind: Literal["copy_of", "reuses"]
    containment: float


@dataclass(frozen=True, slots=True)
class SearchWords:
    """An article as search keeps it: normalised words of title, lead and body, the forms they are met in, what is known, how they were
    written where that differs, and the day of publication (UTC)."""

    title: str
    lead: str
    body: str
    forms: str
    known: str
    marks: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Article:
    """What the page (or, failing it, the feed) said, understood: one reading of one article."""

    title: str
    text: str
    verdict: Verdict
    reason: str
    rights: Rights
    language: str
    language_confidence: float
    published: Moment | None
    modified: Moment | None
    authors: tuple[str, ...]
    canonical: str
    tagged: Tagged
    doc: str  # the StoryDoc as JSON: what the grouping will read
    doc_at: datetime
    agency: str = ""
    canonical_key: str = ""  # the key of the canonical address, when it may be believed
    words: SearchWords | None = None  # what search keeps of it; None: to be made later


# ── stories and leads ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """What ranking knows of one story: one row per article, copies marked by `copy_group`."""

    story: str
    articles: tuple[StoryArticle, ...]
    section: str
    expected_6h: float = 0.0  # voices a new story of its subject usually gains in six hours
    novelty: float = 1.0
    pinned: bool = False
    published: int | None = None  # stories of earlier editions it was compared with; 0: there are none; None: it was not compared
    follows: str = ""  # the published story it continues
    baseline_days: int | None = None  # days of the desk's past that say what is usual; None: nobody asked
    spikes: tuple[SpikeFact, ...] = ()  # what is unusual about its subjects now
    alerts: int = 0  # alert rules of the desk that match it


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """One article of a story as ranking sees it."""

    id: str
    outlet: str
    owner: str
    country: str
    language: str
    weight: float
    at: datetime
    copy_group: str
    themes: tuple[ThemeScore, ...]
    noise: float = 0.0
    section: str = ""
    title: str = ""
    places: tuple[str, ...] = ()  # countries it is about (ISO 3166-1 alpha-2), strongest first


@dataclass(frozen=True, slots=True)
class SpikeFact:
    """That a theme in a country has more voices within so many hours than usual."""

    theme: str
    country: str
    voices: int
    hours: int
    usual: float


@dataclass(frozen=True, slots=True)
class LeadScore:
    """A lead's rank: score 0 … 100 before boosts, its named components (each 0 … 1) and reasons in words."""

    score: float
    components: Mapping[str, float]
    reasons: tuple[str, ...]
