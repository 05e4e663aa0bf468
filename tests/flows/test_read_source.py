"""Sources added by address are read politely, links of submitted pieces asked for; a page that cannot be read says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from monitor.config.newsroom_file import load_newsroom
from monitor.jobs.wishes import read_sources
from monitor.outside.fetch import HttpFetcher
from monitor.outside.guard import Policy
from monitor.outside.newsroom import Newsroom
from monitor.store import models, people, piece_acts, piece_sources
from tests.flows.desk import FlowDesk, failed, html, ok

SITE = "https://paper.example/"
PAGE = f"{SITE}news/ship"
ROBOTS = f"{SITE}robots.txt"
TDMREP = f"{SITE}.well-known/tdmrep.json"


@pytest.fixture
def piece(desk: FlowDesk) -> models.Piece:
    return models.Piece.objects.create(language="en", made_at=desk.clock.now(), changed_at=desk.clock.now())


def added(desk: FlowDesk, piece: models.Piece, address: str = PAGE) -> models.PieceSource:
    """A source added by this address and looked at."""
    assert piece_sources.add_address(piece, address, desk.clock.now()) == "reading"
    read_sources(desk.kit)
    return models.PieceSource.objects.get(piece=piece)


def a_page(desk: FlowDesk, title: str = "Ship drifts into the breakwater", **headers: str) -> None:
    desk.web[ROBOTS] = ok(ROBOTS, "", "text/plain")
    desk.web[PAGE] = ok(PAGE, html(title), "text/html", **headers)


def test_a_page_is_read_after_its_robots_with_headline_language_and_text(desk: FlowDesk, piece: models.Piece) -> None:
    a_page(desk)
    row = added(desk, piece)
    assert [url for _, url in desk.asked] == [ROBOTS, TDMREP, PAGE]
    assert [second - first >= 5 for (first, _), (second, _) in pairwise(desk.asked)] == [True, True]
    assert (row.outlet, row.headline, row.language) == ("paper.example", "Ship drifts into the breakwater", "en")
    assert (row.unread, row.dead) == ("", "")
    assert "Port Vell" in row.body.text
    assert models.ToAskSource.objects.count() == 0


def test_what_a_page_reserves_is_not_kept(desk: FlowDesk, piece: models.Piece) -> None:
    a_page(desk, tdm_reservation="1")
    row = added(desk, piece)
    assert (row.headline, models.SourceText.objects.count()) == ("Ship drifts into the breakwater", 0)


def test_what_an_origin_reserves_is_not_kept_unless_the_page_says_otherwise(desk: FlowDesk, piece: models.Piece) -> None:
    a_page(desk)
    desk.web[TDMREP] = ok(TDMREP, '[{"location": "/news/*", "tdm-reservation": 1}]', "application/json")
    assert added(desk, piece).headline == "Ship drifts into the breakwater"
    assert models.SourceText.objects.count() == 0
    models.PieceSource.objects.all().delete()
    a_page(desk, tdm_reservation="0")
    assert added(desk, piece).body.verdict == "full"


def test_what_is_no_page_says_what_it_is(desk: FlowDesk, piece: models.Piece) -> None:
    a_page(desk)
    desk.web[PAGE] = ok(PAGE, "%PDF-1.7", "application/pdf")
    assert added(desk, piece).unread == "The address answers with application/pdf, not with an article page."


@pytest.mark.parametrize(
    ("robots", "page", "asked", "dead", "unread"),
    [
        ("User-agent: *\nDisallow: /news/\n", None, 1, False, True),
        ("", failed(PAGE, "http", 404, "404 Not Found."), 3, True, False),
        ("", failed(PAGE, "challenge", 403, "Bot protection."), 3, False, True),
        ("", failed(PAGE, "timeout", None, "The server took longer than 30 seconds."), 3, False, True),
    ],
)
def test_a_page_that_may_not_or_cannot_be_read_says_why(
    desk: FlowDesk, piece: models.Piece, robots: str, page: Any, asked: int, dead: bool, unread: bool
) -> None:
    desk.web[ROBOTS] = ok(ROBOTS, robots, "text/plain")
    if page is not None:
        desk.web[PAGE] = page
    row = added(desk, piece)
    assert (len(desk.asked), row.dead != "", row.unread != "", row.headline) == (asked, dead, unread, "")


def test_a_host_that_asked_to_be_left_alone_is_left_alone(desk: FlowDesk, piece: models.Piece) -> None:
    until = desk.clock.now() + timedelta(hours=5)
    models.Host.objects.create(name="paper.example", not_before=until, not_before_reason="429 Too Many Requests.")
    row = added(desk, piece)
    assert (desk.asked, row.unread) == ([], "429 Too Many Requests.")


def test_links_of_a_submitted_piece_are_asked_for_once(desk: FlowDesk, piece: models.Piece) -> None:
    a_page(desk)
    gone = f"{SITE}news/gone"
    desk.web[gone] = failed(gone, "http", 410, "410 Gone.")
    for number, address in enumerate((PAGE, gone), 1):
        cited = {"outlet": "Paper", "headline": "x", "cited_at": desk.clock.now()}
        models.PieceSource.objects.create(piece=piece, position=number, address=address, **cited)
    person = people.add("ada@desk.localhost", "Ada", "Byron", "contributor", "en", desk.clock.now())
    models.Piece.objects.update(author=person)
    piece_acts.move(piece.uuid, "submit", person, 1, desk.clock.now(), editor=False)
    assert read_sources(desk.kit) == 2
    assert [(row.checked_at is not None, row.dead) for row in piece.sources.order_by("position")] == [(True, ""), (True, "410 Gone.")]
    assert models.SourceText.objects.count() == 0
    assert read_sources(desk.kit) == 0


@pytest.mark.parametrize("contact", ["", "desk@example.org"])
def test_this_machine_and_its_networks_are_read_only_where_the_desk_has_outlets(desk: FlowDesk, piece: models.Piece, contact: str) -> None:
    """Real sockets: two papers answer on loopback, and the desk follows one of them; whatever else listens there is never asked."""
    policy, told = Policy(contact=contact, host_interval=0), []

    def resolver(host: str, port: int) -> list[str]:
        told.append(host)
        return ["127.0.0.1"]

    with (
        Newsroom(load_newsroom(), port=0, clock=desk.clock) as newsroom,
        HttpFetcher(policy, desk.clock, resolver=resolver) as fetcher,
    ):
        own, other = list(newsroom._houses.values())[:2]
        port = other.base.rpartition(":")[2]
        desk.watch(f"{own.base}/feed")
        desk.kit = replace(desk.kit, fetcher=fetcher, policy=policy)
        assert added(desk, piece, own.base + next(iter(own.paths))).headline != ""
        assert {one.outlet for one in newsroom.requests} == {own.outlet.id}
        path = next(iter(other.paths))
        refused = [
            other.base + path, f"http://127.0.0.1:{port}{path}", f"http://127.1:{port}{path}", f"http://2130706433:{port}{path}",
            f"http://0x7f.0.0.1:{port}{path}", f"http://0.0.0.0:{port}{path}", f"http://[::ffff:127.0.0.1]:{port}{path}",
            f"http://inside.example:{port}{path}", "http://inside.example/", "http://localhost.localdomain/", "http://10.0.0.1/",
            "http://192.168.1.1/admin", "http://172.16.0.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/",
        ]  # fmt: skip
        answers = {}
        for address in refused:
            models.PieceSource.objects.all().delete()
            if piece_sources.add_address(piece, address, desk.clock.now()) == "reading":
                read_sources(desk.kit)
                row = models.PieceSource.objects.get(piece=piece)
                answers[address] = (row.headline, row.unread != "", row.dead)
        assert {address: one for address, one in answers.items() if one != ("", True, "")} == {}
        assert len(answers) >= len(refused) - 2  # what is no address of a page at all is not even tried
        assert {one.outlet for one in newsroom.requests} == {own.outlet.id}
        assert set(told) == ({"inside.example", "localhost.localdomain"} if contact else set())
