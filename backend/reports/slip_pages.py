"""The pages of slips about deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext, override
from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from backend.alerts.wording import list_of
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.reports.paper import FONT, document, line
from backend.reports.slip import CREATOR, Slip
from workflows.answers import shown

_WIDTHS = (26, 100, 44)


def drawn(found: Sequence[Slip], today: date, language: str) -> FPDF:
    """The slips as pages of one document, not yet written; the same on a day are the same bytes."""
    with override(language):
        pdf = document(gettext("Deadlines"), CREATOR, clock.midnight(today), language)
        for one in found:
            _page(pdf, one, today)
    return pdf


def _page(pdf: FPDF, slip: Slip, today: date) -> None:
    pdf.add_page()
    line(pdf, f"{slip.unit.name} ({slip.unit.code})", 15, bold=True)
    line(pdf, gettext("To: %(offices)s") % {"offices": slip.offices}, 11)
    words = {"count": slip.count, "late": slip.late, "day": shown(today)}
    line(pdf, gettext("Deadlines on %(day)s: %(count)s, of which overdue: %(late)s") % words, 11)
    pdf.ln(4)
    _table(pdf, slip, today)
    pdf.ln(4)
    if slip.count > len(slip.rows):
        line(pdf, gettext("%(count)s more are not on this page.") % {"count": slip.count - len(slip.rows)}, 10)
    line(pdf, gettext("Everything, with what can be done: %(link)s") % {"link": list_of()}, 9)
    line(pdf, gettext("This slip reminds and decides nothing."), 9)


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
