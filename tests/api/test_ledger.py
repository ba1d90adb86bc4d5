"""The proof through the door: the story of one deadline, the ledger of a unit and a period, and the same as a table."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.alerts.delivery import deliver
from backend.alerts.models import Enclosure, Letter, Notice, Unheard
from backend.alerts.sweep import sweep
from backend.cases.acknowledging import acknowledge
from backend.core import clock
from backend.core.tables import harmless
from backend.deadlines.models import Deadline
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import World, make_world

pytestmark = pytest.mark.real
SWEPT = date(2026, 11, 12)
OFFICER = ("organisation_officer", "87.107")


@pytest.fixture
def deadline(committed_db: RealDatabase) -> tuple[World, Deadline]:
    """A review due on 22/10/2026 but brought in on 02/11/2026, swept ten days later: it has climbed to commune and province."""
    cache.clear()
    world = make_world()
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10")
    case = world.probation(member, date(2025, 9, 10))
    clock.move_to(SWEPT)
    with as_role("chibo_jobs"):
        sweep()
        deliver()
    return world, Deadline.objects.get(subject_id=case.pk, rule_id="PRO.CELL_REVIEW")


def get(who: str, address: str) -> Any:
    client = APIClient()
    client.force_authenticate(User.objects.get(username=who))
    with as_role("chibo_app"):
        answer = client.get(f"/api/v1/{address}")
        if answer.streaming:
            return b"".join(answer).decode()
        return answer.json() if answer.status_code == 200 else answer.status_code


def refused(address: str) -> list[tuple[str, str]]:
    """What is wrong with it: each field with its sentence."""
    client = APIClient()
    client.force_authenticate(User.objects.get(username="officer"))
    with as_role("chibo_app"):
        answer = client.get(f"/api/v1/{address}", headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    return [(one["field"], one["detail"]) for one in answer.json()["errors"]]


def table(query: str, who: str = "officer") -> list[dict[str, str]]:
    """The rows of the CSV."""
    text = get(who, f"alerts/ledger/csv/?{query}")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def test_the_story_of_a_deadline_for_the_cell_and_for_the_commune(deadline: tuple[World, Deadline]) -> None:
    world, one = deadline
    acknowledge(world.actor("committee"), one.pk, working_days=3, reason="Chi bộ họp ngày 05/11")
    told = get("secretary", f"deadlines/{one.pk}/ledger/")
    assert told["deadline"]["explanation"]["en"].startswith("30 working days from 10/09/2026")
    assert [line["state"] for line in told["rungs"]] == ["done"] * 8 + ["planned"]
    first = told["rungs"][0]["told"]
    assert [line["reason_params"] for line in first] == [{"rung": 5}] * 2
    assert [(line["channel"], line["outcome"], line["reason_label"]["en"]) for line in first] == [
        (channel, "coalesced", "Left to a later reminder of the same deadline") for channel in ("inbox", "mail")
    ]  # fmt: skip
    mail = [line for line in told["rungs"][5]["told"] if line["channel"] == "mail"]
    assert [(line["office"], line["outcome"], line["answer"]) for line in mail] == [
        ("cell_secretary", "sent", "accepted")
    ]
    assert mail[0]["user_id"] == world.actor("secretary").user_id
    assert mail[0]["answered_at"] is not None
    above = [line for line in told["rungs"][6]["told"] if line["channel"] == "mail"]
    assert [(line["office"], line["unit_id"], line["outcome"], line["user_id"]) for line in above] == [
        ("committee_secretary", world.commune.pk, "sent", None), ("organisation_officer", world.commune.pk, "sent", None),
    ]  # fmt: skip
    assert [(line["code"], line["facts"]["until"], line["written"]) for line in told["answers"]] == [
        ("deadline.acknowledged", "2026-11-17", {"reason": "Chi bộ họp ngày 05/11"})
    ]
    assert told["next"]["rung"] == 8
    assert told["next"]["to"] == []
    assert (told["next"]["reason"], told["next"]["reason_label"]["en"]) == (
        "no_level_above", "There is no level above to tell",
    )  # fmt: skip
    seen = get("officer", f"deadlines/{one.pk}/ledger/")["rungs"][6]["told"]
    assert {line["user_id"] for line in seen if line["channel"] == "mail"} == {
        world.actor("officer").user_id, world.actor("committee").user_id,
    }  # fmt: skip
    assert get("other_secretary", f"deadlines/{one.pk}/ledger/") == 404


def test_the_ledger_is_filtered_by_unit_period_outcome_channel_and_rule(deadline: tuple[World, Deadline]) -> None:
    world, one = deadline
    everything = get("officer", "alerts/ledger/?limit=200")["results"]
    assert [line["id"] for line in everything] == sorted((line["id"] for line in everything), reverse=True)
    assert len(everything) == Notice.objects.count()

    def ids(query: str, who: str = "officer") -> set[int]:
        return {line["id"] for line in get(who, f"alerts/ledger/?limit=200&{query}")["results"]}

    def those(**only: Any) -> set[int]:
        return set(Notice.objects.filter(**only).values_list("id", flat=True))

    review = those(deadline_id=one.pk)
    assert ids("rule=PRO.CELL_REVIEW") == review
    assert ids(f"unit={world.cell.pk}") == review
    assert ids(f"unit={world.other.pk}") == set()
    assert ids("outcome=coalesced&channel=mail") == those(outcome="coalesced", channel="mail") != set()
    day = one.due_on
    assert ids(f"first={day}&last={day}") == those(rung_on=day) != set()
    assert ids(f"last={day - timedelta(days=1)}") == those(rung_on__lt=day) != set()
    assert ids("", "secretary") == review, "a cell sees how far its own deadlines climbed"
    assert ids("", "other_secretary") == set()
    about = everything[0]["deadline"]
    assert (about["id"], about["rule_id"], about["reference"]) == (one.pk, "PRO.CELL_REVIEW", one.reference)
    assert (about["ladder"], about["ladder_version"]) == ("thirty_working_days", 0)
    assert get("officer", "alerts/ledger/?unknown=1") == 400


@pytest.mark.parametrize("place", ["alerts/ledger/", "alerts/ledger/csv/"])
@pytest.mark.usefixtures("deadline")
def test_what_can_match_nothing_is_refused_with_a_sentence(place: str) -> None:
    """An empty table would read as proof that nothing was said."""
    wrong = ("first=2026-11-12&last=2026-11-11", "rule=PRO.NONE", "unit=987654321")
    assert [refused(f"{place}?{query}") for query in wrong] == [
        [("last", "The last day lies before the first.")], [("rule", "There is no rule “PRO.NONE”.")],
        [("unit", "You see no unit with this number.")],
    ]  # fmt: skip
    ((_, said),) = refused(f"{place}?channel=pigeon")
    assert said.endswith("“inbox”, “mail”, “chat”, “push”, “webhook”.")
    for fine in ("first=2026-11-12&last=2026-11-12", "rule=TASK.FILL_SEAT", "channel=webhook"):
        assert get("officer", f"{place}?{fine}") != 400


def test_pages_follow_each_other_without_a_gap(deadline: tuple[World, Deadline]) -> None:
    seen, address = [], "alerts/ledger/?limit=3&channel=mail"
    while address:
        answer = get("officer", address)
        seen += [line["id"] for line in answer["results"]]
        address = (answer["next"] or "").partition("/api/v1/")[2]
    assert seen == list(Notice.objects.filter(channel="mail").order_by("-id").values_list("id", flat=True))


def test_the_table_holds_the_same_rows_and_no_formula(deadline: tuple[World, Deadline]) -> None:
    world, one = deadline
    world.commune.name = "=HYPERLINK(1)"
    world.commune.save()
    Notice.objects.filter(unit_id=world.commune.pk).update(created_at=clock.now())
    text = get("officer", "alerts/ledger/csv/?channel=mail&language=en")
    assert text.startswith("\ufeffid,day,deadline_id,reference,rule,")
    rows = table("channel=mail&language=en")
    assert [int(row["id"]) for row in rows] == list(
        Notice.objects.filter(channel="mail").order_by("-id").values_list("id", flat=True)
    )
    assert {row["told_name"] for row in rows if row["told_code"] == "87.107"} == {"'=HYPERLINK(1)"}
    assert {row["reason_words"] for row in rows if row["outcome"] == "coalesced"} == {
        "Left to a later reminder of the same deadline"
    }
    assert {(row["reference"], row["title"]) for row in rows} == {
        (one.reference, "Consider the recognition in the cell")
    }
    assert get("other_secretary", "alerts/ledger/csv/") == text.partition("\r\n")[0] + "\r\n"


def test_each_line_of_the_table_is_a_proof(deadline: tuple[World, Deadline]) -> None:
    """An escalation: which deadline of which cell, the office above, who in it, by whose answer, when; words beside codes."""
    world, one = deadline
    officer = User.objects.get(username="officer")
    letter = Letter.objects.get(user=officer, channel="mail")
    (row,) = [row for row in table("channel=mail&language=en") if (row["office"], row["told_code"]) == OFFICER]
    assert letter.settled_at is not None
    assert {name: row[name] for name in row if name not in {"id", "created_at", "settled_at"}} == {
        "day": "2026-11-03", "deadline_id": str(one.pk), "reference": one.reference, "rule": "PRO.CELL_REVIEW",
        "title": "Consider the recognition in the cell", "due_on": one.due_on.isoformat(), "about_code": world.cell.code,
        "about_name": world.cell.name, "ladder": "thirty_working_days", "ladder_version": "0", "rung": "6",
        "kind": "escalate", "levels_up": "1", "rung_words": "escalation to level 1 above",
        "office": "organisation_officer", "office_words": "Organisation officer", "told_code": "87.107",
        "told_name": world.commune.name, "channel": "mail", "channel_words": "by e-mail", "user_id": str(officer.pk),
        "sign_in": "officer", "seat": "organisation_officer", "seat_words": "Organisation officer",
        "seat_code": "87.107", "outcome": "sent", "outcome_words": "Sent", "reason": "", "reason_words": "",
        "answer": "accepted", "answered_at": timezone.localtime(letter.settled_at).isoformat(),
        "message_id": letter.message_id,
    }  # fmt: skip
    assert row["answered_at"].endswith("+07:00")
    (vi,) = [row for row in table("channel=mail") if (row["office"], row["told_code"]) == OFFICER]
    assert (vi["outcome_words"], vi["channel_words"]) == ("Đã gửi", "qua thư điện tử")
    seen = [row for row in table("channel=mail", "secretary") if (row["office"], row["told_code"]) == OFFICER]
    assert [(row["user_id"], row["sign_in"], row["answer"], row["message_id"]) for row in seen] == [("", "", "", "")]
    json = {line["id"]: line for line in get("officer", "alerts/ledger/?limit=200")["results"]}
    assert json[int(row["id"])]["created_at"] == row["created_at"]


def test_a_way_beside_the_mail_has_its_lines_and_its_filter(deadline: tuple[World, Deadline]) -> None:
    officer = User.objects.get(username="officer")
    mail = Letter.objects.get(user=officer, channel="mail")
    fields = {"day": mail.day, "unit_path": mail.unit_path, "address": "tgram", "created_at": mail.created_at}
    chat = Letter.objects.create(
        user=officer,
        channel="chat",
        message_id="<chat@x>",
        outcome="failed",
        answer="404",
        settled_at=clock.now(),
        **fields,
    )
    inside = mail.enclosures.get()
    Enclosure.objects.create(letter=chat, month=inside.month, notice_id=inside.notice_id, seat=inside.seat)
    (line,) = table("channel=chat&language=en")
    assert (line["id"], line["channel"], line["channel_words"], line["outcome"], line["reason_words"], line["answer"]) == (
        str(inside.notice_id), "chat", "chat or SMS", "failed", "The other side did not take the message", "404",
    )  # fmt: skip
    assert [one["id"] for one in get("officer", "alerts/ledger/?channel=chat")["results"]] == [inside.notice_id]
    both = [row["channel"] for row in table("") if row["id"] == line["id"]]
    assert sorted(both) == ["chat", "mail"]
    assert table("channel=push") == []
    Unheard.objects.create(
        month=inside.month, notice_id=inside.notice_id, user_id=officer.pk, channel="push", unit_path=mail.unit_path,
        reason="muted_by_person",
    )  # fmt: skip
    assert [(row["sign_in"], row["outcome"], row["reason"]) for row in table("channel=push")] == [
        ("officer", "skipped", "muted_by_person")
    ]
    assert table("channel=chat", "secretary") == [], "whose letter it was is seen where the letter went"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_run_is_made_harmless(sign: str) -> None:
    assert harmless(f"{sign}1+1") == f"'{sign}1+1"
    assert harmless("Chi bộ") == "Chi bộ"
    assert harmless(-3) == -3
