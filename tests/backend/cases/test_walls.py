"""The database's own refusals: roles, scope, states without events, the append-only log."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, InternalError, ProgrammingError, connection, transaction

from backend.audit.models import Event
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.cases.situation import people_of
from backend.core.db import ScopeOutsideTransaction, scope, scoped
from backend.members.models import Member, NameWord, Spell
from backend.organizations.models import Unit
from tests.backend.cases.test_perform import ON, proposal
from tests.roles import as_role
from tests.world import TODAY, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def run(sql: str, *params: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_application_role_walks_the_whole_road(world: World) -> None:
    case, _, facts = proposal(world)
    with as_role("chibo_app"):
        perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    assert Case.objects.get(pk=case.pk).state == "proposed"


def test_each_role_sees_its_scope_and_no_more(world: World) -> None:
    here, there = world.member("Nguyễn Văn A"), world.member("Lê Văn B", unit=world.other)
    with as_role("chibo_app"):
        run("SELECT set_config('chibo.path', '', true)")  # what a finished scope leaves behind
        assert Member.objects.count() == 0  # no scope: nothing
        with scoped(world.cell.path):
            assert [one.pk for one in Member.objects.all()] == [here.pk]
            assert {one.member_id for one in Spell.objects.all()} == {here.pk}
            assert {one.member_id for one in NameWord.objects.all()} == {here.pk}
            assert {one.unit_id for one in Event.objects.all()} == {world.cell.pk}
            assert set(Unit.objects.values_list("pk", flat=True)) == {
                world.province.pk,
                world.commune.pk,
                world.cell.pk,
            }
        with scoped(world.commune.path):
            assert set(Member.objects.values_list("pk", flat=True)) == {here.pk, there.pk}
    with as_role("chibo_jobs"):
        assert Member.objects.count() == 2


def test_writing_across_the_scope_changes_nothing(world: World) -> None:
    there = world.member("Lê Văn B", unit=world.other)
    with as_role("chibo_app"):
        with scoped(world.cell.path):
            assert Member.objects.filter(pk=there.pk).update(note=b"x") == 0
            assert Unit.objects.filter(pk=world.commune.pk).update(name="x") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), scoped(world.cell.path):
            NameWord.objects.create(member=there, word="x", unit_path=world.other.path)
    assert Member.objects.get(pk=there.pk).note is None


def test_people_named_in_a_fact_are_found_in_the_scope_without_the_second_wall_too(world: World) -> None:
    here, there = world.member("Nguyễn Văn A"), world.member("Lê Văn B", unit=world.other)
    guest = world.guest("Lê Văn C", world.other, world.cell)
    with transaction.atomic():
        found = {
            path: [one.id for one in people_of(path)([here.pk, there.pk, guest.pk], TODAY)]
            for path in (world.cell.path, world.commune.path)
        }
    assert found == {world.cell.path: [here.pk], world.commune.path: [here.pk, there.pk, guest.pk]}


def test_scope_needs_a_transaction_and_a_path(world: World) -> None:
    with pytest.raises(ValueError, match="Not a unit path"), transaction.atomic():
        scope("1/2")
    assert issubclass(ScopeOutsideTransaction, RuntimeError)


def test_state_without_event_is_refused_by_the_database(world: World) -> None:
    member = world.member("Nguyễn Văn A")
    with pytest.raises(DatabaseError, match="may not go from"):
        run("UPDATE members_member SET standing = 'removed', version = 2 WHERE id = %s", member.pk)
    with pytest.raises(DatabaseError, match="may not go from"):
        run(
            "INSERT INTO members_member SELECT (jsonb_populate_record(m, '{\"id\": 999999, \"personal_id_index\": null}')).* "
            "FROM members_member m WHERE id = %s", member.pk,
        )  # fmt: skip
    assert Member.objects.get(pk=member.pk).standing == "official"


def test_event_of_another_transaction_or_edge_does_not_serve(world: World) -> None:
    member = world.member("Nguyễn Văn A")
    with pytest.raises(DatabaseError, match="may not go from"):
        run("UPDATE members_member SET participation = 'attending', standing = 'candidate' WHERE id = %s", member.pk)


@pytest.mark.parametrize("role", ["chibo_app", "chibo_jobs"])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_event SET code = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "DELETE FROM members_member",
    ],
)
def test_log_and_lists_cannot_be_rewritten(world: World, role: str, sql: str) -> None:
    world.member("Nguyễn Văn A")
    count = Event.objects.count()
    with pytest.raises(ProgrammingError, match="permission denied"), as_role(role), scoped("/"):
        run(sql)
    assert Event.objects.count() == count


def test_owner_cannot_rewrite_the_log_either(world: World) -> None:
    world.member("Nguyễn Văn A")
    for sql in (
        "UPDATE audit_event SET code = 'x'",
        "DELETE FROM audit_event",
        "UPDATE audit_event SET unit_path = '/9/'",
    ):
        with pytest.raises((ProgrammingError, InternalError), match="append-only"):
            run(sql)


def test_application_cannot_seal(world: World) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("chibo_app"), transaction.atomic():
        run("UPDATE audit_head SET size = 5")


def add_spell(spell: Spell, valid: str, member: int | None = None) -> None:
    run(
        "INSERT INTO members_spell (member_id, unit_id, unit_path, standing, participation, valid, recorded_at, event_uid)"
        " SELECT %s, unit_id, unit_path, standing, 'away', %s::daterange, recorded_at, event_uid"
        " FROM members_spell WHERE id = %s", member or spell.member_id, valid, spell.pk,
    )  # fmt: skip


def test_spells_never_overlap(world: World) -> None:
    spell = Spell.objects.get(member=world.member("Nguyễn Văn A"))
    for valid in ("[2026-05-01,)", "[1000-01-01,2999-01-01)", f"[{spell.valid.lower},{spell.valid.lower}]", "(,)"):
        with pytest.raises(DatabaseError, match='"spell_no_overlap"'):
            add_spell(spell, valid)
    with pytest.raises(DatabaseError, match='"spell_no_overlap_some_day"'):
        add_spell(spell, "empty")
    assert Spell.objects.filter(member=spell.member_id).count() == 1


def test_spells_of_one_member_meet_and_those_of_the_next_share_days(world: World) -> None:
    spell = Spell.objects.get(member=world.member("Nguyễn Văn A"))
    other = world.member("Nguyễn Văn B")
    add_spell(spell, f"[2001-01-01,{spell.valid.lower})")
    add_spell(spell, "(,2001-01-01)")
    Spell.objects.filter(member=other).update(retracted_at=spell.recorded_at)
    add_spell(spell, "(,)", other.pk)
    assert Spell.objects.filter(member=spell.member_id).count() == 3
    assert Spell.objects.get(member=other, retracted_at=None).valid.lower is None
