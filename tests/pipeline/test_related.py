"""Background: the nearest articles of any language and age, and what continues a story that has ended."""

from __future__ import annotations

from monitor.pipeline.related import Related
from tests.pipeline.group_kit import a_doc

CONVOY = ("convoi", "embuscade", "citerne", "hombori", "chauffeur", "gao")
EVENT = ("k:mbr", "k:kb", "s:mpr", "s:nmpr", "n:17", "g:ML")


def an_archive() -> Related:
    archive = Related()
    for one in range(30):
        for language in ("fr", "en"):
            words = [f"w{one}x{place}" for place in range(6)]
            archive.add(a_doc(f"other{one}{language}", words, language=language, features=[f"k:f{one}", f"s:g{one}", "g:FR"]))
    archive.add(a_doc("same", CONVOY, features=EVENT, hours=-400, names={"mpr": "Hombori"}), "ended")
    archive.add(a_doc("english", ("convoy", "ambush"), language="en", features=EVENT, hours=-900), "older")
    archive.add(a_doc("country", ("mine", "gold"), features=("k:mn", "g:ML")))
    return archive


def test_closest_are_found_whatever_their_language_and_age() -> None:
    found = an_archive().closest(a_doc("new", CONVOY[:5], features=EVENT), top=3)
    assert [one.id for one in found][:2] == ["same", "english"]
    assert found[0].score >= found[1].score > 0.3
    assert found[0].why == ("also named: Hombori, ML, 17", "same words: chauffeur, citerne, convoi, embuscade, hombori")


def test_article_is_not_related_to_itself() -> None:
    archive = an_archive()
    assert "same" not in [one.id for one in archive.closest(a_doc("same", CONVOY, features=EVENT), top=50)]


def test_article_kept_twice_counts_once() -> None:
    archive = an_archive()
    before = len(archive)
    archive.add(a_doc("same", CONVOY))
    assert len(archive) == before


def test_empty_archive_knows_nothing() -> None:
    assert Related().closest(a_doc("new", CONVOY), top=5) == ()


def test_continuation_names_the_ended_story() -> None:
    found = an_archive().follows(a_doc("new", CONVOY[:5], features=EVENT))
    assert found is not None
    assert found.story == "ended"


def test_living_story_is_not_continued_but_joined() -> None:
    archive = an_archive()
    archive.add(a_doc("again", CONVOY, features=EVENT, hours=-10), "ended")
    archive.add(a_doc("again in english", ("convoy", "ambush"), language="en", features=EVENT, hours=-10), "older")
    assert archive.follows(a_doc("new", CONVOY[:5], features=EVENT)) is None
