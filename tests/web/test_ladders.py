"""Who is told when, in words; a unit chooses a ladder, writes its own, withdraws it: seen first, done once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from backend.audit.models import Event, EventDetail
from backend.deadlines.models import Deadline
from backend.deadlines.titles import TITLES
from backend.organizations.laddering import ladder_called
from backend.organizations.models import OwnLadder, Unit
from backend.organizations.settings import Settings
from tests.backend.deadlines.test_ladders import RULE, reviewed
from tests.roles import as_role
from tests.web.people import send, text
from tests.web.test_administration import beside
from tests.web.test_today import of
from tests.world import World, make_world, person
from workflows.ladders import Rung
from workflows.ladders.choosing import Chosen
from workflows.ladders.words import rung_in_words
from workflows.offices import Office

pytestmark = pytest.mark.django_db
PAPER = "12-HD/ĐU ngày 30/10/2026"
START = date(2026, 11, 2)


@pytest.fixture
def world() -> World:
    world = make_world()
    person("admin", Office.ADMINISTRATOR, world.commune)
    return world


def at(unit: Unit, rule: str = RULE) -> str:
    return f"/administration/units/{unit.pk}/ladder/?rule={rule}"


def written() -> list[Any]:
    kept = list(Unit.objects.order_by("pk").values_list("version", "settings"))
    return [Event.objects.count(), kept, list(Deadline.objects.order_by("pk").values()), OwnLadder.objects.count()]


def choice(**more: str) -> dict[str, str]:
    named = {"ladder": "short", "since": "2/11/2026", "until": "", "source": PAPER, "key": str(uuid4())} | more
    return {f"choose-{name}": value for name, value in named.items()}


def drawn(client: Client, unit: Unit) -> dict[str, str]:
    """What the form of an own ladder has in it when it is shown."""
    page = client.get(at(unit)).context["page"]
    form = {f"rung-{name}": str(value) for name, value in page.rungs.management_form.initial.items()}
    for place, line in enumerate(page.rungs):
        for name, value in {"side": "", "to": "remind-0", **line.initial}.items():
            if value is not False:
                form[f"rung-{place}-{name}"] = str(value)
        form.setdefault(f"rung-{place}-unit", "working_days")
        form.setdefault(f"rung-{place}-ways", "inbox+mail")
    named = {"name": page.own["name"].value(), "since": "2/11/2026", "reason": "Xã xa", "key": str(uuid4())}
    return form | {f"own-{name}": value for name, value in named.items()}


def added(form: dict[str, str], **more: str) -> dict[str, str]:
    """With the first of the empty lines filled in: twenty working days before."""
    place = next(place for place in range(40) if form[f"rung-{place}-side"] == "")
    row = {"side": "before", "offset": "20"} | more
    return form | {f"rung-{place}-{name}": value for name, value in row.items()}


def test_a_rung_is_said_in_words_of_the_readers_language() -> None:
    both = ("inbox", "mail")
    rungs = [
        Rung("before", 15, "working_days", 0, "remind", both, critical=False),
        Rung("day", 0, "working_days", 0, "remind", both, critical=True),
        Rung("day", 2, "days", 0, "remind", ("inbox",), critical=False),
        Rung("last", 0, "days", 0, "remind", both, critical=False),
        Rung("after", 1, "working_days", 1, "escalate", both, critical=False),
        Rung("after", 11, "days", 3, "escalate", ("mail",), critical=False),
    ]
    with override("vi"):
        assert [str(rung_in_words(one)) for one in rungs] == [
            "trước ngày hẹn 15 ngày làm việc: nhắc người có trách nhiệm thực hiện (trong phần mềm, qua thư điện tử)",
            "đúng ngày hẹn: nhắc người có trách nhiệm thực hiện (trong phần mềm, qua thư điện tử, gửi ngay, cả ban đêm)",
            "sau ngày hẹn 2 ngày: nhắc người có trách nhiệm thực hiện (trong phần mềm)",
            "đúng ngày cuối: nhắc người có trách nhiệm thực hiện (trong phần mềm, qua thư điện tử)",
            "sau ngày cuối 1 ngày làm việc: báo cấp ủy cấp trên trực tiếp (trong phần mềm, qua thư điện tử)",
            "sau ngày cuối 11 ngày: báo cấp ủy cấp trên 3 bậc (qua thư điện tử)",
        ]


def test_everybody_reads_who_is_told_of_each_kind_of_deadline(world: World) -> None:
    with as_role("chibo_app"):
        page = text(of("secretary").get(f"/units/{world.cell.pk}/ladders/"))
    assert [str(one) for one in TITLES.values() if f"<li>{one}" not in page] == []
    assert page.count("<li>trước ngày hẹn 15 ngày làm việc: nhắc người có trách nhiệm thực hiện") >= 2
    assert 'href="/rehearsal/"' in page
    assert "Thay đổi cách nhắc" not in page
    quiet = page.split(f"<li>{TITLES['DIS.APPEAL']}", 1)[1].split("</li>", 1)[0]
    assert "không báo lên cấp trên" in quiet
    assert of("other_secretary").get(f"/units/{world.cell.pk}/ladders/").status_code == 404
    own = text(of("admin").get(f"/units/{world.cell.pk}/ladders/"))
    assert f'href="/administration/units/{world.cell.pk}/ladder/?rule={RULE}"' in own


def test_a_ladder_is_chosen_after_a_look_and_open_deadlines_follow(world: World) -> None:
    one, client, form = reviewed(world), of("admin"), choice()
    before = written()
    with as_role("chibo_app"):
        page = text(send(client, at(world.commune), do="choose-see", **form))
    assert "Giữ nguyên ngày, chỉ thay đổi cách nhắc: 1" in page
    assert (
        "<dd>lần nhắc tới: 20/11/2026</dd></div><div><dt>sau khi thay đổi</dt><dd>lần nhắc tới: 11/12/2026</dd>" in page
    )
    assert written() == before
    for _ in range(2):
        with as_role("chibo_app"):
            answer = send(client, at(world.commune), do="choose", **form)
        assert answer.headers["Location"] == f"/units/{world.commune.pk}/ladders/"
    world.commune.refresh_from_db()
    assert Settings.of(world.commune.settings).ladders == (Chosen(RULE, "short", START),)
    event = Event.objects.get(code="unit.configured")
    assert EventDetail.objects.get(event_uid=event.uid).data["facts"]["source"] == PAPER
    one.refresh_from_db()
    assert one.ladder == "short"
    page = text(of("secretary").get(f"/units/{world.cell.pk}/ladders/"))
    assert f"“Thời hạn ngắn”, do {world.commune.name} chọn (02/11/2026 – …)." in page
    back = choice(ladder="", since="2/11/2026")
    assert send(client, at(world.commune), do="choose", **back).status_code == 302
    one.refresh_from_db()
    assert one.ladder == "thirty_working_days"


def test_a_ladder_of_its_own_is_written_from_the_one_that_holds_seen_kept_once_and_withdrawn(world: World) -> None:
    one, client = reviewed(world), of("admin")
    form, before = added(drawn(client, world.cell)), written()
    with as_role("chibo_app"):
        page = text(send(client, at(world.cell), do="own-see", **form))
    assert (
        "<dd>lần nhắc tới: 20/11/2026</dd></div><div><dt>sau khi thay đổi</dt><dd>lần nhắc tới: 13/11/2026</dd>" in page
    )
    assert written() == before
    for _ in range(2):
        with as_role("chibo_app"):
            assert send(client, at(world.cell), do="own", **form).status_code == 302
    world.cell.refresh_from_db()
    (own,) = Settings.of(world.cell.settings).own_ladders
    assert (own.rule, own.since, own.until, own.version) == (RULE, START, None, 1)
    kept = ladder_called(own.ladder)
    assert kept is not None
    assert [(rung.side, rung.offset, rung.up) for rung in kept.rungs] == [
        ("before", 20, 0), ("before", 15, 0), ("before", 7, 0), ("before", 3, 0), ("before", 1, 0), ("day", 0, 0),
        ("after", 1, 0), ("after", 1, 1), ("after", 6, 2),
    ]  # fmt: skip
    one.refresh_from_db()
    assert one.ladder == own.ladder
    page = text(of("secretary").get(f"/units/{world.cell.pk}/ladders/"))
    assert "<li>trước ngày hẹn 20 ngày làm việc: nhắc người có trách nhiệm thực hiện" in page
    before = written()
    again = send(client, at(world.cell), do="own", **drawn(client, world.cell))
    assert "Đã như vậy từ trước" in text(client.get(again.headers["Location"]))
    assert written() == before
    back = {"back-since": "2/11/2026", "back-reason": "Thôi", "back-key": str(uuid4())}
    assert send(client, at(world.cell), do="back", **back).status_code == 302
    one.refresh_from_db()
    assert one.ladder == "thirty_working_days"


def test_what_is_wrong_is_said_in_sentences_and_nothing_is_written(world: World) -> None:
    reviewed(world)
    client = of("admin")
    form, before = drawn(client, world.cell), written()
    on_the_day = next(name for name, value in form.items() if value == "day")
    for do in ("own-see", "own"):
        page = text(send(client, at(world.cell), do=do, **{**form, on_the_day: ""}))
        told = page.split('role="alert">', 1)[1].split("</div>", 1)[0]
        assert "đúng ngày hẹn: nhắc người có trách nhiệm thực hiện (trong phần mềm, qua thư điện tử)" in told
        assert beside(text(send(client, at(world.cell), do=do, **form | {"own-name": "Của xã"})), "own-name")
        assert beside(text(send(client, at(world.cell), do=do, **form | {"own-reason": ""})), "own-reason")
        assert beside(text(send(client, at(world.cell), do=do, **form | {"rung-0-offset": "400"})), "rung-0-offset")
        assert beside(text(send(client, at(world.cell), do=do, **form | {"rung-0-to": "escalate-5"})), "rung-0-to")
        nothing = {name: "" for name in form if name.endswith("-side")}
        assert "có từ 1 đến 31 bậc" in text(send(client, at(world.cell), do=do, **form | nothing))
    for do in ("choose-see", "choose"):
        assert beside(text(send(client, at(world.cell), do=do, **choice(ladder="appeal_window"))), "choose-ladder")
        assert beside(text(send(client, at(world.cell), do=do, **choice(source="nghe nói"))), "choose-source")
        assert beside(text(send(client, at(world.cell), do=do, **choice(until="1/10/2026"))), "choose-until")
    back = {"back-since": "2/11/2026", "back-reason": "Thôi", "back-key": str(uuid4())}
    page = text(send(client, at(world.cell), do="back", **back))
    assert f"Tổ chức không có lịch nhắc riêng nào đang có hiệu lực cho {RULE}." in page
    assert written() == before


def test_whoever_does_not_administer_the_unit_finds_nothing(world: World) -> None:
    before = written()
    for name, unit in (("secretary", world.cell), ("officer", world.commune), ("admin", world.province)):
        client = of(name)
        assert client.get(at(unit)).status_code == 404
        client.get("/office/")
        token = client.cookies["csrftoken"].value
        answer = client.post(at(unit), {**choice(), "do": "choose", "csrfmiddlewaretoken": token})
        assert answer.status_code == 404
    client = of("admin")
    assert client.get("/administration/ladders/").headers["Location"] == f"/units/{world.commune.pk}/ladders/"
    assert client.get(at(world.cell, "NO.SUCH")).status_code == 400
    assert 'name="rule"' in text(client.get(f"/administration/units/{world.cell.pk}/ladder/"))
    assert written() == before


def test_a_choice_more_costs_no_query_more(world: World) -> None:
    client = of("admin")

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    pages = (f"/units/{world.cell.pk}/ladders/", at(world.cell))
    send(client, at(world.commune), do="choose", **choice())
    few = [queries(one) for one in pages]
    for rule in ("TRF.PAPER", "PRO.DECIDE", "PRO.ANNOUNCE"):
        assert send(client, at(world.commune, rule), do="choose", **choice(ladder="short")).status_code == 302, rule
    assert [queries(one) for one in pages] == few
