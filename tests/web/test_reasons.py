"""Reasons in words: every code of ranking has a sentence in both languages, and foreign codes are shown as they are."""

from __future__ import annotations

import pytest
from django.utils import translation

from monitor.pipeline.lead import REASONS
from monitor.records import Desk
from monitor.store.pages import DeskFacts
from monitor.web import reasons

FACTS = DeskFacts(Desk(), {"terror": {"fr": "Terrorisme", "en": "Terrorism"}}, offline=False)
SENTENCES = {
    "voices:5": ("5 independent voices", "5 voix indépendantes"),
    "voices:1": ("1 independent voice", "1 voix indépendante"),
    "languages:fr,en": ("in 2 languages: French, English", "en 2 langues\u00a0: français, anglais"),
    "languages:zh": ("in Chinese", "en chinois"),
    "languages:xx": ("in xx", "en xx"),
    "countries:4": ("press of 4 countries", "presse de 4 pays"),
    "theme:terror:0.83": ("theme: Terrorism (83% sure)", "thème\u00a0: Terrorisme (sûr à 83\u00a0%)"),
    "theme:unknown": ("theme: unknown", "thème\u00a0: unknown"),
    "growing:4": ("growing: 4 new voices in six hours", "en hausse\u00a0: 4 nouvelles voix en six heures"),
    "growing:1:0.2": (
        "growing: 1 new voice in six hours, where 0.2 are usual",
        "en hausse\u00a0: 1 nouvelle voix en six heures, contre 0,2 d’ordinaire",
    ),
    "growing:4:1.2": (
        "growing: 4 new voices in six hours, where 1.2 are usual",
        "en hausse\u00a0: 4 nouvelles voix en six heures, contre 1,2 d’ordinaire",
    ),
    "no-baseline:1": (
        "what is usual is not known yet: 1 day of 7 counted",
        "rythme habituel encore inconnu\u00a0: 1 jour observé sur 7",
    ),
    "no-baseline:3": (
        "what is usual is not known yet: 3 days of 7 counted",
        "rythme habituel encore inconnu\u00a0: 3 jours observés sur 7",
    ),
    "spike:terror:ML:9:6:1.2": (
        "far more than usual: Terrorism, Mali (9 voices in 6 hours, where 1.2 are usual)",
        "bien plus que d’habitude\u00a0: Terrorisme, Mali (9 voix en 6 heures, contre 1,2 d’ordinaire)",
    ),
    "alerts:1": ("matches 1 alert of the desk", "correspond à 1 alerte du desk"),
    "alerts:2": ("matches 2 alerts of the desk", "correspond à 2 alertes du desk"),
    "nothing-published": ("nothing published yet to compare it with", "rien n’a encore été publié à quoi le comparer"),
    "quota": ("moved up so that its section has its places", "remonté pour que sa rubrique ait ses places"),
    "cap": (
        "moved down: its section has its share of the first places",
        "redescendu\u00a0: sa rubrique a déjà sa part des premières places",
    ),
    "follows:0.40": ("continues a story the desk has published on", "suite d’un sujet déjà traité par le desk"),
    "agency-copies:3": ("3 copies of another’s text, not counted", "3 copies du texte d’un autre, non comptées"),
    "single-voice": ("told by a single voice so far", "une seule voix pour l’instant"),
    "unrated": ("an outlet of low weight", "un média de faible poids"),
    "heavy-outlets:1": ("1 outlet of high weight tells it", "1 média de poids en parle"),
    "heavy-outlets:2": ("2 outlets of high weight tell it", "2 médias de poids en parlent"),
    "one-country:DE": ("press of one country only (Germany)", "presse d’un seul pays (Allemagne)"),
    "one-country:XX": ("press of one country only (XX)", "presse d’un seul pays (XX)"),
    "not-in:fr,en": ("not told in French, English", "absent en français, anglais"),
    "no-theme": ("none of the desk’s themes", "aucun des thèmes du desk"),
    "noise": ("close to topics the desk leaves out", "proche de sujets que le desk écarte"),
    "pinned:50": ("pinned by an editor", "épinglé par la rédaction en chef"),
    "old": ("its newest article is old", "son dernier article est ancien"),
}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_code_is_a_sentence_in_both_languages(code: str) -> None:
    said = []
    for language in ("en", "fr"):
        with translation.override(language):
            said.append(reasons.sentence(code, FACTS, language))
    assert tuple(said) == SENTENCES[code]


def test_every_code_of_ranking_is_told_here() -> None:
    assert set(REASONS) == {code.partition(":")[0] for code in SENTENCES}


@pytest.mark.parametrize(
    "code",
    [
        "",
        "odd:thing",
        "voices:many",
        "voices:",
        "countries:-1",
        "theme:",
        "<b>",
        "spike:a:ML:9:6:nan",
        "spike:a",
        "growing:x:1",
        "growing:4:",
    ],
)
def test_a_code_nobody_knows_is_shown_as_it_is(code: str) -> None:
    assert reasons.sentence(code, FACTS, "en") == code


def test_a_theme_with_a_nonsense_confidence_keeps_its_name() -> None:
    assert [reasons.sentence(f"theme:terror:{value}", FACTS, "en") for value in ("nan", "inf", "x")] == ["theme: Terrorism"] * 3
