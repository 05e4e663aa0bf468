"""A whole edition for tests: invented events, invented names, headlines in many scripts written for it; and its house styles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from monitor.records import Citation, EditionPiece, EditionSection, EditionText, Style, StyleSection, StyleWords

ENGLISH = StyleWords(
    series="Press Review — Security & Defence",
    edition="{ordinal} Edition — {series}",
    organisation="",
    authors="Authors",
    headlines="Headlines",
    sources="Sources:",
    byline="By {given} {FAMILY}",
    citation="*{outlet}* : {quoted}, {date}",
    between=" ;",
    last=".",
    date="%d/%m/%Y",
    quotes=('"', '"'),
    inner_quotes=("‘", "’"),
)
FRENCH = StyleWords(
    series="Revue de presse — Sécurité & Défense",
    edition="{ordinal} édition — {series}",
    organisation="",
    authors="Auteurs",
    headlines="Titres",
    sources="Sources\u00a0:",
    byline="Par {given} {FAMILY}",
    citation="*{outlet}*\u00a0: {quoted}, {date}",
    between="\u202f;",
    last=".",
    date="%d/%m/%Y",
    quotes=("«\u00a0", "\u00a0»"),
    inner_quotes=("“", "”"),
    space_before={";": "\u202f", "!": "\u202f", "?": "\u202f", ":": "\u00a0", "»": "\u00a0"},
    front=("Numéro du {date}",),
    correction="Rectificatif\u00a0:",
)
SECTIONS = (
    StyleSection("africa", {"en": "Africa", "fr": "Afrique"}, 2),
    StyleSection("america", {"en": "America", "fr": "Amérique"}, 2),
    StyleSection("asia", {"en": "Asia", "fr": "Asie"}, 2),
    StyleSection("europe", {"en": "Europe", "fr": "Europe"}, 2),
    StyleSection("focus", {"en": "Focus", "fr": "Focus"}, 1),
)
STYLE = Style(
    id="press-review",
    sections=SECTIONS,
    section_number="{section}.",
    piece_number="{section}.{piece}.",
    words=(150, 300),
    about=200,
    sources=2,
    languages={"en": ENGLISH, "fr": FRENCH},
    fonts=("Noto Serif",),
)
# A second house: other numbers, marks, order of a citation, dates.
OTHER = replace(
    STYLE,
    id="bulletin",
    section_number="§ {section}",
    piece_number="{section}-{piece})",
    languages={
        "en": replace(
            ENGLISH, byline="{given} {family}", citation="{quoted} (*{outlet}*, {date})", between=",", last="", date="%d.%m.%Y",
            quotes=("“", "”"), sources="Read:", authors="Written by", headlines="In this issue",
        )
    },
)  # fmt: skip

DAY = date(2026, 11, 20)
SOURCES = {
    "fr": ("Le Phare", "Le port d’Issoria rouvre : « un premier pas », dit la capitainerie", "FR"),
    "en": ("Harbour News", 'Issoria\'s port reopens: what is known of the "quiet" accord?', "GB"),
    "ar": ("صحيفة الميناء", "إعادة فتح ميناء إيسوريا بعد 14 شهرًا من الإغلاق (رويدًا رويدًا)", "EG"),
    "he": ("עיתון הנמל", "נמל איסוריה נפתח מחדש: 3 אוניות ראשונות עגנו", "IL"),
    "ru": ("Портовый вестник", "Порт Иссории снова открыт: первые суда вошли в гавань", "RU"),
    "zh": ("港口日报", "伊索里亚港重新开放，首批三艘货轮靠泊", "CN"),
    "ja": ("港湾新聞", "イソリア港が再開、最初の貨物船3隻が入港", "JP"),
    "ko": ("항만일보", "이소리아 항구 재개항, 첫 화물선 세 척 입항", "KR"),
    "hi": ("बंदरगाह समाचार", "इसोरिया का बंदरगाह फिर खुला, पहले तीन जहाज़ पहुँचे", "IN"),
    "el": ("Λιμενικά Νέα", "Το λιμάνι της Ισόριας ανοίγει ξανά: τα πρώτα πλοία έδεσαν", "GR"),
}
TITLES = (
    ("africa", "Issoria's port opens again after fourteen months"),
    ("africa", "A shared patrol of the Lower Ambre is agreed upon"),
    ("america", 'Three islands ask for a "coast guard of their own"'),
    ("america", "Santa Brisa buys four weather ships"),
    ("asia", "Two fleets train together off Kesh: first time in ten years"),
    ("asia", "The strait's lighthouse keepers go on strike"),
    ("europe", "A mine hunter for the northern sea"),
    ("europe", "The Alpine radar comes late — and dearer"),
    ("focus", "Ports: who guards what the world lives on?"),
)
NAMES = (
    ("Odile", "Brumaire"), ("Tancrède", "de Vallombre"), ("Ysolde", "Marchewind"), ("Bastian", "Ohm"), ("Zélie", "d’Aubrac"),
    ("Corin", "Ash"), ("Mirabel", "Tollgate"), ("Anselm", "van der Lichten"), ("Noor", "Sahrani"),
)  # fmt: skip
TEXT = """The port of Issoria took in its first ships on Tuesday, fourteen months after the fire that closed it. Three freighters came \
alongside in the morning; the harbour master spoke of "a first step, not a feast", and asked the shipowners for patience.

The accord behind it was prepared in **silence**. Neither of the two ministries had announced a meeting, and the *quiet* table at which \
they sat was, according to the local press, that of a schoolhouse. What it says about the guards of the eastern mole is not known: will \
they wear one uniform, or two?

- The pilots come back at once;
- the customs in a fortnight, if the scales are found;
- the free zone not before spring.

> Nobody here has forgotten the fire. But the bread comes by ship.

In the region, papers judge differently. Some see in the opening a sign that the talks of the winter are not over, others a bargain over \
fish. The [port's own notice](https://port.example.org/notice?day=17&part=2) speaks of tides only. The coming weeks, with the first \
convoys from the south, will show whether the accord carries weight — or whether it was made for the photograph."""


def citation(language: str, number: int = 1, **changes: object) -> Citation:
    """One invented source in a language."""
    outlet, headline, country = SOURCES[language]
    address = f"https://news.example.org/{language}/{number}?a=1&b=2"
    return replace(Citation(outlet, headline, language, date(2026, 11, 17), address, country), **changes)


def piece(number: str, title: str, given: str, family: str, sources: tuple[Citation, ...], **changes: object) -> EditionPiece:
    """One piece with the sample's text."""
    made = EditionPiece(f"00000000-0000-4000-8000-{abs(hash_of(number)):012d}", number, title, TEXT, given, family, sources)
    return replace(made, **changes)


def hash_of(number: str) -> int:
    """A number for a name, the same in every run."""
    return int.from_bytes(number.encode(), "big") % 10**12


def edition(language: str = "en", style: Style = STYLE, **changes: object) -> EditionText:
    """Nine pieces in five sections, each with sources in other languages."""
    languages = list(SOURCES)
    sections = []
    for at, kept in enumerate(SECTIONS, 1):
        titles = [(place, title) for place, (section, title) in enumerate(TITLES) if section == kept.id]
        pieces = tuple(
            piece(
                style.piece_number.format(section=at, piece=number),
                title,
                *NAMES[place],
                tuple(citation(languages[(place * 3 + step) % len(languages)], number) for step in range(3)),
                corrections=("In the second paragraph the day was wrong: it was a Tuesday.",) if place == 4 else (),
            )
            for number, (place, title) in enumerate(titles, 1)
        )
        sections.append(EditionSection(kept.id, style.section_number.format(section=at), kept.label[language], pieces))
    title = "63rd Edition — Press Review — Security & Defence" if language == "en" else "63e édition — Revue de presse — Sécurité & Défense"
    made = EditionText(
        id="7d0b5c1e-4f5c-4a52-9a59-2a8a6e1f63aa",
        series=style.id,
        number=63,
        language=language,
        title=title,
        organisation="The Lighthouse Association",
        dated=DAY,
        authors=(
            "Corin ASH", "Zélie d’AUBRAC", "Odile BRUMAIRE", "Anselm van der LICHTEN", "Ysolde MARCHEWIND", "Bastian OHM", "Noor SAHRANI",
            "Mirabel TOLLGATE", "Tancrède de VALLOMBRE",
        ),
        sections=tuple(sections),
        address="https://review.example.org/edition/63",
    )  # fmt: skip
    return replace(made, **changes)
