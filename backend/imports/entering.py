"""The people of a roster: new ones are entered, records completed, and whoever is on probation gets the case of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from backend.cases.changes import Changes
from backend.cases.completing import complete
from backend.cases.engine import CHUNK
from backend.cases.known import Whom
from backend.core.db import execute
from backend.imports import orders
from backend.imports.matching import Match, Matcher
from backend.imports.people import Person
from backend.imports.roster import Roster
from backend.imports.run import Run, chunks
from backend.imports.tasks import Entered, open_tasks
from backend.imports.tree import Tree
from backend.members.models import Member

_TAKE_STOCK = "SELECT chibo_take_stock()"


class Entering:
    """Enters a roster chunk by chunk: never more people in memory than one chunk holds."""

    def __init__(self, run: Run, tree: Tree, roster: Roster) -> None:
        self.run, self.tree, self.roster = run, tree, roster
        self.matcher = Matcher(tree.units, roster, run.actor.own_id)
        self.paper = orders.roster_paper(run.batch, tree.top, run.as_of)
        self.on_trial: list[tuple[int, date]] = []

    def enter(self) -> Matcher:
        """Everybody; the matcher knows them all afterwards, and what of the file differs from the database."""
        for people in chunks(self.roster, CHUNK):
            self._take(self.matcher.meet(people))
        self._take(self.matcher.settle())
        self.run.counts["unchanged"] += self.matcher.unchanged
        self.run.counts.update(fault.code for fault in self.matcher.faults)
        if self.run.counts["people"] > CHUNK:
            execute(_TAKE_STOCK)  # the server has not seen these rows yet, and would look through all of them for each
        self.run.counts["cells_too_small"] += self.run.whole.settle()
        cases = (orders.recognition_order(member, ceremony, self.run.as_of) for member, ceremony in self.on_trial)
        opened = self.run.carry_out(_("recognition cases"), cases, len(self.on_trial))
        self.run.counts["recognitions"] += len(opened)
        return self.matcher

    def _take(self, match: Match) -> None:
        run, changes = self.run, Changes()
        for people in chunks(match.new, CHUNK):
            entered = self._entered(people)
            run.counts["people"] += len(entered)
            run.counts["tasks"] += open_tasks(entered, run.as_of, changes)
        run.counts["completed"] += complete(run.actor, match.additions, run.as_of, changes=changes, batch=run.batch)
        run.write(changes, _whose(match.additions))

    def _entered(self, people: Sequence[Person]) -> list[Entered]:
        units = self.tree.units
        wanted = [orders.entry_order(one, units[one.cell_code], self.paper, self.run.as_of) for one in people]
        outcomes = self.run.orders(wanted)
        self.run.counts["tasks"] += sum(len(one.deadlines) for one in outcomes)
        entered = [
            Entered(person, units[person.cell_code], outcome.id, outcome.event)
            for person, outcome in zip(people, outcomes, strict=True)
        ]
        for one in entered:
            if one.person.personal_id:
                self.matcher.members[one.person.personal_id] = one.member_id
            if one.person.standing == "probationary" and one.person.joined_on:
                self.on_trial.append((one.member_id, one.person.joined_on))
        return entered


def _whose(additions: Mapping[int, Mapping[str, Any]]) -> Iterator[Whom]:
    """Where the people stand whose records get something, with the personal ids that are among it."""
    for key, unit_id in Member.objects.filter(pk__in=additions).values_list("pk", "unit_id"):
        yield unit_id, additions[key].get("personal_id_index")
