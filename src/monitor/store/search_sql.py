"""A plan of the query language as an expression of FTS5 or of tsquery; tokens are quoted, nothing a person typed is ever syntax."""

from __future__ import annotations

from monitor.pipeline.query_presearch import AllOf, AnyOf, Anything, Nothing, Wanted, Words

_WEIGHTS = {"title": "A", "lead": "B", "body": "C", "forms": "D", "known": "D"}
BUCKET = 8_192
"""Articles that share a bucket by their number; each vector has its bucket as a word, so that GIN can be asked for the newest only."""
CUT = "¤cut"
"""Not a token of any text: stands for "positions of this article are lost" (see `tsquery`)."""


def fts5(wanted: Wanted) -> str:
    """The MATCH expression; `wanted` is neither Anything nor Nothing."""
    if isinstance(wanted, Words):
        quoted = " ".join(wanted.tokens)
        return f'{{{" ".join(wanted.columns)}}} : "{quoted}"{" *" if wanted.prefix else ""}'
    if isinstance(wanted, AnyOf):
        if (same := _same_column(wanted)) is not None:
            return same
        return " OR ".join(f"({fts5(part)})" for part in wanted.parts)
    assert isinstance(wanted, AllOf)
    positive = " AND ".join(f"({fts5(part)})" for part in wanted.parts)
    return positive if not wanted.without else f"({positive})" + "".join(f" NOT ({fts5(part)})" for part in wanted.without)


def _same_column(wanted: AnyOf) -> str | None:
    """Single words of one column in one column filter: half the work of a filter each."""
    columns = {part.columns for part in wanted.parts if isinstance(part, Words)}
    if len(columns) != 1 or not all(isinstance(part, Words) and len(part.tokens) == 1 and not part.prefix for part in wanted.parts):
        return None
    words = " OR ".join(f'"{part.tokens[0]}"' for part in wanted.parts if isinstance(part, Words))
    return f"{{{' '.join(columns.pop())}}} : ({words})"


def tsquery(wanted: Wanted, *, sure: bool = False) -> str:
    """The text of a tsquery; a phrase also finds articles that have its words and lost positions, unless `sure` (under NOT)."""
    if isinstance(wanted, Words):
        return _phrase(wanted, sure)
    if isinstance(wanted, AnyOf):
        return " | ".join(f"({tsquery(part, sure=sure)})" for part in wanted.parts)
    assert isinstance(wanted, AllOf)
    positive = " & ".join(f"({tsquery(part, sure=sure)})" for part in wanted.parts)
    return positive + "".join(f" & !({tsquery(part, sure=True)})" for part in wanted.without)


def tsqueries(wanted: Wanted) -> list[str]:
    """The same as several tsqueries that must all hold; what must not hold goes with the first."""
    if not isinstance(wanted, AllOf):
        return [tsquery(wanted)]
    first, *rest = [query for part in wanted.parts for query in tsqueries(part)]
    without = "".join(f" & !({tsquery(part, sure=True)})" for part in wanted.without)
    return [f"({first}){without}" if without else first, *rest]


def _phrase(wanted: Words, sure: bool) -> str:
    weights = "".join(dict.fromkeys(_WEIGHTS[column] for column in wanted.columns))
    marks = "" if weights in ("D", "ABC") else weights  # our marked words are never words of a text, so the rest needs no weight
    last = len(wanted.tokens) - 1
    words = [_lexeme(token, marks, wanted.prefix and place == last) for place, token in enumerate(wanted.tokens)]
    if not last:
        return words[0]
    joined = f"({' <-> '.join(words)})"
    return joined if sure else f"({joined} | ({' & '.join([_lexeme(CUT, '', False), *words])}))"


def _lexeme(token: str, weights: str, prefix: bool) -> str:
    quoted = "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
    return f"{quoted}:{'*' if prefix else ''}{weights}" if prefix or weights else quoted


def bucket(number: int) -> str:
    """The word of a bucket as it stands in vectors and queries."""
    return f"'¶b¶{number}'"


def is_settled(wanted: Wanted) -> bool:
    """Whether there is an expression at all."""
    return not isinstance(wanted, Anything | Nothing)
