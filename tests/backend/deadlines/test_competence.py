"""Who decides is settled for this installation, by day: the engine and the list of steps go by it."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from backend.audit.models import Event, EventDetail
from backend.core.db import WHOLE, scope
from backend.core.errors import NotPermitted
from backend.deadlines.calendar import calendar
from backend.deadlines.deciding import settle_act
from backend.deadlines.models import Competence
from tests.roles import as_role
from tests.world import make_world, person
from workflows import law
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db


def run(*words: str) -> list[str]:
    out = StringIO()
    with as_role("chibo_jobs"):
        call_command("competence", *words, stdout=out)
    return out.getvalue().splitlines()


def levels(on: date) -> tuple[Level, ...]:
    with transaction.atomic():
        scope(WHOLE)
        calendar()
        return law.competent_levels("recognise", on)


SETTLED = (
    "recognise",
    "province",
    "base_committee",
    "--from",
    "2026-11-01",
    "--to",
    "2026-12-31",
    "--source",
    "1-QĐ/TU",
)


def test_what_is_settled_holds_from_day_to_day_and_the_table_before_and_after() -> None:
    assert run(*SETTLED) == [
        "recognise: Cấp tỉnh, Đảng ủy cơ sở | 01/11/2026 – 31/12/2026 | quyết định tại đây: 1-QĐ/TU"
    ]
    own, table = (Level.PROVINCE, Level.BASE), (Level.BASE,)
    days = (date(2026, 10, 31), date(2026, 11, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [levels(day) for day in days] == [table, own, own, table]
    found = law.differences(date(2026, 10, 31), date(2026, 11, 1))
    assert [(one.value, other.value) for one, other in found if one and other and one.id == "recognise"] == [
        (table, own)
    ]
    event = Event.objects.get()
    assert (event.code, event.subject_kind, event.version, event.office) == ("competence.set", "law", 1, "operator")
    assert event.facts == {
        "act": "recognise", "levels": ["province", "base_committee"], "from": "2026-11-01", "to": "2026-12-31",
    }  # fmt: skip
    assert EventDetail.objects.get(event_uid=event.uid).data["facts"] == {"source": "1-QĐ/TU"}
    run(*SETTLED)
    assert Event.objects.count() == 1


def test_what_was_settled_is_withdrawn_and_kept_as_history() -> None:
    run(*SETTLED)
    with pytest.raises(CommandError, match="Hãy ghi văn bản nào quyết định"):
        run("recognise", "--withdraw", "--from", "2026-11-01", "--source", " 2 ")
    assert levels(date(2026, 11, 1)) == (Level.PROVINCE, Level.BASE)
    run("recognise", "--withdraw", "--from", "2026-11-01", "--source", "2-QĐ/TU")
    assert levels(date(2026, 11, 1)) == (Level.BASE,)
    row = Competence.objects.get()
    assert (row.withdrawn, row.version) == (True, 2)
    assert list(Event.objects.order_by("id").values_list("code", "version")) == [
        ("competence.set", 1), ("competence.withdrawn", 2),
    ]  # fmt: skip
    run(*SETTLED)
    assert levels(date(2026, 11, 1)) == (Level.PROVINCE, Level.BASE)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("recognize", "province", "--source", "x"), "Không có việc “recognize”"),
        (("recognise", "nowhere", "--source", "x"), "Hãy ghi một hoặc nhiều cấp"),
        (("recognise", "province"), "Hãy ghi văn bản nào quyết định"),
        (("recognise", "province", "--source", "1"), "Hãy ghi văn bản nào quyết định"),
        (("recognise", "province", "--source", "QĐ/TU"), "Hãy ghi văn bản nào quyết định"),
        (("recognise", "province", "--from", "2026-12-31", "--to", "2026-12-30", "--source", "x"), "Ngày cuối"),
        (("recognise", "--withdraw", "--from", "2026-11-01", "--source", "x"), "Chưa có quyết định nào"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_happens(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*words)
    assert (Competence.objects.count(), Event.objects.count()) == (0, 0)


def test_days_that_are_taken_are_not_settled_twice() -> None:
    run(*SETTLED)
    with pytest.raises(CommandError, match="01/11/2026"):
        run("recognise", "base_committee", "--from", "2026-12-31", "--source", "3-QĐ/TU")
    run("recognise", "upper_committee", "--from", "2027-01-01", "--source", "3-QĐ/TU")
    assert levels(date(2027, 1, 1)) == (Level.UPPER,)


def test_it_is_settled_by_an_administrator_at_the_top_only() -> None:
    world = make_world()
    below = person("below", Office.ADMINISTRATOR, world.commune)
    before = Event.objects.count()
    for actor in (below, world.actor("officer")):
        with pytest.raises(NotPermitted):
            settle_act(actor, "recognise", ["province"], since=date(2026, 11, 1), until=None, source="x")
    assert (Competence.objects.count(), Event.objects.count()) == (0, before)


@pytest.mark.django_db
def test_one_act_is_looked_up_by_its_day_and_nothing_is_settled() -> None:
    said = run("admit", "--on", "2026-07-25")
    assert [line.partition(" | ")[0] for line in said] == ["admit: Đảng ủy cơ sở, Cấp ủy cấp trên cơ sở"]
    with pytest.raises(CommandError, match="no_such"):
        run("no_such", "--on", "2026-07-25")
    (before,) = run("admit", "--on", "2016-07-24")
    assert before.split(" | ")[1:3] == [
        "25/07/2016 – 30/06/2025",
        "chưa biết quy định của ngày ấy; lấy quy định cũ nhất",
    ]
    assert run("admit", "--on", "2026-04-08")[0].split(" | ")[1] == "08/04/2026 – 25/07/2026"
    assert Competence.objects.count() == 0


@pytest.mark.django_db
def test_the_law_of_a_day_tells_what_is_settled_too() -> None:
    run(*SETTLED)
    out = StringIO()
    with as_role("chibo_jobs"):
        for day in ("2026-12-31", "2027-01-01"):
            call_command("law", "--on", day, "--rule", "recognise", stdout=out)
    here, then = out.getvalue().splitlines()[:2], out.getvalue().splitlines()[3:5]
    assert here[0].startswith("recognise: Cấp tỉnh, Đảng ủy cơ sở | 01/11/2026 – 31/12/2026 | ")
    assert here[1] == "    quyết định tại đây: 1-QĐ/TU"
    assert then[0].startswith("recognise: Đảng ủy cơ sở | 26/07/2026 – … | ")
