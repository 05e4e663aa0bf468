"""What the query language says to the person who typed: mistakes with their place, and hints, in English and French."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from monitor.errors import QueryError

Said = tuple[str, str]  # English, French; what is wrong, then what to write instead
_AROUND = 32  # signs shown on either side of the place
_LONGEST_VALUE = 160  # signs of a word, value or part that a message repeats

MISTAKES: Mapping[str, tuple[Said, Said]] = {
    "empty": (
        ("The query is empty.", "La requête est vide."),
        ("Type a word, for example: missile", "Tapez un mot, par exemple : missile"),
    ),
    "too_long": (
        ("The query has {count} characters; at most {most} are read.", "La requête a {count} caractères ; {most} au plus sont lus."),
        ("Make two queries of it.", "Faites-en deux requêtes."),
    ),
    "too_many": (
        ("The query has {count} terms; at most {most} are read.", "La requête a {count} termes ; {most} au plus sont lus."),
        (
            "Make two queries of it, or use word* for a family of words.",
            "Faites-en deux requêtes, ou écrivez mot* pour une famille de mots.",
        ),
    ),
    "too_deep": (
        ("More than {most} parentheses stand inside each other.", "Plus de {most} parenthèses sont emboîtées."),
        ("Leave out those that are not needed.", "Retirez celles qui ne servent pas."),
    ),
    "control": (
        ("An invisible control character ({sign}) stands here.", "Un caractère de contrôle invisible ({sign}) se trouve ici."),
        ("Delete it; typing the words again removes it.", "Supprimez-le ; retaper les mots suffit."),
    ),
    "direction": (
        ("An invisible mark of writing direction ({sign}) stands here.", "Une marque invisible de sens d'écriture ({sign}) se trouve ici."),
        ("Delete it; typing the words again removes it.", "Supprimez-la ; retaper les mots suffit."),
    ),
    "quote_open": (
        ("This quotation mark is never closed.", "Ce guillemet n'est jamais fermé."),
        ("Put a {sign} after the last word of the phrase.", "Mettez un {sign} après le dernier mot de l'expression."),
    ),
    "paren_open": (
        ("This parenthesis is never closed.", "Cette parenthèse n'est jamais fermée."),
        ("Put a ) where the group ends.", "Mettez une ) à la fin du groupe."),
    ),
    "paren_close": (
        ("This parenthesis closes nothing.", "Cette parenthèse ne ferme rien."),
        ("Delete it, or put a ( where the group begins.", "Supprimez-la, ou mettez une ( au début du groupe."),
    ),
    "paren_empty": (
        ("There is nothing between these parentheses.", "Il n'y a rien entre ces parenthèses."),
        ("Delete them, or put words between them.", "Supprimez-les, ou mettez des mots entre elles."),
    ),
    "nothing_before": (
        ("{operator} joins two parts, and nothing stands before it.", "{operator} relie deux parties, et rien ne le précède."),
        (
            'Put a part before it; as words of a phrase write it in quotes: "… {operator} …"',
            'Mettez une partie avant ; comme mot d\'une expression, mettez des guillemets : "… {operator} …"',
        ),
    ),
    "nothing_after": (
        ("{operator} is followed by nothing it could hold for.", "{operator} n'est suivi de rien à quoi s'appliquer."),
        (
            'Put a part after it; as words of a phrase write it in quotes: "… {operator} …"',
            'Mettez une partie après ; comme mot d\'une expression, mettez des guillemets : "… {operator} …"',
        ),
    ),
    "dash_alone": (
        ("This dash stands alone.", "Ce tiret est isolé."),
        (
            "Write -word without a blank to leave a word out, or delete the dash.",
            "Écrivez -mot sans espace pour exclure un mot, ou supprimez le tiret.",
        ),
    ),
    "no_letters": (
        ("{text} has no letter or digit to look for.", "{text} n'a ni lettre ni chiffre à chercher."),
        ("Delete it, or write a word.", "Supprimez-le, ou écrivez un mot."),
    ),
    "sign": (
        ("{sign} has no meaning here.", "{sign} n'a pas de sens ici."),
        ("{instead}", "{instead_fr}"),
    ),
    "star_short": (
        (
            "{text}* is too short: at least {least} letters stand before a *.",
            "{text}* est trop court : il faut au moins {least} lettres avant *.",
        ),
        ("Write more of the word, or the word without *.", "Écrivez plus de lettres, ou le mot sans *."),
    ),
    "star_place": (
        (
            "A * stands only at the end of a word, or of the last word of a phrase.",
            "Un * se met seulement à la fin d'un mot, ou du dernier mot d'une expression.",
        ),
        ('Write word* or "a phrase whose last word*"', 'Écrivez mot* ou "une expression dont le dernier mot*"'),
    ),
    "star_exact": (
        ("= asks for exactly this word, so it takes no *.", "= demande exactement ce mot, il n'admet donc pas de *."),
        ("Write ={text} or {text}*", "Écrivez ={text} ou {text}*"),
    ),
    "exact_empty": (
        ("= stands directly before the one word that must be met exactly.", "= se met juste devant le seul mot à trouver exactement."),
        (
            'Write =NATO; words in quotes are met as they are, except for capitals and accents: "Red Sea"',
            'Écrivez =OTAN ; les mots entre guillemets sont cherchés tels quels, hors majuscules et accents : "mer Rouge"',
        ),
    ),
    "entity": (
        ("@ stands directly before the id of a known name.", "@ se met juste devant l'identifiant d'un nom connu."),
        ("Write @o.nato, or the name itself: NATO", "Écrivez @o.nato, ou le nom lui-même : OTAN"),
    ),
    "field_unknown": (
        ("{field}: is no field.", "{field}: n'est pas un champ."),
        ("{near}; words themselves stand in quotes.", "{near_fr} ; les mots eux-mêmes se mettent entre guillemets."),
    ),
    "field_empty": (
        ("{field}: is followed by no value.", "{field}: n'est suivi d'aucune valeur."),
        (
            "Write {field}:{example} without a blank, or {field}:({example} OR …)",
            "Écrivez {field}:{example} sans espace, ou {field}:({example} OU …)",
        ),
    ),
    "field_nested": (
        ("{field}: stands inside another field.", "{field}: se trouve dans un autre champ."),
        ("Put it outside the parentheses.", "Mettez-le hors des parenthèses."),
    ),
    "field_term": (
        (
            "{field}: takes plain values, in quotes when they have blanks.",
            "{field}: prend des valeurs simples, entre guillemets s'il y a des espaces.",
        ),
        ("Write {field}:{example}", "Écrivez {field}:{example}"),
    ),
    "value": (
        ("{text} is no value of {field}:", "{text} n'est pas une valeur de {field}:"),
        ("Write {choices}.", "Écrivez {choices_fr}."),
    ),
    "near_number": (
        (
            "{operator} needs the number of words that may lie between.",
            "{operator} demande le nombre de mots qui peuvent se trouver entre.",
        ),
        (
            'Write army {operator}/5 border; as a word write it in quotes: "{operator}"',
            'Écrivez armée {operator}/5 frontière ; comme mot, mettez des guillemets : "{operator}"',
        ),
    ),
    "near_wide": (
        (
            "{operator}/{distance} is too wide: at most {most} words may lie between.",
            "{operator}/{distance} est trop large : {most} mots au plus entre les deux.",
        ),
        ("Write {operator}/{most}, or AND.", "Écrivez {operator}/{most}, ou ET."),
    ),
    "near_operand": (
        (
            "{operator} joins words, phrases or (a OR b), nothing else.",
            "{operator} relie des mots, des expressions ou (a OU b), rien d'autre.",
        ),
        ('Write army {operator}/5 (border OR "front line")', 'Écrivez armée {operator}/5 (frontière OU "ligne de front")'),
    ),
    "near_chain": (
        ("{operator} joins two sides, and a third one follows.", "{operator} relie deux côtés, et un troisième suit."),
        ("Write (a NEAR/5 b) AND (b NEAR/5 c)", "Écrivez (a NEAR/5 b) ET (b NEAR/5 c)"),
    ),
    "near_field": (
        ("A field stands on a side of {operator}.", "Un champ se trouve d'un côté de {operator}."),
        ("Write title:(a {operator}/5 b)", "Écrivez title:(a {operator}/5 b)"),
    ),
    "not_selective": (
        ("{part} would hold of almost every article.", "{part} vaudrait pour presque tous les articles."),
        (
            "Add a word, theme:, region:, entity:, author: or story: that must be there (AND).",
            "Ajoutez un mot, theme:, region:, entity:, author: ou story: qui doit y être (ET).",
        ),
    ),
}

HINTS: Mapping[str, Said] = {
    "lower": (
        "“{word}” is looked for as a word; as an operator it is written {operator}.",
        "« {word} » est cherché comme un mot ; comme opérateur, il s'écrit {operator}.",
    ),
    "french": (
        "“{word}” is looked for as a word; the operator is {operator}.",
        "« {word} » est cherché comme un mot ; l'opérateur est {operator}.",
    ),
    "mixed": (
        "AND binds more strongly than OR; this is read as {canonical}",
        "ET lie plus fort que OU ; ceci est lu {canonical}",
    ),
}


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that is no mistake but may not be what was meant."""

    code: str
    position: int
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """The hint in words, English or French."""
        return _filled(HINTS[self.code], self.values, language)


def mistake(code: str, query: str, position: int, **values: object) -> QueryError:
    """The exception for a mistake; raise the result."""
    told = {name: _shown(str(value)) for name, value in values.items()}
    bare = QueryError("", code=code, values=told, query=query, position=position)
    return QueryError(explain(bare), code=code, values=told, query=query, position=position)


def explain(error: QueryError, language: str = "en") -> str:
    """A mistake in English or French: what is wrong, the place with a caret under it, what to write instead."""
    wrong, instead = MISTAKES[error.code]
    shown, caret = _place(error.query, error.position)
    lines = [_filled(wrong, error.values, language), f"  {shown}", f"  {caret}", _filled(instead, error.values, language)]
    return "\n".join(lines if error.query.strip() else [lines[0], lines[3]])


def _filled(said: Said, values: Mapping[str, str], language: str) -> str:
    return (_typeset(said[1]) if language.startswith("fr") else said[0]).format_map(values)


@cache
def _typeset(text: str) -> str:
    """French with its own blanks and apostrophes; the tables above are written as on a keyboard."""
    for plain, fine in (("'", "’"), ("« ", "«\u00a0"), (" »", "\u00a0»"), (" :", "\u00a0:"), (" ;", "\u202f;")):
        text = text.replace(plain, fine)
    return text


def _place(query: str, position: int) -> tuple[str, str]:
    """The query around a position on one line, and the line with the caret."""
    first, last = max(0, position - _AROUND), position + _AROUND
    before, after = _visible(query[first:position]), _visible(query[position:last])
    before = ("…" if first else "") + before
    return before + after + ("…" if last < len(query) else ""), " " * _width(before) + "^"


def _visible(text: str) -> str:
    return "".join(" " if sign in "\t\n\r" else "\ufffd" if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign for sign in text)


def _width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _shown(value: str) -> str:
    """A foreign value as it may stand in a message."""
    value = _visible(value)
    return value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
