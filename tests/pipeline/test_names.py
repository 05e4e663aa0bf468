"""Names are printed and sorted as the readers of a press review expect."""

from __future__ import annotations

import pytest

from monitor.pipeline.names import capitals, name_in, printed, sort_key


@pytest.mark.parametrize(
    ("family", "shown"),
    [
        ("Byron", "BYRON"),
        ("de Vigny", "de VIGNY"),
        ("d'Ormes", "d'ORMES"),
        ("d’Été", "d’ÉTÉ"),
        ("von der Aue", "von der AUE"),
        ("Le Goff", "LE GOFF"),
        ("De Smet", "DE SMET"),
        ("du Parc", "DU PARC"),
        ("van", "VAN"),
        ("O’Neil", "O’NEIL"),
        ("Straße", "STRASSE"),
        ("  Saint   Clair ", "SAINT CLAIR"),
        ("", ""),
    ],
)
def test_family_names_stand_in_capitals_and_small_particles_stay_small(family: str, shown: str) -> None:
    assert capitals(family) == shown


def test_names_sort_by_family_name_whatever_their_signs() -> None:
    families = ["Zola", "Émond", "emile", "Øster", "Ostrow", "von der Aue", "d’Été", "De Smet", "Łuk", "Lukas"]
    ordered = sorted(families, key=lambda name: sort_key(name))
    assert ordered == ["von der Aue", "De Smet", "emile", "Émond", "d’Été", "Łuk", "Lukas", "Øster", "Ostrow", "Zola"]


def test_letters_behind_z_stand_there_in_their_own_language() -> None:
    families = ["Åberg", "Zorn", "Adler"]
    assert sorted(families, key=lambda name: sort_key(name, language="sv")) == ["Adler", "Zorn", "Åberg"]
    assert sorted(families, key=lambda name: sort_key(name, language="en")) == ["Åberg", "Adler", "Zorn"]


def test_a_byline_without_its_own_words_is_the_name() -> None:
    patterns = ("By {given} {FAMILY}", "{FAMILY}, {given}.", "Par {given} {family}")
    assert [name_in(pattern) for pattern in patterns] == ["{given} {FAMILY}", "{FAMILY}, {given}", "{given} {family}"]


def test_a_name_is_text_whatever_it_holds() -> None:
    assert printed("By {given} {FAMILY}", "{FAMILY}", "{0.__class__} \n x") == "By {FAMILY} {0.__CLASS__} X"
    assert printed("By {given} {FAMILY}", "", "Byron") == "By BYRON"
