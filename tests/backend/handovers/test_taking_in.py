"""A hand-over file comes in: an office receives the person on what the lines prove, and the history stands beside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError

from backend.audit.erasing import erase
from backend.audit.models import Event, EventDetail
from backend.audit.verify import verify_log
from backend.cases.engine import NewMember, OnMember, perform
from backend.cases.models import Case
from backend.cases.replay import replay
from backend.cases.rolls import roll_on
from backend.cases.voiding import void
from backend.core.db import WHOLE, scoped
from backend.core.errors import NotFound, NotPermitted, Refused, Unchanged
from backend.core.keyring import unseal
from backend.deadlines.models import Deadline
from backend.handovers.histories import first_fault
from backend.handovers.models import History, Line, LineDetail
from backend.members.models import Member, Spell
from backend.members.protected import sealed_columns
from tests.backend.audit.events import rows
from tests.installations import (
    ARRIVED,
    ID,
    INTRODUCED,
    PHONE,
    Installation,
    arrive,
    handed_over,
    on_the_way,
    person,
    proposed,
)
from tests.roles import as_role
from tests.world import enter, paper, unit
from tests.world import person as seat
from workflows.offices import Level, Office

pytestmark = [pytest.mark.real, pytest.mark.slow]
OTHER_ID = "087190000078"
"""A woman born in 1990."""
CORRECTION: dict[str, Any] = {"reason": "Nhầm người", "paper": paper(ARRIVED, "3-BB/ĐU")}


def traces() -> tuple[Any, ...]:
    tables = (Event, EventDetail, Spell, Case, Deadline, History, Line, LineDetail)
    return [one.objects.count() for one in tables], sorted(Member.objects.values_list("pk", "standing", "version"))


@pytest.fixture
def sent(sender: Installation, receiver: Installation) -> Callable[..., str]:
    """The file of a person on the way, whose key the receiver trusts."""

    def send(**options: Any) -> str:
        with sender.here() as world:
            text = handed_over(sender, on_the_way(world, person(world, **options))).write()
        receiver.trusts(sender)
        return text

    return send


def test_an_official_member_is_received_as_the_lines_prove(receiver: Installation, sent: Callable[..., str]) -> None:
    text = sent(admission_decided_on="2014-12-20")
    with receiver.here() as world:
        done = arrive(receiver, proposed(receiver, text))
        member = Member.objects.get(pk=done["member_id"])
        assert (done["state"], done["cautions"], done["deadlines"]) == ("official", [], [])
        assert (member.standing, member.participation, member.unit_id) == ("official", "attending", world.cell.pk)
        assert (member.admission_decided_on, member.joined_on, member.official_on) == (
            date(2014, 12, 20), date(2015, 1, 5), date(2016, 1, 5),
        )  # fmt: skip
        assert (member.full_name, member.sex, member.born_on, unseal(member.ethnicity), member.note) == (
            "Trần Thị Chuyển", "m", date(1980, 5, 1), "Khmer", None,
        )  # fmt: skip
        assert (unseal(member.personal_id), unseal(member.phone), member.card) == (ID, PHONE, "123456789012")
        with scoped(WHOLE):  # counted from the notice slip
            counted = [roll_on(world.cell.pk, day).official for day in (date(2026, 11, 19), ARRIVED)]
        assert counted == [0, 1]
        entered, taken = Event.objects.filter(member_id=member.pk).order_by("id")
        assert (entered.code, entered.office, entered.on_date) == (
            "membership.received_new_official", "organisation_officer", ARRIVED,
        )  # fmt: skip
        assert EventDetail.objects.get(event_uid=entered.uid).data["facts"] == {
            "introduction": {"number": "15-GGT", "issuer": "Chi bộ ấp Một"},
            "notice_slip": {"number": "7-PB", "issuer": "Chi bộ ấp Một"},
        }  # fmt: skip
        assert (taken.code, taken.cause, taken.unit_id) == ("handover.taken_in", entered.uid, world.cell.pk)
        assert list(replay()) == []


def doubted(receiver: Installation, text: str) -> list[tuple[str, str]]:
    """The cautions of taking a file in, which are those of the event."""
    done = arrive(receiver, proposed(receiver, text))
    assert Event.objects.get(uid=done["event"]).cautions == [one["code"] for one in done["cautions"]]
    return [(one["code"], one["fact"]) for one in done["cautions"]]


def test_whoever_comes_with_a_file_is_doubted_like_anybody_who_is_entered(
    sender: Installation, receiver: Installation
) -> None:
    """Met before in the cell, too young at the ceremony, an id of another one; without a doubt none (above)."""
    with sender.here() as world:
        member = person(world)
        Member.objects.filter(pk=member.pk).update(
            born_on=date(1997, 2, 1), **sealed_columns({"personal_id": OTHER_ID})
        )
        text = handed_over(sender, on_the_way(world, Member.objects.get(pk=member.pk))).write()
    receiver.trusts(sender)
    with receiver.here() as world:
        known = world.member("TRẦN THỊ CHUYỂN")
        Member.objects.filter(pk=known.pk).update(born_on=date(1997, 2, 1))
        assert doubted(receiver, text) == [
            ("person.met_before", "profile.full_name"), ("person.id_of_another_birth", "profile.personal_id"),
            ("person.id_of_another_sex", "profile.personal_id"), ("age.too_young_then", "joined_on"),
        ]  # fmt: skip


def test_party_age_and_the_last_badge_come_along(sender: Installation, receiver: Installation) -> None:
    with sender.here() as world:
        member = person(world, joined_on="1985-02-03", official_on="1986-08-03")
        confirmed = {"confirmation": paper(date(2026, 10, 1), "9-GXN"), "party_age_from": "1986-02-03"}
        awarded = {"decision": paper(date(2026, 10, 2), "1-QĐ"), "badge_years": 40}
        with as_role("chibo_app"):
            perform(world.actor("officer"), OnMember(member.pk), "confirm_party_age", confirmed, on=date(2026, 10, 1))
            perform(world.actor("officer"), OnMember(member.pk), "award_badge", awarded, on=date(2026, 10, 2))
        text = handed_over(sender, on_the_way(world, member)).write()
    receiver.trusts(sender)
    with receiver.here():
        done = arrive(receiver, proposed(receiver, text))
        member = Member.objects.get(pk=done["member_id"])
        assert (member.joined_on, member.party_age_from, member.badge_years) == (date(1985, 2, 3), date(1986, 2, 3), 40)
        assert list(replay()) == []


def test_every_line_is_kept_as_it_came_with_head_and_proof(
    sender: Installation, receiver: Installation, sent: Callable[..., str]
) -> None:
    text = sent()
    with receiver.here():
        proposal = proposed(receiver, text)
        done = arrive(receiver, proposal)
        history = History.objects.get(member_id=done["member_id"])
        log = proposal.checked.own
        assert (history.installation, bytes(history.public_key)) == ("Đảng bộ tỉnh bên gửi", sender.public_key)
        assert (history.size, bytes(history.root), history.origin_member) == (log.head.size, log.head.root, log.about)
        assert [
            (one.position, bytes(one.line), bytes(one.proof), one.opened, one.subject_kind, one.lifecycle)
            for one in history.lines.order_by("id")
        ] == [
            (one.position, one.line, b"".join(one.proof), one.told is not None, one.event.subject_kind, one.event.lifecycle)
            for one in log.lines
        ]  # fmt: skip
        told = LineDetail.objects.filter(line__history=history).values_list("line__position", "data")
        assert dict(told) == {one.position: one.told.data for one in log.lines if one.told}
        assert first_fault(history) is None
        taken = Event.objects.get(code="handover.taken_in")
        assert (taken.subject_kind, taken.subject_id, taken.version) == ("history", history.pk, 1)
        assert taken.facts == {
            "issue": str(proposal.checked.issued.uid), "keys": [sender.public_key.hex()], "lines": 6,
        }  # fmt: skip
        receiver.seal()
        with as_role("chibo_jobs"):
            assert verify_log().fault is None


def test_a_probationer_goes_on_from_the_same_ceremony(receiver: Installation, sent: Callable[..., str]) -> None:
    text = sent(step="import_probationary", joined_on="2026-02-10")
    with receiver.here() as world:
        done = arrive(receiver, proposed(receiver, text))
        member = Member.objects.get(pk=done["member_id"])
        assert (member.standing, member.joined_on, member.official_on) == ("probationary", date(2026, 2, 10), None)
        case = Case.objects.get(member=member)
        assert (case.lifecycle, case.state, case.number, case.unit_id, str(case.parent_uid)) == (
            "recognition", "probation", "CN-2026-0001", world.cell.pk, done["event"],
        )  # fmt: skip
        review = Deadline.objects.get(subject_kind="case", subject_id=case.pk)
        assert (review.rule_id, review.started_on, review.due_on) == (
            "PRO.CELL_REVIEW", date(2027, 2, 10), date(2027, 3, 24),
        )  # fmt: skip
        assert list(replay()) == []


def test_the_second_time_nothing_changes(receiver: Installation, sent: Callable[..., str]) -> None:
    text = sent()
    with receiver.here():
        done = arrive(receiver, proposed(receiver, text))
        before = traces()
        with pytest.raises(Unchanged, match=rf"taken in already, as number {done['member_id']}; nothing was changed"):
            arrive(receiver, proposed(receiver, text))
        assert traces() == before


def test_another_file_about_somebody_who_came_is_refused(
    sender: Installation, receiver: Installation, sent: Callable[..., str]
) -> None:
    """Also where no personal id would tell."""
    text = sent()
    with sender.here():
        Member.objects.update(personal_id=None, personal_id_index=None)
        again = handed_over(sender, Case.objects.get(lifecycle="transfer").pk).write()
    assert again != text
    with receiver.here():
        done = arrive(receiver, proposed(receiver, text))
        before = traces()
        with pytest.raises(Refused) as refused:
            arrive(receiver, proposed(receiver, again))
        (answer,) = refused.value.answers
        assert (answer.code, answer.params) == ("handover.came_before", {"member": done["member_id"]})
        assert traces() == before


def test_whoever_is_on_another_list_here_is_refused_in_the_usual_sentence(
    receiver: Installation, sent: Callable[..., str]
) -> None:
    text = sent()
    with receiver.here() as world:
        profile = {
            "full_name": "Trần Thị Chuyển",
            "sex": "f",
            "born_on": date(1980, 5, 1),
            **sealed_columns({"personal_id": ID}),
        }
        roster = {"roster": paper(INTRODUCED, "Danh sách")}
        known = enter(NewMember(world.other.pk, profile), "import_candidate", roster, INTRODUCED)
        before = traces()
        for who, said in (
            ("officer", f"This person is on your lists already, as number {known.pk}."),
            ("committee", f"This person is on your lists already, as number {known.pk}."),
        ):
            with pytest.raises(Refused) as refused:
                arrive(receiver, proposed(receiver, text), who)
            assert [one.text("en") for one in refused.value.answers] == [said]
        assert traces() == before


def test_an_office_elsewhere_is_told_whom_to_ask_and_no_more(receiver: Installation, sent: Callable[..., str]) -> None:
    text = sent()
    with receiver.here() as world:
        far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
        cell = unit("87.108.000.000.001", "Chi bộ ấp Xa", Level.CELL, far)
        world.actors["far"] = seat("far", Office.ORGANISATION_OFFICER, far)
        arrive(receiver, proposed(receiver, text))
        before = traces()
        with pytest.raises(Refused) as refused:
            arrive(receiver, proposed(receiver, text), "far", unit_id=cell.pk)
        assert [one.text("en") for one in refused.value.answers] == [
            "This person is on the lists of another unit; ask: Đảng bộ tỉnh."
        ]
        with pytest.raises(NotFound):
            arrive(receiver, proposed(receiver, text), "far", unit_id=world.cell.pk)
        assert traces() == before


def test_it_is_a_persons_decision_with_papers_and_a_day(receiver: Installation, sent: Callable[..., str]) -> None:
    """What the file does not prove is asked for; what it proves is not asked again; a cell may not."""
    text = sent()
    with receiver.here() as world:
        proposal, before = proposed(receiver, text), traces()
        with pytest.raises(Refused) as refused:
            arrive(receiver, proposal, facts={})
        assert [(one.code, one.fact) for one in refused.value.answers] == [
            ("fact.required", "papers_handed_over"), ("fact.required", "notice_slip"),
        ]  # fmt: skip
        slip = {"notice_slip": paper(ARRIVED), "papers_handed_over": False}
        with pytest.raises(Refused, match=r"transfer\.papers_missing"):
            arrive(receiver, proposal, facts=slip)
        with pytest.raises(Refused, match=r"handover\.proven"):
            arrive(receiver, proposal, facts={**slip, "joined_on": "2000-01-01"})
        with pytest.raises(Refused, match=r"unit\.not_a_cell"):
            arrive(receiver, proposal, unit_id=world.commune.pk)
        for who in ("secretary", "auditor"):
            with pytest.raises(NotPermitted):
                arrive(receiver, proposal, who)
        assert traces() == before


def test_a_rehearsal_says_what_would_be_and_leaves_nothing(receiver: Installation, sent: Callable[..., str]) -> None:
    text = sent()
    with receiver.here():
        before = traces()
        late = {"on": date(2026, 12, 23), "facts": {"papers_handed_over": True}}
        with pytest.raises(Refused):
            arrive(receiver, proposed(receiver, text), rehearse=True, **late)
        done = arrive(receiver, proposed(receiver, text), rehearse=True)
        assert (done["state"], done["version"]) == ("official", 1)
        assert traces() == before


def test_it_is_undone_by_a_second_person_and_can_be_taken_in_again(
    receiver: Installation, sent: Callable[..., str]
) -> None:
    """What was told goes with the person; the lines, which name nobody, stay and still hold."""
    text = sent(step="import_probationary", joined_on="2026-02-10")
    with receiver.here() as world:
        done = arrive(receiver, proposed(receiver, text))
        with pytest.raises(NotPermitted), as_role("chibo_app"):
            void(world.actor("officer"), UUID(done["event"]), **CORRECTION)
        with as_role("chibo_app"):
            void(world.actor("committee"), UUID(done["event"]), **CORRECTION)
        gone = Member.objects.get(pk=done["member_id"])
        assert (gone.standing, gone.participation, gone.full_name, gone.personal_id) == ("", "", "", None)
        assert Case.objects.get(member=gone).state == ""
        assert (Line.objects.filter(history__member=gone).count(), LineDetail.objects.count()) == (6, 0)
        assert first_fault(History.objects.get(member=gone)) is None
        again = arrive(receiver, proposed(receiver, text))
        assert again["member_id"] != gone.pk
        assert LineDetail.objects.filter(line__history__member_id=again["member_id"]).count() == 4
        assert list(replay()) == []


def test_what_was_told_is_erased_with_all_about_a_member(receiver: Installation, sent: Callable[..., str]) -> None:
    text = sent()
    with receiver.here() as world:
        done = arrive(receiver, proposed(receiver, text))
        history = History.objects.get(member_id=done["member_id"])
        who = world.actor("officer").who()
        with as_role("chibo_owner"):
            assert erase(who, "Theo yêu cầu", member_id=done["member_id"]) == 3  # two entries of its own, one history
            with pytest.raises(Unchanged):
                erase(who, "Lần nữa", member_id=done["member_id"])
        assert not LineDetail.objects.exists()
        assert first_fault(history) is None
        last = Event.objects.filter(subject_kind="history").latest("pk")
        assert (last.code, last.version, last.member_id) == ("detail.erased", 2, None)
        assert last.facts == {"event": str(history.event_uid)}


@pytest.mark.parametrize("role", ["chibo_app", "chibo_jobs", "chibo_owner"])
@pytest.mark.parametrize("table", ["handovers_history", "handovers_line", "handovers_issue"])
def test_nobody_changes_what_was_taken_in(
    sender: Installation, receiver: Installation, sent: Callable[..., str], table: str, role: str
) -> None:
    text = sent()
    place = sender if table == "handovers_issue" else receiver
    with receiver.here():
        arrive(receiver, proposed(receiver, text))
    column = "nonce" if table == "handovers_issue" else "root" if table == "handovers_history" else "line"
    with place.here():
        for sql in (f"UPDATE {table} SET {column} = '\\x00'", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(DatabaseError), as_role(role), scoped(WHOLE):
                rows(sql)
        assert rows(f"SELECT count(*) > 0 FROM {table}") == [(True,)]
