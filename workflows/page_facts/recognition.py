"""What the page of recognition asks for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.facts import Day, Number, Paper

ATTEMPT = Number("attempt", _("Which ballot"), minimum=1)
CEREMONY = Day("ceremony_on", _("Day of the admission ceremony"))
CONSIDERED = Day("considered_on", _("Day the cell considered the admission"), required=False)
DECISION = Paper("decision", _("Decision of the competent committee"), paper="recognition_decision")
MINUTES = Paper("minutes", _("Minutes of the meeting"), paper="meeting_minutes")
