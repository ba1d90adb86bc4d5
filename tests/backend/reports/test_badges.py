"""The list of a ceremony on PostgreSQL: what the database picks is what the rules tell, within the scope and no further."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.engine import NewCase, NewMember, OnMember, Order, perform, perform_many
from backend.cases.models import Case
from backend.cases.replay import replay
from backend.cases.voiding import void
from backend.core.db import scoped
from backend.core.errors import NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from backend.reports.badges import ORDER, candidates, entries
from tests.api.conftest import traces
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import BEGUN, World, make_world, paper, person, unit
from workflows.badges import Ceremony, party_age_start
from workflows.offices import Level, Office

ON, TODAY = date(2026, 11, 7), date(2026, 11, 2)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def listed(actor: Actor, on: date = ON, *, early: bool = False, path: str = "") -> list[tuple[str, int, str]]:
    """(name, years, why) in the order of the list, as the application's role sees it."""
    ceremony = Ceremony(on, early)
    with as_role("chibo_app"), scoped(actor.path):
        members = list(candidates(actor, ceremony, path).order_by(*ORDER))
        found = entries(actor, ceremony, members)
        assert len(found) == len(members), "nobody is picked without a reason"
        return [(one.member.full_name, one.found.years, one.found.kind.value) for one in found]


def old(world: World, name: str, decided: str | None, **fields: Any) -> Member:
    """An official member of long standing, whose admission was decided on a day (None: the card's day alone is known)."""
    given = {"admission_decided_on": decided} if decided else {}
    return world.member(name, joined_on="1996-12-05", official_on="1997-12-05", **given, **fields)


def award(world: World, member: Member, years: int, who: str = "officer", **facts: Any) -> Event:
    facts = {"decision": paper(TODAY, "15-QĐ/TU"), "badge_years": years, **facts}
    done = perform(world.actor(who), OnMember(member.pk), "award_badge", facts, on=TODAY)
    return Event.objects.get(uid=done["event"])


def test_a_list_by_unit_and_name_within_the_scope(world: World) -> None:
    for name in ("Trần Văn Bình", "Lê Thị An"):
        old(world, name, "1996-11-07")
    old(world, "Ngô Văn Xa", "1996-10-01", unit=world.other)
    world.guest("Đỗ Văn Khách", world.other, world.cell, admission_decided_on="1996-10-02", joined_on="1996-12-05")
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    old(world, "Phạm Thị Lạ", "1996-11-07", unit=unit("87.108.000.000.001", "Chi bộ Lạ", Level.CELL, far))
    here, there = [("Lê Thị An", 30, "reached"), ("Trần Văn Bình", 30, "reached")], [
        ("Đỗ Văn Khách", 30, "reached"), ("Ngô Văn Xa", 30, "reached"),
    ]  # fmt: skip
    assert listed(world.actor("secretary")) == here, "a guest stands on the list of the own cell"
    assert sorted(listed(world.actor("officer"))) == sorted([*here, *there])
    assert listed(world.actor("officer"), path=world.cell.path) == here
    assert len(listed(world.actor("province"))) == 5
    helper = person("helper", Office.HELPER, world.cell, Member.objects.get(full_name="Lê Thị An").pk)
    assert listed(helper) == here[:1]
    admin = person("admin", Office.ADMINISTRATOR, world.province)
    with pytest.raises(NotPermitted):
        candidates(admin, Ceremony(ON))


def people(world: World, count: int, draw: random.Random) -> None:
    """Members with days around every badge, in every standing, some with a badge or a confirmed party age."""
    orders = []
    for number in range(count):
        start = date(2026 - draw.choice([30, 35, 50, 65, 70, 95]), 11, 7) + timedelta(days=draw.randint(-800, 800))
        joined = start + timedelta(days=draw.randint(0, 40))
        step = draw.choice(["import_official"] * 3 + ["import_deceased", "import_probationary", "import_removed"])
        facts: dict[str, Any] = {"roster": paper(BEGUN, "Danh sách"), "joined_on": joined.isoformat()}
        if draw.random() < 0.5:
            facts["admission_decided_on"] = start.isoformat()
        if step == "import_official" or (step == "import_deceased" and draw.random() < 0.9):
            facts["official_on"] = (joined + timedelta(days=366)).isoformat()
        if step in ("import_deceased", "import_removed"):
            facts["left_on"] = (TODAY - timedelta(days=draw.randint(0, 420))).isoformat()
        else:
            facts["participation"] = "attending"
        orders.append(Order(NewMember(world.cell.pk, {"full_name": f"Người {number}", "sex": "f"}), step, BEGUN, facts))
    results = perform_many(Actor.operator("test"), orders)
    assert not [one.error for one in results if one.error]
    for one in Member.objects.filter(unit=world.cell):
        one.badge_years, one.party_age_from = draw.choice([None, 30, 65]), draw.choice([None] * 5 + [date(1996, 9, 20)])
        one.save(update_fields=["badge_years", "party_age_from"])


@pytest.mark.real
def test_the_database_picks_whom_the_rules_tell(committed_db: RealDatabase) -> None:
    """Three hundred people on the lists of several ceremonies, each with and without early awards."""
    world = make_world()
    people(world, 300, random.Random(7))
    counted = 0
    for on in (ON, date(2026, 9, 2), date(2027, 2, 3), date(2028, 2, 29)):
        for early in (False, True):
            ceremony, told = Ceremony(on, early), set()
            for one in Member.objects.filter(standing__in=("official", "deceased"), official_on__isnull=False):
                start, died_on = party_age_start(one), one.left_on if one.standing == "deceased" else None
                if start and ceremony.found(start.day, one.badge_years, died_on):
                    told.add(one.full_name)
            assert {name for name, _, _ in listed(world.actor("officer"), on, early=early)} == told
            counted += len(told)
    assert counted > 200


def test_a_badge_that_is_recorded_is_not_repeated_and_comes_back_with_a_void(world: World) -> None:
    member = old(world, "Lê Thị An", "1996-11-07")
    assert listed(world.actor("officer")) == [("Lê Thị An", 30, "reached")]
    event = award(world, member, 30, ceremony_on=ON.isoformat())
    assert (event.facts["set"], event.facts["was"]) == ({"badge_years": 30}, {"badge_years": None})
    assert (event.facts["badge_years"], event.facts["ceremony_on"]) == (30, "2026-11-07")
    assert event.rules == {
        "BDG.MILESTONES": "BDG.MILESTONES@2026-05-19", "BDG.DEFER": "BDG.DEFER@2021-07-30",
    }  # fmt: skip
    assert (Member.objects.get(pk=member.pk).badge_years, listed(world.actor("officer"))) == (30, [])
    assert listed(world.actor("officer"), date(2031, 11, 7)) == [("Lê Thị An", 35, "reached")]
    assert list(replay()) == []
    void(world.actor("committee"), event.uid, reason="Nhầm người", paper=paper(TODAY))
    assert listed(world.actor("officer")) == [("Lê Thị An", 30, "reached")]
    assert list(replay()) == []


def test_a_badge_is_recorded_by_a_committee_and_a_refusal_leaves_nothing(world: World) -> None:
    member = old(world, "Lê Thị An", "1996-11-08")
    before = traces()
    with pytest.raises(NotPermitted):
        award(world, member, 30, who="secretary")
    with pytest.raises(Refused) as caught:
        award(world, member, 40, ceremony_on=ON.isoformat())
    assert [one.code for one in caught.value.answers] == ["badge.too_early"]
    assert traces() == before
    assert Member.objects.get(pk=member.pk).badge_years is None


def test_a_badge_after_death_moves_nobody_and_opens_nothing(world: World) -> None:
    """The dead have left already: recording it leaves neither their history nor open cases otherwise."""
    member = old(world, "Lê Thị An", "1997-10-20")
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.probation(new, date(2025, 10, 30))
    facts = {"certificate_of_death": paper(TODAY), "died_on": TODAY.isoformat()}
    done = perform(world.actor("secretary"), OnMember(member.pk), "record_death", facts, on=TODAY)
    assert [one["code"] for one in done["cautions"]] == ["badge.after_death"]
    assert listed(world.actor("secretary")) == [("Lê Thị An", 30, "posthumous")]
    before = Deadline.objects.count(), Case.objects.count()
    award(world, member, 30)
    assert (Deadline.objects.count(), Case.objects.count()) == before
    dead = Member.objects.get(pk=member.pk)
    assert (dead.standing, dead.left_on, dead.badge_years) == ("deceased", TODAY, 30)
    spells = Spell.objects.filter(member=member, retracted_at=None).order_by("valid")
    assert [one.standing for one in spells] == ["official", "deceased"]
    assert list(replay()) == []


def test_what_a_paper_confirms_goes_before_the_decision(world: World) -> None:
    member = old(world, "Lê Thị An", "1996-11-07")
    facts = {"confirmation": paper(TODAY, "20-QĐ/ĐU"), "party_age_from": "1997-02-03"}
    done = perform(world.actor("officer"), OnMember(member.pk), "confirm_party_age", facts, on=TODAY)
    assert listed(world.actor("officer")) == []
    assert listed(world.actor("officer"), date(2027, 2, 3)) == [("Lê Thị An", 30, "reached")]
    void(world.actor("committee"), Event.objects.get(uid=done["event"]).uid, reason="Nhầm", paper=paper(TODAY))
    assert Member.objects.get(pk=member.pk).party_age_from is None
    assert listed(world.actor("officer")) == [("Lê Thị An", 30, "reached")]
    assert list(replay()) == []


def test_discipline_is_told_to_whoever_may_read_it(world: World) -> None:
    member = old(world, "Lê Thị An", "1996-11-07")
    report = {"report": paper(TODAY)}
    perform(world.actor("secretary"), NewCase("discipline", member_id=member.pk), "open", report, on=TODAY)
    helper = person("helper", Office.HELPER, world.cell, member.pk)
    for actor, codes in ((world.actor("secretary"), ["badge.discipline_open"]), (helper, [])):
        with as_role("chibo_app"), scoped(actor.path):
            (one,) = entries(actor, Ceremony(ON), list(candidates(actor, Ceremony(ON))))
        assert [answer.code for answer in one.waits] == codes
