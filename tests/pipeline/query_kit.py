"""Random articles and queries of a few words that meet often, for properties of the query language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from hypothesis import strategies as st

from monitor.pipeline.query import About, MatchDoc, match_doc
from monitor.pipeline.query_doc import Place


class World(NamedTuple):
    """Words that meet, beginnings of some, and the languages they are read in."""

    words: tuple[str, ...]
    prefixes: tuple[str, ...]
    languages: tuple[str, ...]


WORLDS = (
    World(("missile", "missiles", "missil", "Missile", "sanction", "sanctioned", "US", "us", "U.S."), ("mis", "sanc"), ("en", "nb", "")),
    World(("l'armée", "armee", "ultra-orthodoxe", "élection", "Election", "F-35", "24", "naïve", "ﷺ"), ("elec", "arm"), ("fr", "pt-BR")),
    World(("الجيش", "جيش", "والجيش", "لبنان", "ولبنان"), ("جيش", "الج", "لبن"), ("ar", "fa")),
    World(('צה"ל', "הצבא", "צבא", "וצבא"), ("צבא", "הצב"), ("he",)),
    World(("海", "海軍", "海軍基地", "戦闘機", "F35戦闘機", "война", "войны"), ("F35戦", "海", "вой"), ("ja", "ru", "uk")),
)
ALL = World(*(tuple(one for world in WORLDS for one in world[place]) for place in range(3)))
ENTITIES = ("o.nato", "p.someone")
Article = tuple[str, str, str, About]


def texts(world: World, most: int) -> st.SearchStrategy[str]:
    """Texts of a world's words, some of them with stops and lines between."""
    ends = st.sampled_from((" ", " ", " ", ". ", "\n"))
    words = st.tuples(st.sampled_from(world.words), ends).map("".join)
    return st.lists(words, max_size=most).map("".join)


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
def articles(draw: st.DrawFn, world: World = ALL) -> Article:
    """Title, text, language and what is known; some texts are longer than a lead."""
    text = draw(texts(world, 8))
    if draw(st.booleans()):
        text = text + "filler " * draw(st.integers(105, 121)) + draw(texts(world, 8))
    return draw(texts(world, 5)), text, draw(st.sampled_from(world.languages)), draw(abouts())


def docs(world: World = ALL) -> st.SearchStrategy[MatchDoc]:
    """Random articles ready for queries."""
    return articles(world).map(lambda article: match_doc(*article))


def worlds() -> st.SearchStrategy[World]:
    """A world, or all in one."""
    return st.sampled_from((*WORLDS, ALL))


def asked() -> st.SearchStrategy[tuple[Article, str]]:
    """An article and a query of the same world."""
    return worlds().flatmap(lambda world: st.tuples(articles(world), queries(world)))


def _terms(world: World) -> st.SearchStrategy[str]:
    words, prefixes = st.sampled_from(world.words), st.sampled_from(world.prefixes)
    phrases = st.lists(words, min_size=1, max_size=3).map(lambda some: f'"{" ".join(some)}"')
    open_phrases = st.tuples(words, prefixes).map(lambda pair: f'"{pair[0]} {pair[1]}*"')
    return st.one_of(words, words, words.map("={}".format), prefixes.map("{}*".format), phrases, open_phrases)


def _near(world: World) -> st.SearchStrategy[str]:
    operand = st.one_of(_terms(world), st.sampled_from(ENTITIES).map("@{}".format))
    side = st.one_of(operand, st.lists(_terms(world), min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})"))
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


def queries(world: World = ALL) -> st.SearchStrategy[str]:
    """Random queries as typed; not all of them are selective."""
    placed = st.one_of(_terms(world), _terms(world), _near(world), st.just("@o.nato"))
    zoned = st.tuples(st.sampled_from(("title", "lead", "text")), placed).map(":".join)
    leaf = st.one_of(_terms(world), _terms(world), _near(world), zoned, st.sampled_from(FACTS))

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        joined = st.tuples(inner, st.sampled_from((" ", " AND ", " OR ", " NOT ", " | ", " -")), inner).map("".join)
        return st.one_of(joined, joined.map("({})".format), inner.map("NOT ({})".format))

    return st.recursive(leaf, grown, max_leaves=6)
