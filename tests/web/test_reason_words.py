"""Why something could not be read is said in French on French pages; no sentence of the rooms that write them is missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

import monitor
from monitor.web import reason_words
from tests.web import rows
from tests.web.reading import texts

ROOM = Path(monitor.__file__).parent
WRITERS = (
    "outside/fetch.py", "outside/dialer.py", "outside/guard.py", "outside/body.py", "outside/robots.py", "outside/reader_process.py",
    "pipeline/when.py", "pipeline/when_failures.py", "pipeline/when_moves.py", "pipeline/extract.py", "pipeline/extract_verdict.py",
    "pipeline/parse.py", "pipeline/parse_before.py", "flows/poll_feeds.py", "flows/read_articles.py", "flows/portal_watch.py",
    "flows/discover_feeds.py", "flows/try_outlet.py", "store/articles.py",
)  # fmt: skip
FOR_PROGRAMMERS = ("Unix sockets are not asked.",)


def sentences(path: str) -> Iterator[str]:
    """Every sentence a file writes: begins with a capital or a value, ends with a full stop; values as `x`."""
    tree = ast.parse((ROOM / path).read_text(encoding="utf-8"))
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    inner |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in inner:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else _value(part) for part in node.values)
        else:
            continue
        if re.fullmatch(r"[A-Zx].{14,}[.?]", text) and text.count(" ") > 2 and text not in FOR_PROGRAMMERS:
            yield text


def _value(part: ast.expr) -> str:
    """What stands for a value: the guard's one fixed phrase as it is."""
    name = ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else ""
    return {"_SETTING": "MONITOR_ALLOW_NETWORKS allows networks of your own", "waited": "fell silent"}.get(name, "x")


@pytest.mark.parametrize("path", WRITERS)
def test_every_sentence_of_a_writer_is_known_in_french(path: str) -> None:
    with translation.override("fr"):
        unknown = [text for text in sentences(path) if reason_words.said(text) == text]
    assert unknown == []


def test_every_sentence_is_found_where_it_is_written() -> None:
    assert sum(1 for path in WRITERS for _ in sentences(path)) > 80


def test_every_known_sentence_has_its_french_with_the_same_values() -> None:
    for text in reason_words.SAID:
        english = reason_words._source(text)
        with translation.override("fr"):
            french = str(text)
        assert (french != english, sorted(re.findall(r"%\((\w+)\)s", french))) == (True, sorted(re.findall(r"%\((\w+)\)s", english))), (
            english
        )


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("", ""),
        ("The outlet answers 404: there is nothing at this address.", "Le média répond 404\u00a0: il n’y a rien à cette adresse."),
        ("The outlet answers 418: an error in the request.", "Le média répond 418\u00a0: une erreur dans la demande."),
        (
            "No network: The name press.example is not known (gaierror).",
            "Pas de réseau\u00a0: Le nom press.example est inconnu (gaierror).",
        ),
        ("The name %(host)s is not known (100% sure).", "Le nom %(host)s est inconnu (100% sure)."),
        ("What nobody has ever said.", "What nobody has ever said."),
        ("The outlet answers 503: " + "x" * 5000 + ".", "The outlet answers 503: " + "x" * 1976),
    ],
)
def test_a_stored_sentence_is_said_in_french_with_its_values(stored: str, shown: str) -> None:
    with translation.override("fr"):
        assert reason_words.said(stored) == shown
    with translation.override("en"):
        assert reason_words.said(stored) == stored[:2000]


@pytest.mark.django_db
def test_a_french_page_tells_in_french_why_a_feed_and_an_article_could_not_be_read() -> None:
    outlet = rows.an_outlet()
    reason = "The outlet took longer than 30 seconds in all."
    feed = rows.a_feed(outlet, health="failing", last_error=reason, failing_since=rows.NOW)
    rows.an_event(feed, result="timeout", status=None, reason=reason)
    story = rows.a_story()
    rows.an_article(outlet, story, "Convoy", verdict="paywalled", reason="The page shows only the free part of a paid article.")
    french, english = rows.signed_in("contributor", "fr"), rows.signed_in("contributor")
    expected = "Le média a mis plus de 30 secondes en tout."
    for path in ("/outlets", f"/outlets/{outlet.slug}"):
        told = [client.get(path).content.decode() for client in (french, english)]
        assert [expected in told[0], reason in told[0], reason in told[1]] == [True, False, True], path
    said = texts(french.get(f"/story/{story.uuid}"), ".counts")
    assert [one for one in said if "La page ne montre que la partie gratuite d’un article payant." in one]


@pytest.mark.django_db
def test_markup_in_a_stored_value_stays_text(contributor: Client) -> None:
    outlet = rows.an_outlet()
    rows.a_feed(outlet, health="failing", last_error="The outlet cannot be reached: <b>no</b>.", failing_since=rows.NOW)
    assert "<b>no</b>" not in contributor.get(f"/outlets/{outlet.slug}").content.decode()
