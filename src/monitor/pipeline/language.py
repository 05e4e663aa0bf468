"""Recognises the language of a headline or an article: the only door of py3langid and langdetect.

py3langid, restricted to the candidate languages, scores; script, letters and little words (language_marks.py) correct it on short texts;
the outlet's declared language is a prior; seeded langdetect is a second opinion on texts over 200 characters. Measured by
benchmarks/reading/language.py.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Sequence
from functools import lru_cache

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from monitor.pipeline.language_marks import COUNTERS, FORBIDDEN, LANGUAGES_OF, LETTERS, LITTLE_WORDS, NEWS_SHARE, NON_LATIN, SYLLABIC
from monitor.records import LanguageGuess

# The forty commonest languages of world news.
DEFAULT_CANDIDATES = (
    "en", "es", "fr", "de", "it", "pt", "nl", "sv", "no", "da", "fi", "pl", "cs", "sk", "hu", "ro", "bg", "el", "ru", "uk",
    "sr", "hr", "sl", "lt", "lv", "et", "tr", "ar", "fa", "he", "ur", "hi", "bn", "zh", "ja", "ko", "vi", "th", "id", "sw",
)  # fmt: skip
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "cmn": "zh", "yue": "zh", "wuu": "zh", "zh-cn": "zh", "zh-tw": "zh", "fil": "tl"}
_LONGEST = 2_000  # characters looked at; more does not change an answer
_SECOND_OPINION_FROM = 200
_SECOND_OPINION_ON = 600
_FEWEST_LETTERS = 3

_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w+|&#?\w+;|\d+")
_WORD = re.compile(r"[^\W\d_]+")

# Weights in natural logarithms, chosen once on round numbers; the model's own scores are softmax at temperature sqrt(bytes).
_PRIOR, _HINT, _WORDS, _LETTER, _WRONG_LETTER = 2.0, 0.7, 1.5, 0.7, 2.0


def folded(tag: str) -> str:
    """The plain language of a tag: `pt-BR` is pt, `nb` and `nn` are no, every Chinese is zh."""
    tag = tag.strip().lower().replace("_", "-")
    return _SAME.get(tag) or _SAME.get(tag.split("-")[0], tag.split("-")[0])


@lru_cache(maxsize=1)
def _model() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=1)
def _second() -> DetectorFactory:
    """langdetect's profiles with a fixed seed: unseeded, its answers change between runs."""
    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    DetectorFactory.seed = 0
    return factory


class Recogniser:
    """Recognises which of the candidate languages a text is written in; build one and keep it, the model takes 0.4 s to load."""

    def __init__(self, candidates: Sequence[str]) -> None:
        """Languages as BCP 47 tags; those the model does not know are answered by script or prior only."""
        self.candidates = tuple(dict.fromkeys(folded(tag) for tag in candidates if folded(tag)))
        self._known = frozenset(_model().labels)
        self._restricted: dict[frozenset[str], LanguageIdentifier] = {}

    def recognise(self, text: str, *, hints: Sequence[str] = (), prior: str = "") -> LanguageGuess:
        """The text's language, "" when nothing can be said; `prior` is the outlet's language, `hints` what page and feed claim (weak)."""
        text = _NOISE.sub(" ", text[:_LONGEST])
        script, letters = _script(text)
        believed, claims = folded(prior), [folded(hint) for hint in hints if hint]
        if letters < _FEWEST_LETTERS:
            return LanguageGuess("", 0.0)
        possible = self._possible(script, believed)
        if not possible:
            return LanguageGuess("", 0.0)
        if len(possible) == 1:
            return LanguageGuess(possible[0], 0.99 if script != "latin" else 0.6)
        scores = self._scores(text, script, possible)
        for language in possible:
            scores[language] += (_PRIOR if language == believed else 0.0) + _HINT * min(2, claims.count(language))
        return self._decided(text, scores)

    def _possible(self, script: str, believed: str) -> list[str]:
        """Candidates written in the script; a script with no candidate speaks for its own commonest language."""
        languages = LANGUAGES_OF[script]
        if script == "latin":
            return [tag for tag in self.candidates if tag not in NON_LATIN]
        if script == "han":
            return [believed] if believed in languages and believed in self.candidates else list(languages[:1])
        return [tag for tag in self.candidates if tag in languages] or list(languages[:1])

    def _scores(self, text: str, script: str, possible: list[str]) -> dict[str, float]:
        """Logarithmic scores: the model's, corrected by letters, little words and the shares of the news."""
        scored = frozenset(tag for tag in possible if tag in self._known)
        ranked = dict(self._model_for(scored).rank(text)) if scored else {}
        words = [word.lower() for word in _WORD.findall(text)]
        letters = "".join(words)
        scores = {}
        for tag in possible:
            own, wrong = LETTERS.get(script, {}).get(tag, ""), FORBIDDEN.get(script, {}).get(tag, "")
            little = LITTLE_WORDS.get(tag, frozenset())
            hits = sum(1 for word in words if word in little)
            scores[tag] = (
                math.log(max(ranked.get(tag, 0.0), 1e-9))
                + NEWS_SHARE.get(tag, 0.0)
                + _WORDS * hits / math.sqrt(len(words) or 1)
                + _LETTER * min(3, sum(1 for letter in letters if letter in own))
                - _WRONG_LETTER * min(3, sum(1 for letter in letters if letter in wrong))
            )
        return scores

    def _model_for(self, languages: frozenset[str]) -> LanguageIdentifier:
        if languages not in self._restricted:
            model = copy.copy(_model())
            model.set_languages(languages)
            self._restricted[languages] = model
        return self._restricted[languages]

    def _decided(self, text: str, scores: dict[str, float]) -> LanguageGuess:
        """The best language; its confidence is its share, raised or lowered by the second opinion."""
        best = max(scores, key=lambda tag: (scores[tag], tag))
        share = 1 / sum(math.exp(score - scores[best]) for score in scores.values())
        if len(text) < _SECOND_OPINION_FROM:
            return LanguageGuess(best, round(min(share, 0.97), 4))
        second = _asked_second(text, list(scores))
        if second in ("", best):
            return LanguageGuess(best, round(max(share, 0.99) if second else share, 4))
        return LanguageGuess(best, round(share * 0.6, 4))


def _script(text: str) -> tuple[str, int]:
    """The script most of the text is in, and its number of letters; some kana among Han characters make it kana."""
    counts = {name: len(counter.findall(text)) for name, counter in COUNTERS.items()} if not text.isascii() else {"latin": _latin(text)}
    if counts.get("kana", 0) and counts["kana"] * 12 >= counts["han"]:
        counts["kana"] += counts.pop("han")
    weighted = {name: count * (3 if name in SYLLABIC else 1) for name, count in counts.items()}
    script = max(weighted, key=lambda name: weighted[name])
    return script, weighted[script]


def _latin(text: str) -> int:
    return len(COUNTERS["latin"].findall(text))


def _asked_second(text: str, possible: list[str]) -> str:
    """langdetect's answer among the possible languages, or "" when it has none or knows none of them."""
    factory = _second()
    known = {tag: folded(tag) for tag in factory.get_lang_list() if folded(tag) in possible}
    if len(set(known.values())) < 2:
        return ""
    detector = factory.create()
    detector.set_prior_map({tag: 1.0 / len(known) for tag in known})
    detector.append(text[:_SECOND_OPINION_ON])
    try:
        return folded(detector.detect())
    except LangDetectException:
        return ""
