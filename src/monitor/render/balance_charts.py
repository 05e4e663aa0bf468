"""Draws the balance page's charts as SVG: bars of weeks, bars of shares, and a map of tiles, one for each region of the world.

The map is a grid of our own making by UN M49 sub-region, not cut from any map data. Colours are classes of the style sheet, so charts
follow the page's scheme; every chart stands beside a table with the same figures, and says in words what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

BAR, GAP, HEIGHT = 10, 3, 44  # units of the viewBox of weekly bars
TILE_WIDTH, TILE_HEIGHT, TILE_GAP = 128, 78, 6
LEVELS = 5
"""Shades of a tile, by its articles in proportion to the region most told of; 0 is none."""

TILES: dict[str, tuple[int, int]] = {
    "021": (0, 0), "013": (0, 1), "029": (1, 1), "005": (1, 2),
    "154": (3, 0), "151": (4, 0), "155": (2, 1), "039": (3, 1), "145": (4, 1),
    "015": (3, 2), "011": (2, 3), "017": (3, 3), "014": (4, 3), "018": (3, 4),
    "143": (5, 0), "034": (5, 1), "030": (6, 0), "035": (6, 1), "009": (6, 3),
}  # fmt: skip
"""Where each sub-region stands, column and row; 009 is all of Oceania."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A region of the map: its M49 code, its name in one line or two, its articles, and the words for those who point or listen."""

    region: str
    name: Sequence[str]
    articles: int
    figure: str


def tile_map(tiles: Sequence[Tile], words: str) -> str:
    """The map; a region without a place in the grid is left out."""
    top = max([tile.articles for tile in tiles] + [1])
    columns, rows = (max(place[axis] for place in TILES.values()) + 1 for axis in (0, 1))
    width, height = columns * (TILE_WIDTH + TILE_GAP) - TILE_GAP, rows * (TILE_HEIGHT + TILE_GAP) - TILE_GAP
    parts = [f'<svg class="tiles" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(words)}">']
    for tile in tiles:
        if tile.region not in TILES:
            continue
        column, row = TILES[tile.region]
        x, y = column * (TILE_WIDTH + TILE_GAP), row * (TILE_HEIGHT + TILE_GAP)
        level = level_of(tile.articles, top)
        box = f'<rect class="tile tile-{level}" x="{x}" y="{y}" width="{TILE_WIDTH}" height="{TILE_HEIGHT}" rx="5"/>'
        figure = f'<text class="tile-figure ink-{level}" x="{x + 10}" y="{y + 28}">{escape(tile.figure)}</text>'
        names = "".join(
            f'<text class="tile-name ink-{level}" x="{x + 10}" y="{y + 48 + 17 * number}">{escape(line)}</text>'
            for number, line in enumerate(tile.name[:2])
        )
        parts.append(f"<g>{box}{figure}{names}</g>")
    return "".join([*parts, "</svg>"])


def level_of(articles: int, top: int) -> int:
    """The shade of a tile: 0 for nothing, then fifths of the most."""
    return 0 if articles <= 0 else min(LEVELS, 1 + int(LEVELS * articles / (top + 1)))


def week_bars(weeks: Sequence[int | None], words: str, *, top: int = 0) -> str:
    """A bar a week, oldest first; a week that was not counted has none. `top` is the height of a full bar, their own most if 0."""
    most = max([top, *[count for count in weeks if count], 1])
    width = len(weeks) * (BAR + GAP) - GAP
    size = f'viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}"'
    parts = [f'<svg class="weeks" {size} role="img" aria-label="{escape(words)}" preserveAspectRatio="none">']
    parts.append(f'<line class="weeks-floor" x1="0" x2="{width}" y1="{HEIGHT - 0.5}" y2="{HEIGHT - 0.5}"/>')
    for number, count in enumerate(weeks):
        if count:
            tall = max(1.0, round((HEIGHT - 1) * min(count, most) / most, 1))
            kind = "weeks-bar weeks-last" if number == len(weeks) - 1 else "weeks-bar"
            x, y = number * (BAR + GAP), round(HEIGHT - 1 - tall, 1)
            parts.append(f'<rect class="{kind}" x="{x}" y="{y}" width="{BAR}" height="{tall}"/>')
    return "".join([*parts, "</svg>"])


def share_bar(share: float) -> str:
    """A bar as long as a share, 0 … 1, of its cell; the figure stands beside it, so it is hidden from those who listen."""
    width = round(100 * max(0.0, min(share, 1.0)), 1)
    rect = f'<rect class="share-bar" width="{width}" height="8" rx="1"/>'
    return f'<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">{rect}</svg>'
