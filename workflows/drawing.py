"""Drawings and tables made from the catalogue: SVG for the pages, Mermaid text for the docs, the matrix of rights.

Everything is sorted and depends on nothing but the catalogue and the language, so that files can be compared byte by
byte. The SVG carries no inline style and no script: a strict content policy shows it as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _
from django.utils.translation import override

from workflows.catalogue import LIFECYCLES
from workflows.offices import LEVELS_OF, RIGHTS, Level, Office, Right
from workflows.vocabulary import NEW, Lifecycle, Step

WIDTH, HEIGHT, GAP, LANE, MARGIN = 350, 40, 34, 18, 24


def moves(page: type[Lifecycle], field: str) -> list[tuple[str, str, Step]]:
    """(source, target, step) of one field, in the order of the page's states and steps."""
    order = {state: place for place, state in enumerate([NEW, *page.choices()[field].values])}
    found = [
        (source, one.target, one) for one in page.steps().values() if one.field == field for source in one.sources
    ]  # fmt: skip
    return sorted(found, key=lambda move: (order[move[0]], order[move[1]], move[2].name))


def label_of(page: type[Lifecycle], field: str, state: str) -> str:
    """A state as people read it, in the current language."""
    return _("Begin") if state == NEW else str(page.choices()[field](state).label)


def svg(key: str, field: str = "", language: str = "vi") -> str:
    """The drawing of a lifecycle's field: states top to bottom, steps as arrows in lanes beside them.

    Raises KeyError for an unknown lifecycle or field.
    """
    page = LIFECYCLES[key]
    field = field or next(iter(page.choices()))
    with override(language):
        states = [NEW, *page.choices()[field].values]
        pairs: dict[tuple[str, str], list[str]] = {}
        for source, target, one in moves(page, field):
            if source != target:
                pairs.setdefault((source, target), []).append(str(one.label))
        rows = {state: place for place, state in enumerate(states)}
        lanes = _lanes([(rows[source], rows[target]) for source, target in pairs])
        width = MARGIN * 2 + WIDTH + LANE * (max(lanes.values(), default=0) + 2)
        height = MARGIN * 2 + len(states) * (HEIGHT + GAP) - GAP
        title = f"{page.label} - {key}"
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" class="lifecycle">',
            f"<title>{escape(title)}</title>",
            f'<defs><marker id="tip-{key}-{field}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0L8 4L0 8z" fill="#5b6770"/></marker></defs>',
        ]
        for (source, target), labels in pairs.items():
            span = (rows[source], rows[target])
            lines.append(_arrow(*span, lanes[span], labels, f"{key}-{field}"))
        lines += [_box(rows[state], label_of(page, field, state), final=state in page.final) for state in states]
        return "\n".join([*lines, "</svg>"]) + "\n"


def _lanes(spans: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """A lane for every arrow, the shorter ones nearer; a step to the next state needs none (lane 0)."""
    taken: list[list[tuple[int, int]]] = []
    found: dict[tuple[int, int], int] = {}
    for span in sorted(spans, key=lambda one: (abs(one[1] - one[0]), one)):
        low, high = sorted(span)
        if span[1] - span[0] == 1:
            found[span] = 0
            continue
        free = (n for n, lane in enumerate(taken) if all(high < a or low > b for a, b in lane))
        place = next(free, len(taken))
        if place == len(taken):
            taken.append([])
        taken[place].append((low, high))
        found[span] = place + 1
    return found


def _box(row: int, label: str, *, final: bool) -> str:
    y = MARGIN + row * (HEIGHT + GAP)
    edge = ' stroke-width="3"' if final else ' stroke-width="1.5"'
    return (
        f'<g class="state"><rect x="{MARGIN}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff" '
        f'stroke="#2f3b44"{edge}/><text x="{MARGIN + WIDTH // 2}" y="{y + HEIGHT // 2 + 5}" text-anchor="middle" '
        f'font-family="sans-serif" font-size="13" fill="#1b2328">{escape(label)}</text></g>'
    )


def _arrow(source: int, target: int, lane: int, labels: list[str], name: str) -> str:
    tip = f"<title>{escape('; '.join(labels))}</title>"
    top, step = MARGIN, HEIGHT + GAP
    if lane == 0:
        x, y = MARGIN + WIDTH // 2, top + source * step + HEIGHT
        path = f"M{x} {y}V{y + GAP - 2}"
    else:
        start, end = top + source * step + HEIGHT // 2 + 6, top + target * step + HEIGHT // 2 - 6
        right = MARGIN + WIDTH
        path = f"M{right} {start}H{right + LANE * lane + 6}V{end}H{right + 2}"
    shape = f'fill="none" stroke="#5b6770" marker-end="url(#tip-{name})"'
    return f'<path d={quoteattr(path)} {shape} class="step">{tip}</path>'


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


def rights_matrix(language: str = "vi") -> str:
    """Which office holds which right, and at which levels it exists (Markdown)."""
    with override(language):
        rights = [right for right in Right if right != Right.THROUGH_CASE]
        lines = [f"# {_('Rights by office')}", ""]
        lines += [f"| {_('Right')} | " + " | ".join(str(office.label) for office in Office) + " |"]
        lines += ["|---" * (len(Office) + 1) + "|"]
        lines += [
            f"| {right.label} | " + " | ".join("x" if right in RIGHTS[office] else "" for office in Office) + " |"
            for right in rights
        ]
        lines += ["", f"## {_('Levels of offices')}", ""]
        lines += [f"- {office.label}: {', '.join(str(Level(one).label) for one in LEVELS_OF[office])}"
                  for office in Office]  # fmt: skip
    return "\n".join(lines) + "\n"


def steps_table(key: str, language: str = "vi") -> str:
    """The steps of a lifecycle: who, at which level, which papers and facts, which clocks, on which basis (Markdown)."""
    page = LIFECYCLES[key]
    with override(language):
        lines = [
            f"## {page.label}",
            "",
            f"| {_('Step')} | {_('Right')} | {_('Facts')} | {_('Deadlines')} | {_('Basis')} |",
        ]
        lines.append("|---|---|---|---|---|")
        for name, one in page.steps().items():
            facts = ", ".join(str(fact.label) + ("" if fact.required else " (?)") for fact in one.facts)
            clocks = [f"+{clock.rule}" for clock in one.opens] + [f"-{rule}" for rule in one.closes]
            lines.append(f"| {one.label} (`{name}`) | {one.by.label} | {facts} | {' '.join(clocks)} | "
                         f"{'; '.join(one.basis)} |")  # fmt: skip
    return "\n".join(lines) + "\n"


def documents(language: str = "vi") -> dict[str, str]:
    """File name -> text of everything that is generated into the docs."""
    found = {"rights.md": rights_matrix(language)}
    for key in sorted(LIFECYCLES):
        parts = [steps_table(key, language)]
        for field in LIFECYCLES[key].choices():
            name = key if field == "state" else f"{key}-{field}"
            found[f"{name}.svg"] = svg(key, field, language)
            parts.append(f"```mermaid\n{mermaid(key, field, language)}```\n")
        found[f"{key}.md"] = "\n".join(parts)
    return found


def write(folder: Path) -> list[str]:
    """Write all documents into a folder; the names written."""
    folder.mkdir(parents=True, exist_ok=True)
    made = documents()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    return sorted(made)


def main(folder: str = "docs/generated") -> None:
    """Write the documents; needs the translations alone, so no database and no server is started for it."""
    import django  # noqa: PLC0415  (only the command sets Django up)
    from django.conf import settings  # noqa: PLC0415

    locale = Path(__file__).parent.parent / "locale"
    source = locale / "vi/LC_MESSAGES/django.po"
    compiled = source.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        sys.exit("The translations are not compiled; run first: python manage.py compile_locale")
    if not settings.configured:
        settings.configure(USE_I18N=True, LOCALE_PATHS=[locale])
    django.setup()
    sys.stdout.write("\n".join(write(Path(folder))) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:2])
