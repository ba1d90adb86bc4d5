"""What the steps of an annual classification ask for, and the levels from the highest down."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from workflows.facts import Choice, Flag, Number
from workflows.voting import Ballot

EXCELLENT, GOOD, COMPLETED, NOT_COMPLETED = "excellent", "good", "completed", "not_completed"
LEVELS = (
    (EXCELLENT, _("Tasks completed excellently")), (GOOD, _("Tasks completed well")),
    (COMPLETED, _("Tasks completed")), (NOT_COMPLETED, _("Tasks not completed")),
)  # fmt: skip
"""The four levels (366-QĐ/TW Điều 11), the highest first."""
YEAR = Number("year", _("Year"), minimum=2000, maximum=2199)
SCORE = Number("score", _("Score out of 100"), maximum=100)
PROPOSED = Choice("level", _("Level proposed"), choices=LEVELS)
DECIDED = Choice("decided_level", _("Level decided"), choices=LEVELS)
CONDITIONS = Flag("conditions_met", _("All further conditions of the level are met"))
CONFIRMED = replace(CONDITIONS, required=False)
"""Where a higher level than the one proposed is decided."""
BALLOT = Ballot("ballot", _("Ballot on this level"), rule="CLS.VOTE")
