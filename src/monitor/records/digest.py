"""What one digest tells one person: made once, kept, and shown alike as mail and as page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class DigestLead:
    """One story as a digest tells it: headline in the person's language when an outlet has one; `told` are outlets with their languages.

    `more` counts the articles since the person was last told; `by` and `until` say who has claimed it and how long.
    """

    lead: str
    story: str
    section: str
    headline: str
    language: str
    told: tuple[tuple[str, str], ...]
    outlets: int
    countries: int
    languages: int
    articles: int
    themes: tuple[str, ...] = ()
    more: int = 0
    by: str = ""
    until: datetime | None = None
    followed: bool = False


@dataclass(frozen=True, slots=True)
class DigestFollow:
    """A followed story that is no lead of the day: how many articles came since the person was last told."""

    story: str
    headline: str
    language: str
    articles: int
    more: int


@dataclass(frozen=True, slots=True)
class DigestAlert:
    """A story that met alert rules and was kept for the digest; `rules` are their names."""

    story: str
    headline: str
    language: str
    outlet: str
    rules: tuple[str, ...]
    articles: int


@dataclass(frozen=True, slots=True)
class DigestSilence:
    """An outlet from which nothing new came for unusually long; `since` None: never."""

    slug: str
    name: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class DigestDeadline:
    """An open edition and when it closes."""

    edition: str
    series: str
    number: int
    language: str
    title: str
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """The whole content; `since` is when the person's last digest was made (None: this is the first), `late` that it could not be on time.

    `elsewhere` counts new leads by section outside what the person follows or reads; `troubles` counts messages by what became of them;
    `follows` is how many articles each followed story had, for the next digest.
    """

    local_date: date
    made_at: datetime
    since: datetime | None
    late: bool = False
    mine: tuple[DigestLead, ...] = ()
    deadlines: tuple[DigestDeadline, ...] = ()
    new: tuple[DigestLead, ...] = ()
    grown: tuple[DigestLead, ...] = ()
    followed: tuple[DigestFollow, ...] = ()
    alerts: tuple[DigestAlert, ...] = ()
    claimed: tuple[DigestLead, ...] = ()
    silent: tuple[DigestSilence, ...] = ()
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    troubles: Mapping[str, int] = field(default_factory=dict)
    follows: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is no news in it: nothing new, nothing grown, no alert."""
        return not (self.new or self.grown or self.followed or self.alerts)
