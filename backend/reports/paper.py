"""What printed pages share: A4, a font with every Vietnamese letter, lines of text (docs/adr/0015-slips-without-pango.md)."""

from __future__ import annotations

from datetime import datetime

from fontpkg_be_vietnam_pro import ROOT
from fpdf import FPDF

FONT = "Be Vietnam Pro"
_FILES = {"": "BeVietnamPro-Regular.ttf", "B": "BeVietnamPro-Bold.ttf"}


def document(title: str, creator: str, made: datetime, language: str) -> FPDF:
    """A document without pages yet; the same contents made at the same moment are the same bytes."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(made)
    for style, name in _FILES.items():
        pdf.add_font(FONT, style, ROOT / "files" / name)
    pdf.set_creator(creator)
    pdf.set_title(title)
    pdf.set_lang(language)
    pdf.set_margins(20, 18, 20)
    pdf.set_auto_page_break(auto=False)
    return pdf


def line(pdf: FPDF, text: str, size: int, *, bold: bool = False) -> None:
    """A paragraph over the whole width; `size` in points."""
    pdf.set_font(FONT, style="B" if bold else "", size=size)
    pdf.multi_cell(0, size * 0.6, text, align="L", new_x="LMARGIN", new_y="NEXT")
