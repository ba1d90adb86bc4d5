"""Why a member's file is looked at: closed list of codes, and which of them an office may give."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.offices import CELL_OFFICES, Office


class Purpose(TextChoices):
    """A purpose of looking; the codes are kept with every access and never renamed."""

    CELL_WORK = "cell_work", _("The cell's work with its members")
    COMMITTEE_WORK = "committee_work", _("A committee's work with the members below it")
    OVERSIGHT = "oversight", _("Inspection and supervision")
    CORRECTION = "correction", _("Checking and correcting an entry")
    DATA_REQUEST = "data_request", _("Answering a request of the person about the own data")
    BREACH = "breach", _("Looking into a breach of personal data")


_ALSO = (Purpose.CORRECTION, Purpose.DATA_REQUEST, Purpose.BREACH)


def purposes_of(office: Office) -> tuple[Purpose, ...]:
    """What the office may give as its reason; the first is taken where none is given."""
    if office is Office.AUDITOR:
        return Purpose.OVERSIGHT, Purpose.BREACH
    return (Purpose.CELL_WORK if office in CELL_OFFICES else Purpose.COMMITTEE_WORK, *_ALSO)
