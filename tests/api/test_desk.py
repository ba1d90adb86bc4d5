"""The auditor's desk under the application's role: extracts that prove themselves, samples drawn again, all of it told."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings, settings
from django.core.cache import cache
from openpyxl import load_workbook
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.audit import openable
from backend.audit.models import Event, EventDetail, SignedHead
from backend.audit.sealing import seal
from backend.core.db import WHOLE, scoped
from tests.api.conftest import traces
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.verify.conftest import kept, verify
from tests.world import World, make_world, paper, unit
from workflows.offices import Level

pytestmark = pytest.mark.real
SAMPLER = Path(settings.BASE_DIR) / "verify" / "chibo_sample.py"
EVIL = "=cmd|' /C calc'!A0"


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    """Two cells of one commune and a cell of another, sealed under three heads."""
    cache.clear()
    world = make_world()
    for size, members in ((9, 3), (11, 2)):
        world.members(members)
        with as_role("chibo_jobs"):
            assert seal(size)
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    world.members(2, unit=unit("87.108.000.000.001", "Chi bộ ấp Xa", Level.CELL, far))
    world.members(2, unit=world.other, roster=paper(date(2026, 1, 1), EVIL))
    sealed()
    return world


def sealed() -> int:
    """Seal what waits; the size of the newest head."""
    with as_role("chibo_jobs"):
        while seal():
            pass
    return SignedHead.objects.latest("size").size


@dataclass(frozen=True)
class Told:
    status: int
    content: bytes
    name: str = ""

    def json(self) -> Any:
        return json.loads(self.content)


def post(who: str, address: str, body: dict[str, Any]) -> Told:
    client = APIClient()
    client.force_authenticate(User.objects.get(username=who))
    with as_role("chibo_app"):
        answer = client.post(f"/api/v1/desk/{address}/", body, headers={"Accept-Language": "en"}, format="json")
        content = b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
    return Told(answer.status_code, content, answer.headers.get("Content-Disposition", ""))


def export(who: str = "auditor", **body: Any) -> bytes:
    told = post(who, "exports", {"form": "lines", **body})
    assert told.status == 200, told.content
    return told.content


def sample(**body: Any) -> dict[str, Any]:
    told = post("auditor", "samples", {"seed": "Hội nghị 02/11", "size": 3, **body})
    assert told.status == 200, told.content
    found: dict[str, Any] = told.json()
    return found


def lines(content: bytes) -> list[dict[str, Any]]:
    """The events of an extract."""
    rows = [row.split(b"\t") for row in content.splitlines()]
    return [json.loads(row[4]) for row in rows if row[0] == b"e"]


def in_sight(world: World) -> Iterator[Event]:
    return (one for one in Event.objects.order_by("pk") if one.unit_path.startswith(world.commune.path))


def test_lines_prove_themselves_to_the_verifier(world: World, tmp_path: Path) -> None:
    mine = {str(one.uid) for one in in_sight(world)}
    file, heads = tmp_path / "extract", kept(tmp_path / "heads")
    sizes = list(SignedHead.objects.values_list("size", flat=True))
    file.write_bytes(export(known=sizes))
    assert {one["uid"] for one in lines(file.read_bytes())} == mine
    assert verify(file, "--heads", heads) == (0, "part", None)
    assert b"\nd\t" not in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(b'"office":["operator"', b'"office":["system"', 1))
    assert verify(file)[:2] == (1, "proof")


def test_details_go_along_where_asked_for(world: World, tmp_path: Path) -> None:
    file = tmp_path / "extract"
    file.write_bytes(export(details=True, filters={"code": "membership.imported_official"}))
    assert verify(file) == (0, "part", None)
    assert file.read_bytes().count(b"\nd\t") == len(lines(file.read_bytes())) == 7
    assert Event.objects.latest("pk").facts["details"] is True


@pytest.mark.parametrize("form", ["lines", "csv", "xlsx"])
def test_what_no_key_opens_is_said_before_the_first_byte(world: World, settings: LazySettings, form: str) -> None:
    """Half of the details were sealed anew, by a run that stopped: whatever comes first opens, the rest does not."""
    newer = Fernet.generate_key().decode()
    settings.CHIBO_FIELD_KEYS, old = newer, settings.CHIBO_FIELD_KEYS
    world.members(1)
    sealed()
    before = Event.objects.count()
    for keys in (newer, old):
        settings.CHIBO_FIELD_KEYS = keys
        refused = post("auditor", "exports", {"form": form, "details": True})
        assert (refused.status, refused.json()["code"], refused.json()["title"]) == (
            503, "key_missing", "A key is missing on this server",
        )  # fmt: skip
        assert refused.json()["detail"] == (
            "No key of CHIBO_FIELD_KEYS opens this value; put the key it was sealed with back."
        )
    assert Event.objects.count() == before
    assert post("auditor", "exports", {"form": form}).status == 200
    settings.CHIBO_FIELD_KEYS = f"{newer},{old}"
    assert post("auditor", "exports", {"form": form, "details": True}).status == 200


def test_of_very_many_details_some_of_all_are_opened(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openable, "LOOKED_AT", 2)
    seen: list[int] = []
    monkeypatch.setattr("backend.core.sealed.unseal_bytes", lambda text: seen.append(len(text)) or b"{}")
    with scoped(WHOLE):
        found = Event.objects.all()
        openable.opens_details(found, found.count())
        every = -(-found.count() // 2)
        kept = found.filter(commitment__isnull=False).values_list("pk", flat=True)
        assert len(seen) == sum(pk % every == 0 for pk in kept) > 0


def test_an_extract_under_an_earlier_head_holds_what_stood_under_it(world: World, tmp_path: Path) -> None:
    first = SignedHead.objects.earliest("size").size
    (tmp_path / "extract").write_bytes(export(head=first))
    assert verify(tmp_path / "extract") == (0, "part", None)
    assert len(lines(export(head=first))) < len(lines(export()))
    refused = post("auditor", "exports", {"form": "lines", "head": first + 1})
    assert (refused.status, refused.json()["detail"]) == (404, f"No head of the size {first + 1} was signed.")


def test_every_reading_is_an_entry_of_the_log(world: World) -> None:
    head = SignedHead.objects.latest("size").size
    export(filters={"under": world.cell.pk, "late": 3}, form="csv")
    entry = Event.objects.latest("pk")
    assert (entry.code, entry.office, entry.user_id) == ("log.exported", "auditor", world.actor("auditor").user_id)
    assert (entry.unit_id, entry.subject_kind, entry.version) == (world.commune.pk, "reading", 1)
    asked = {"path": world.cell.path, "late": 3}
    late = [one for one in in_sight(world) if one.unit_id == world.cell.pk and one.days_late > 3]
    assert entry.facts == {"asked": asked, "size": head, "count": len(late), "form": "csv", "details": False}
    found = sample(filters={"since": "2026-01-01"})
    entry = Event.objects.latest("pk")
    hashed = sha256("\n".join(one["uid"] for one in found["drawn"]).encode()).hexdigest()
    assert (entry.code, entry.facts) == ("log.sampled", {
        "asked": {"since": "2026-01-01"}, "size": head, "count": found["population"], "sample": 3, "drawn": hashed,
    })  # fmt: skip
    told = EventDetail.objects.get(event_uid=entry.uid).data
    assert told == {"facts": {"seed": "Hội nghị 02/11"}, "who": "Người auditor"}
    assert "Hội nghị" not in bytes(entry.line).decode()
    client = APIClient()
    client.force_authenticate(User.objects.get(username="committee"))
    with as_role("chibo_app"):
        rows = client.get("/api/v1/events/?code=log.exported").json()["results"]
    assert [one["label"]["vi"] for one in rows] == ["Đã xuất một phần nhật ký"]


def test_an_entry_of_a_reading_stands_though_nobody_fetches_the_file(world: World) -> None:
    client = APIClient()
    client.force_authenticate(User.objects.get(username="auditor"))
    with as_role("chibo_app"):
        answer = client.post("/api/v1/desk/exports/", {"form": "lines"}, format="json")
    assert answer.streaming
    assert Event.objects.latest("pk").code == "log.exported"


def test_the_same_sample_is_drawn_on_any_machine(world: World, tmp_path: Path) -> None:
    """By hand, by another process that knows nothing of Chibo from the extract, and by the desk after the log has grown."""
    filters = {"code": "membership.imported_official"}
    told = sample(filters=filters)
    uids = [str(one.uid) for one in in_sight(world) if one.code == filters["code"]]
    by_hand = sorted(uids, key=lambda uid: sha256(f"Hội nghị 02/11{uid}".encode()).digest())[:3]
    assert [one["uid"] for one in told["drawn"]] == by_hand
    assert [one["key"] for one in told["drawn"]] == [
        sha256(f"Hội nghị 02/11{uid}".encode()).hexdigest() for uid in by_hand
    ]
    assert (told["population"], told["size"]) == (len(uids), 3)
    (tmp_path / "extract").write_bytes(export(filters=filters, head=told["head"]["size"]))
    done = subprocess.run(
        [sys.executable, "-I", SAMPLER, tmp_path / "extract", "Hội nghị 02/11", "3"],
        capture_output=True, text=True, timeout=60, check=True, cwd="/", env={},
    )  # fmt: skip
    assert done.stdout.split() == by_hand
    world.members(5)
    sealed()
    later = sample(filters=filters, head=told["head"]["size"])
    assert later == told
    grown = sample(filters=filters)
    assert grown["population"] == len(uids) + 5
    assert [one["uid"] for one in sample(filters=filters, seed="khác")["drawn"]] != by_hand
    assert len(sample(filters=filters, size=1000)["drawn"]) == len(uids) + 5


def test_only_the_sample_goes_out_where_that_is_asked(world: World, tmp_path: Path) -> None:
    told = sample()
    draw = {"seed": "Hội nghị 02/11", "size": 3}
    (tmp_path / "extract").write_bytes(export(sample=draw, head=told["head"]["size"]))
    found = {one["uid"] for one in lines((tmp_path / "extract").read_bytes())}
    assert found == {one["uid"] for one in told["drawn"]}
    assert verify(tmp_path / "extract") == (0, "part", None)
    entry = Event.objects.latest("pk")
    assert (entry.facts["count"], entry.facts["sample"]) == (3, 3)


def test_tables_hold_what_the_list_shows(world: World) -> None:
    filters = {"unit": world.other.pk}
    mine = [one for one in in_sight(world) if one.unit_id == world.other.pk]
    told = post("auditor", "exports", {"form": "csv", "filters": filters, "language": "en"})
    assert told.name == f'attachment; filename="chibo-log-{SignedHead.objects.latest("size").size}.csv"'
    rows = list(csv.DictReader(StringIO(told.content.decode("utf-8-sig"))))
    assert [row["Entry (uid)"] for row in rows] == [str(one.uid) for one in mine]
    last = rows[-1]
    assert [last[one] for one in ("Entry", "Name of the unit", "Office (code)", "Office", "What it changed")] == [
        "Bring in an official member", "Chi bộ ấp Hai", "operator", "Operator at the server", "Official member; Attending",
    ]  # fmt: skip
    assert json.loads(last["Facts (JSON)"])["official_on"] == "2016-01-05"
    assert "Day of becoming official: 05/01/2016" in last["What it says"]
    assert int(last["Days late"]) == mine[-1].days_late
    assert "Who" not in last
    sheet = load_workbook(BytesIO(export(form="xlsx", filters=filters, language="en"))).worksheets[0]
    table = [["" if cell.value is None else cell.value for cell in row] for row in sheet.iter_rows()]
    assert table[0] == list(last)
    days = [(row[1].date().isoformat(), str(row[2])) for row in table[1:]]
    assert days == [(row["Legal day"], row["Recorded at"]) for row in rows]
    others = [[str(value) for place, value in enumerate(row) if place not in {1, 2}] for row in table[1:]]
    assert others == [[value for place, value in enumerate(row.values()) if place not in {1, 2}] for row in rows]
    assert (sheet.freeze_panes, sheet["B2"].number_format) == ("A2", "dd/mm/yyyy")


def test_the_headings_of_a_table_are_in_the_readers_language(world: World) -> None:
    told = export(form="csv", filters={"unit": world.other.pk}, language="vi").decode("utf-8-sig")
    (first, *_) = csv.DictReader(StringIO(told))
    assert list(first)[:6] == [
        "Vị trí trong nhật ký",
        "Ngày có hiệu lực",
        "Ghi lúc",
        "Số ngày trễ",
        "Mục ghi",
        "Loại hồ sơ",
    ]
    assert (first["Mục ghi"], first["Chức vụ"]) == ("Đã lập đơn vị", "Người vận hành máy chủ")


def test_no_cell_of_a_table_is_a_formula(world: World) -> None:
    wanted = {"filters": {"unit": world.other.pk, "code": "membership.imported_official"}, "details": True}
    told = list(csv.DictReader(StringIO(export(form="csv", **wanted).decode("utf-8-sig"))))
    assert {row["Ai làm"] for row in told} == {"test"}
    assert [json.loads(row["Phần không niêm phong (JSON)"])["roster"]["number"] for row in told] == [EVIL] * 2
    for row in told:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
    sheet = load_workbook(BytesIO(export(form="xlsx", **wanted))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "inlineStr"}


@pytest.mark.parametrize("who", ["secretary", "committee", "officer", "province"])
def test_who_has_no_right_to_audit_gets_nothing_and_nothing_is_told(world: World, who: str) -> None:
    before = traces()
    for address, body in (
        ("exports", {"form": "lines"}),
        ("exports", {"form": "x"}),
        ("samples", {"seed": "1", "size": 1}),
    ):
        assert post(who, address, body).status == 403
    assert traces() == before


@pytest.mark.parametrize(("body", "field"), [
    ({"form": "pdf"}, "form"),
    ({"form": "csv", "filter": {}}, "filter"),
    ({"form": "csv", "filters": {"lateness": 3}}, "filters.lateness"),
    ({"form": "csv", "filters": {"until": "2026-13-01"}}, "filters.until"),
    ({"form": "csv", "filters": {"late": -1}}, "filters.late"),
    ({"form": "csv", "filters": {"under": 987_654_321}}, "filters.under"),
    ({"form": "csv", "sample": {"seed": "", "size": 1}}, "sample.seed"),
    ({"form": "csv", "sample": {"seed": "1", "size": 1001}}, "sample.size"),
    ({"form": "csv", "known": [0]}, "known.0"),
])  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_nothing_is_told(world: World, body: dict[str, Any], field: str) -> None:
    before = traces()
    told = post("auditor", "exports", body)
    assert told.status == 400
    assert [one["field"] for one in told.json()["errors"]] == [field]
    if "filters" in body:
        told = post("auditor", "samples", {"seed": "1", "size": 1, "filters": body["filters"]})
        assert (told.status, [one["field"] for one in told.json()["errors"]]) == (400, [field])
    assert traces() == before


def test_before_the_first_head_there_is_nothing_to_take(committed_db: RealDatabase) -> None:
    cache.clear()
    make_world()
    told = post("auditor", "exports", {"form": "csv"})
    assert (told.status, told.json()["detail"]) == (
        404, "Nothing has been sealed yet: wait until the sealing job has run."
    )  # fmt: skip
