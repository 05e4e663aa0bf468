"""Random articles and queries of a few words that meet often, for properties of the query language."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from monitor.pipeline.query import About, MatchDoc, match_doc
from monitor.pipeline.query_doc import Place

WORDS = [
    *("missile", "missiles", "missil", "Missile", "sanction", "sanctions", "sanctioned", "US", "us", "U.S.", "F-35", "24", "ﷺ", "naïve"),
    *("l'armée", "armee", "ultra-orthodoxe", "élection", "Election", "война", "войны", "الجيش", "جيش", "والجيش"),
    *('צה"ל', "הצבא", "צבא", "海", "海軍", "海軍基地", "戦闘機", "F35戦闘機"),
]
LANGUAGES = ("en", "fr", "ru", "ar", "he", "ja", "uk", "pt-BR", "nb", "")
PREFIXES = ("mis", "sanc", "F35戦", "海", "جيش", "الج", "צבא", "elec", "вой")
ENTITIES = ("o.nato", "p.someone")


def texts(most: int) -> st.SearchStrategy[str]:
    """Texts of the kit's words, some of them with stops and lines between."""
    ends = st.sampled_from((" ", " ", " ", ". ", "\n"))
    return st.lists(st.tuples(st.sampled_from(WORDS), ends), max_size=most).map(lambda parts: "".join(word + end for word, end in parts))


def _places() -> st.SearchStrategy[Place]:
    return st.builds(Place, st.booleans(), st.integers(0, 6), st.integers(1, 2))


@st.composite
def abouts(draw: st.DrawFn) -> About:
    """What is known of a random article."""
    some = lambda values: tuple(draw(st.lists(st.sampled_from(values), max_size=2, unique=True)))  # noqa: E731
    return About(
        outlet=draw(st.sampled_from(((), ("le-monde", "Le Monde")))),
        country=draw(st.sampled_from(("", "FR"))),
        themes=some(("terror", "drones_ai")),
        regions=some(("ML", "africa")),
        entities=some(ENTITIES),
        authors=some(("Jean Dupont", "A. de la Tour")),
        story=draw(st.sampled_from(("", "s1"))),
        places={name: tuple(draw(st.lists(_places(), max_size=2))) for name in ENTITIES if draw(st.booleans())},
        published=draw(st.sampled_from((None, datetime(2025, 2, 28, 23, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC)))),
    )


@st.composite
def articles(draw: st.DrawFn) -> tuple[str, str, str, About]:
    """Title, text, language and what is known; some texts are longer than a lead."""
    text = draw(texts(12))
    if draw(st.booleans()):
        text = text + "filler " * draw(st.integers(105, 121)) + draw(texts(12))
    return draw(texts(6)), text, draw(st.sampled_from(LANGUAGES)), draw(abouts())


def docs() -> st.SearchStrategy[MatchDoc]:
    """Random articles ready for queries."""
    return articles().map(lambda article: match_doc(*article))


def _terms() -> st.SearchStrategy[str]:
    words = st.sampled_from(WORDS)
    phrases = st.lists(words, min_size=1, max_size=3).map(lambda some: f'"{" ".join(some)}"')
    open_phrases = st.tuples(words, st.sampled_from(PREFIXES)).map(lambda pair: f'"{pair[0]} {pair[1]}*"')
    return st.one_of(words, words, words.map("={}".format), st.sampled_from(PREFIXES).map("{}*".format), phrases, open_phrases)


def _near() -> st.SearchStrategy[str]:
    operand = st.one_of(_terms(), st.sampled_from(ENTITIES).map("@{}".format))
    side = st.one_of(operand, st.lists(_terms(), min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})"))
    window = st.tuples(st.sampled_from(("NEAR", "WITHIN")), st.sampled_from((0, 1, 3, 50)))
    return st.tuples(side, window, side).map(lambda parts: f"({parts[0]} {parts[1][0]}/{parts[1][1]} {parts[2]})")


FACTS = [
    *(
        "lang:fr",
        "lang:pt",
        "lang:pt-BR",
        "lang:no",
        "country:FR",
        "outlet:le-monde",
        'outlet:"Le Monde"',
        "theme:drones_ai",
        "theme:terror",
    ),
    *("region:ml", "@o.nato", "@geo:ML", "entity:p.someone", "author:dupont", 'author:"de la tour"', "story:s1"),
    *("after:2025-03", "before:2025-03-01"),
]


def queries() -> st.SearchStrategy[str]:
    """Random queries as typed; not all of them are selective."""
    zoned = st.tuples(st.sampled_from(("title", "lead", "text")), st.one_of(_terms(), _terms(), _near(), st.just("@o.nato"))).map(":".join)
    leaf = st.one_of(_terms(), _terms(), _near(), zoned, st.sampled_from(FACTS))

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        joined = st.tuples(inner, st.sampled_from((" ", " AND ", " OR ", " NOT ", " | ", " -")), inner).map("".join)
        return st.one_of(joined, joined.map("({})".format), inner.map("NOT ({})".format))

    return st.recursive(leaf, grown, max_leaves=6)
