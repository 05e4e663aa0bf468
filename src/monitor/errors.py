"""Every exception Monitor raises on purpose.

    MonitorError
    ├── ConfigError        feeds.yaml, themes.yaml or a setting is wrong; carries every Problem at once
    ├── AddressRefused     an address the desk may not fetch (private network, odd port, malformed)
    ├── UsageError         a command or form was given something it cannot use
    │   ├── QueryError     a search or alert query that cannot be read
    │   ├── PersonRefused  a change to the people of the desk that cannot be made
    │   └── EditionRefused a change to an edition, its board or its readers that cannot be made
    ├── MailRefused        a letter that must not be sent: its address, or what its finished bytes turned out to say
    └── StoreError         the database cannot do what was asked
        └── SchemaMismatch the database and the code are of different versions

Expected failures of the outside world (a feed answers 404, a page is not HTML) are values, not exceptions: see records.Failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class MonitorError(Exception):
    """Anything Monitor raises on purpose; its text is one sentence a person can act on."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file or setting: where it is, what is wrong, what to write instead."""

    file: str
    line: int | None
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}" + (f" ({self.suggestion})" if self.suggestion else "")


class ConfigError(MonitorError):
    """A file or setting is wrong; `problems` holds every mistake found, in file order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class AddressRefused(MonitorError):
    """An address that may not be fetched; the text says why and names the setting that would allow it, if one does."""


class UsageError(MonitorError):
    """A command or form was given something it cannot use."""


class QueryError(UsageError):
    """A query that cannot be read: `code` and `values` say what is wrong in any language, `position` where in `query` (in characters).

    The exception's own text is English; pipeline/query_says.py words it in English and French.
    """

    def __init__(self, text: str, *, code: str, values: Mapping[str, str], query: str, position: int) -> None:
        self.code = code
        self.values = values
        self.query = query
        self.position = position
        super().__init__(text)


class PersonRefused(UsageError):
    """A change to the people of the desk that cannot be made: `code` says why in any language, the exception's own text in English."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


class EditionRefused(UsageError):
    """A change to an edition that cannot be made: `code` says why in any language, the exception's own text in English."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


class MailRefused(MonitorError):
    """A letter that must not be sent; the text says what is wrong with it."""


class StoreError(MonitorError):
    """The database cannot do what was asked."""


class SchemaMismatch(StoreError):
    """The database and the code are of different versions."""
