"""A slip of paper for whoever is reached by no channel: what a unit must see to, on one page each (PDF).

It says what a letter says: what is to be done, the case's number, the day; no person's name, no grounds. fpdf2 and a font
with Vietnamese letters come as wheels and need no library of the system (docs/adr/0015-slips-without-pango.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext, override
from fontpkg_be_vietnam_pro import ROOT
from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from backend.accounts.policy import Actor
from backend.alerts.channels import routes
from backend.alerts.wording import list_of
from backend.cases import selectors
from backend.core.db import execute
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.organizations.models import Unit
from workflows.answers import shown
from workflows.offices import SUBSTITUTES, TOLD, Level

ROWS = 14
"""Deadlines on a page, the earliest first; the rest are counted."""
FONT = "Be Vietnam Pro"
_FILES = {"": "BeVietnamPro-Regular.ttf", "B": "BeVietnamPro-Bold.ttf"}
_WIDTHS = (26, 100, 44)


@dataclass(frozen=True)
class Slip:
    """What one unit's offices must see to on a day: at most `ROWS` deadlines, and how many there are."""

    unit: Unit
    offices: str
    rows: Sequence[Deadline]
    count: int
    late: int


def slips(actor: Actor, units: Sequence[Unit], today: date) -> list[Slip]:
    """A slip for each unit that has open deadlines to see to. Raises NotPermitted for an office that reads none."""
    found = []
    for unit in units:
        mine = selectors.deadlines(actor).filter(status=Deadline.Status.OPEN, acting_unit_id=unit.pk)
        rows = list(mine.order_by("due_on", "id")[:ROWS])
        if rows:
            offices = ", ".join(str(one.label) for one in TOLD[Level(unit.level)])
            found.append(Slip(unit, offices, rows, mine.count(), mine.filter(due_on__lt=today).count()))
    return found


_UNREACHED = """
SELECT u.id FROM organizations_unit u
WHERE u.path >= %(path)s AND u.path < %(path)s || '~' AND u.closed_on IS NULL
  AND EXISTS (SELECT FROM deadlines_deadline d WHERE d.status = 'open' AND d.acting_unit_id = u.id)
  AND NOT EXISTS (
    SELECT FROM accounts_assignment a
    JOIN accounts_user p ON p.id = a.user_id AND p.is_active
    JOIN ({routes}) way ON way.user_id = p.id AND way.address <> '' AND NOT way.dead
    WHERE a.unit_id = u.id AND a.member_id IS NULL AND a.office = ANY (%(offices)s)
      AND a.from_date <= %(day)s AND coalesce(a.to_date, 'infinity') >= %(day)s)
ORDER BY u.code
"""
"""Units with something to see to where no office that is told, and none that stands in for one, is reached by any way."""


def unreached(path: str, today: date) -> list[Unit]:
    """Units at and below a path that only paper reaches. Must run inside a transaction of the jobs, who see all ways."""
    offices = {one.value for told in TOLD.values() for one in told} | {one.value for one in SUBSTITUTES.values()}
    rows = execute(_UNREACHED.format(routes=routes()), {"path": path, "day": today, "offices": sorted(offices)})
    known = Unit.objects.in_bulk([key for (key,) in rows])
    return [known[key] for (key,) in rows]


def printed(found: Sequence[Slip], today: date, language: str) -> bytes:
    """The slips as one PDF, a page each, in a language; the same slips on a day are the same bytes."""
    return bytes(drawn(found, today, language).output())


def drawn(found: Sequence[Slip], today: date, language: str) -> FPDF:
    """The same, before it is written."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(datetime.combine(today, time(), timezone.get_default_timezone()))
    for style, name in _FILES.items():
        pdf.add_font(FONT, style, ROOT / "files" / name)
    pdf.set_margins(20, 18, 20)
    pdf.set_auto_page_break(auto=False)
    with override(language):
        pdf.set_title(gettext("Deadlines"))
        pdf.set_lang(language)
        for one in found:
            _page(pdf, one, today)
    return pdf


def _page(pdf: FPDF, slip: Slip, today: date) -> None:
    pdf.add_page()
    _line(pdf, f"{slip.unit.name} ({slip.unit.code})", 15, bold=True)
    _line(pdf, gettext("To: %(offices)s") % {"offices": slip.offices}, 11)
    words = {"count": slip.count, "late": slip.late, "day": shown(today)}
    _line(pdf, gettext("Deadlines on %(day)s: %(count)s, of which overdue: %(late)s") % words, 11)
    pdf.ln(4)
    _table(pdf, slip, today)
    pdf.ln(4)
    if slip.count > len(slip.rows):
        _line(pdf, gettext("%(count)s more are not on this page.") % {"count": slip.count - len(slip.rows)}, 10)
    _line(pdf, gettext("Everything, with what can be done: %(link)s") % {"link": list_of()}, 9)
    _line(pdf, gettext("This slip reminds and decides nothing."), 9)


def _table(pdf: FPDF, slip: Slip, today: date) -> None:
    """Day, what is to be done, number of the case; what is overdue stands in bold letters and says so."""
    pdf.set_font(FONT, size=10)
    heading = FontFace(emphasis="BOLD", fill_color=(235, 235, 235))
    with pdf.table(
        col_widths=_WIDTHS, line_height=5.5, padding=0.8, headings_style=heading, text_align="LEFT",
        borders_layout=TableBordersLayout.ALL,
    ) as table:  # fmt: skip
        head = table.row()
        for name in (gettext("Due on"), gettext("What is to be done"), gettext("Case")):
            head.cell(name)
        for one in slip.rows:
            late = one.due_on < today
            style = FontFace(emphasis="BOLD") if late else None
            row = table.row()
            row.cell(str(shown(one.due_on)), style=style)
            row.cell(_what(one, late=late), style=style)
            row.cell(one.reference or f"#{one.pk}", style=style)


def _what(one: Deadline, *, late: bool) -> str:
    marks = [gettext("Overdue")] if late else []
    marks += [gettext("rule to be confirmed")] if one.firmness == "to_confirm" else []
    return f"{title(one.rule_id)} ({', '.join(marks)})" if marks else title(one.rule_id)


def _line(pdf: FPDF, text: str, size: int, *, bold: bool = False) -> None:
    pdf.set_font(FONT, style="B" if bold else "", size=size)
    pdf.multi_cell(0, size * 0.6, text, align="L", new_x="LMARGIN", new_y="NEXT")
