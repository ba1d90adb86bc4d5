"""`manage.py set_calendar_day`: enter a day off or a day worked as announced, see what it moves, then move it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.accounts.acting import operator
from backend.core.commands import a_day
from backend.deadlines.calendar import build
from backend.deadlines.models import CalendarDay
from backend.deadlines.moving import recorder
from backend.deadlines.recompute import Move, recompute
from workflows.answers import shown


class Command(BaseCommand):
    help = "Declare a day off (--off) or worked (--worked); open deadlines it touches move, each with an event."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", type=a_day)
        kind = parser.add_mutually_exclusive_group(required=True)
        kind.add_argument("--off", action="store_true", help="nobody works on this day")
        kind.add_argument("--worked", action="store_true", help="this day is worked, e.g. a make-up Saturday")
        parser.add_argument("--name", required=True, help="what people call it; shown in explanations")
        parser.add_argument("--basis", default="", help="number, issuer and date of the announcement")
        parser.add_argument("--dry-run", action="store_true", help="only show which deadlines would move")

    def handle(self, *args: Any, **options: Any) -> None:
        day, off = options["day"], options["off"]
        if options["dry_run"]:
            others = CalendarDay.objects.exclude(day=day).values_list("day", "off", "name")
            self.tell(recompute(dry_run=True, calendar=build([*others, (day, off, options["name"])])), "would move")
            return
        values = {"off": off, "name": options["name"], "basis": options["basis"]}
        CalendarDay.objects.update_or_create(day=day, defaults=values)
        self.tell(recompute(record=recorder(operator().who())), "moved")

    def tell(self, moves: list[Move], said: str) -> None:
        for move in moves:
            one = move.deadline
            self.stdout.write(
                f"{one.reference or one.pk} {one.rule_id}: {shown(move.due_before)} → {shown(move.due_after)}"
            )
        self.stdout.write(f"{len(moves)} deadlines {said}")
