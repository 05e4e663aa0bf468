"""A filled desk for looking at pages: many languages, long and hostile headlines, copies, versions, silence, failures."""

from __future__ import annotations

from datetime import timedelta

from monitor.store import models
from tests.web.rows import NOW, a_feed, a_lead, a_person, a_story, an_article, an_event, an_outlet, theme_labels

_HOURS = timedelta(hours=1)
THEMES = {
    "terror": {"fr": "Terrorisme et insurrections", "en": "Terrorism & insurgency"},
    "maritime": {"fr": "Sécurité maritime", "en": "Maritime security"},
    "drones_ai": {"fr": "Drones et IA", "en": "Drones & AI"},
    "diplomacy": {"fr": "Diplomatie", "en": "Diplomacy"},
}
_TEXT = (
    "The convoy left at dawn, an official said.\n\nIt was attacked an hour later on the national road.\n\nNobody has claimed the attack."
)
_ARABIC = "غادرت القافلة عند الفجر بحسب مسؤول محلي.\n\nوتعرضت لهجوم بعد ساعة على الطريق الوطني."
_OUTLETS = (
    ("Le Méridien du Soir", "fr", "FR"), ("The Harbour Post", "en", "GB"), ("صوت المرفأ", "ar", "LB"), ("הגשר היומי", "he", "IL"),
    ("みなと日報", "ja", "JP"), ("Nordlicht-Zeitung", "de", "DE"), ("Степова хвиля", "uk", "UA"), ("The Chesapeake Dispatch", "en", "US"),
    ("La Brújula del Sur", "es", "CO"), ("海镜日报", "zh", "SG"),
)  # fmt: skip
_HEADLINES = {
    "fr": "Dix-sept morts dans l’attaque d’un convoi de carburant près de Hombori",
    "en": "Seventeen killed as fuel convoy is ambushed on Mali’s northern road",
    "ar": "مقتل سبعة عشر شخصا في هجوم على قافلة وقود شمال مالي",
    "he": "שבעה עשר הרוגים במתקפה על שיירת דלק בצפון מאלי",
    "ja": "マリ北部で燃料輸送車列が襲撃され17人死亡",
    "de": "Siebzehn Tote bei Angriff auf Treibstoffkonvoi im Norden Malis",
    "uk": "Сімнадцятеро загиблих унаслідок нападу на паливну колону в Малі",
    "es": "Diecisiete muertos en el ataque a un convoy de combustible en Malí",
    "zh": "马里北部燃料车队遇袭 十七人死亡",
}


def fill(leads: int = 9) -> models.Story:
    """Fill the desk; returns the story told in the most languages."""
    theme_labels(THEMES)
    outlets = [an_outlet(name, language=language, country=country) for name, language, country in _OUTLETS]
    _feeds(outlets)
    story = _large_story(outlets)
    _other_leads(outlets, leads)
    _older_leads(outlets)
    return story


def _feeds(outlets: list[models.Outlet]) -> None:
    troubles = {
        2: {"health": "failing", "last_error": "The server took longer than 30 seconds.", "failing_since": NOW - 9 * _HOURS},
        5: {"health": "blocked", "last_error": "The server answers 403 to PressMonitor.", "last_change_at": NOW - timedelta(days=6)},
        8: {"health": "gone", "due_at": None, "last_change_at": NOW - timedelta(days=40)},
    }
    for number, outlet in enumerate(outlets):
        feed = a_feed(outlet, url=f"https://feeds.example.org/{outlet.slug}/rss.xml", **troubles.get(number, {}))
        for hour in range(4):
            result = {0: "changed", 1: "not_modified", 2: "unchanged", 3: "http"}[hour]
            reason = "503 Service Unavailable; asked again in an hour." if result == "http" else ""
            an_event(
                feed, at=NOW - hour * _HOURS, result=result, status=503 if result == "http" else 200, new_entries=3 - hour, reason=reason
            )
    outlets[9].enabled, outlets[9].note = False, "Waiting for the publisher’s answer."
    outlets[9].save()


_TAGGED = {
    "section": "africa",
    "themes": [{"theme": "terror", "score": 6.1, "confidence": 0.83}],
    "places": [{"country": "ML", "score": 4.0, "count": 5}],
    "evidence": [
        {"what": "theme:terror", "words": "ambushed", "zone": "title", "offset": 3},
        {"what": "place:ML", "words": "Mali", "zone": "title", "offset": 8},
    ],
    "story_why": ["also named: ML, Hombori, 17", "same words: convoy, fuel"],
}
_READ = (
    {},
    {"verdict": "paywalled", "reason": "The page shows two paragraphs and asks for a subscription."},
    {"rights": "reserved"},
)


def _large_story(outlets: list[models.Outlet]) -> models.Story:
    story = a_story()
    articles = []
    for number, outlet in enumerate(outlets):
        text = "" if number % 3 == 1 else _ARABIC if outlet.language == "ar" else _TEXT
        times = {"published_at": NOW - (12 - number) * _HOURS, "discovered_at": NOW - (11 - number) * _HOURS}
        articles.append(an_article(outlet, story, _HEADLINES[outlet.language], text=text, **times, **_TAGGED, **_READ[number % 3]))
    articles[7].copy_of, articles[7].agency = articles[0], "vega"
    articles[7].save()
    models.ArticleVersion.objects.create(article=articles[0], title="Attaque d’un convoi près de Hombori", seen_at=NOW - 9 * _HOURS)
    languages = ["fr", "en", "ar", "he", "ja", "de", "uk", "es", "zh"]
    reasons = ["voices:9", "languages:" + ",".join(languages), "countries:9", "theme:terror:0.83", "growing:4", "agency-copies:1"]
    counts = {"outlets": 10, "countries": 9, "articles": 10, "languages": languages}
    claim = {"status": "claimed", "claimed_by": a_person(given="Nour", family="Haddad"), "claimed_until": NOW + 40 * _HOURS}
    a_lead(story, _HEADLINES["en"], score=83.4, reasons=reasons, **counts, **claim)
    return story


def _other_leads(outlets: list[models.Outlet], leads: int) -> None:
    headlines = (
        ("america", "en", "Coast guard cutter shadows tanker off the Orinoco delta as patrols double", ["maritime"]),
        ("america", "es", "Bogotá suspende la compra de drones tras el informe de la contraloría", ["drones_ai"]),
        ("asia", "ar", "جولة ثانية من المحادثات حول أمن الموانئ في مسقط", ["diplomacy", "maritime"]),
        ("asia", "ja", "海上保安庁、海底ケーブル周辺の監視を強化", ["maritime"]),
        ("europe", "de", "Bundeswehr bestellt weitere Abwehrsysteme gegen Drohnen für ihre Stützpunkte im Ausland", ["drones_ai"]),
        ("europe", "fr", "À Toulon, la marine ouvre son école de guerre des mines", ["maritime"]),
        ("focus", "en", "<script>alert(1)</script> & the \u202eevil headline", ["diplomacy"]),
        ("focus", "he", "שיחות עקיפות על חילופי שבויים נפתחו בז׳נבה", ["diplomacy"]),
        ("africa", "fr", "Le Sénégal et la Mauritanie patrouillent ensemble au large", ["maritime"]),
    )
    for number in range(leads):
        section, language, headline, themes = headlines[number % len(headlines)]
        outlet = next(one for one in outlets if one.language == language)
        story = a_story(section=section)
        an_article(outlet, story, headline, language=language)
        age = _HOURS * (1 + number % 7)
        counts = {"outlets": 1, "countries": 1, "articles": 1, "languages": [language]}
        told = {"section": section, "themes": themes, "reasons": ["single-voice", f"theme:{themes[0]}:0.7"]}
        times = {"newest_at": NOW - age, "queued_at": NOW - age}
        a_lead(story, headline, headline_language=language, score=60.0 - number, **counts, **told, **times)


def _older_leads(outlets: list[models.Outlet]) -> None:
    """Leads nobody took, of days ago: one among others of its section, one in a section of its own."""
    for number, section in enumerate(("africa", "space")):
        story, headline = a_story(section=section), _HEADLINES["ar" if number else "de"]
        an_article(outlets[2 if number else 5], story, headline)
        at = NOW - (70 + number) * _HOURS
        a_lead(story, headline, headline_language="ar" if number else "de", score=0.0, newest_at=at, queued_at=at)
