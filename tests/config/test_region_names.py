"""The names under which a country's regions are asked for."""

from __future__ import annotations

from monitor.config.countries import load_regions
from monitor.config.region_names import _NAMES, _PARENTS, regions_of_country


def test_every_country_has_section_codes_and_names() -> None:
    regions = regions_of_country()
    assert set(regions) == set(load_regions())
    assert regions["ML"][:4] == ("africa", "011", "202", "002")
    assert {"Western Africa", "Afrique subsaharienne", "mali"} <= {*regions["ML"][4:]} | {name.lower() for name in regions["ML"]}


def test_every_sub_region_has_parents_and_names() -> None:
    used = {region.m49 for region in load_regions().values()} - {"010"}  # Antarctica is its own
    assert used == set(_PARENTS)
    assert used - set(_NAMES) == {"053", "054", "057", "061"}  # asked for as Oceania
