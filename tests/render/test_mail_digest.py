"""A digest as a letter: whatever the day was it fits, every headline is isolated, nothing foreign is markup, and nothing is fetched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.utils import getaddresses
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import html as lxml_html

from monitor.records import Desk, Digest, DigestAlert, DigestDeadline, DigestFollow, DigestLead, DigestSilence, Sender
from monitor.render.mail_digest import DigestFrame, Recipient, Written, digest_letter, write
from monitor.render.mail_styles import MOST_BYTES, inlined

NOW = datetime(2026, 3, 14, 6, tzinfo=UTC)
SITE = "https://desk.press.example"
HOSTILE = '<script>alert(1)</script> <b>b</b> & "q\' {{ 7|add:7 }} {% now "Y" %} \u202egnp.exe\r\nBcc: x@example.org'
TAGS = ("div", "table", "tbody", "tr", "td", "p", "h1", "h2", "h3", "a", "bdi", "span", "br")
ARABIC = "مقتل سبعة عشر شخصا في هجوم على قافلة وقود شمال مالي"


def a_frame(site: str = SITE, **values: Any) -> DigestFrame:
    sender = Sender("desk@press.example", "Desk", "desk@press.example", site)
    return DigestFrame(
        sender, Desk(name="The Desk", **values), ZoneInfo("Europe/Paris"), {"terror": {"en": "Terrorism", "fr": "Terrorisme"}}
    )


def a_line(headline: str = "Convoy attacked", language: str = "en", **values: Any) -> DigestLead:
    usual: dict[str, Any] = {
        "lead": "l",
        "story": "5e0b2c39-3a2b-4f0f-9d50-1d1c6f7f1f10",
        "section": "africa",
        "headline": headline,
        "language": language,
        "told": (("Le Méridien", "fr"), ("صوت المرفأ", "ar")),
        "outlets": 5,
        "countries": 3,
        "languages": 2,
        "articles": 9,
        "themes": ("terror",),
    }
    return DigestLead(**usual | values)


def a_digest(**values: Any) -> Digest:
    return Digest(**{"local_date": date(2026, 3, 14), "made_at": NOW, "since": NOW - timedelta(days=1)} | values)


def a_full_day(headline: str, many: int) -> Digest:
    """A day with everything, `many` of each."""
    sections = ("africa", "america", "asia", "europe", "focus", headline)
    line = a_line(headline, "ar", told=((headline, "ar"),) * 4, themes=(headline,) * 3)
    taken = replace(line, by=headline, until=NOW + timedelta(hours=9))
    return a_digest(
        late=True,
        mine=(taken, replace(taken, until=None)) * many,
        deadlines=(DigestDeadline("e", "review", 64, "fr", headline, NOW + timedelta(days=2)),) * many,
        new=tuple(replace(line, section=sections[number % 6], followed=True) for number in range(many)),
        grown=(replace(taken, more=5),) * many,
        followed=(DigestFollow("s", headline, "ar", 9, 4),) * many,
        alerts=(DigestAlert("s", headline, "ar", headline, (headline,) * 5, 9),) * many,
        claimed=(taken,) * many,
        silent=(DigestSilence("s", headline, NOW - timedelta(days=9)),) * many,
        elsewhere={"asia": 4, headline: 2, "": 1},
        troubles={"failed": 2, "expired": 1, "uncertain": 3, "suppressed": 1},
    )


def elements(written: Written, path: str) -> list[Any]:
    return list(lxml_html.document_fromstring(written.html.encode()).xpath(path))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "headline", [HOSTILE * 9, ARABIC * 9, "漢字" * 400, "\U0001f6a2" * 900, "&" * 900], ids=["hostile", "rtl", "cjk", "astral", "ampersand"]
)
def test_the_worst_day_fits_and_says_what_is_left_out(headline: str, language: str) -> None:
    written = write(a_full_day(headline, 300), language, a_frame(), unsubscribe=f"{SITE}/u/x")
    left = elements(written, "//p[contains(., 'more on the page') or contains(., 'autres sur la page')]")
    assert (len(written.html.encode()) <= MOST_BYTES, len(left) >= 5) == (True, True)


def test_a_day_that_fits_is_whole() -> None:
    written = write(a_digest(new=tuple(a_line(f"Headline {number}") for number in range(40))), "en", a_frame())
    found = [one.text_content() for one in elements(written, "//a/bdi")]
    assert found == [f"Headline {number}" for number in range(40)]
    assert "more on the page" not in written.html + written.text


def test_each_section_keeps_its_share() -> None:
    new = tuple(
        a_line(f"{section} {number}", section=section)
        for section in ("africa", "asia")
        for number in range(200 if section == "africa" else 3)
    )
    written = write(a_digest(new=new), "en", a_frame())
    shown = [one.text_content().split()[0] for one in elements(written, "//a/bdi")]
    assert (shown.count("asia"), shown.count("africa")) == (3, 45)


def test_hostile_texts_are_no_markup_and_no_template() -> None:
    written = write(a_full_day(HOSTILE, 2), "en", a_frame())
    tags = {one.tag for one in elements(written, "//*") if isinstance(one.tag, str)}
    assert tags == {"html", "head", "meta", "title", "style", "body", *TAGS}
    outside = [one.get("href") for one in elements(written, "//a") if not one.get("href").startswith(f"{SITE}/")]
    assert (outside, "\u202e" in written.html + written.text, "Bcc" in written.subject) == ([], False, False)
    assert "{{ 7|add:7 }} {% now" in written.text


def test_nothing_is_fetched_and_tables_are_for_layout() -> None:
    written = write(a_full_day(ARABIC, 3), "fr", a_frame())
    assert {one.get("role") for one in elements(written, "//table")} == {"presentation"}
    assert elements(written, "//img | //link | //script | //iframe | //*[@src] | //*[@background]") == []
    assert "url(" not in written.html
    assert elements(written, "//head/*[1]/@charset") == ["utf-8"]


def test_every_headline_has_its_language_and_direction() -> None:
    written = write(a_digest(new=(a_line(ARABIC, "ar"), a_line("Port", "en"), a_line("?", ""))), "en", a_frame())
    assert [(one.get("lang"), one.get("dir")) for one in elements(written, "//a/bdi")] == [("ar", "rtl"), ("en", "ltr"), (None, "auto")]
    assert f"* \u2068{ARABIC}\u2069\n" in written.text


def test_dark_and_phone_rules_stay_in_the_head_and_the_rest_is_on_the_elements() -> None:
    rules = "p { color: red } @media (prefers-color-scheme: dark) { p { color: pink !important } }"
    found = inlined(f"<html><head><style>{rules}</style></head><p>x</p></html>")
    kept = [text in found for text in ('<p style="color: red;">x</p>', "@media (prefers-color-scheme: dark)", "p { color: red }")]
    assert kept == [True, True, False]


def test_french_is_set_as_french_is_set() -> None:
    written = write(
        a_digest(late=True, new=(a_line(),), deadlines=(DigestDeadline("e", "r", 64, "fr", "", NOW + timedelta(hours=11)),)),
        "fr",
        a_frame(),
    )
    assert written.subject == "Résumé du samedi 14 mars\u00a0: 1 nouveau sujet"
    assert "Ce résumé est en retard\u00a0: il n’a pas pu être fait à 07:00." in written.text
    assert "Édition 64 (fr)\u00a0: bouclage le samedi 14 mars, 18:00" in written.text  # eleven hours after seven in Paris
    assert "1 nouveau sujet · depuis le vendredi 13 mars, 07:00" in written.text


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Nothing new since Friday 13 March, 07:00."), ("fr", "Rien de nouveau depuis le vendredi 13 mars, 07:00.")],
)
def test_an_empty_day_is_honest_and_useful(language: str, told: str) -> None:
    written = write(a_digest(silent=(DigestSilence("p", "Port", NOW - timedelta(days=4)),)), language, a_frame())
    silent = {"en": "Port since 10 March", "fr": "Port depuis le 10 mars"}[language]
    assert (told in written.text, silent in written.text) == (True, True)


def test_without_an_address_of_the_desk_there_are_no_links() -> None:
    written = write(a_full_day("Port", 2), "en", a_frame(site=""))
    assert (elements(written, "//a"), "http" in written.text, "Unsubscribe" in written.text) == ([], False, False)


def test_the_preheader_says_what_is_first() -> None:
    written = write(a_digest(new=(a_line("First"), a_line("Second"), a_line("Third"))), "en", a_frame())
    assert elements(written, "//body/*[1]")[0].text_content().startswith("First · Second")


def test_the_same_digest_is_the_same_letter() -> None:
    to = Recipient("ada@press.example", "Ada", "en")
    made = [digest_letter(a_full_day("Port", 3), to, a_frame(), key="k", unsubscribe=f"{SITE}/u/x") for _ in range(2)]
    assert made[0] == made[1]


HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id"}
HEADERS |= {"List-Unsubscribe", "List-Unsubscribe-Post", "Precedence", "MIME-Version", "Content-Type"}


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?q?=0ABcc:_evil=40example.org?=",  # 91 … 103 of docs/security.md
        "=?utf-8?b?CkJjYzogZXZpbEBleGFtcGxlLm9yZw==?=",
        "a\r\nBcc: evil@example.org",
        "a\u2028Bcc: e\x85Bcc: e\x0bBcc: e",
        "lone \ud800 half",
        "x" * 10_000,
        '"Ada" <evil@example.org>, other@example.org',
        ".\r\nFrom nobody\r\n.\r\n",
        ", evil@x",
        '=HYPERLINK("http://evil.example")',
        "\u202egnp.exe \u2066\u2066",
        "Z" + "\u0301" * 10_000,
        "\u0440\u0430ypal.example",
        "\U0001f3f4\U000e0067\U000e0062\U000e007f",
        "\x00\x1b[31m",
    ],
)
def test_no_name_or_headline_makes_a_header_or_another_recipient(text: str) -> None:
    line = a_line(text, told=((text, "en"),), themes=(text,), by=text, until=NOW)
    day = a_digest(
        new=(line,), mine=(line,), silent=(DigestSilence("s", text, None),), alerts=(DigestAlert("s", text, "en", text, (text,), 1),)
    )
    frame = DigestFrame(Sender("desk@press.example", text, "desk@press.example", SITE), Desk(name=text), ZoneInfo("Europe/Paris"), {})
    made = digest_letter(day, Recipient("ada@press.example", text, "en"), frame, key="k", unsubscribe=f"{SITE}/u/x")
    found = message_from_bytes(made.raw)
    assert (set(found.keys()), len(found.keys())) == (HEADERS, len(HEADERS))
    assert [address for _name, address in getaddresses([found["To"]])] == ["ada@press.example"]
    assert [address for _name, address in getaddresses([found["From"]])] == ["desk@press.example"]
    page = lxml_html.document_fromstring(found.get_payload(1).get_payload(decode=True))  # type: ignore[union-attr, arg-type]
    assert [one.get("href") for one in page.xpath("//a") if not one.get("href").startswith(SITE)] == []
    assert {one.tag for one in page.xpath("//body//*") if isinstance(one.tag, str)} <= set(TAGS)
