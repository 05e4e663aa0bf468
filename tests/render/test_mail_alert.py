"""Alert letters: what they say, that nothing foreign gets out of its place, and that text and HTML say the same."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import html

from monitor.records import AlertReader, AlertRuleName, Letter, MetArticle, MetSpike, MetStory, Sender
from monitor.render.mail_alert import Frame, alert_letter
from monitor.render.mail_styles import MOST_BYTES
from tests.fakes import NOON

SENDER = Sender("desk@press.example", "Press Monitor", "desk@press.example", "https://desk.example")
FRAME = Frame(SENDER, "The desk", ZoneInfo("Europe/Paris"), NOON, {"terror": {"fr": "Terrorisme", "en": "Terrorism"}})
RULE = "0b0c0d0e-0000-4000-8000-000000000001"
STORY = "0b0c0d0e-0000-4000-8000-000000000002"
HOSTILE = [
    "=?utf-8?q?=0ABcc:evil@x?=", "=?utf-8?b?CkJjYzpldmlsQHg=?=", "a\r\nBcc: evil@x", "a\u2028b\u0085c\x0bd", "\ud800 lone", "x" * 10_000,
    ', evil@x', '"quoted" <evil@x>', "</bdi></td><script>alert(1)</script>", '=HYPERLINK("http://evil")', "\u202egnp.exe",
    "\u2066\u2066open",
    "z" + "\u0301" * 10_000, "\U0001f3f4\U000e0067\U000e0062\U000e007f", "{{7*7}}{% include 'x' %}", "\x00nul", ".\r\nFrom me",
]  # fmt: skip


def an_article(headline: str = "Mali votes under guard", **values: Any) -> MetArticle:
    usual = {
        "article": "a", "title": ((headline, False),), "passage": (("The army of ", False), ("Mali", True), (" patrols.", False)),
        "why": ("Mali", "theme:terror"), "language": "en", "outlet": "Harbour Post", "country": "GB", "url": "https://port.example/1",
        "published_at": NOON - timedelta(hours=1),
    }  # fmt: skip
    return MetArticle(**usual | values)  # type: ignore[arg-type]


def a_story(*articles: MetArticle, **values: Any) -> MetStory:
    rules = (AlertRuleName(RULE, "Sahel", "Mali"),)
    return MetStory(STORY, "africa", rules, articles or (an_article(),), **values)


def a_letter(*stories: MetStory, language: str = "en", rule_name: str = "Sahel", frame: Frame = FRAME, key: str = "alert:1") -> Letter:
    reader = AlertReader(1, "ada@desk.example", "Ada Example", language)
    return alert_letter(
        stories or (a_story(),), reader, frame, key=key, rule=RULE, rule_name=rule_name, unsubscribe="https://desk.example/u/TOKEN"
    )


def bodies(letter: Letter) -> tuple[str, html.HtmlElement]:
    message = message_from_bytes(letter.raw, policy=policy.default)
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None and page is not None
    plain = text.get_content().replace("\r\n", "\n")
    return plain, html.document_fromstring(page.get_content())


def test_why_tells_each_word_once_and_facts_in_the_readers_words() -> None:
    frame = dataclasses.replace(FRAME, sections={"asia": {"fr": "Asie", "en": "Asia"}})
    why = ("drones", "Missiles", "missile", "drone", "region:asia", "country:lb", "lang:fr", "outlet:harbour")
    told = a_story(an_article(why=why))
    lines = {language: bodies(a_letter(told, language=language, frame=frame))[0].splitlines() for language in ("en", "fr")}
    assert [one for one in lines["en"] if "drones" in one] == ["Why: drones · Missiles · Asia · Lebanon · French · outlet:harbour"]
    assert [one for one in lines["fr"] if "drones" in one] == [
        "Pourquoi\u00a0: drones · Missiles · Asie · Liban · français · outlet:harbour"
    ]


def test_an_alert_says_what_where_and_why() -> None:
    text, page = bodies(a_letter())
    assert text == (
        "Alert “Sahel”\n\nMali votes under guard\nHarbour Post · English · 12:00\nThe army of Mali patrols.\n"
        "Why: Mali · Terrorism\n"
        f"https://port.example/1\n\nThe story: https://desk.example/story/{STORY}\n"
        f"No more of this story: https://desk.example/story/{STORY}/mute\n\n-- \nThe desk\n"
        "You receive this because of the alert “Sahel”.\n"
        f"Change the alert: https://desk.example/alerts/{RULE}\n\nChoose what you receive: https://desk.example/me\n"
        "Unsubscribe: https://desk.example/u/TOKEN\n"
    )
    assert [one.text for one in page.iter("b")] == ["Mali"]
    hrefs = {one.get("href") for one in page.iter("a")}
    assert hrefs == {line.split(" ")[-1] for line in text.splitlines() if "https://" in line}


def test_headlines_carry_their_language_and_direction() -> None:
    text, page = bodies(a_letter(a_story(an_article("جيش مالي يعلن", language="ar"), an_article("マリ軍", language="ja"))))
    assert [(one.get("lang"), one.get("dir")) for one in page.iter("bdi") if one.get("lang")] == [("ar", "rtl"), ("ja", "ltr")]
    assert "\u2068جيش مالي يعلن\u2069" in text


def test_french_letters_are_french() -> None:
    letter = a_letter(language="fr")
    text, page = bodies(letter)
    assert letter.subject == "Alerte « Sahel » : Mali votes under guard"
    assert text.splitlines()[3:6] == [
        "Harbour Post · anglais · 12:00",
        "The army of Mali patrols.",
        "Pourquoi\u00a0: Mali · Terrorisme",
    ]
    assert page.get("lang") == "fr"


def test_letters_about_a_story_stand_in_one_thread_under_one_subject() -> None:
    first = a_letter()
    later = a_letter(a_story(an_article("Mali counts"), follows=True, told_as=first.subject), key="alert:2", rule_name="Other")
    one, two = (message_from_bytes(letter.raw) for letter in (first, later))
    assert (one["Subject"], one["References"], one["In-Reply-To"]) == (two["Subject"], two["References"], two["In-Reply-To"])
    assert one["Message-ID"] != two["Message-ID"]
    assert one["List-Id"] == "<alerts.press.example>"
    assert one["List-Unsubscribe"] == "<https://desk.example/u/TOKEN>"
    assert a_letter(a_story(), a_story()).subject == "Alert “Sahel”: 2 stories"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_hostile_leaves_its_place(hostile: str) -> None:
    article = an_article(
        title=((hostile, False), (hostile, True)), passage=((hostile, True),), why=(hostile,), outlet=hostile, url=f"javascript:{hostile}"
    )
    story = dataclasses.replace(a_story(article), rules=(AlertRuleName(RULE, hostile, hostile),))
    frame = dataclasses.replace(FRAME, desk=hostile)
    plain, odd = a_letter(), a_letter(story, rule_name=hostile, frame=frame)
    headers = [sorted(message_from_bytes(letter.raw).keys()) for letter in (plain, odd)]
    assert headers[0] == headers[1]
    text, page = bodies(odd)
    assert [one.tag for one in page.iter("script", "img", "iframe", "form")] == []
    assert {str(one.get("href")).split("/")[2] for one in page.iter("a")} == {"desk.example"}
    assert not {"\u202e", "\x00", "\u2066"} & set(text + page.text_content())
    assert len(odd.raw) < MOST_BYTES


def test_many_stories_are_one_letter_of_bearable_size() -> None:
    wordy = an_article("A headline of some length about what happened " * 5, passage=(("word " * 200, False),))
    letter = a_letter(*[a_story(*[wordy] * 5, left_out=3) for _ in range(200)])
    _, page = bodies(letter)
    assert len(html.tostring(page)) < MOST_BYTES


def test_a_spike_says_how_much_is_usual() -> None:
    one, none = (a_story(spike=MetSpike("terror", "ML", 9, 6, usual)) for usual in (2.2, 0.1))
    assert "Terrorism, Mali: 9 articles within 6 hours, where 2 are usual." in bodies(a_letter(one))[0]
    assert "Terrorisme, Mali\u00a0: 9 articles en 6 heures, là où il n’y en a presque jamais." in bodies(a_letter(none, language="fr"))[0]


def test_without_an_address_of_the_desk_nothing_links_to_it() -> None:
    frame = dataclasses.replace(FRAME, sender=dataclasses.replace(FRAME.sender, site=""))
    letter = alert_letter((a_story(),), AlertReader(1, "a@b.example", "", "en"), frame, key="k", rule=RULE, rule_name="Sahel")
    _, page = bodies(letter)
    assert [one.get("href") for one in page.iter("a")] == ["https://port.example/1"]


def test_the_day_stands_before_the_hour_when_it_is_not_today() -> None:
    text, _ = bodies(a_letter(a_story(an_article(published_at=datetime(2026, 10, 30, 22, 30, tzinfo=UTC)))))
    assert "Harbour Post · English · 30 October, 23:30" in text
