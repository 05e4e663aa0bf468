"""What somebody asked of the search page, read from the address and written back to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from monitor.errors import QueryError
from monitor.pipeline.query import Query, parse
from monitor.store.search import Filters

FILTERS = ("section", "theme", "language", "country", "outlet", "day")
_VALUE = re.compile(r"[\w.-]{1,80}")
_LONGEST = 2_001  # one more than the language reads, so that it says so itself


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as typed, the filters, and the query as read (None: empty or mistaken, then `mistake` says why)."""

    text: str
    filters: Mapping[str, str]
    query: Query | None
    mistake: QueryError | None

    @property
    def anything(self) -> bool:
        """Whether there is something to look for."""
        return self.query is not None or (not self.text and bool(self.filters))

    @property
    def wanted(self) -> Filters:
        """The filters as the store takes them."""
        values = {name: self.filters.get(name, "") for name in FILTERS}
        return Filters(values["outlet"], values["country"], values["language"], values["theme"], values["section"], values["day"])

    def address(self, **changes: str) -> str:
        """The query string of the same search with filters changed; "" takes one away."""
        values = {"q": self.text, **self.filters, **changes}
        return urlencode({name: value for name, value in values.items() if value})

    def canonical_address(self) -> str:
        """The query string in the one form that reads the same in every language of the desk."""
        return replace(self, text=self.query.canonical if self.query else "").address()

    def as_query(self) -> str:
        """The query with the filters written into it, as an alert takes it; "" without a query. A day is no part of what is to come."""
        if self.query is None:
            return ""
        fields = {"section": "region", "theme": "theme", "language": "lang", "country": "country", "outlet": "outlet"}
        narrower = [f"{fields[name]}:{value}" for name, value in self.filters.items() if name in fields]
        return " ".join([f"({self.query.canonical})", *narrower]) if narrower else self.query.canonical

    def bare(self) -> Asked:
        """The same query without filters."""
        return replace(self, filters={})


def asked(values: Mapping[str, str], *, french: bool) -> Asked:
    """What an address or form asks for; values no filter can have are left out."""
    text = values.get("q", "").strip()[:_LONGEST]
    filters = {name: value for name in FILTERS if _VALUE.fullmatch(value := values.get(name, ""))}
    if not text:
        return Asked("", filters, None, None)
    try:
        return Asked(text, filters, parse(text, french=french), None)
    except QueryError as mistake:
        return Asked(text, filters, None, mistake)
