"""A signed head of the log on one sheet of paper that a unit keeps outside: in words, and as a QR code (PDF).

The code holds the head as one line of text (`TreeHead.as_text`), which `verify/chibo_verify.py --head` takes as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from django.utils import timezone
from django.utils.translation import gettext, override

from backend.audit.heads import TreeHead
from backend.core.outfiles import pdf_of

if TYPE_CHECKING:
    from fpdf import FPDF

CREATOR = "Chibo head"
"""What the document says of its origin."""
is_slip = pdf_of(CREATOR)
_SIDE = 78
"""Of the QR code with its quiet zone, in millimetres: modules of a millimetre, which phones read off a copy too."""


def printed(head: TreeHead, language: str) -> bytes:
    """The slip in a language; the same head is the same bytes."""
    from backend.reports.paper import document, line  # noqa: PLC0415  (a large library: for whoever prints)

    with override(language):
        pdf = document(gettext("Head of the log"), CREATOR, timezone.localtime(head.signed_at), language)
        pdf.add_page()
        line(pdf, gettext("Head of the log: %(size)s events") % {"size": head.size}, 15, bold=True)
        line(pdf, _when(head), 11)
        pdf.ln(3)
        _code(pdf, head.as_text())
        for name, value in _parts(head):
            line(pdf, name, 9, bold=True)
            line(pdf, value, 9)
        pdf.ln(3)
        for sentence in _sentences():
            line(pdf, sentence, 10)
        for blank in (gettext("Taken over by (office, name, signature):"), gettext("On:")):
            pdf.ln(7)
            line(pdf, f"{blank} {'.' * 60}", 10)
    return bytes(pdf.output())


def _code(pdf: FPDF, text: str) -> None:
    """The QR code at the present place, drawn module by module; the pen goes below it."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    side, top = _SIDE / len(rows), pdf.get_y()
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                pdf.rect(pdf.l_margin + x * side, top + y * side, side, side, style="F")
    pdf.set_y(top + _SIDE + 3)


def _when(head: TreeHead) -> str:
    signed = timezone.localtime(head.signed_at).strftime("%d/%m/%Y %H:%M:%S")
    return gettext("Epoch %(epoch)s, signed on %(moment)s") % {"epoch": head.epoch, "moment": signed}


def _parts(head: TreeHead) -> list[tuple[str, str]]:
    """What a person can compare with the eye, in groups of eight."""
    return [
        (gettext("Root of the tree"), _grouped(head.root)), (gettext("Public key"), _grouped(head.public_key)),
        (gettext("Signature"), _grouped(head.signature)),
    ]  # fmt: skip


def _grouped(value: bytes) -> str:
    text = value.hex()
    return " ".join(text[at : at + 8] for at in range(0, len(text), 8))


def _sentences() -> list[str]:
    return [
        gettext("Keep this sheet where whoever runs Chibo cannot change it. It holds no names and no words of the log."),
        gettext("Whoever audits reads the code with a phone and gives its text to the verifier:"),
        "python3 chibo_verify.py EXPORT --head \"chibo-head/1 …\"",
        gettext("It answers whether the log still has every event that it had when this head was signed, unchanged."),
    ]  # fmt: skip
