"""The file of a transfer to outside: when it can be made, by whom, what is in it and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from backend.audit.erasing import erase
from backend.audit.models import Event, EventDetail, Pending
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.voiding import void
from backend.core.errors import CannotVoid, NotFound, NotPermitted, Refused
from backend.handovers.checking import check
from backend.handovers.form import HandOver, read
from backend.handovers.issuing import hand_over
from backend.handovers.models import Issue
from backend.members.models import Member
from tests.installations import ID, INTRODUCED, PHONE, Installation, handed_over, on_the_way, person
from tests.leaving import SIGN, opened
from tests.roles import as_role
from tests.world import TODAY, World, paper, unit
from tests.world import person as seat
from workflows.offices import Level, Office

pytestmark = [pytest.mark.real, pytest.mark.slow]
CODES = [
    "membership.imported_official", "transfer.asked", "transfer.checked", "transfer.introduced",
    "membership.left_for_another_cell", "handover.issued",
]  # fmt: skip


def made(world: World, case: int, who: str = "officer") -> HandOver | None:
    with as_role("chibo_app"):
        return hand_over(world.actor(who), case)


def codes(file: HandOver) -> list[str]:
    return [line.event.code for line in file.logs[-1].lines]


def test_the_file_is_listed_in_the_log_before_it_is_made(sender: Installation) -> None:
    with sender.here() as world:
        case = on_the_way(world, person(world))
        assert made(world, case) is None, "what happened is not sealed yet"
        assert not Issue.objects.exists()
        sender.seal()
        assert made(world, case) is None, "the list is not sealed yet"
        listed = Event.objects.get(code="handover.issued")
        assert (listed.case_id, listed.subject_kind, listed.version, listed.office) == (
            case, "handover", 1, "organisation_officer",
        )  # fmt: skip
        sender.seal()
        file = made(world, case)
        assert file is not None
        places = [line.position for line in file.logs[-1].lines]
        assert codes(file) == CODES
        assert listed.facts == {
            "positions": places[:-1], "opened": places[:4], "person": file.person_digest, "earlier": "",
        }  # fmt: skip
        assert check(read(file.write()), {sender.public_key: "x"}).issued.uid == listed.uid


def test_the_same_case_gives_the_same_file_until_something_happens(sender: Installation) -> None:
    with sender.here() as world:
        member = person(world)
        case = on_the_way(world, member)
        first = handed_over(sender, case)
        for _ in range(2):
            assert handed_over(sender, case) == first
        assert (Issue.objects.count(), Event.objects.filter(code="handover.issued").count()) == (1, 1)
        Member.objects.filter(pk=member.pk).update(home_detail="Ấp Ba")
        second = handed_over(sender, case)
        assert (second.person["home_detail"], Issue.objects.count()) == ("Ấp Ba", 2)
        assert second.nonce != first.nonce


def test_the_person_goes_along_but_for_what_the_cell_noted_for_itself(sender: Installation) -> None:
    with sender.here() as world:
        file = handed_over(sender, on_the_way(world, person(world)))
        assert file.person == {
            "full_name": "Trần Thị Chuyển", "sex": "m", "born_on": "1980-05-01", "personal_id": ID, "phone": PHONE,
            "ethnicity": "Khmer", "card_number": "123456789012", "home_detail": "Ấp Hai",
        }  # fmt: skip
        assert file.places == ("Đảng bộ tỉnh", "Đảng bộ xã", "Chi bộ ấp Một")
        assert "Chuyện riêng" not in file.write()


def test_what_stands_behind_an_entry_is_told_where_it_rests_on_a_paper(sender: Installation) -> None:
    with sender.here() as world:
        file = handed_over(sender, on_the_way(world, person(world)))
        told = {line.event.code: line.told.data for line in file.logs[-1].lines if line.told}
        assert told == {
            "membership.imported_official": {
                "who": "test", "facts": {"roster": {"number": "Danh sách", "issuer": "Chi bộ ấp Một"}},
            },
            "transfer.asked": {
                "who": "Người secretary",
                "facts": {"ground_paper": {"number": "12-NQ/CB", "issuer": "Chi bộ ấp Một"}, "place": "Phường 1, tỉnh khác"},
            },
            "transfer.checked": {
                "who": "Người secretary", "facts": {"self_review": {"number": "12-NQ/CB", "issuer": "Chi bộ ấp Một"}},
            },
            "transfer.introduced": {
                "who": "Người officer", "facts": {"introduction": {"number": "15-GGT", "issuer": "Chi bộ ấp Một"}},
            },
        }  # fmt: skip


def done(world: World, who: str, case: int, step: str, **facts: Any) -> None:
    perform(world.actor(who), OnCase(case), step, facts, on=TODAY)


def test_a_case_goes_along_where_the_paper_dossier_has_it(sender: Installation) -> None:
    """A reprimand does; a screening, a case that came to nothing, one entered by mistake and a meeting stay."""
    with sender.here() as world:
        member = person(world)
        world.meeting([member], TODAY)
        opened(world, "screening", "open", member, SIGN)
        violation = {"report": paper(TODAY, "05-BC/CB")}
        punished = opened(world, "discipline", "open", member, violation)
        done(world, "secretary", punished, "decide_other_form", decision=paper(TODAY, "9-QĐ/UBKT"), form="reprimand")
        cleared = opened(world, "discipline", "open", member, violation)
        done(world, "secretary", cleared, "clear", conclusion=paper(TODAY))
        mistaken = opened(world, "discipline", "open", member, violation)
        first = Event.objects.get(case_id=mistaken)
        void(world.actor("deputy"), first.uid, reason="Nhầm người", paper=paper(TODAY))
        file = handed_over(sender, on_the_way(world, member))
        assert {line.event.case_id for line in file.logs[-1].lines} == {
            None,
            punished,
            file.logs[-1].lines[-1].event.case_id,
        }
        assert codes(file) == [CODES[0], "discipline.opened", "discipline.other_form_decided", *CODES[1:]]


def test_what_was_erased_is_not_told(sender: Installation) -> None:
    with sender.here() as world:
        case = on_the_way(world, person(world))
        asked = Event.objects.get(code="transfer.asked")
        with as_role("chibo_owner"):
            erase(world.actor("officer").who(), "Theo yêu cầu", event=asked.uid)
        file = handed_over(sender, case)
        assert [line.event.code for line in file.logs[-1].lines if line.told] == [
            "membership.imported_official", "transfer.checked", "transfer.introduced",
        ]  # fmt: skip
        assert check(read(file.write()), {sender.public_key: "x"})


def test_only_the_office_that_sends_can_make_it(sender: Installation) -> None:
    """A cell has not the right; another commune does not see the case; neither leaves a trace."""
    with sender.here() as world:
        far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
        world.actors["far"] = seat("far", Office.ORGANISATION_OFFICER, far)
        case = on_the_way(world, person(world))
        sender.seal()
        before = Event.objects.count()
        for who, error in (("secretary", NotPermitted), ("auditor", NotPermitted), ("far", NotFound)):
            with pytest.raises(error), as_role("chibo_app"):
                hand_over(world.actor(who), case)
        with pytest.raises(NotFound), as_role("chibo_app"):
            hand_over(world.actor("officer"), 987_654)
        assert (Event.objects.count(), Issue.objects.count(), Pending.objects.count()) == (before, 0, 0)
        assert made(world, case, "province") is None
        assert Event.objects.get(code="handover.issued").office_unit_id == world.province.pk


def test_it_goes_along_with_the_paper_and_only_to_outside(sender: Installation) -> None:
    with sender.here() as world:
        member = person(world)
        told = {
            "ground": "residence",
            "ground_paper": paper(TODAY),
            "effective_on": TODAY.isoformat(),
            "place": "Tỉnh khác",
        }
        target = NewCase("transfer", member_id=member.pk)
        asked = perform(world.actor("secretary"), target, "ask", told, on=TODAY)["id"]
        with pytest.raises(Refused, match=r"handover\.not_on_the_way"):
            made(world, asked)
        done(world, "secretary", asked, "call_off", reason="Thôi")
        with pytest.raises(Refused, match=r"handover\.not_on_the_way"):
            made(world, asked)
        inside = perform(world.actor("secretary"), target, "ask",
                         {**told, "place": "", "to_unit": world.other.code}, on=TODAY)["id"]  # fmt: skip
        done(world, "secretary", inside, "check", self_review=paper(TODAY), dues_settled=True)
        done(world, "officer", inside, "introduce_within", introduction=paper(TODAY), papers_handed_over=True)
        with pytest.raises(Refused, match=r"handover\.works_here"):
            made(world, inside)
        assert not Issue.objects.exists()


def test_it_is_no_secret_that_it_was_made_but_nothing_of_it_can_be_guessed(sender: Installation) -> None:
    """The line names places and hashes; without the nonce, which is not in the log, nobody can try a name."""
    with sender.here() as world:
        file = handed_over(sender, on_the_way(world, person(world)))
        line = bytes(Event.objects.get(code="handover.issued").line).decode()
        for word in (ID, PHONE, "Chuyển", "Khmer", file.nonce.hex()):
            assert word not in line
        assert all(file.nonce.hex() not in str(one.data) for one in EventDetail.objects.all())


def test_what_a_file_was_made_on_is_not_voided(sender: Installation) -> None:
    """The file proves itself wherever it is shown: here the member would be official again, and there as well."""
    with sender.here() as world:
        member = person(world)
        case = on_the_way(world, member)
        introduced = Event.objects.get(code="transfer.introduced")
        wrong = {"reason": "Nhầm ngày", "paper": paper(TODAY)}
        handed_over(sender, case)
        listed, before = Event.objects.get(code="handover.issued"), Event.objects.count()
        with as_role("chibo_app"), pytest.raises(CannotVoid, match="proves itself") as caught:
            void(world.actor("province"), introduced.uid, **wrong)
        assert caught.value.blockers == [listed.uid]
        assert Event.objects.count() == before
        assert Member.objects.get(pk=member.pk).participation == "in_transit"
        back = {"notice": paper(INTRODUCED), "reason": "Không đi nữa"}
        perform(world.actor("officer"), OnCase(case), "withdraw", back, on=INTRODUCED)  # the way that is open
        assert Member.objects.get(pk=member.pk).participation == "attending"
