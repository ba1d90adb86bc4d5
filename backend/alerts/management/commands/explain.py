"""`manage.py explain DEADLINE`: the whole story of a deadline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.alerts.ledger import story
from backend.alerts.telling import told_in_lines
from backend.core.commands import REFUSED, ChiboCommand
from backend.core.db import scope
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit

LONGEST_ID = 19
"""Digits that no id has."""
MOST = 20
"""Units that are named where a number is several units'."""


class Command(ChiboCommand):
    """Exit 0: told; 2: there is no such deadline, or several units have a case of this number."""

    help = gettext_noop(
        "Tell the whole story of a deadline: how its day was counted, which reminders went to whom and when, which did "
        "not and why, what people answered, and what comes next."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "deadline",
            help=_(
                "its number (such as 812), or a case's, for all of its own: CODE/NUMBER, such as "
                "87.107.000.000.001/CN-2026-0007; every unit numbers its own, so the number alone will do where only one has it"
            ),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        asked = options["deadline"].removeprefix("#")
        with transaction.atomic():
            scope(operator().path)
            found = _asked_for(asked)
            if not found:
                message = _("There is no deadline or case with the number %(number)s.")
                raise CommandError(message % {"number": asked}, returncode=REFUSED)
            for place, deadline in enumerate(found):
                self.stdout.write("\n" * bool(place) + "\n".join(told_in_lines(story(deadline))))


def _asked_for(asked: str) -> list[Deadline]:
    """The deadline with the id, or all of the one case that is meant. Raises CommandError where several cases are."""
    rows = Deadline.objects.select_related("unit").order_by("due_on", "pk")
    if asked.isdecimal() and len(asked) < LONGEST_ID:
        return list(rows.filter(pk=int(asked)))
    code, slash, number = asked.rpartition("/")
    if not number:
        return []
    found = list(rows.filter(reference=number, **{"unit__code": code} if slash else {}))
    units = {one.unit_id: one.unit for one in found}
    if len(units) > 1:
        raise CommandError(_which_one(number, sorted(units.values(), key=lambda unit: unit.code)), returncode=REFUSED)
    return found


def _which_one(number: str, units: Sequence[Unit]) -> str:
    words = {"count": len(units), "number": number, "more": len(units) - MOST}
    said = [_("%(count)s units have a case %(number)s. Say whose, in one of these forms:") % words]
    said += [f"  {unit.code}/{number}  ({unit.name})" for unit in units[:MOST]]
    return "\n".join([*said, *([_("and %(more)s more.") % words] if len(units) > MOST else [])])
