"""Hand-over files through the door: made where a member leaves, taken in where the person arrives, shown in the timeline."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.audit.models import Event
from backend.cases.models import RequestKey
from backend.core.keyring import unseal_bytes
from backend.handovers.models import History, Issue, TrustedKey
from backend.members.models import Member
from tests.backend.handovers.test_taking_in import traces
from tests.installations import ARRIVED, Installation, on_the_way, person, receiver, sender
from tests.roles import as_role
from tests.world import paper

__all__ = ["receiver", "sender"]
pytestmark = [pytest.mark.real, pytest.mark.slow]
PASSPHRASE = "nam tu tieng Viet dai"
PLACE = "handovers/"


def knock(who: str, address: str, body: Any = None, **headers: str) -> Any:
    client = APIClient()
    client.force_authenticate(User.objects.get(username=who))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with as_role("chibo_app"):
        if body is None:
            return client.get(address if address.startswith("http") else f"/api/v1/{address}", headers=named)
        return client.post(f"/api/v1/{address}", body, headers=named)


@pytest.fixture
def file(sender: Installation, receiver: Installation) -> str:
    """Asked for three times, as a client does that is told to ask again."""
    cache.clear()
    with sender.here() as world:
        address = f"cases/{on_the_way(world, person(world))}/handover/"
        for _ in range(2):
            answer = knock("officer", address, {"passphrase": PASSPHRASE})
            assert (answer.status_code, answer.json(), answer.headers["Retry-After"]) == (
                202, {"name": None, "file": None}, "2",
            )  # fmt: skip
            sender.seal()
        answer = knock("officer", address, {"passphrase": PASSPHRASE})
        listed = Event.objects.get(code="handover.issued")
        assert (answer.status_code, answer.json()["name"]) == (200, f"chibo-handover-{listed.uid}.txt")
        assert "Chuyển" not in answer.json()["file"]
    receiver.trusts(sender, "Tỉnh A")
    return str(answer.json()["file"])


def body(place: Installation, sent: str, **changed: Any) -> dict[str, Any]:
    facts: Any = {"notice_slip": paper(ARRIVED, "7-PB"), "papers_handed_over": True}
    asked = {
        "unit": place.world.cell.pk,
        "file": sent,
        "passphrase": PASSPHRASE,
        "on": ARRIVED.isoformat(),
        "facts": facts,
    }
    return {**asked, **changed}


def test_a_person_is_received_and_the_history_stands_in_the_timeline(
    sender: Installation, receiver: Installation, file: str
) -> None:
    with sender.here():
        theirs = Event.objects.get(code="transfer.introduced").case_id
    with receiver.here():
        answer = knock("officer", PLACE, body(receiver, file))
        said, outcome = answer.json()["said"], answer.json()["outcome"]
        member = Member.objects.get(pk=outcome["member_id"])
        assert (answer.status_code, answer.headers["Location"], answer.headers["ETag"]) == (
            201, f"http://testserver/api/v1/members/{member.pk}/", '"1"',
        )  # fmt: skip
        assert (said["full_name"], said["born_on"], said["standing"], said["places"][0]) == (
            "Trần Thị Chuyển", "1980-05-01", "official", "Đảng bộ tỉnh",
        )  # fmt: skip
        assert said["logs"] == [{"installation": "Tỉnh A", "key": "34750f98bd59fcfc", "entries": 6}]
        assert [one["code"] for one in said["history"]][-1] == "handover.issued"
        shown = knock("secretary", f"members/{member.pk}/timeline/").json()["results"]
        assert [(one["code"], one["origin"] and one["origin"]["installation"]) for one in shown] == [
            ("handover.taken_in", None), ("membership.received_new_official", None),
            ("handover.issued", "Tỉnh A"), ("membership.left_for_another_cell", "Tỉnh A"),
            ("transfer.introduced", "Tỉnh A"), ("transfer.checked", "Tỉnh A"), ("transfer.asked", "Tỉnh A"),
            ("membership.imported_official", "Tỉnh A"),
        ]  # fmt: skip
        introduced = shown[4]
        assert introduced["origin"] == {
            "installation": "Tỉnh A", "key": "34750f98bd59fcfc", "taken_in_on": "2026-11-20", "trusted": True,
        }  # fmt: skip
        assert (introduced["label"]["vi"], introduced["details"], introduced["erased"]) == (
            "Cấp giấy giới thiệu sinh hoạt đảng", {"introduction": {"number": "15-GGT", "issuer": "Chi bộ ấp Một"}}, False,
        )  # fmt: skip
        assert (introduced["facts"]["introduction"]["date"], introduced["subject_id"]) == ("2026-11-10", theirs)
        assert [one["erased"] for one in shown] == [False] * 8
        TrustedKey.objects.update(withdrawn=True)
        again = knock("secretary", f"members/{member.pk}/timeline/").json()["results"]
        assert [one["origin"]["trusted"] for one in again[2:]] == [False] * 6


def test_the_timeline_is_turned_page_by_page_across_the_two_logs(receiver: Installation, file: str) -> None:
    with receiver.here():
        key = knock("officer", PLACE, body(receiver, file)).json()["outcome"]["member_id"]
        whole = knock("officer", f"members/{key}/timeline/").json()["results"]
        for size in (1, 2, 3, 7, 8):
            address, found = f"members/{key}/timeline/?limit={size}", []
            while address:
                page = knock("officer", address).json()
                found += page["results"]
                assert len(page["results"]) == size or page["next"] is None
                address = page["next"]
            assert found == whole, size
        for cursor in ("x", "WzAsMV0x", "WzIsMV0=", "WzBd", "WyIwIiwxXQ=="):  # [2, 1] names no part, "0" is no number
            answer = knock("officer", f"members/{key}/timeline/?cursor={cursor}")
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), cursor


def test_a_rehearsal_is_answered_and_leaves_nothing(receiver: Installation, file: str) -> None:
    with receiver.here():
        before = traces()
        answer = knock("officer", PLACE, body(receiver, file, rehearse=True))
        assert (answer.status_code, answer.json()["rehearsed"], answer.json()["outcome"]["state"]) == (
            200,
            True,
            "official",
        )
        assert traces() == before


def answered() -> Any:
    """What the one request key kept answers with, opened."""
    return json.loads(unseal_bytes(RequestKey.objects.get().outcome))


def test_the_same_request_twice_is_one_and_the_same_file_twice_changes_nothing(
    receiver: Installation, file: str
) -> None:
    with receiver.here():
        asked = body(receiver, file)
        first = knock("officer", PLACE, asked, Idempotency_Key="came-1")
        before = traces()
        assert knock("officer", PLACE, asked, Idempotency_Key="came-1").json()["outcome"] == first.json()["outcome"]
        assert answered() == first.json()["outcome"]
        again = knock("officer", PLACE, asked)
        assert (again.status_code, again.json()["code"]) == (422, "unchanged")
        assert traces() == before


@pytest.mark.parametrize(
    ("who", "changed", "status", "codes"),
    [
        ("secretary", {}, 403, []),
        ("auditor", {}, 403, []),
        ("officer", {"unit": 987_654}, 404, []),
        ("officer", {"passphrase": ""}, 422, ["handover.passphrase_needed"]),
        ("officer", {"passphrase": "nam tu tieng Viet khac"}, 422, ["handover.wrong_passphrase"]),
        ("officer", {"file": "x"}, 422, ["handover.unreadable"]),
        ("officer", {"facts": {}}, 422, ["fact.required", "fact.required"]),
        ("officer", {"facts": {"official_on": "2000-01-01"}}, 422, ["handover.proven"]),
        ("officer", {"on": "2027-01-01"}, 422, ["day.ahead", "paper.other_day"]),
        ("officer", {"unit": "x"}, 400, []),
        ("officer", {"facts": 1}, 400, []),
        ("officer", {"dry_run": True}, 400, []),
    ],
)
def test_what_cannot_be_taken_in_is_told_and_nothing_is_written(
    receiver: Installation, file: str, who: str, changed: dict[str, Any], status: int, codes: list[str]
) -> None:
    with receiver.here():
        before = traces()
        answer = knock(who, PLACE, body(receiver, file, **changed))
        assert (answer.status_code, [one["code"] for one in answer.json().get("unmet", [])]) == (status, codes)
        assert traces() == before


def test_a_key_that_nobody_confirmed_is_told_in_both_languages(receiver: Installation, file: str) -> None:
    with receiver.here():
        TrustedKey.objects.all().delete()
        (unmet,) = knock("officer", PLACE, body(receiver, file)).json()["unmet"]
        assert unmet["code"] == "handover.unknown_key"
        assert unmet["en"].startswith("Line 3 is signed with a key that nobody here has confirmed: 8a88 e3dd 7409 ")
        assert unmet["vi"].startswith("Dòng 3 được ký bằng khóa chưa được ai ở đây xác nhận: 8a88 e3dd 7409 ")
        assert not History.objects.exists()


def test_a_key_of_the_request_stands_for_one_asking(sender: Installation) -> None:
    cache.clear()
    with sender.here() as world:
        address = f"cases/{on_the_way(world, person(world))}/handover/"
        sender.seal()
        for _ in range(2):
            assert knock("officer", address, {"passphrase": PASSPHRASE}, Idempotency_Key="go-1").status_code == 202
        listed = Event.objects.get(code="handover.issued")
        assert answered() == {"event": str(listed.uid)}
        other = knock("officer", address, {"passphrase": PASSPHRASE[::-1]}, Idempotency_Key="go-1")
        assert (other.status_code, other.json()["code"]) == (422, "request_key_reused")
        sender.seal()
        assert knock("officer", address, {"passphrase": PASSPHRASE}, Idempotency_Key="go-1").status_code == 200
        assert Issue.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "sent", "status"),
    [("secretary", {"passphrase": PASSPHRASE}, 403), ("auditor", {}, 403), ("officer", {}, 400),
     ("officer", {"passphrase": "ngắn"}, 400), ("officer", {"passphrase": PASSPHRASE, "x": 1}, 400)],
)  # fmt: skip
def test_the_file_is_not_made_for_everybody_nor_unencrypted(
    sender: Installation, who: str, sent: dict[str, Any], status: int
) -> None:
    with sender.here() as world:
        case = on_the_way(world, person(world))
        sender.seal()
        assert knock(who, f"cases/{case}/handover/", sent).status_code == status
        assert not Issue.objects.exists()


def test_what_is_not_on_the_way_is_told_so(sender: Installation) -> None:
    with sender.here() as world:
        new = world.member("Lê Thị Mới", "import_probationary", joined_on="2026-02-10")
        case = world.probation(new, date(2026, 2, 10))
        answer = knock("officer", f"cases/{case.pk}/handover/", {"passphrase": PASSPHRASE})
        assert (answer.status_code, [one["code"] for one in answer.json()["unmet"]]) == (
            422,
            ["handover.not_on_the_way"],
        )


def test_a_guests_place_sees_the_own_history_and_not_the_cases(receiver: Installation, file: str) -> None:
    """As with the log here; a helper sees the assigned member's whole history."""
    with receiver.here() as world:
        key = knock("officer", PLACE, body(receiver, file)).json()["outcome"]["member_id"]
        Member.objects.filter(pk=key).update(guest_unit=world.other, guest_path=world.other.path)

        def codes(who: str) -> list[str]:
            return [one["code"] for one in knock(who, f"members/{key}/timeline/").json()["results"]]

        assert [one for one in codes("other_secretary") if not one.startswith("membership.")] == []
        assert "transfer.introduced" in codes("secretary")
