"""Drawings made from the catalogue: SVG for the pages, Mermaid text for the docs.

Everything is sorted and depends on nothing but the catalogue and the language, so that files can be compared byte by
byte. The SVG carries no inline style and no script: a strict content policy shows it as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _
from django.utils.translation import override

from workflows.catalogue import LIFECYCLES
from workflows.vocabulary import NEW, Lifecycle, Step

WIDTH, HEIGHT, GAP, LANE, MARGIN, LABELS = 340, 46, 38, 18, 24, 300
INDENT, SCALE = 20, 1.46
"""Where words and straight arrows begin in a box: what is seen first on a narrow page; and how much larger than its numbers
the drawing is shown, so that its smallest letters have 16 px."""
SHORT, LONG = 52, 104
"""Letters for which there is room beside an arrow in its lane, and beside one straight down."""


def moves(page: type[Lifecycle], field: str) -> list[tuple[str, str, Step]]:
    """(source, target, step) of one field, in the order of the page's states and steps."""
    order = {state: place for place, state in enumerate([NEW, *page.choices()[field].values])}
    found = [(*move, one) for one in page.steps().values() if one.field == field for move in one.moves]
    return sorted(found, key=lambda move: (order[move[0]], order[move[1]], move[2].name))


def label_of(page: type[Lifecycle], field: str, state: str) -> str:
    """A state as people read it, in the current language."""
    return _("Begin") if state == NEW else str(page.choices()[field](state).label)


def svg(
    key: str, field: str = "", language: str = "vi", *, walked: Collection[tuple[str, str]] = (), here: str | None = None
) -> str:  # fmt: skip
    """The drawing of a lifecycle's field: states top to bottom, steps as arrows in lanes beside them.

    Moves (source, target) that were `walked` are drawn heavier, and the state where somebody stands (`here`) has a mark.
    Raises KeyError for an unknown lifecycle or field.
    """
    page = LIFECYCLES[key]
    field = field or next(iter(page.choices()))
    with override(language):
        states = [NEW, *page.choices()[field].values]
        rows = {state: place for place, state in enumerate(states)}
        arrows = _arrows(page, field, rows)
        lanes = max((arrow.lane for arrow in arrows), default=0)
        width = MARGIN * 2 + WIDTH + LABELS + LANE * (lanes + 1)
        height = MARGIN * 2 + len(states) * (HEIGHT + GAP) - GAP
        name = f"{key}-{field}"
        size = f'width="{round(width * SCALE)}" height="{round(height * SCALE)}"'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size} role="img" class="lifecycle">',
            f"<title>{escape(str(page.label))} - {name}</title>",
            f"<defs>{_tip(f'tip-{name}', '#5b6770', 'tip')}{_tip(f'went-{name}', '#9b1b1e', 'tip went')}</defs>",
        ]
        went = {(rows[source], rows[target]) for source, target in walked if {source, target} <= rows.keys()}
        lines += [_line(arrow, name, walked=(arrow.source, arrow.target) in went) for arrow in arrows]
        lines += [
            _box(rows[state], label_of(page, field, state), final=state in page.final, here=state == here)
            for state in states
        ]
        lines += sorted({_words(arrow) for arrow in arrows})
        return "\n".join([*lines, "</svg>"]) + "\n"


@dataclass(frozen=True)
class Arrow:
    """One move on the drawing: rows of its ends, its lane (0: straight down), its place at the target, its words."""

    source: int
    target: int
    lane: int
    entry: int
    words: str


def _arrows(page: type[Lifecycle], field: str, rows: Mapping[str, int]) -> list[Arrow]:
    """Arrows that do the same (one target, the same steps) share a lane; shorter ones run nearer to the states."""
    pairs: dict[tuple[int, int], list[str]] = {}
    for source, target, one in moves(page, field):
        if source != target:
            pairs.setdefault((rows[source], rows[target]), []).append(str(one.label))
    groups: dict[tuple[int, str], list[int]] = {}
    for (start, end), labels in pairs.items():
        if end - start != 1:
            groups.setdefault((end, "; ".join(labels)), []).append(start)
    lanes = _lanes({key: (min(*starts, key[0]), max(*starts, key[0])) for key, starts in groups.items()})
    entries: dict[int, list[str]] = {}
    for end, words in sorted(groups, key=lambda key: lanes[key]):
        entries.setdefault(end, []).append(words)
    found = [Arrow(start, end, 0, 0, "; ".join(labels)) for (start, end), labels in pairs.items() if end - start == 1]
    for (end, words), starts in groups.items():
        found += [Arrow(start, end, lanes[end, words], entries[end].index(words), words) for start in starts]
    return sorted(found, key=lambda arrow: (arrow.source, arrow.target, arrow.words))


def _lanes(spans: Mapping[tuple[int, str], tuple[int, int]]) -> dict[tuple[int, str], int]:
    """A lane (1, 2, ...) for every group, so that no two overlap in one lane."""
    taken: list[list[tuple[int, int]]] = []
    found: dict[tuple[int, str], int] = {}
    for key, (low, high) in sorted(spans.items(), key=lambda one: (one[1][1] - one[1][0], one)):
        free = (n for n, lane in enumerate(taken) if all(high < first or low > last for first, last in lane))
        place = next(free, len(taken))
        if place == len(taken):
            taken.append([])
        taken[place].append((low, high))
        found[key] = place + 1
    return found


def _tip(name: str, colour: str, kind: str) -> str:
    """An arrow's head, of one size however heavy the arrow."""
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="9" markerHeight="9" orient="auto" '
        f'markerUnits="userSpaceOnUse"><path d="M0 0L8 4L0 8z" fill="{colour}" class="{kind}"/></marker>'
    )


def _box(row: int, label: str, *, final: bool, here: bool) -> str:
    y = MARGIN + row * (HEIGHT + GAP)
    edge = ' stroke-width="3"' if final else ' stroke-width="1.5"'
    fill, label, kind = ("#fbe3c8", f"● {label}", "state here") if here else ("#ffffff", label, "state")
    return (
        f'<g class="{kind}"><rect x="{MARGIN}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{fill}" '
        f'stroke="#2f3b44"{edge}/><text x="{MARGIN + INDENT - 6}" y="{y + HEIGHT // 2 + 5}" '
        f'font-family="sans-serif" font-size="13" fill="#1b2328">{escape(label)}</text></g>'
    )


def _line(arrow: Arrow, name: str, *, walked: bool) -> str:
    top, step, right = MARGIN, HEIGHT + GAP, MARGIN + WIDTH
    if arrow.lane == 0:
        path = f"M{MARGIN + INDENT} {top + arrow.source * step + HEIGHT}v{GAP - 2}"
    else:
        x = right + LABELS + LANE * (arrow.lane - 1)
        path = f"M{right} {top + arrow.source * step + HEIGHT - 5}H{x}V{_entry(arrow)}H{right + 2}"
    stroke, kind = ('"#9b1b1e" stroke-width="3.5"', "step walked") if walked else ('"#5b6770"', "step")
    tip = f"{'went' if walked else 'tip'}-{name}"
    shape = f'fill="none" stroke={stroke} marker-end="url(#{tip})" class="{kind}"'
    return f"<path d={quoteattr(path)} {shape}><title>{escape(arrow.words)}</title></path>"


def _entry(arrow: Arrow) -> int:
    return MARGIN + arrow.target * (HEIGHT + GAP) + 12 * arrow.entry + 10


def _words(arrow: Arrow) -> str:
    """The steps' names beside the arrow, on a white halo where lines cross; long ones are cut (the title has all)."""
    if arrow.lane == 0:
        x, y, room = MARGIN + INDENT + 12, MARGIN + arrow.target * (HEIGHT + GAP) - GAP // 2 + 4, LONG
    else:
        x, y, room = MARGIN + WIDTH + 16, _entry(arrow) - 5, SHORT
    short = arrow.words if len(arrow.words) <= room else arrow.words[: room - 1] + "…"
    return (
        f'<text x="{x}" y="{y}" font-family="sans-serif" font-size="11" fill="#3c4a54" stroke="#ffffff" '
        f'stroke-width="3" paint-order="stroke">{escape(short)}</text>'
    )


def mermaid(key: str, field: str = "", language: str = "vi") -> str:
    """The same as Mermaid text, with the steps' names on the arrows (docs only)."""
    page = LIFECYCLES[key]
    field = field or next(iter(page.choices()))
    with override(language):
        lines = ["stateDiagram-v2"]
        lines += [f"    {state}: {label_of(page, field, state)}" for state in page.choices()[field].values]
        lines += [f"    {source or '[*]'} --> {target}: {one.label}" for source, target, one in moves(page, field)]
        used = {state for source, target, _step in moves(page, field) for state in (source, target)}
        lines += [f"    {state} --> [*]" for state in page.choices()[field].values if state in {*page.final} & used]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":  # the name under which the documents were made before they had a module of their own
    from workflows.documenting import main

    main(*sys.argv[1:2])
