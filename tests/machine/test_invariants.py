"""Each law notices what breaks it: a row changed by hand past the triggers, or the software patched to do wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from backend.cases.engine import OnCase, OnMember, perform
from backend.cases.models import Case
from backend.members.models import Member
from tests.backend.cases.test_leaving import ON, VOTES
from tests.backend.cases.test_perform import ballot
from tests.leaving import GROUND, REPORT, REQUEST, opened
from tests.machine.invariants import LAWS, broken
from tests.machine.pictures import prints
from tests.realdb import fresh_clone
from tests.world import World, make_world, paper

pytestmark = pytest.mark.real
NAMES = ("removed", "handed_over", "expelled", "judged", "withdrawn", "deceased", "guest", "screened", "accused",
         "plain")  # fmt: skip


@pytest.fixture(scope="module")
def told(pristine_template: str, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """A database in which something was done that each law is about; ids of members by what became of them."""
    with django_db_blocker.unblock(), fresh_clone(pristine_template):
        people = _told(make_world())
        assert broken() == []
        yield people


def _told(world: World) -> dict[str, int]:
    people = world.members(11)
    probationer = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    recognition = world.probation(probationer, date(2025, 10, 30)).pk
    meeting = world.meeting([*people, probationer], ON)
    for one in people[:2]:
        case = opened(world, "removal", "open", one, GROUND)
        step(world, "secretary", case, "file_self_review", self_review=paper(ON))
        step(world, "secretary", case, "propose", resolution=paper(ON), ballot=ballot(meeting, 8))
        step(world, "committee", case, "decide", decision=paper(ON), **VOTES)
    step(world, "secretary", case, "hand_over", hand_over=paper(ON), card_collected=True)
    _expel(world, people[2], people[3], meeting)
    case = opened(world, "withdrawal", "request", people[4], REQUEST)
    step(world, "secretary", case, "propose", resolution=paper(ON), no_violation=True)
    step(world, "committee", case, "decide", decision=paper(ON), card_collected=True)
    died = {"certificate_of_death": paper(ON), "died_on": ON.isoformat()}
    perform(world.actor("secretary"), OnMember(people[5].pk), "record_death", died, on=ON)
    step(world, "secretary", recognition, "propose", resolution=paper(ON), ballot=ballot(meeting, 5))
    step(world, "committee", recognition, "recognise", decision=paper(ON), **VOTES)
    stay = {"request": paper(ON), "purpose": "work", "from_on": "2026-11-10", "away_until": "2027-05-31"}
    guest = opened(world, "temporary_transfer", "ask", people[6], {**stay, "to_unit": world.other.code})
    papers = {"introduction": paper(ON), "self_review": paper(ON), "papers_handed_over": True, "dues_settled": True}
    step(world, "officer", guest, "introduce", **papers)
    opened(world, "screening", "open", people[7], {"criterion": "other", "sign": paper(ON)})
    opened(world, "removal", "open", people[8], GROUND)
    return dict(zip(NAMES, (one.pk for one in people), strict=False)) | {
        "recognised": probationer.pk, "other": world.other.pk,
    }  # fmt: skip


def _expel(world: World, voted: Member, judged: Member, meeting: Case) -> None:
    """One by the vote of the cell and the committee, one on a court's judgment alone."""
    case = opened(world, "discipline", "open", voted, REPORT)
    step(world, "secretary", case, "propose_expulsion", resolution=paper(ON), ballot=ballot(meeting, 7))
    step(world, "committee", case, "expel", decision=paper(ON), committee_size=9, committee_yes=8, reason="Vi phạm")
    case = opened(world, "discipline", "open", judged, REPORT)
    judgment = {"judgment": paper(ON), "in_force_on": ON.isoformat(), "crime": "serious"}
    step(world, "committee", case, "expel_on_judgment", decision=paper(ON), **judgment)


def step(world: World, who: str, case: int, name: str, **facts: Any) -> None:
    perform(world.actor(who), OnCase(case), name, facts, on=ON)


LAW = {name.split(" ")[0] + " " + name.split(" ")[1]: name for name in LAWS}
EVENT = "UPDATE audit_event SET facts = {facts} WHERE subject_kind = 'member' AND subject_id = %(member)s AND step = '{step}'"
CASES_EVENT = """UPDATE audit_event SET facts = {facts} WHERE subject_kind = 'case' AND step = '{step}'
  AND case_id IN (SELECT id FROM cases_case WHERE member_id = %(member)s)"""
CASE = "UPDATE cases_case SET facts = facts - '{fact}' WHERE member_id = %(member)s AND lifecycle = '{lifecycle}'"
DEADLINE = """UPDATE deadlines_deadline SET {set} WHERE rule_id = '{rule}' AND subject_kind = 'case'
  AND subject_id IN (SELECT id FROM cases_case WHERE member_id = %(member)s)"""
ONE_MORE = "facts"
for _part in ("official", "denominator"):
    _path = f"'{{ballot,roll,{_part}}}'"
    ONE_MORE = f"jsonb_set({ONE_MORE}, {_path}, to_jsonb((facts #>> {_path})::int + 1))"
ONE = "one official"
BREAKS = [
    ("plain", "UPDATE members_spell SET valid = daterange(lower(valid), '2026-10-01') WHERE member_id = %(member)s", ONE),
    ("plain", "UPDATE members_member SET unit_id = %(other)s WHERE id = %(member)s", ONE),
    ("plain", "UPDATE members_member SET participation = 'lapsed' WHERE id = %(member)s", ONE),
    ("plain", "UPDATE members_spell SET retracted_at = now() WHERE member_id = %(member)s", ONE),
    ("removed", "UPDATE members_spell SET valid = daterange(lower(valid) + 3, upper(valid)) WHERE member_id = %(member)s"
                " AND upper_inf(valid) AND retracted_at IS NULL", ONE),
    ("plain", "UPDATE members_member SET standing = 'expelled' WHERE id = %(member)s", "no standing"),
    ("plain", "UPDATE members_spell SET event_uid = gen_random_uuid() WHERE member_id = %(member)s", "no standing"),
    ("withdrawn", "UPDATE audit_event SET office = 'system' WHERE subject_kind = 'member' AND subject_id = %(member)s"
                  " AND step = 'withdraw'", "nobody's standing"),
    ("withdrawn", "UPDATE audit_event SET user_id = NULL WHERE subject_kind = 'member' AND subject_id = %(member)s"
                  " AND step = 'withdraw'", "nobody's standing"),
    ("withdrawn", CASES_EVENT.format(facts="'{}'", step="decide"), "nobody's standing"),
    ("recognised", "UPDATE members_member SET official_on = official_on + 3 WHERE id = %(member)s", "the official"),
    ("plain", "UPDATE members_member SET official_on = NULL WHERE id = %(member)s", "the official"),
    ("plain", "UPDATE members_member SET official_on = '2016-01-06' WHERE id = %(member)s", "the official"),
    ("recognised", CASES_EVENT.format(
        step="propose", facts="jsonb_set(facts, '{ballot,roll,denominator}', to_jsonb(6))"), "only official"),
    ("recognised", CASES_EVENT.format(step="propose", facts=ONE_MORE), "only official"),  # as if a guest had been counted
    ("recognised", "UPDATE members_spell SET standing = 'official' WHERE member_id = %(member)s", "only official"),
    ("recognised", "UPDATE members_spell SET recorded_at = '2026-01-01', participation = 'away' WHERE standing = 'official'",
     "only official"),
    ("removed", CASE.format(fact="ground", lifecycle="removal"), "removal only"),
    ("removed", CASES_EVENT.format(facts="facts - 'decision'", step="decide"), "removal only"),
    ("removed", CASES_EVENT.format(facts="facts - 'ballot'", step="propose"), "removal only"),
    ("removed", CASES_EVENT.format(facts="jsonb_set(facts, '{ballot,yes}', '1')", step="propose"), "removal only"),
    ("removed", CASES_EVENT.format(facts="facts - 'committee_yes'", step="decide"), "removal only"),
    ("removed", DEADLINE.format(set="status = 'cancelled'", rule="TASK.HAND_OVER"), "removal only"),
    ("handed_over", DEADLINE.format(set="status = 'cancelled'", rule="REM.APPEAL"), "removal only"),
    ("handed_over", DEADLINE.format(set="started_on = started_on - 1", rule="REM.APPEAL"), "removal only"),
    ("expelled", CASES_EVENT.format(facts="facts - 'ballot'", step="propose_expulsion"), "expulsion only"),
    ("expelled", DEADLINE.format(set="status = 'cancelled'", rule="TASK.HAND_OVER"), "expulsion only"),
    ("expelled", CASE.format(fact="report", lifecycle="discipline"), "expulsion only"),
    ("judged", CASES_EVENT.format(facts="facts - 'judgment'", step="expel_on_judgment"), "expulsion only"),
    ("withdrawn", CASE.format(fact="request", lifecycle="withdrawal"), "withdrawal only"),
    ("withdrawn", CASES_EVENT.format(facts="facts - 'decision'", step="decide"), "withdrawal only"),
    ("deceased", EVENT.format(facts="facts - 'certificate_of_death'", step="record_death"), "death only"),
    ("screened", "UPDATE cases_case SET unit_id = %(other)s, lifecycle = 'removal', member_id = %(accused)s"
                 " WHERE member_id = %(member)s AND lifecycle = 'screening'", "one open"),
    ("accused", "UPDATE cases_case SET lifecycle = 'transfer', member_id = %(guest)s WHERE member_id = %(member)s", "one open"),
    ("guest", "UPDATE members_member SET participation = 'attending' WHERE id = %(member)s", "a guest"),
    ("guest", "UPDATE members_member SET standing = 'removed' WHERE id = %(member)s", "a guest"),
    ("guest", "UPDATE cases_case SET closed_on = '2026-11-02' WHERE member_id = %(member)s", "a member"),
    ("plain", "UPDATE members_member SET participation = '' WHERE id = %(member)s", "a member"),
    ("removed", "UPDATE members_member SET standing = 'official' WHERE id = %(member)s", "a case"),
    ("accused", DEADLINE.format(set="status = 'cancelled'", rule="TASK.CONSIDER_REMOVAL"), "an open"),
    ("accused", DEADLINE.format(set="rule_id = 'TASK.END_CASE'", rule="TASK.CONSIDER_REMOVAL"), "nobody is"),
    ("accused", "UPDATE cases_case SET unit_id = %(other)s WHERE member_id = %(member)s", "what is"),
    ("accused", DEADLINE.format(set="unit_id = %(other)s", rule="TASK.CONSIDER_REMOVAL"), "what is"),
    ("guest", "UPDATE members_nameword SET guest_path = NULL WHERE member_id = %(member)s", "what is"),
    ("withdrawn", "UPDATE members_member SET left_on = NULL WHERE id = %(member)s", "a day"),
    ("plain", "UPDATE members_member SET left_on = '2026-11-01' WHERE id = %(member)s", "a day"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "change", "law"), BREAKS, ids=[f"{law}-{who}-{n}" for n, (who, _, law) in enumerate(BREAKS)]
)
def test_a_law_names_the_row_that_breaks_it(told: dict[str, int], who: str, change: str, law: str) -> None:
    with transaction.atomic():
        assert by_hand(change, {**told, "member": told[who]}) > 0
        assert any(said.startswith(f"{LAW[law]}: ") for said in broken()), broken()
        transaction.set_rollback(True)
    assert broken() == []


def test_every_law_is_broken_by_something() -> None:
    assert {LAW[law] for _, _, law in BREAKS} == set(LAWS)


def by_hand(change: str, values: dict[str, int]) -> int:
    """Rows changed as by somebody who goes past the triggers."""
    with connection.cursor() as cursor:
        for table in ("audit_event", "cases_case", "members_member", "members_spell"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(change, values)
        return int(cursor.rowcount)


@pytest.mark.parametrize("change", [
    "UPDATE members_member SET note = note WHERE id = %(plain)s",
    "DELETE FROM deadlines_deadline WHERE id = (SELECT max(id) FROM deadlines_deadline)",
    "INSERT INTO audit_pending (event_id) VALUES (-1)",
    "UPDATE accounts_user SET full_name = full_name WHERE id = (SELECT min(id) FROM accounts_user)",
])  # fmt: skip
def test_a_print_shows_whatever_was_written(told: dict[str, int], change: str) -> None:
    before = prints()
    assert prints() == before
    with transaction.atomic():
        by_hand(change, told)
        written = [name for name, rows in prints().items() if rows != before[name]]
        assert written == [change.split()[1 if "UPDATE" in change else 2]]
        transaction.set_rollback(True)
