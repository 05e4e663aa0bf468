"""What the grouping keeps of one article: counted stems, features that cross languages, hashes of its wording. Numbers, not text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.pipeline import words
from monitor.pipeline.story_numbers import han_numbers, spelled_numbers
from monitor.pipeline.story_wording import TEXT_CHARACTERS, agency_credit, shingles, title_key
from monitor.records import StoryDoc, Tagged

LEAD_WORDS = 120  # the best length measured: longer leads dilute (AUC .902 at 120 words, .892 at 400)
_LEAD_PAIRS = 240  # the same for scripts whose tokens are pairs of signs
_TITLE_WORDS = 12  # what a text without a title begins with stands for it (AUC .875, from .868)
_LEAD_CHARACTERS = 1_500  # enough for 120 words of any script; keeps a hostile text cheap
_TITLE_CHARACTERS = 400
_CUT = 5
_SOUND_CUT = 6
_SHORTEST_SOUND = 3
_NAMES = 40
_TAGS = ("g:", "e:", "t:", "c:")
_GIVEN = ("g:", "e:", "t:")  # by tagging; concepts are found beside it

# Weights of the features by kind: how much each says that two articles tell of one event.
GEO, SKELETON, NUMBER, ENTITY, THEME, NAME, CONCEPT = 0.7, 1.0, 0.8, 1.3, 0.3, 1.0, 0.5

_UNSPACED_LANGUAGES = frozenset({"zh", "ja", "ko", "th", "lo", "km", "my"})
_WORD = re.compile(r"[^\W\d_]+")
_KATAKANA = re.compile(r"[ァ-ヴー]{3,}")
_FOLD = str.maketrans("vbgl", "fpkr", "ij")
_VOWEL_LETTERS = {"ar": "اويىآأإؤئ", "fa": "اویيى", "he": "אוי"}


def story_doc(
    *,
    id: str,  # noqa: A002 - the name of the field it fills
    outlet: str,
    language: str,
    at: datetime,
    title: str,
    text: str,
    tagged: Tagged,
    outlet_name: str = "",
    authors: tuple[str, ...] = (),
    agencies: Iterable[str] = (),
    tokens: words.Tokens | None = None,
    concepts: Mapping[str, float] | None = None,
) -> StoryDoc:
    """The grouping's view of an article, from its title, the first words of its text and its tags.

    `outlet_name` is taken off the end of the title; `agencies` are names of agencies the desk follows, for credit lines; `tokens` are those
    of the text's first 40,000 characters, if they are known already; `concepts` are what concepts.find found, with its weights (1 … 3).
    Costs ≤ 1 ms.
    """
    title = title[:_TITLE_CHARACTERS]
    lead = text[:_LEAD_CHARACTERS]
    tokens = words.tokenise(text[:TEXT_CHARACTERS]) if tokens is None else tokens
    longest = _LEAD_PAIRS if words.primary(language) in _UNSPACED_LANGUAGES else LEAD_WORDS
    in_title = words.tokens(title)
    in_lead = tokens.texts[: min(longest, bisect_left(tokens.starts, _LEAD_CHARACTERS))]
    in_title = in_title or in_lead[:_TITLE_WORDS]
    names = dict(_sounds(f"{title}\n{lead}", in_title + in_lead, language))
    features = _features(title, lead, in_title + in_lead, language, tagged, names)
    features.update({f"c:{concept}": CONCEPT * weight for concept, weight in (concepts or {}).items()})
    return StoryDoc(
        id=id,
        outlet=outlet,
        language=language,
        at=at,
        terms=_terms(in_title, in_lead, language),
        features=features,
        shingles=shingles(text, language, tokens.texts),
        title_key=title_key(title, outlet_name),
        agency=agency_credit(authors, text, title, agencies),
        names={sound: names[sound] for sound in list(names)[:_NAMES]},
    )


def title_only(doc: StoryDoc, title: str) -> StoryDoc:
    """What is kept of an article whose rights are reserved once its text has gone: the title's stems and names, tags, copy hashes.

    Countries, entities, themes and concepts stay: they are tags of the article, not its words.
    """
    title = title[:_TITLE_CHARACTERS]
    in_title = words.tokens(title)
    names = dict(_sounds(title, in_title, doc.language))
    features = {name: weight for name, weight in doc.features.items() if name.startswith(_TAGS)}
    own = [(f"k:{bones}", SKELETON) for bones in _skeletons(in_title, doc.language)]
    own += [(f"s:{sound}", NAME) for sound in names] + [(f"n:{number}", NUMBER) for number in _numbers(title, "", in_title, doc.language)]
    kept = {sound: names[sound] for sound in list(names)[:_NAMES]}
    return replace(doc, terms=_terms(in_title, (), doc.language), features=features | dict(own), names=kept)


def tagged_again(doc: StoryDoc, tagged: Tagged) -> StoryDoc:
    """The same document of an article that has other tags now."""
    features = {name: weight for name, weight in doc.features.items() if not name.startswith(_GIVEN)}
    return replace(doc, features=features | _of_tags(tagged))


def _terms(in_title: Sequence[str], in_lead: Sequence[str], language: str) -> dict[str, float]:
    """Counted stems, those of the title twice, without stop words."""
    stop = words.stop_words(language)
    counted: Counter[str] = Counter()
    for zone, weight in ((in_title, 2), (in_lead, 1)):
        for stem in words.stems((word for word in zone if word not in stop and len(word) > 1), language):
            counted[stem] += weight
    return {stem: float(count) for stem, count in counted.items()}


def _features(title: str, lead: str, tokens: Sequence[str], language: str, tagged: Tagged, names: Iterable[str]) -> dict[str, float]:
    """What survives translation: countries, skeletons of words and names, numbers, entities, themes."""
    features = {f"k:{bones}": SKELETON for bones in _skeletons(tokens, language)}
    features.update({f"s:{sound}": NAME for sound in names})
    features.update({f"n:{number}": NUMBER for number in _numbers(title, lead, tokens, language)})
    return features | _of_tags(tagged)


def _of_tags(tagged: Tagged) -> dict[str, float]:
    """Countries, entities, themes."""
    top = max((place.score for place in tagged.countries), default=0.0)
    features = {f"g:{place.country}": GEO * (place.score / top) for place in tagged.countries if top > 0 and place.score > 0}
    features.update({f"e:{entity}": ENTITY for entity in tagged.entities})
    features.update({f"t:{theme.theme}": THEME * theme.confidence for theme in tagged.themes if theme.confidence > 0})
    return features


def _skeletons(tokens: Sequence[str], language: str) -> Iterator[str]:
    stop = words.stop_words(language)
    for token in tokens:
        if token not in stop and not token.isdigit() and (bones := words.skeleton(token, _CUT)):
            yield bones


def _numbers(title: str, lead: str, tokens: Sequence[str], language: str) -> Iterator[str]:
    yield from words.numbers(f"{title}\n{lead}")
    if words.primary(language) in ("zh", "ja"):
        yield from han_numbers(f"{title}\n{lead}")
    else:
        yield from spelled_numbers(tokens, language)


def _sounds(text: str, tokens: Sequence[str], language: str) -> Iterator[tuple[str, str]]:
    """Rough sounds of likely names, with the name: capitalised words, katakana runs, every word of Arabic and Hebrew."""
    language = words.primary(language)
    if language in _VOWEL_LETTERS:
        stop = words.stop_words(language)
        drop = str.maketrans("", "", _VOWEL_LETTERS[language])
        for token in tokens:
            if token not in stop:
                form = next(iter(words.clitics(token, language)), token)
                yield from _sound(form[:1] + form[1:].translate(drop), form)
    elif language == "ja":
        for run in _KATAKANA.findall(text):
            yield from _sound(run.replace("ー", ""), run)
    else:
        for word in _WORD.findall(text):
            if word[0].isupper() and len(word) > 2:
                yield from _sound(word, word)


def _sound(word: str, written: str) -> Iterator[tuple[str, str]]:
    rough = rough_sound(words.skeleton(word))
    if len(rough) >= _SHORTEST_SOUND:
        yield rough, written


def rough_sound(bones: str) -> str:
    """A skeleton with the consonants that transliterations confuse folded (v f, b p, g k, l r), without i and j; six signs at most."""
    return bones.translate(_FOLD).lstrip("a")[:_SOUND_CUT]
