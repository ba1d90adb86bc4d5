"""Scans, where the operator keeps any: taken by their bytes, sealed, seen with their case, given as files, and erased."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from backend.accesses.models import Access
from backend.accounts.policy import Actor
from backend.audit.erasing import erase
from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.cases.replay import replay
from backend.cases.voiding import void
from backend.core import rotation
from backend.scans.files import OFF
from backend.scans.keeping import content_of
from backend.scans.models import Scan
from tests.api.conftest import ON, Knock
from tests.backend.audit.events import rows
from tests.roles import as_role
from tests.world import World, paper

PDF = b"%PDF-1.7\n" + b"noi dung giay to " * 20 + b"\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + bytes(40) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40) + b"IEND\xaeB`\x82"
Proposal = tuple[Case, dict[str, Any]]


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.CHIBO_SCANS_DIR = str(tmp_path)
    return tmp_path


@pytest.fixture
def entry(world: World, proposal: Proposal) -> Event:
    """The secretary has proposed, with a resolution."""
    case, facts = proposal
    perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    return Event.objects.get(code="recognition.proposed")


def put(as_: Knock, who: str, event: Event, content: bytes = PDF, name: str = "resolution", **more: Any) -> Any:
    client = as_(who)
    with as_role("chibo_app"):
        address = f"/api/v1/events/{event.uid}/scans/{name}/"
        return client.put(address, content, content_type=more.get("content_type", "application/pdf"))


def get(as_: Knock, who: str, address: str) -> Any:
    client = as_(who)
    with as_role("chibo_app"):
        return client.get(f"/api/v1/{address}")


def fetch(as_: Knock, who: str, event: Event, name: str = "resolution") -> Any:
    return get(as_, who, f"events/{event.uid}/scans/{name}/")


def kept(folder: Path) -> tuple[int, int, int]:
    return Scan.objects.count(), len(list(folder.iterdir())), Event.objects.filter(code="scan.added").count()


def test_where_none_are_kept_every_door_says_so(world: World, as_: Knock, entry: Event, tmp_path: Path) -> None:
    answers = [put(as_, "secretary", entry), fetch(as_, "secretary", entry)]
    answers += [get(as_, "secretary", f"cases/{entry.case_id}/scans/")]
    assert [one.status_code for one in answers] == [404] * 3
    said = "Ở đây không lưu bản quét: giấy tờ được ghi bằng loại, số, ngày, nơi ban hành và nơi lưu giữ."
    assert all(one.json()["detail"].startswith(said) for one in answers), OFF
    assert not Scan.objects.exists()


def test_a_scan_is_kept_sealed_and_given_back_as_a_file(world: World, as_: Knock, entry: Event, folder: Path) -> None:
    answer = put(as_, "secretary", entry)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("event", "paper", "kind", "size", "version")} == {
        "event": str(entry.uid), "paper": "resolution", "kind": "pdf", "size": len(PDF), "version": 1,
    }  # fmt: skip
    scan = Scan.objects.get()
    (file,) = folder.iterdir()
    assert (file.name, b"giay to" in file.read_bytes()) == (f"{scan.uid}.sealed", False)
    for who in ("secretary", "officer", "auditor"):
        given = fetch(as_, who, entry)
        assert (given.status_code, given.content) == (200, PDF)
    assert {name: given.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")} == {
        "Content-Type": "application/pdf", "Content-Disposition": f'attachment; filename="{scan.uid}.pdf"',
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    assert given.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in given.headers["Cache-Control"]
    listed = get(as_, "officer", f"cases/{entry.case_id}/scans/").json()
    assert [(one["event"], one["paper"]) for one in listed] == [(str(entry.uid), "resolution")]
    looks = Access.objects.filter(door="events/{uid}/scans/{paper}/").values_list("member_id", "case_id", "office")
    assert list(looks) == [
        (entry.member_id, entry.case_id, office) for office in ("cell_secretary", "organisation_officer", "auditor")
    ]


def test_that_it_was_kept_is_an_entry_and_the_log_holds(world: World, as_: Knock, entry: Event, folder: Path) -> None:
    put(as_, "secretary", entry)
    told = Event.objects.get(code="scan.added")
    assert told.facts == {"event": str(entry.uid), "paper": "resolution", "kind": "pdf", "size": len(PDF)}
    assert (told.office, told.case_id, told.member_id) == ("cell_secretary", entry.case_id, entry.member_id)
    assert set(EventDetail.objects.get(event_uid=told.uid).data["facts"]) == {"sha256"}
    seal_all()
    assert verify_log().fault is None
    assert list(replay()) == []


@pytest.mark.parametrize(("content", "kind"), [(PDF, "pdf"), (JPEG, "jpeg"), (PNG, "png")])
def test_the_bytes_say_what_it_is(
    world: World, as_: Knock, entry: Event, folder: Path, content: bytes, kind: str
) -> None:
    for claimed in ("text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert put(as_, "secretary", entry, content, content_type=claimed).json()["kind"] == kind
        assert fetch(as_, "secretary", entry).content == content


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "scan.other_kind"), (b"<html><script>alert(1)</script>", "scan.other_kind"),
     (b"GIF89a" + PDF, "scan.other_kind"), (PDF[:-8] + b" " * 1100, "scan.other_kind"), (JPEG[:-2], "scan.other_kind"),
     (PNG[:-8], "scan.other_kind"), (b"PK\x03\x04" + PDF, "scan.other_kind"), (PDF + b" " * 600, "scan.too_large")],
)  # fmt: skip
def test_what_is_no_scan_is_refused_and_leaves_nothing(
    world: World, as_: Knock, entry: Event, folder: Path, settings: LazySettings, content: bytes, code: str
) -> None:
    settings.CHIBO_SCAN_BYTES = len(PDF) + 500 if code == "scan.too_large" else 10_000
    answer = put(as_, "secretary", entry, content)
    assert (answer.status_code, [one["code"] for one in answer.json()["unmet"]]) == (422, [code])
    assert kept(folder) == (0, 0, 0)


def test_of_a_body_without_end_no_more_is_read_than_may_be(
    world: World, as_: Knock, entry: Event, folder: Path, settings: LazySettings
) -> None:
    settings.CHIBO_SCAN_BYTES = 1000
    answer = put(as_, "secretary", entry, PDF + bytes(5_000_000))
    assert answer.json()["unmet"][0]["code"] == "scan.too_large"
    assert kept(folder) == (0, 0, 0)


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [("other_secretary", "resolution", 404), ("auditor", "resolution", 403), ("secretary", "ballot", 404),
     ("secretary", "decision", 404), ("secretary", "..", 404)],
)  # fmt: skip
def test_whoever_may_not_take_the_step_keeps_nothing(
    world: World, as_: Knock, entry: Event, folder: Path, who: str, name: str, status: int
) -> None:
    assert put(as_, who, entry, name=name).status_code == status
    assert kept(folder) == (0, 0, 0)


def test_another_unit_and_another_entry_give_none(world: World, as_: Knock, entry: Event, folder: Path) -> None:
    put(as_, "secretary", entry)
    assert fetch(as_, "other_secretary", entry).status_code == 404
    assert get(as_, "other_secretary", f"cases/{entry.case_id}/scans/").status_code == 404
    assert fetch(as_, "secretary", entry, "decision").status_code == 404
    assert fetch(as_, "secretary", Event.objects.exclude(pk=entry.pk).earliest("pk")).status_code == 404


def test_papers_where_health_is_told_are_for_those_who_take_part(world: World, as_: Knock, folder: Path) -> None:
    asked = {"request": paper(ON), "ground": "health", "own_will": True}
    member = world.member("Lê Thị Già").pk
    perform(world.actor("secretary"), NewCase("exemption", member_id=member), "ask", asked, on=ON)
    event = Event.objects.get(code="exemption.asked")
    assert put(as_, "secretary", event, name="request").status_code == 200
    assert [fetch(as_, who, event, "request").status_code for who in ("deputy", "officer", "auditor")] == [
        200,
        200,
        404,
    ]
    assert get(as_, "auditor", f"cases/{event.case_id}/scans/").json() == []


def test_another_scan_takes_its_place_and_the_key_of_the_first_is_gone(
    world: World, as_: Knock, entry: Event, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    put(as_, "secretary", entry)
    (first,) = folder.iterdir()
    with django_capture_on_commit_callbacks(execute=True):
        assert put(as_, "secretary", entry, PNG).json()["version"] == 2
    assert (fetch(as_, "officer", entry).content, first.exists(), kept(folder)) == (PNG, False, (1, 1, 2))


def test_it_is_erased_with_the_words_of_its_entry(
    world: World, as_: Knock, entry: Event, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    put(as_, "secretary", entry)
    with django_capture_on_commit_callbacks(execute=True):
        assert erase(Actor.operator("ann").who(), "asked for", event=entry.uid) == 2
    assert kept(folder) == (0, 0, 1)
    assert fetch(as_, "secretary", entry).status_code == 404
    late = put(as_, "secretary", entry)
    assert (late.status_code, late.json()["detail"]) == (
        404, "Nội dung của bút toán này đã được xóa; không thêm gì vào nữa.",
    )  # fmt: skip
    assert kept(folder) == (0, 0, 1)
    erased = Event.objects.get(code="detail.erased", subject_kind="scan")
    assert (erased.facts, erased.member_id) == ({"event": str(entry.uid), "paper": "resolution"}, None)
    seal_all()
    assert verify_log().fault is None


def test_they_are_forgotten_with_the_person_and_with_nobody_else(
    world: World, as_: Knock, entry: Event, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    """Somebody entered by mistake asked for the own data on paper; the entry is voided, and no office could reach the scan."""
    put(as_, "secretary", entry)
    (others,) = folder.iterdir()
    mistaken = world.member("Lê Văn Nhầm")
    asked = {"request": paper(ON, "DT-1"), "asked_for": "view", "received_on": ON.isoformat()}
    target = NewCase("data_request", member_id=mistaken.pk)
    with as_role("chibo_app"):
        done = perform(world.actor("secretary"), target, "receive", asked, on=ON)
    received = Event.objects.get(uid=done["event"])
    assert put(as_, "secretary", received, name="request").status_code == 200
    with as_role("chibo_app"):
        rows("SELECT set_config('chibo.path', '/', false)")
        assert rows("SELECT chibo_erase_scans(%s)", [[mistaken.pk]]) == [], "who stands on a list is not forgotten"
        rows("SELECT set_config('chibo.path', '', false)")
    assert kept(folder) == (2, 2, 2)
    for uid in (received.uid, Event.objects.get(subject_kind="member", subject_id=mistaken.pk, version=1).uid):
        with django_capture_on_commit_callbacks(execute=True), as_role("chibo_app"):
            void(world.actor("committee"), uid, reason="Nhập nhầm người", paper=paper(ON, "3-BB/CB"))
        gone = uid != received.uid
        assert kept(folder) == ((1, 1, 2) if gone else (2, 2, 2)), "a case alone keeps its words and its scans"
    assert (list(folder.iterdir()), Scan.objects.get().event_uid) == ([others], entry.uid)
    assert fetch(as_, "secretary", entry).content == PDF
    seal_all()
    assert verify_log().fault is None


def test_a_new_field_key_takes_the_scans_along(
    world: World, as_: Knock, entry: Event, folder: Path, settings: LazySettings
) -> None:
    put(as_, "secretary", entry)
    (file,) = folder.iterdir()
    before, old = file.read_bytes(), settings.CHIBO_FIELD_KEYS
    new = "bmV3LWtleS1vZi0zMi1ieXRlcy1mb3ItdGVzdHMtMDE="
    settings.CHIBO_FIELD_KEYS = f"{new},{old}"
    assert rotation.rotate(rotation.PLACES["scans_scan"]) == 1
    settings.CHIBO_FIELD_KEYS = new
    assert (content_of(Scan.objects.get()), file.read_bytes()) == (PDF, before)


@pytest.mark.parametrize("harm", ["gone", "other"])
def test_a_file_that_was_lost_or_changed_is_said_to_be(
    world: World, as_: Knock, entry: Event, folder: Path, harm: str
) -> None:
    put(as_, "secretary", entry)
    (file,) = folder.iterdir()
    file.unlink() if harm == "gone" else file.write_bytes(b"x" + file.read_bytes()[1:])
    answer = fetch(as_, "secretary", entry)
    assert (answer.json()["code"], "giấy" in answer.json()["detail"] or "bản quét" in answer.json()["detail"]) == (
        "scan_lost", True,
    )  # fmt: skip
