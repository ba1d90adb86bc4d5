"""Scans on a page: which papers have one, adding one as a browser sends it, saving one; and forms that are too large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backend.accesses.models import Access
from backend.audit.models import Event
from backend.cases.engine import NewCase, perform
from backend.cases.models import Case
from backend.scans.models import Scan
from backend.web import uploads
from tests.api.conftest import ON, own_language, proposal, world
from tests.api.test_scans import PDF, PNG
from tests.roles import as_role
from tests.web.people import browser, text
from tests.web.stepping import csrf, of
from tests.web.test_case_page import propose
from tests.world import World, paper

__all__ = ["own_language", "proposal", "world"]
pytestmark = pytest.mark.django_db
Proposal = tuple[Case, dict[str, Any]]


@pytest.fixture
def entry(world: World, proposal: Proposal, settings: LazySettings, tmp_path: Path) -> Event:
    settings.CHIBO_SCANS_DIR = str(tmp_path)
    return propose(world, proposal)


def send(
    client: Client, event: Event, content: bytes, named: str = "../../x.html", of_paper: str = "resolution"
) -> Any:
    typed = {
        "of": f"{event.uid}:{of_paper}", "content": SimpleUploadedFile(named, content, "text/html"),
        "csrfmiddlewaretoken": csrf(client),
    }  # fmt: skip
    return client.post(f"/cases/{event.case_id}/scans/", typed)


def page(name: str, event: Event) -> tuple[int, str]:
    answer = of(name).get(f"/cases/{event.case_id}/scans/")
    return answer.status_code, text(answer)


def test_where_none_are_kept_there_is_no_page_and_no_way_to_it(world: World, proposal: Proposal) -> None:
    event = propose(world, proposal)
    assert page("secretary", event)[0] == 404
    assert of("secretary").get(f"/events/{event.uid}/scans/resolution/").status_code == 404
    assert "/scans/" not in text(of("secretary").get(f"/cases/{event.case_id}/"))


def test_a_scan_is_added_shown_and_saved(world: World, entry: Event, tmp_path: Path) -> None:
    secretary = of("secretary")
    assert f'href="/cases/{entry.case_id}/scans/"' in text(secretary.get(f"/cases/{entry.case_id}/"))
    said = page("secretary", entry)[1]
    assert ("Chưa có bản quét." in said, "Nghị quyết của chi bộ, 02/11/2026" in said) == (True, True)
    with as_role("chibo_app"):
        done = send(secretary, entry, PDF)
    assert (done.status_code, done.headers["Location"]) == (302, f"/cases/{entry.case_id}/scans/")
    scan = Scan.objects.get()
    assert (scan.kind, scan.size, scan.paper) == ("pdf", len(PDF), "resolution")
    assert [one.name for one in tmp_path.iterdir()] == [f"{scan.uid}.sealed"]
    said = text(secretary.get(f"/cases/{entry.case_id}/scans/"))
    assert ("Đã lưu bản quét." in said, "Tải bản quét về (PDF," in said) == (True, True)
    saved = secretary.get(f"/events/{entry.uid}/scans/resolution/")
    assert (saved.content, saved.headers["Content-Type"]) == (PDF, "application/pdf")
    assert saved.headers["Content-Disposition"] == f'attachment; filename="{scan.uid}.pdf"'
    assert saved.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    looks = Access.objects.filter(door__contains="scans").order_by("pk").values_list("door", "case_id")
    assert set(looks) == {
        ("web/cases/{case_id}/scans/", entry.case_id), ("web/events/{uid}/scans/{paper}/", entry.case_id)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><script>alert(1)</script></html>", "Bản quét phải là tệp PDF, JPEG hoặc PNG còn nguyên vẹn."),
        (PNG[:-8], "Bản quét phải là tệp PDF, JPEG hoặc PNG còn nguyên vẹn."),
        (PDF + b" " * 3_000, "Bản quét có dung lượng tối đa 0.003 MB."),
    ],
)
def test_what_is_no_scan_is_said_beside_the_form_and_leaves_nothing(
    entry: Event, settings: LazySettings, tmp_path: Path, content: bytes, said: str
) -> None:
    settings.CHIBO_SCAN_BYTES = 3_000
    before = Event.objects.count()
    answer = send(of("secretary"), entry, content)
    assert (answer.status_code, said in text(answer)) == (422, True)
    assert (Scan.objects.count(), list(tmp_path.iterdir()), Event.objects.count()) == (0, [], before)


def test_who_may_not_add_sees_no_form_and_another_unit_no_page(entry: Event) -> None:
    send(of("secretary"), entry, PDF)
    status, said = page("auditor", entry)
    assert (status, "Tải bản quét về" in said, 'type="file"' in said) == (200, True, False)
    assert send(of("auditor"), entry, PNG).status_code == 404
    assert page("other_secretary", entry)[0] == 404
    assert of("other_secretary").get(f"/events/{entry.uid}/scans/resolution/").status_code == 404
    assert send(of("other_secretary"), entry, PNG).status_code == 404
    assert send(of("secretary"), entry, PNG, of_paper="ballot").status_code == 422
    assert Scan.objects.get().kind == "pdf"


def test_papers_where_health_is_told_have_no_page_for_who_takes_no_part(world: World, entry: Event) -> None:
    facts = {"request": paper(ON), "ground": "health", "own_will": True}
    done = perform(
        world.actor("secretary"), NewCase("exemption", member_id=world.member("Lê Văn Ốm").pk), "ask", facts, on=ON
    )
    asked = Event.objects.get(case_id=done["id"], step="ask")
    assert [page(name, asked)[0] for name in ("secretary", "officer", "auditor")] == [200, 200, 404]
    assert "/scans/" not in text(of("auditor").get(f"/cases/{asked.case_id}/"))


@pytest.mark.parametrize(("named", "address"), [(None, "/sign-in/"), ("secretary", "/office/"), ("secretary", "scans")])
def test_a_form_that_is_too_large_is_not_read(
    entry: Event, settings: LazySettings, tmp_path: Path, named: str | None, address: str
) -> None:
    """Neither into memory nor into the temporary folder, and before its token is looked at."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.CHIBO_SCAN_BYTES = 4_000, 5_000
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "none")  # whoever wrote there would fail
    client = of(named) if named else browser()
    client.get("/")  # with its cookies
    at = f"/cases/{entry.case_id}/scans/" if address == "scans" else address
    answer = client.post(at, {"content": SimpleUploadedFile("x", b"x" * (5_001 + uploads.BESIDES), "text/plain")})
    assert (answer.status_code, "Nội dung gửi lên lớn hơn mức trang này nhận." in text(answer)) == (413, True)
    assert Scan.objects.count() == 0
