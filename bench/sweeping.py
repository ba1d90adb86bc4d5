"""The sweep against set-based SQL by hand, and how its time grows with members and with due rungs."""

from __future__ import annotations

from datetime import date
from statistics import median

import psycopg

from backend.alerts.sweep import BATCH, sweep
from backend.core import clock
from backend.organizations.models import Unit
from bench.database import raw, under
from bench.figures import Figure, ratio, seconds
from bench.rows import multiply
from bench.sweep_by_hand import prepare, sweep_by_hand
from bench.world import make_cells

ROUNDS = 3
MANY = 10
"""How many times more rungs are due in the second measurement of the linearity."""
TOLERANCE = 1.5
"""Two times are called the same when one is at most so many times the other: the machine is shared."""
PER_CELL = 20


class Country:
    """Members and deadlines by the thousand, each member with one deadline whose first rung lies ahead."""

    def __init__(self, owner: psycopg.Connection, unit: Unit, today: date) -> None:
        self.owner, self.unit, self.today = owner, unit, today
        self.members = self.known = 0
        with under("app"):
            (cell,) = make_cells([unit], 1)
        (self.member,), (case,) = cell.officials[:1], cell.cases
        found = owner.execute(
            "SELECT id FROM deadlines_deadline WHERE subject_id = %s AND subject_kind = 'case'", [case]
        )
        self.deadline = found.fetchall()[0][0]
        owner.commit()

    def grow(self, members: int) -> None:
        """More cells of twenty members under the same commune, until there are so many members."""
        more, cells = members - self.members, (members - self.members) // PER_CELL
        key = f"{members} + g"  # units made one by one have smaller ids
        above = self.unit.path.removesuffix(f"{self.unit.pk}/")
        unit = {"id": key, "code": f"({key})::text", "path": f"'{above}' || ({key}) || '/'"}
        multiply(self.owner, "organizations_unit", self.unit.pk, unit, f"generate_series(1, {cells}) g")
        source = f"""(SELECT g, u.id AS unit, u.path FROM generate_series(1, {more}) g
          JOIN organizations_unit u ON u.id = {members} + 1 + (g - 1) / {PER_CELL}) x"""
        place = {"unit_id": "x.unit", "unit_path": "x.path"}
        multiply(self.owner, "members_member", self.member, place, source)
        acting = {
            "acting_unit_id": "x.unit",
            "acting_path": "x.path",
            "subject_kind": "'bench'",
            "occurrence": "gen_random_uuid()",
        }
        ahead = {"rung_days": "ARRAY[current_date + 30 + (x.g % 300)::int]", "next_rung": "0", "rungs_done": "0",
                 "next_rung_on": "current_date + 30 + (x.g % 300)::int", "status": "'open'"}  # fmt: skip
        multiply(
            self.owner,
            "deadlines_deadline",
            self.deadline,
            {**place, **acting, **ahead, "subject_id": f"{members} + x.g"},
            source,
        )
        self.members = members
        self.owner.autocommit = True
        self.owner.execute("VACUUM ANALYZE organizations_unit, members_member, deadlines_deadline")
        self.owner.autocommit = False

    def release(self, count: int) -> None:
        """The first rung of so many deadlines falls due today."""
        changed = self.owner.execute(
            """UPDATE deadlines_deadline SET rung_days = ARRAY[%(today)s::date], next_rung_on = %(today)s
               WHERE id IN (SELECT id FROM deadlines_deadline
                 WHERE subject_kind = 'bench' AND next_rung_on > %(today)s ORDER BY id DESC LIMIT %(count)s)""",
            {"today": self.today, "count": count},
        )
        if changed.rowcount != count:
            raise LookupError(f"only {changed.rowcount} deadlines were left to fall due")
        self.owner.commit()

    def timed(self, count: int) -> float:
        """Seconds of a sweep with so many rungs due; the median of some rounds."""
        taken = []
        for _ in range(ROUNDS):
            self.release(count)
            taken.append(seconds(lambda: self.swept(count)))
        return median(taken)

    def notices(self) -> int:
        """How many notices were written since this was last asked."""
        ((total,),) = self.owner.execute("SELECT count(*) FROM alerts_notice").fetchall()
        self.owner.commit()
        more, self.known = total - self.known, total
        return int(more)

    def swept(self, count: int) -> None:
        report = sweep(self.today)
        if report.rungs != count:
            raise AssertionError(f"{report.rungs} rungs were handled, {count} were due")


def run_sweep(unit: Unit, *, scales: tuple[int, ...], due: int) -> list[Figure]:
    """All figures about the sweep, measured under the role of the jobs."""
    today, times, figures = clock.today(), [], []
    with raw("owner") as owner, raw("jobs") as jobs:
        country = Country(owner, unit, today)
        prepare(jobs)
        for members in scales:
            country.grow(members)
            with under("jobs"):
                sweep(today)
                times.append(country.timed(due))
            figures.append(Figure(f"sweep, {due:,} rungs due among {members:,} members", due / times[-1], "rungs/s"))
        with under("jobs"):
            figures.append(_against_hand(country, jobs, due))
            many = country.timed(MANY * due) / MANY
    flat, linear = times[-1] / times[0], many / times[-1]
    name = f"sweep, time with {scales[-1]:,} members against {scales[0]:,}"
    figures.append(Figure(name, flat, "x", TOLERANCE, at_most=True))
    name = f"sweep, time of one rung with {MANY * due:,} due against {due:,}"
    return [*figures, Figure(name, linear, "x", TOLERANCE, at_most=True)]


def _against_hand(country: Country, jobs: psycopg.Connection, due: int) -> Figure:
    own: list[float] = []
    theirs: list[float] = []
    written = set()
    country.notices()
    for number in range(2 * ROUNDS):
        for side in (own, theirs) if number % 2 == 0 else (theirs, own):
            country.release(due)
            work = (lambda: country.swept(due)) if side is own else (lambda: sweep_by_hand(jobs, country.today, BATCH))
            side.append(seconds(work))
            written.add(country.notices())
    if len(written) != 1:
        raise AssertionError(f"the two sides do not write the same number of notices: {sorted(written)}")
    return Figure("sweep against set-based SQL by hand", ratio(own, theirs), "x", 0.5)
