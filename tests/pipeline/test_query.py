"""The grammar of queries: what is read, how it is written back, and what is said of mistakes, in two languages."""

from __future__ import annotations

import contextlib
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.config.feeds_shape import KINDS
from monitor.errors import QueryError, UsageError
from monitor.pipeline import query_terms
from monitor.pipeline.query import Query, explain, parse
from monitor.pipeline.query_says import HINTS, MISTAKES
from monitor.pipeline.query_tree import asks_for_facts, pushed
from tests.pipeline.query_kit import queries

CANONICAL = [
    ("missile", "missile"),
    ("missile, drone!", "missile AND drone"),
    ("a b c", "a AND b AND c"),
    ("a OR b c", "a OR (b AND c)"),
    ("(a OR b) c", "(a OR b) AND c"),
    ("a|b||c", "a OR b OR c"),
    ("a && b", "a AND b"),
    ("AT&T", '"AT&T"'),
    ("a -b", "a AND NOT b"),
    ("a NOT b", "a AND NOT b"),
    ("a AND NOT (b OR c)", "a AND NOT (b OR c)"),
    ("a –b", "a AND NOT b"),
    ("a NOT NOT b", "a AND b"),
    ("--a", "a"),
    ("((((((((a))))))))", "a"),
    ("(a b) c", "a AND b AND c"),
    ("or", "or"),
    ("missil* réserv*", "missil* AND réserv*"),
    ("=US", "=US"),
    ("=U.S.", "=U.S"),
    ('"air strike"', '"air strike"'),
    ("“air strike” « frappe aérienne »", '"air strike" AND "frappe aérienne"'),
    ('"air  stri*"', '"air stri*"'),
    ('"accord"', '"accord"'),
    ("ultra-orthodox", '"ultra-orthodox"'),
    ("l'armée", '"l\'armée"'),
    ("Su-3*", '"Su-3*"'),
    ("https://example.org/a", '"https://example.org/a"'),
    ("12:30", '"12:30"'),
    ("a(b)", "a AND b"),
    ('צה"ל', "צה״ל"),
    ('"צה"ל תקף"', '"צה״ל תקף"'),
    ("海", "海"),
    ("海軍 海軍*", "海軍 AND 海軍*"),
    ("海軍基地", '"海軍基地"'),
    ("@o.nato", "@o.nato"),
    ("entity:o.nato", "@o.nato"),
    ("title:(@o.nato OR a)", "title:@o.nato OR title:a"),
    ("@geo:ml", "region:ML"),
    ("a NEAR/5 b", "(a NEAR/5 b)"),
    ('a WITHIN/0 ("b c" OR def* OR =E OR @o.nato)', '(a WITHIN/0 ("b c" OR def* OR =E OR @o.nato))'),
    ("title:(a OR b c)", "title:a OR (title:b AND title:c)"),
    ("title:(a -b)", "title:a AND NOT title:b"),
    ("text:(a NEAR/3 b)", "text:(a NEAR/3 b)"),
    ("a lang:FR", "a AND lang:fr"),
    ("a lang:(fr OR pt_BR)", "a AND (lang:fr OR lang:pt-br)"),
    ("a -lang:(fr en)", "a AND NOT (lang:fr AND lang:en)"),
    ('outlet:"Le Monde" a', 'outlet:"Le Monde" AND a'),
    ("a country:fr", "a AND country:FR"),
    ("a kind:Think-Tank", "a AND kind:think-tank"),
    ("a has:text has:paywall", "a AND has:text AND has:paywall"),
    ("a after:2025 before:2025-3-9", "a AND after:2025-01-01 AND before:2025-03-09"),
    ("theme:drones_ai", "theme:drones_ai"),
    ("region:africa", "region:africa"),
    ("author:Dupont", "author:Dupont"),
    ("story:3f0c", "story:3f0c"),
    ("title:OR a", "title:or AND a"),
]


@pytest.mark.parametrize(("typed", "canonical"), CANONICAL)
def test_query_is_written_back_with_everything_explicit(typed: str, canonical: str) -> None:
    query = parse(typed)
    assert query.canonical == canonical
    assert parse(query.canonical) == query


def test_operator_with_punctuation_is_a_word() -> None:
    assert parse("a OR OR,").canonical == "a OR or"


@pytest.mark.parametrize(
    ("typed", "canonical"), [("a ET b", "a AND b"), ("a OU b SAUF c", "a OR (b AND NOT c)"), ("(a OU b) AND NOT c", "(a OR b) AND NOT c")]
)
def test_french_operators_are_stored_in_english(typed: str, canonical: str) -> None:
    assert parse(typed, french=True).canonical == canonical


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("armée PRÈS/3 frontière", "(armée NEAR/3 frontière)"),
        ("armée PRE\u0300S/3 frontière", "(armée NEAR/3 frontière)"),
        ("armée PRES/3 (frontière OU limite)", "(armée NEAR/3 (frontière OR limite))"),
        ("titre:(Mali OU Niger)", "title:Mali OR title:Niger"),
        ("chapeau:Mali texte:vote", "lead:Mali AND text:vote"),
        ("Mali langue:français SAUF pays:fr", "Mali AND lang:fr AND NOT country:FR"),
        ("thème:terror source:le-monde", "theme:terror AND outlet:le-monde"),
        ("rubrique:Afrique auteur:Dupont avec:texte type:agence", "region:africa AND author:Dupont AND has:text AND kind:agency"),
        ("Mali après:2025-03 avant:2025-04", "Mali AND after:2025-03-01 AND before:2025-04-01"),
    ],
)
def test_french_fields_and_values_are_stored_in_english(typed: str, canonical: str) -> None:
    assert parse(typed, french=True).canonical == canonical


@pytest.mark.parametrize("typed", ["titre:Mali", "a PRÈS/3 b SAUF", "langue:fr a"])
def test_french_is_read_only_where_french_is_spoken(typed: str) -> None:
    read = None
    with contextlib.suppress(QueryError):
        read = parse(typed)
    assert read is None or read.root != parse(typed.removesuffix(" SAUF"), french=True).root


@settings(max_examples=150)
@given(queries())
def test_the_stored_form_means_the_same_where_french_is_spoken(text: str) -> None:
    try:
        read = parse(text)
    except QueryError:
        return
    assert parse(read.canonical, french=True) == read


@pytest.mark.parametrize("word", ["PRÈS", "PRES", "OU", "SAUF", "ET"])
def test_a_word_that_is_an_operator_in_french_stays_a_word(word: str) -> None:
    read = parse(f"armée {word} frontière")
    assert parse(read.canonical, french=True) == read


def test_queries_are_equal_when_their_trees_are() -> None:
    assert parse("a b OR c") == parse("(a AND b) | c")
    assert len({parse("a b"), parse("a AND b"), parse("b a")}) == 2


MISTAKEN = [
    ("empty", "", 0),
    ("empty", " \t ", 0),
    ("too_long", "a" * 2001, 2000),
    ("too_long", "a " * 500_000, 2000),
    ("too_many", "a " * 61, 0),
    ("too_many", "x NEAR/3 (" + " OR ".join("abc" for _ in range(60)) + ")", 0),
    ("too_deep", "(" * 1000 + "a", 8),
    ("too_deep", "(" * 9 + "a" + ")" * 9, 8),
    ("too_deep", "a OR b (" * 7 + "a OR b c" + ")" * 7, 7),
    ("control", "mis\x00sile", 3),
    ("control", "mis\ud800sile", 3),
    ("direction", "a \u200fb", 2),
    ("direction", "\u202eb", 0),
    ("quote_open", 'a "b c', 2),
    ("quote_open", '" OR NEAR( *', 0),
    ("quote_open", "« b c", 0),
    ("paren_open", "a (b OR c", 2),
    ("paren_open", "a (", 2),
    ("paren_close", "a b)", 3),
    ("paren_empty", "a ()", 2),
    ("nothing_before", "OR a", 0),
    ("nothing_before", "a OR (AND b)", 6),
    ("nothing_before", "NEAR/3 a", 0),
    ("nothing_after", "a OR", 2),
    ("nothing_after", "a AND OR b", 2),
    ("nothing_after", "a NOT", 2),
    ("nothing_after", "a (b OR)", 5),
    ("nothing_after", "a NEAR/3", 2),
    ("dash_alone", "Paris - London", 6),
    ("no_letters", "(a+)+$", 4),
    ("no_letters", '"…"', 0),
    ("no_letters", "a … b", 2),
    ("no_letters", 'a theme:"…"', 8),
    ("sign", "mis?ile", 3),
    ("sign", "missile~2", 7),
    ("sign", "missile^2", 7),
    ("star_short", "ab*", 0),
    ("star_short", '"ab*"', 0),
    ("star_place", "*missile", 0),
    ("star_place", "mis*le", 3),
    ("star_place", "mis**", 3),
    ("star_place", '"mis* a"', 0),
    ("star_place", '"a mis"*', 7),
    ("star_exact", "=US*", 0),
    ("exact_empty", '="Red Sea"', 0),
    ("entity", "@", 0),
    ("entity", "@o..nato", 0),
    ("entity", 'entity:"o nato"', 7),
    ("field_unknown", "titre:a", 0),
    ("field_unknown", "a https:x", 2),
    ("field_empty", "title: a", 5),
    ("field_empty", "title:", 5),
    ("field_empty", "title:-a", 5),
    ("field_nested", "title:(a lang:fr)", 9),
    ("field_term", "a lang:f*", 7),
    ("field_term", "a theme:(b NEAR/3 c)", 11),
    ("field_term", "a theme:@o.nato", 8),
    ("entity", "title:@geo:ML", 6),
    ("value", "a lang:french", 7),
    ("value", "a country:France", 10),
    ("value", "a kind:paper", 7),
    ("value", "a has:picture", 6),
    ("value", "a after:yesterday", 8),
    ("value", "a after:2025-02-30", 8),
    ("near_number", "a NEAR b", 2),
    ("near_number", "a NEAR(b)", 2),
    ("near_number", "a NEAR/x b", 2),
    ("near_wide", "a NEAR/51 b", 2),
    ("near_wide", "a WITHIN/99999999999999999999 b", 2),
    ("near_operand", "(a b) NEAR/3 c", 0),
    ("near_operand", "a NEAR/3 -c", 9),
    ("near_operand", "a NEAR/3 (b -c)", 9),
    ("near_operand", "(a NEAR/3 b) NEAR/3 c", 0),
    ("near_chain", "a NEAR/3 b NEAR/3 c", 11),
    ("near_field", "title:a NEAR/3 b", 0),
    ("near_field", "a NEAR/3 title:b", 9),
    ("not_selective", "-a", 0),
    ("not_selective", "lang:fr", 0),
    ("not_selective", "a OR -b", 0),
    ("not_selective", "a OR (lang:fr outlet:x)", 0),
    ("not_selective", "NOT (a b)", 0),
    ("not_selective", "after:2025 has:text kind:agency", 0),
]


def mistake(text: str) -> QueryError:
    with pytest.raises(QueryError) as raised:
        parse(text)
    return raised.value


@pytest.mark.parametrize(("code", "typed", "position"), MISTAKEN)
def test_mistake_is_named_with_its_place(code: str, typed: str, position: int) -> None:
    error = mistake(typed)
    assert (error.code, error.position) == (code, position)


def test_every_mistake_has_an_example() -> None:
    assert {code for code, *_ in MISTAKEN} == set(MISTAKES)


@pytest.mark.parametrize(("code", "typed"), [case[:2] for case in MISTAKEN])
def test_mistake_is_told_in_both_languages_with_a_caret(code: str, typed: str) -> None:
    error = mistake(typed)
    english, french = explain(error, "en").split("\n"), explain(error, "fr").split("\n")
    assert isinstance(error, UsageError)
    assert str(error) == explain(error)
    assert len(english) == len(french) == (2 if code == "empty" else 4)
    assert english[0] != french[0] and english[-1] != french[-1]
    if code != "empty":
        assert english[1:3] == french[1:3]
        assert english[2].strip() == "^"
    assert {unicodedata.category(sign) for line in english + french for sign in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()


def test_caret_stands_under_the_place() -> None:
    assert str(mistake("(Mali OR Niger) titre:coup")) == (
        "titre: is no field.\n  (Mali OR Niger) titre:coup\n                  ^\nWrite title:; words themselves stand in quotes."
    )
    assert explain(mistake("海軍 mis*le"), "fr").split("\n")[2] == "          ^"  # Chinese signs are two columns wide
    assert explain(mistake("a " * 30 + "mis*le " + "b " * 30)).split("\n")[1:3] == [
        "  … a a a a a a a a a a a a a a mis*le b b b b b b b b b b b b b b …",
        " " * 35 + "^",
    ]


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("titel:a", "title"),
        ("langue:fr", "lang"),
        ("author_:a", None),
        ("autor:a", "author"),
        ("pays:ML", "country"),
        ("befor:2025", "before"),
    ],
)
def test_unknown_field_names_the_nearest(typed: str, near: str | None) -> None:
    if near is None:
        assert parse(typed).canonical == '"author_:a"'  # not the form of a field
    else:
        assert mistake(typed).values["near"] == f"Write {near}:"


def test_nothing_near_lists_the_fields() -> None:
    listed = "The fields are title, lead, text, lang, outlet, country, kind, theme, region, entity, author, story, has, after, before"
    assert mistake("xyzzy:a").values["near"] == listed


@pytest.mark.parametrize(
    ("typed", "french", "hints"),
    [
        ("missile or drone", False, ["“or” is looked for as a word; as an operator it is written OR."]),
        ("missile ou drone", True, ["“ou” is looked for as a word; as an operator it is written OU."]),
        ("missile ou drone", False, []),
        ("missile OU drone", False, ["“OU” is looked for as a word; the operator is OR."]),
        ("not missile", False, ["“not” is looked for as a word; as an operator it is written NOT."]),
        ("or noir", False, []),
        ('"missile or drone"', False, []),
        ("a b OR c", False, ["AND binds more strongly than OR; this is read as (a AND b) OR c"]),
        ("(a b) OR c", False, []),
        ("a OR -b c", False, ["AND binds more strongly than OR; this is read as a OR (NOT b AND c)"]),
    ],
)
def test_what_may_have_been_meant_otherwise_is_hinted(typed: str, french: bool, hints: list[str]) -> None:
    assert [hint.text() for hint in parse(typed, french=french).hints] == hints


def test_hints_are_told_in_french() -> None:
    told = [hint.text("fr") for text in ("a or b", "a OU b", "a b OR c") for hint in parse(text).hints]
    assert told == [
        "«\u00a0or\u00a0» est cherché comme un mot\u202f; comme opérateur, il s’écrit OR.",
        "«\u00a0OU\u00a0» est cherché comme un mot\u202f; l’opérateur est OR.",
        "ET lie plus fort que OU\u202f; ceci est lu (a AND b) OR c",
    ]
    assert set(HINTS) == {"lower", "french", "mixed"}


def test_kinds_are_those_of_the_outlets() -> None:
    assert sorted(query_terms.KINDS) == sorted(KINDS)


def test_largest_query_is_read() -> None:
    text = "(" * 7 + " ".join("abcdef" for _ in range(60)) + ")" * 7
    assert parse(text).canonical == " AND ".join(["abcdef"] * 60)


def read(text: str) -> Query | None:
    try:
        return parse(text)
    except QueryError:
        return None


@settings(max_examples=300, deadline=None)
@given(queries())
def test_canonical_form_is_read_as_the_same_query(text: str) -> None:
    query = read(text)
    assume(query is not None)
    assert query is not None
    again = parse(query.canonical)
    assert (again, again.canonical) == (query, query.canonical)
    assert not [hint for hint in again.hints if hint.code == "mixed"]
    assert pushed(query.condition) == query.condition


SIGNS = st.text(alphabet=st.one_of(st.sampled_from("()\"*=-|&@:/~ '«»“”ORANDTNE/5a戦צ٣é\u0301\u200d"), st.characters()), max_size=60)


@settings(max_examples=500, deadline=None)
@given(
    st.one_of(
        SIGNS,
        st.lists(st.sampled_from(['"', "(", ")", "OR", "NOT", "NEAR/3", "title:", "lang:", "a", "*", "=", "-", " ", " "])).map("".join),
    )
)
def test_any_text_is_read_or_explained(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        assert explain(error, "fr").count("\n") == explain(error, "en").count("\n")
        assert 0 <= error.position <= max(len(text), 1)
    else:
        assert parse(query.canonical) == query


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("missile", False),
        ('missile NEAR/5 "new drone" -=Mali', False),
        ("missile lang:fr", True),
        ("missile -(drone OR theme:navy)", True),
        ("missile before:2026-02", True),
        ("@o.nato NEAR/5 missile", True),
    ],
)
def test_asks_for_facts_when_words_alone_cannot_tell(text: str, asks: bool) -> None:
    assert asks_for_facts(parse(text).condition) == asks
