"""Find which alert rules the articles meet that are being grouped: all rules wait in one index, which follows every rule that is saved."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime

from monitor.errors import QueryError
from monitor.pipeline.percolate import QueryIndex, shares
from monitor.pipeline.query import Match, MatchDoc, matches, parse
from monitor.pipeline.words import tokenise
from monitor.store import alert_docs, alert_rules
from monitor.store.alert_docs import Judged
from monitor.store.alert_rules import Rule
from monitor.store.alerts import Met
from monitor.store.stories import Placed

MOST_EVIDENCE = 12
"""Places kept of one article to show why it matched."""
ENOUGH_DOCS = 50
"""Articles of one batch from which it is learnt how rare words are, once there are many rules."""
MANY_RULES = 200

log = logging.getLogger("monitor.flows")


class Watch:
    """The rules of the desk as this worker knows them, waiting for articles."""

    def __init__(self) -> None:
        self._index = QueryIndex()
        self._rules: dict[int, Rule] = {}
        self._seen: datetime | None = None
        self._measured = 0  # how many rules waited when it was last learnt how rare words are

    def __len__(self) -> int:
        return len(self._index)

    def refresh(self) -> int:
        """Take up what changed since the last time; returns how many rules did."""
        changed = 0
        for rule in alert_rules.changed_since(self._seen):
            self._seen = max(self._seen or rule.changed_at, rule.changed_at)
            known = self._rules.get(rule.key)
            if known is not None and known.version == rule.version:
                continue
            changed += known is not None or rule.active
            self._take_up(rule)
        return changed

    def _take_up(self, rule: Rule) -> None:
        self._rules[rule.key] = rule
        self._index.remove(rule.key)
        if rule.active:
            try:
                self._index.add(rule.key, parse(rule.query))
            except QueryError as mistake:
                log.warning("alert rule %d cannot be read and waits for nothing: %s", rule.key, mistake)

    def met(self, placed: Sequence[Placed]) -> list[Met]:
        """What the rules met in articles that are being placed in stories now."""
        self.refresh()
        if not len(self._index):
            return []
        docs = alert_docs.docs({one.article: one.story for one in placed})
        self._learn(docs)
        copies = {one.article: one.copy_of for one in placed if one.copy_of}
        found: list[tuple[Judged, Mapping[Hashable, Match]]] = []
        for judged in docs:
            try:
                found.append((judged, self._matches(judged)))
            except Exception:  # one article must not stop the grouping of the others (F-25)
                log.exception("alerts could not be looked for in article %s", judged.article)
        return self._without_copies(found, copies)

    def _matches(self, judged: Judged) -> Mapping[Hashable, Match]:
        """The rules an article meets that were saved before the desk found it."""
        met = self._index.matches(judged.doc)
        return {rule: match for rule, match in met.items() if self._rules[rule].matches_from <= judged.discovered_at}  # type: ignore[index]

    def _without_copies(self, found: Sequence[tuple[Judged, Mapping[Hashable, Match]]], copies: Mapping[str, str]) -> list[Met]:
        """A copy tells only of rules that its original did not meet."""
        wanted = {copies[judged.article] for judged, met in found if met and judged.article in copies}
        originals: Mapping[str, MatchDoc] = alert_docs.named(wanted) if wanted else {}
        told = []
        for judged, met in found:
            original_doc = originals.get(copies.get(judged.article, ""))
            for rule, match in met.items():
                if original_doc is None or matches(parse(self._rules[rule].query), original_doc) is None:  # type: ignore[index]
                    told.append(Met(rule, judged.article, evidence(match)))  # type: ignore[arg-type]
        return told

    def _learn(self, docs: Sequence[Judged]) -> None:
        """With many rules, let each wait at the words that are rare in the news of this desk."""
        if len(docs) >= ENOUGH_DOCS and len(self._index) >= max(MANY_RULES, 2 * self._measured):
            self._index.reanchor(shares(one.doc for one in docs))
            self._measured = len(self._index)


def evidence(match: Match) -> tuple[tuple[str, int, int, str], ...]:
    """The places that made an article match: zone, first word and the one after the last, and the words; for a fact what it says."""
    found = match.found[:MOST_EVIDENCE] if len(match.found) <= MOST_EVIDENCE else _chosen(match)
    return tuple((one.zone, one.offset, one.offset + max(1, len(tokenise(one.words))), one.words or one.term) for one in found)


def _chosen(match: Match) -> tuple:  # type: ignore[type-arg]
    """Of many places the first of each term, then the first of all."""
    first = {one.term: one for one in reversed(match.found)}
    kept = {*list(first.values())[:MOST_EVIDENCE]}
    for one in match.found:
        if len(kept) >= MOST_EVIDENCE:
            break
        kept.add(one)
    return tuple(one for one in match.found if one in kept)
