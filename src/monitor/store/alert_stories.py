"""What alerts tell of, put together for a mail or a page: the story, the rules, the articles with the words that made them match."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from monitor.pipeline.query_match import Found
from monitor.pipeline.search_marks import pieces, summary_pieces, text_pieces, title_pieces
from monitor.records import AlertRuleName, MetArticle, MetSpike, MetStory
from monitor.store import models

SHOWN = 5
"""Articles of a story that a mail shows."""
MOST_WHY = 6


def met_stories(alerts: Collection[int], person: int) -> dict[int, MetStory]:
    """What these alerts (their rows) tell a person, by the story's row; a story's alerts are told together."""
    rows = models.Alert.objects.filter(pk__in=alerts).select_related("rule", "story", "spike").order_by("made_at", "pk")
    by_story: dict[int, list[models.Alert]] = {}
    for row in rows:
        by_story.setdefault(row.story_id, []).append(row)
    matches = _matches([row.pk for group in by_story.values() for row in group])
    told_as = _told_as(by_story, person)
    return {
        story: _story(group, [one for row in group for one in matches.get(row.pk, ())], told_as.get(story))
        for story, group in by_story.items()
    }


def _matches(alerts: Sequence[int]) -> dict[int, list[models.AlertMatch]]:
    found: dict[int, list[models.AlertMatch]] = {}
    rows = models.AlertMatch.objects.filter(alert_id__in=alerts).select_related("article__outlet", "article__body", "article__words")
    for row in rows.order_by("article__discovered_at", "article_id"):
        found.setdefault(row.alert_id, []).append(row)
    return found


def _told_as(stories: Iterable[int], person: int) -> dict[int, str]:
    """The subject under which a person was told of each story first; "" when that was by another way."""
    rows = models.AlertDelivery.objects.filter(person_id=person, alert__story_id__in=list(stories), how__in=("mail", "rolled", "digest"))
    found: dict[int, str] = {}
    for story, how, subject in rows.order_by("at", "pk").values_list("alert__story_id", "how", "message__subject"):
        if not found.get(story):
            found[story] = subject or "" if how == "mail" else ""
    return found


def _story(group: Sequence[models.Alert], matches: Sequence[models.AlertMatch], told_as: str | None) -> MetStory:
    first = group[0]
    evidence: dict[int, list[list[object]]] = {}
    articles: dict[int, models.Article] = {}
    for match in sorted(matches, key=lambda one: (one.article.discovered_at, one.article_id)):
        articles[match.article_id] = match.article
        evidence.setdefault(match.article_id, []).extend(match.evidence)
    shown = list(articles.values())[:SHOWN]
    rules = {row.rule_id: row.rule for row in group}
    spike = next((row.spike for row in group if row.spike is not None), None)
    return MetStory(
        story=str(first.story.uuid),
        section=first.story.section,
        rules=tuple(AlertRuleName(str(rule.uuid), rule.name, rule.query, rule.whole_desk) for rule in rules.values()),
        articles=tuple(met_article(article, evidence[article.pk]) for article in shown),
        left_out=len(articles) - len(shown),
        follows=told_as is not None,
        spike=MetSpike(spike.theme, spike.country, spike.voices, spike.hours, spike.usual) if spike else None,
        told_as=told_as or "",
    )


def met_article(article: models.Article, evidence: Sequence[Sequence[object]]) -> MetArticle:
    """An article as an alert shows it; its outlet, body and words have to be at hand. A reserved one shows its title and nothing else."""
    found = [one for part in evidence if (one := _found(part)) is not None]
    body, words = getattr(article, "body", None), getattr(article, "words", None)
    passage: tuple[tuple[str, bool], ...] = ()
    if article.rights == "open" and body is not None and body.text:
        passage = text_pieces(body.text, len(words.lead.split(" ")) if words is not None and words.lead else 0, found)
    elif article.rights == "open":
        passage = summary_pieces(article.summary, found)
    return MetArticle(
        article=str(article.uuid),
        title=title_pieces(article.title, found) if found else pieces(article.title, ()),
        passage=passage,
        why=tuple(dict.fromkeys(one.words for one in found))[:MOST_WHY],
        language=article.language or article.language_hint or article.outlet.language,
        outlet=article.outlet.name,
        country=article.outlet.country,
        url=article.url,
        published_at=article.published_at,
    )


def _found(part: Sequence[object]) -> Found | None:
    """One place as it was kept; None when it is not one."""
    if len(part) != 4 or not isinstance(part[1], int) or not isinstance(part[3], str) or part[0] not in ("", "title", "lead", "body"):
        return None
    return Found(part[3], part[3], part[0], part[1], -1, -1)
