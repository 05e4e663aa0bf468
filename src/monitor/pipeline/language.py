"""Recognises the language of a headline or an article: the only door of py3langid and langdetect.

py3langid, restricted to the candidate languages, scores; script, letters and little words (language_marks.py) correct it on short texts;
the outlet's declared language is a prior. On texts over 200 characters seeded langdetect is asked for a second opinion where the outlet
or the page does not give one by naming the same language, or where near relatives are told apart. Measured by
benchmarks/reading/language.py.
"""

from __future__ import annotations

import copy
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from monitor.pipeline.language_marks import COUNTERS, FORBIDDEN, LANGUAGES_OF, LETTERS, LITTLE_WORDS, NEWS_SHARE, NON_LATIN, SYLLABIC
from monitor.records import LanguageGuess

# The commonest languages of world news; Icelandic, Zulu and Xhosa because they would be taken for Swedish and Swahili with confidence.
DEFAULT_CANDIDATES = (
    "en", "es", "fr", "de", "it", "pt", "nl", "sv", "no", "da", "fi", "pl", "cs", "sk", "hu", "ro", "bg", "el", "ru", "uk",
    "sr", "hr", "sl", "lt", "lv", "et", "tr", "ar", "fa", "he", "ur", "hi", "bn", "zh", "ja", "ko", "vi", "th", "id", "sw",
    "is", "zu", "xh",
)  # fmt: skip
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "cmn": "zh", "yue": "zh", "wuu": "zh", "zh-cn": "zh", "zh-tw": "zh", "fil": "tl"}
_LONGEST = 800  # characters looked at; more does not change an answer
_SECOND_OPINION_FROM = 200
_SECOND_OPINION_ON = 400
_TRIALS = 3  # of langdetect's random walks; seven, its default, give the same 4,249 answers for half as much again
_FEWEST_LETTERS = 3
_CLEAR = 0.95  # share from which an outlet or a page that names the same language is second opinion enough
# Languages an outlet's word does not tell apart well enough: its neighbours' texts score nearly the same.
_RELATIVES = frozenset({"bg", "bs", "cs", "da", "hr", "id", "mk", "ms", "nb", "nn", "no", "sk", "sl", "sr"})

_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w+|&#?\w+;|\d+")
_WORD = re.compile(r"[^\W\d_]+")

# Weights in natural logarithms, chosen once on round numbers; the model's own scores are softmax at temperature sqrt(bytes).
_PRIOR, _HINT, _WORDS, _LETTER, _WRONG_LETTER = 2.0, 0.7, 1.5, 0.7, 2.0


def _whose(marks: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Which languages each word or letter is a mark of, from the marks of each language."""
    return {mark: tuple(tag for tag, own in marks.items() if mark in own) for mark in set().union(*marks.values())}


_OF_LITTLE_WORD = _whose(LITTLE_WORDS)
_OF_LETTER = {script: _whose(letters) for script, letters in LETTERS.items()}
_NOT_OF_LETTER = {script: _whose(letters) for script, letters in FORBIDDEN.items()}


def _counted(found: Counter[str], whose: Mapping[str, Sequence[str]]) -> Counter[str]:
    """How often the marks of each language stand in a text."""
    counts: Counter[str] = Counter()
    for mark in found.keys() & whose.keys():
        for tag in whose[mark]:
            counts[tag] += found[mark]
    return counts


def folded(tag: str) -> str:
    """The plain language of a tag: `pt-BR` is pt, `nb` and `nn` are no, every Chinese is zh."""
    tag = tag.strip().lower().replace("_", "-")
    return _SAME.get(tag) or _SAME.get(tag.split("-")[0], tag.split("-")[0])


@lru_cache(maxsize=1)
def _model() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=16)
def _second(languages: frozenset[str]) -> DetectorFactory | None:
    """langdetect with the profiles of these languages alone (all 55 would cost five times as much), None when it knows fewer than two.

    Its seed is fixed: unseeded, its answers change between runs.
    """
    known = [profile for profile in sorted(Path(PROFILES_DIRECTORY).iterdir()) if folded(profile.name) in languages]
    if len({folded(profile.name) for profile in known}) < 2:
        return None
    factory = DetectorFactory()
    factory.load_json_profile([profile.read_text(encoding="utf-8") for profile in known])
    factory.seed = 0
    return factory


class Recogniser:
    """Recognises which of the candidate languages a text is written in; build one and keep it, the model takes 0.4 s to load."""

    def __init__(self, candidates: Sequence[str]) -> None:
        """Languages as BCP 47 tags, none for the default ones; those the model does not know are answered by script or prior only."""
        self.candidates = tuple(dict.fromkeys(folded(tag) for tag in candidates if folded(tag))) or DEFAULT_CANDIDATES
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
        unaided = _best(scores)
        for language in possible:
            scores[language] += (_PRIOR if language == believed else 0.0) + _HINT * min(2, claims.count(language))
        return self._decided(text, scores, unaided if unaided in (believed, *claims) else "")

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
        found = _WORD.findall(text.lower())
        little, letters = _counted(Counter(found), _OF_LITTLE_WORD), Counter("".join(found))
        own, wrong = _counted(letters, _OF_LETTER.get(script, {})), _counted(letters, _NOT_OF_LETTER.get(script, {}))
        root = math.sqrt(len(found) or 1)
        return {
            tag: math.log(max(ranked.get(tag, 0.0), 1e-9))
            + NEWS_SHARE.get(tag, 0.0)
            + _WORDS * little[tag] / root
            + _LETTER * min(3, own[tag])
            - _WRONG_LETTER * min(3, wrong[tag])
            for tag in possible
        }

    def _model_for(self, languages: frozenset[str]) -> LanguageIdentifier:
        if languages not in self._restricted:
            model = copy.copy(_model())
            model.set_languages(languages)
            self._restricted[languages] = model
        return self._restricted[languages]

    def _decided(self, text: str, scores: dict[str, float], named: str) -> LanguageGuess:
        """The best language; its confidence is its share, raised or lowered by the second opinion.

        `named` is the language that the model finds unaided and the outlet or the page names as well.
        """
        best = _best(scores)
        share = 1 / sum(math.exp(score - scores[best]) for score in scores.values())
        if len(text) < _SECOND_OPINION_FROM:
            return LanguageGuess(best, round(min(share, 0.97), 4))
        sure = named == best and share >= _CLEAR and best not in _RELATIVES
        second = best if sure else _asked_second(text, frozenset(scores))
        if second in ("", best):
            return LanguageGuess(best, round(max(share, 0.99) if second else share, 4))
        return LanguageGuess(best, round(share * 0.6, 4))


def _best(scores: dict[str, float]) -> str:
    return max(scores, key=lambda tag: (scores[tag], tag))


def _script(text: str) -> tuple[str, int]:
    """The script most of the text is in, and its number of letters; some kana among Han characters make it kana."""
    counts: Counter[str] = Counter(dict.fromkeys(COUNTERS, 0))
    for sign, count in Counter(text).items():
        if script := _script_of(sign):
            counts[script] += count
    if counts["kana"] and counts["kana"] * 12 >= counts["han"]:
        counts["kana"] += counts.pop("han")
    weighted = {name: count * (3 if name in SYLLABIC else 1) for name, count in counts.items()}
    script = max(weighted, key=lambda name: weighted[name])
    return script, weighted[script]


@lru_cache(maxsize=1 << 14)
def _script_of(sign: str) -> str:
    return next((name for name, counter in COUNTERS.items() if counter.match(sign)), "")


def _asked_second(text: str, possible: frozenset[str]) -> str:
    """langdetect's answer among the possible languages, or "" when it has none or knows none of them."""
    factory = _second(possible)
    if factory is None:
        return ""
    detector = factory.create()
    detector.n_trial = _TRIALS
    detector.append(text[:_SECOND_OPINION_ON])
    try:
        return folded(detector.detect())
    except LangDetectException:
        return ""
