"""`manage.py explain DEADLINE`: the whole story of a deadline."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from backend.accounts.acting import operator
from backend.alerts.ledger import story
from backend.alerts.telling import told_in_lines
from backend.core.commands import REFUSED
from backend.core.db import scope
from backend.deadlines.models import Deadline


class Command(BaseCommand):
    """Exit 0: told; 2: there is no such deadline."""

    help = (
        "Tell the whole story of a deadline: how its day was counted, which reminders went to whom and when, which did "
        "not and why, what people answered, and what comes next."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("deadline", help="its number (such as 812), or the number of a case, for all of its own")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = options["deadline"].removeprefix("#")
        with transaction.atomic():
            scope(operator().path)
            by_id = Q(pk=int(asked)) if asked.isdecimal() and len(asked) < 19 else Q()
            found = list(Deadline.objects.filter(by_id or Q(reference=asked)).order_by("due_on", "pk")) if asked else []
            if not found:
                message = _("There is no deadline or case with the number %(number)s.")
                raise CommandError(message % {"number": asked}, returncode=REFUSED)
            for deadline in found:
                for line in told_in_lines(story(deadline)):
                    self.stdout.write(line)
