"""The gazetteer's file is read whole, and every mistake in it is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.gazetteer_file import load_gazetteer
from monitor.errors import ConfigError


def written(folder: Path, *entries: str) -> Path:
    path = folder / "gazetteer.yaml"
    path.write_text("as_of: 2026-02\nentries:\n" + "".join(f"  - {entry}\n" for entry in entries), encoding="utf-8")
    return path


def mistakes(path: Path) -> list[tuple[int | None, str]]:
    with pytest.raises(ConfigError) as caught:
        load_gazetteer(path)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_entry_with_an_office(tmp_path: Path) -> None:
    path = written(tmp_path, '{id: p.rutte_nl, kind: person, geo: [NL], valid: {from: "2010-10", to: "2024-07"}, aliases: [Rutte]}')
    (entry,) = load_gazetteer(path).entries
    assert (entry.geo, entry.valid_from, entry.valid_to, entry.aliases) == (("NL",), "2010-10", "2024-07", {"*": ("Rutte",)})


def test_office_without_an_end_is_held_still(tmp_path: Path) -> None:
    (entry,) = load_gazetteer(written(tmp_path, '{id: p.x, kind: person, valid: {from: "2025-01"}, aliases: [Xy]}')).entries
    assert (entry.valid_from, entry.valid_to) == ("2025-01", "")


def test_continent_stands_for_its_countries(tmp_path: Path) -> None:
    (entry,) = load_gazetteer(written(tmp_path, '{id: r.africa, kind: region, geo: ["002"], aliases: [Afrique]}')).entries
    assert entry.geo == ("002",)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('{id: p.x, kind: person, valid: {from: "2025-13"}, aliases: [Xy]}', "2025-13 is no month"),
        ('{id: p.x, kind: person, valid: {from: "spring"}, aliases: [Xy]}', "spring is no month"),
        ('{id: p.x, kind: person, valid: {since: "2025-01"}, aliases: [Xy]}', "valid has from and to"),
        ('{id: p.x, kind: person, valid: "2025-01", aliases: [Xy]}', "valid has from and to"),
        ('{id: p.x, kind: person, valid: {from: "2025-02", to: "2025-01"}, aliases: [Xy]}', "valid ends before it begins"),
        ("{id: r.x, kind: region, geo: [XX], aliases: [Xy]}", "XX is no country"),
        ("{id: r.x, kind: regoin, aliases: [Xy]}", "unknown kind regoin"),
        ("{id: r.x, kind: region}", "an entry needs aliases"),
    ],
)
def test_mistake_is_told_with_its_line(tmp_path: Path, entry: str, message: str) -> None:
    assert mistakes(written(tmp_path, entry)) == [(3, message)]


def test_same_id_twice_is_a_mistake(tmp_path: Path) -> None:
    one = "{id: r.x, kind: region, aliases: [Xy]}"
    assert mistakes(written(tmp_path, one, one)) == [(4, "the id r.x is there twice")]


def test_shipped_gazetteer_is_read_once() -> None:
    assert load_gazetteer() is load_gazetteer()
