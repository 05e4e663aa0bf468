"""The path of an article, feed to lead, on the whole sample newsroom with the real commands.

Floors of understanding stand 0.02 below what was measured, so that they can fail; what the desk aims at stands beside them.
`pytest -s tests/path/test_path.py` prints the figures.
"""

from __future__ import annotations

from collections import Counter

from monitor.outside.newsroom import Request
from tests.path.conftest import Run
from tests.path.desk import ORIGIN_FILES
from tests.path.truth import Share, apart, article_id_of, copies, section_accuracy, story_scores, theme_scores

ARTICLE_KEYS = {
    "id", "url", "outlet", "title", "language", "language_confidence", "section", "themes", "places", "published", "discovered", "story",
    "verdict", "rights", "characters", "state", "reason",
}  # fmt: skip
LEAD_KEYS = {"id", "story", "section", "headline", "score", "reasons", "outlets", "languages", "articles", "status", "claimed_by"}
SECTIONS = {"africa", "america", "asia", "europe", "focus"}
SECTION_FLOOR = 0.937  # measured 0.957; the aim is 0.97
THEME_FLOOR = 0.821  # measured 0.841; the aim is 0.92
STORY_FLOOR = 0.96  # measured 0.985
ACROSS_FLOOR = 0.95  # measured 0.981
COPY_FLOOR = 1.0  # measured 1.0
REFUSING, BROKEN, UNDATED, SILENT = "bastion", "ricochet", "quai-matin", "tern-gazette"


def by_outlet(run: Run, outlet: str) -> list[str]:
    return [article.id for article in run.samples.of(outlet)]


def test_every_article_is_there_once(run: Run) -> None:
    assert Counter(run.articles.keys()) == Counter(article.id for article in run.samples.articles)
    assert run.desk.rows("SELECT count(*) FROM store_article") == [(len(run.samples.articles),)]


def test_every_article_of_a_readable_outlet_has_its_text(run: Run) -> None:
    readable = {one: article for one, article in run.articles.items() if article["outlet"] != REFUSING}
    assert {article["verdict"] for article in readable.values()} <= {"full", "summary", "paywalled"}
    assert [one for one, article in readable.items() if article["characters"] == 0] == []
    assert [one for one, article in readable.items() if (article["verdict"] == "full") != (article["reason"] == "")] == []
    assert {article["state"] for article in run.articles.values()} == {"read"}


def test_the_403_outlets_articles_are_there_by_title_and_summary(run: Run) -> None:
    refused = {one: run.articles[one] for one in by_outlet(run, REFUSING)}
    assert {one: article["title"] for one, article in refused.items()} == {one: _plain(run.samples.article(one).title) for one in refused}
    assert {article["verdict"] for article in refused.values()} == {"blocked"}
    assert {article["reason"] for article in refused.values()} == {"The outlet answers 403: it refuses this address."}
    assert [one for one, article in refused.items() if article["story"] is None] == []


def test_undated_feeds_articles_have_the_day_from_their_address(run: Run) -> None:
    days = {one: run.articles[one]["published"] for one in by_outlet(run, UNDATED)}
    expected = {one: next(p.at for p in _printed(run, UNDATED) if p.article.id == one).date().isoformat() for one in days}
    assert {one: day[:10] for one, day in days.items()} == expected


def test_the_broken_feed_costs_only_itself(run: Run) -> None:
    healths = {outlet: feed["health"] for outlet, one in run.outlets.items() for feed in one["feeds"]}
    assert healths == {outlet.id: "not_feed" if outlet.id == BROKEN else "ok" for outlet in run.samples.outlets}
    (feed,) = run.outlets[BROKEN]["feeds"]
    assert feed["error"] != ""
    assert [outlet for outlet, one in run.outlets.items() if outlet != BROKEN and one["feeds"][0]["error"]] == []


def test_the_silent_outlets_old_entries_are_taken(run: Run) -> None:
    assert {one: run.articles[one]["verdict"] for one in by_outlet(run, SILENT)} == dict.fromkeys(by_outlet(run, SILENT), "full")


def test_each_address_is_asked_once(run: Run) -> None:
    asked = Counter((one.host, one.path) for one in run.asked["first"])
    assert {address: count for address, count in asked.items() if count > 1} == {}
    pages = [article_id_of(one.path) for one in run.asked["first"] if one.path not in {"/feed", *ORIGIN_FILES}]
    by_page = {outlet.id for outlet in run.samples.outlets if outlet.text == "page" and outlet.id != REFUSING}
    readable = [article.id for article in run.samples.articles if article.outlet in by_page]
    assert sorted(set(pages) - set(by_outlet(run, REFUSING))) == sorted(readable)
    assert len(set(pages) & set(by_outlet(run, REFUSING))) >= 2  # the second 403 rests its pages; a third may be under way


def test_a_second_run_asks_nothing(run: Run) -> None:
    assert run.asked["second"] == ()
    assert "Nothing is due" in run.second.out


def test_a_moved_clock_lets_nothing_go(run: Run) -> None:
    kept = {url for (url,) in run.desk.rows("SELECT a.url FROM store_articletext t JOIN store_article a ON a.id = t.article_id")}
    assert kept == {one["url"] for one in run.articles.values() if one["characters"]}
    assert "prune" not in run.later.out


def test_a_day_later_feeds_answer_304_and_no_page_is_asked(run: Run) -> None:
    asked = {one.outlet: (one.path, one.status) for one in run.asked["later"]}
    broken = {BROKEN: ("/feed", 200)}
    assert asked == {outlet.id: ("/feed", 304) for outlet in run.samples.outlets} | broken
    assert len(run.asked["later"]) == len(run.samples.outlets)


def test_no_request_carries_what_politeness_forbids(run: Run) -> None:
    everything = [one for step in run.asked.values() for one in step]
    assert [one for one in everything if {"cookie", "referer", "accept-language"} & set(one.headers)] == []
    assert {one.headers["user-agent"].split("/")[0] for one in everything} == {"PressMonitor"}
    assert [one for one in everything if one.path == "/feed" and _is_first(one, run) == _is_conditional(one) and one.outlet != BROKEN] == []


def test_an_edited_headline_is_a_version_of_the_same_article(run: Run) -> None:
    edited = [article for article in run.samples.articles if article.first_title]
    assert {one.id: run.articles[one.id]["title"] for one in edited} == {one.id: _plain(one.first_title) for one in edited}
    now = {article_id_of(url): (title, key) for url, title, key in run.desk.rows("SELECT url, title, id FROM store_article")}
    assert {one.id: now[one.id][0] for one in edited} == {one.id: _plain(one.title) for one in edited}
    versions = run.desk.rows("SELECT article_id, title FROM store_articleversion")
    assert sorted(versions) == sorted((now[one.id][1], _plain(one.first_title)) for one in edited)
    assert len(now) == len(run.samples.articles)
    assert {one.path for one in run.asked["edited"]} == {"/feed"}


def test_languages_are_right(run: Run) -> None:
    wrong = {one.id: run.articles[one.id]["language"] for one in run.samples.articles if run.articles[one.id]["language"] != one.language}
    share = Share(len(run.samples.articles) - len(wrong), len(run.samples.articles), wrong)
    print(f"languages: {share} {wrong or ''}")
    assert share.share >= 0.98


def test_sections_are_right(run: Run) -> None:
    sections = section_accuracy({one: article["section"] for one, article in run.articles.items()}, run.samples)
    print(f"sections: {sections} {dict(sections.wrong)}")
    assert sections.share >= SECTION_FLOOR


def test_themes_are_right(run: Run) -> None:
    themes = theme_scores({one: article["themes"] for one, article in run.articles.items()}, run.samples)
    print(f"themes: {themes}")
    assert themes.f >= THEME_FLOOR


def test_stories_hold_together_across_languages(run: Run) -> None:
    stories = story_scores({one: article["story"] for one, article in run.articles.items()}, run.samples)
    print(f"stories: {stories}")
    assert stories.all.f >= STORY_FLOOR
    assert stories.across_languages.f >= ACROSS_FLOOR


def test_wire_copies_are_recognised(run: Run) -> None:
    found = copies(run.copies, run.samples)
    print(f"wire copies: {found} missed {found.missed}")
    assert found.recall >= COPY_FLOOR
    assert found.false == ()


def test_lookalikes_stay_apart(run: Run) -> None:
    assert apart({one: article["story"] for one, article in run.articles.items()}, run.samples) == []


def test_leads_are_queued_with_reasons_in_every_section(run: Run) -> None:
    assert {lead["section"] for lead in run.leads} == SECTIONS
    assert [lead["id"] for lead in run.leads if not lead["reasons"] or not lead["headline"] or lead["status"] != "queued"] == []
    assert [lead["score"] for lead in run.leads] == sorted((lead["score"] for lead in run.leads), reverse=True)
    assert {lead["story"] for lead in run.leads} <= {article["story"] for article in run.articles.values()}


def test_json_has_the_keys_the_product_promises(run: Run) -> None:
    assert {frozenset(article) for article in run.articles.values()} == {frozenset(ARTICLE_KEYS)}
    assert {frozenset(lead) for lead in run.leads} == {frozenset(LEAD_KEYS)}


def test_nothing_is_left_claimed_and_the_database_is_intact(run: Run) -> None:
    assert run.desk.claims() == []
    assert run.desk.sound()
    assert run.desk.rows("SELECT count(*) FROM store_toread") == [(0,)]
    assert run.desk.rows("SELECT count(*) FROM store_togroup") == [(0,)]


def _plain(text: str) -> str:
    """A headline as the desk keeps it: every white space is a blank."""
    return " ".join(text.split())


def _printed(run: Run, outlet: str) -> tuple:
    return run.newsroom._printed(run.samples.outlet(outlet))


def _is_first(one: Request, run: Run) -> bool:
    return any(one is other for other in run.asked["first"])


def _is_conditional(one: Request) -> bool:
    return bool({"if-none-match", "if-modified-since"} & set(one.headers))
