"""An id of another unit, wherever one can be named, is answered as an id that was never given: not found, or refused.

The tables are held against the API's own schema and the catalogue: whoever adds a parameter that takes an id sees it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connections
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.cases.engine import NewCase, NewMember, perform
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from tests.api.conftest import ON, traces
from tests.api.test_flags import flag
from tests.backend.cases.test_own_ladders import EARLY
from tests.leaving import one_of_each
from tests.realdb import fresh_clone
from tests.roles import as_role
from tests.world import World, enter, make_world, paper, person, unit
from workflows.catalogue import LIFECYCLES
from workflows.facts import Fact
from workflows.offices import Level, Office
from workflows.vocabulary import NEW, Step

pytestmark = pytest.mark.real
NEVER, NEVER_UID = 987_654_321, UUID(int=987_654_321)
"""Ids that nothing was given."""
PATH = {"unit_id": "unit", "member_id": "member", "case_id": "case", "deadline_id": "deadline", "notice_id": "notice",
        "uid": "event"}  # fmt: skip
QUERY = {"parent": "parent", "unit": "unit", "under": "unit", "member": "member", "case": "case", "user": "user"}
BODY = {
    ("OpenRequest", "member"), ("OpenRequest", "unit"), ("BulkSubject", "case"), ("BulkSubject", "member"),
    ("EnterRequest", "unit"), ("MergeRequest", "record"), ("DuesEntryRequest", "member"),
    ("DuesReckoningRequest", "member"), ("TakeInRequest", "unit"),
    *(("FilterRequest", name) for name in ("member", "case", "unit", "under", "user")),  # tests/api/test_asking.py
    ("ExportRequest", "head"), ("SampleRequest", "head"),  # sizes of heads, the same for everybody
    ("WantedRequest", "assignment"), ("SignInRequest", "assignment"), ("EndSessionRequest", "session"),  # test_tokens.py
    ("WebhookRequest", "unit"), ("WebhookChoice", "webhook"),  # tests/api/test_webhooks.py
}  # fmt: skip
DELETED = {"device_id"}  # tests/api/test_devices.py
"""Ids of what a person takes away: of nobody's but the own."""
REFUSED = {
    ("/api/v1/slip/", "unit"): 404, ("/api/v1/alerts/ledger/", "unit"): 400, ("/api/v1/alerts/ledger/csv/", "unit"): 400,
    ("/api/v1/events/", "under"): 400, ("/api/v1/times/", "unit"): 400,
}  # fmt: skip
NEEDED = {"/api/v1/times/": "lifecycle=recognition&"}
"""What an address wants to know besides."""
"""A paper of one unit, not a list that a unit narrows; and a proof, which no empty list may stand for."""
NAMES_PEOPLE = ("member", "ballot", "roll_call", "election")
"""Kinds of facts that hold ids of members or of a meeting."""


@dataclass(frozen=True)
class Ids:
    """What stands in one cell: the id of each kind; `parent` is the committee above it, `member` has a case."""

    parent: int
    unit: int
    member: int
    official: int
    case: int
    deadline: int
    notice: int
    event: UUID
    assignment: int
    meeting: int
    user: int


@dataclass(frozen=True)
class Both:
    """The same in two cells of two communes, and by lifecycle what a secretary here can act on."""

    world: World
    here: Ids
    there: Ids
    subjects: dict[str, int]


@pytest.fixture(scope="module")
def lived(pristine_template: str, django_db_blocker: Any) -> Iterator[tuple[str, Both]]:
    """A database in which both cells have lived, made once; nobody works on it."""
    with django_db_blocker.unblock(), fresh_clone(pristine_template) as made:
        cache.clear()
        both = _both(make_world())
        connections.close_all()
        yield made.name, both


@pytest.fixture
def both(lived: tuple[str, Both], django_db_blocker: Any) -> Iterator[Both]:
    cache.clear()
    with django_db_blocker.unblock(), fresh_clone(lived[0]):
        yield lived[1]


def _both(world: World) -> Both:
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    world.other = unit("87.108.000.000.001", "Chi bộ ấp Xa", Level.CELL, far)
    person("administrator", Office.ADMINISTRATOR, world.commune)
    world.actors["other_secretary"] = person("far_secretary", Office.CELL_SECRETARY, world.other)
    here, there = (
        _lived(world, cell, who) for cell, who in ((world.cell, "secretary"), (world.other, "other_secretary"))
    )
    profile = {"full_name": "Ngô Thị Ưu Tú", "sex": "f", "born_on": date(2000, 1, 1)}
    candidate = enter(NewMember(world.cell.pk, profile), "import_candidate", {"roster": paper(ON, "Danh sách")}, ON)
    secretary, month = world.actor("secretary"), {"kind": "thematic", "month": "2026-11-01"}
    dossier = perform(
        secretary, NewCase("admission", member_id=candidate.pk), "open", {"application": paper(ON)}, on=ON
    )
    planned = perform(secretary, NewCase("meeting", unit_id=world.cell.pk), "plan", month, on=ON)
    begun = {"begun_on": "2024-05-10"}
    term = perform(secretary, NewCase("congress", unit_id=world.cell.pk), "record_term", begun, on=ON)
    review = NewCase("classification", member_id=here.member)
    classified = perform(secretary, review, "open", {"year": 2026}, on=ON)
    subjects = {
        "classification": classified["id"],
        "congress": term["id"],
        "admission": dossier["id"], "recognition": here.case, "meeting": planned["id"], "membership": candidate.pk,
        "member": candidate.pk, "unit": world.cell.pk, **one_of_each(world),
    }  # fmt: skip
    return Both(world, here, there, subjects)


def _lived(world: World, cell: Unit, who: str) -> Ids:
    people = world.members(4, unit=cell)
    world.member("Lê Thị Lâu", unit=cell, joined_on="1996-10-05", official_on="1997-10-05")
    new = world.member("Trần Thị Mới", "import_probationary", unit=cell, joined_on="2025-09-10")
    case = world.probation(new, date(2025, 9, 10))
    meeting = world.meeting(people, ON, unit=cell)
    flag(new, 1)
    sweep(ON)
    deadline = Deadline.objects.filter(subject_kind="case", subject_id=case.pk).earliest("pk")
    event = Event.objects.get(case_id=case.pk, code="recognition.taken_over")
    notice = Notice.objects.filter(unit_id=cell.pk, office="cell_secretary").earliest("id")
    return Ids(
        cell.parent_id or 0, cell.pk, new.pk, people[0].pk, case.pk, deadline.pk, notice.id, event.uid,
        world.actor(who).assignment_id or 0, meeting.pk, world.actor(who).user_id or 0,
    )  # fmt: skip


class Knocking:
    """Asks under the application's role, as somebody."""

    def __init__(self) -> None:
        self.users = {user.username: user for user in User.objects.all()}

    def __call__(self, who: str, address: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        client = APIClient()
        client.force_authenticate(self.users[who])
        address = address if address.startswith("/api") else f"/api/v1/{address}"
        headers = {"If-Match": '"1"', **{name.replace("_", "-"): value for name, value in headers.items()}}
        with as_role("chibo_app"):
            told = client.get(address, headers=headers) if body is None else client.post(address, body, headers=headers)
            if told.streaming:  # a table: its first line names the columns
                return told.status_code, {"results": b"".join(told).decode().splitlines()[1:], "next": None}
        return told.status_code, told.json() if told.headers["Content-Type"].endswith("json") else None


@pytest.fixture
def knock(both: Both) -> Knocking:
    return Knocking()


DOCUMENT = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def operations(method: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for path, methods in sorted(DOCUMENT["paths"].items()):
        if method in methods:
            yield path, methods[method].get("parameters", [])


def named(parameters: list[dict[str, Any]], place: str) -> list[str]:
    """Parameters of a place that take an id, of a row or of an event."""
    found = [one for one in parameters if one["in"] == place and one["name"] not in ("limit", "year", "late")]
    return [
        one["name"] for one in found if one["schema"].get("type") == "integer" or one["schema"].get("format") == "uuid"
    ]


def asked(path: str, name: str, ids: Ids) -> tuple[str, str]:
    """The address with the id of something there, and with one that nothing was given."""
    known = asdict(ids)[PATH[name]]
    return tuple(path.replace(f"{{{name}}}", str(one)) for one in (known, NEVER_UID if name == "uid" else NEVER))  # type: ignore[return-value]


def test_every_parameter_that_takes_an_id_is_in_a_table() -> None:
    parameters = [one for method in ("get", "post") for _, found in operations(method) for one in found]
    assert set(named(parameters, "path")) == set(PATH)
    assert set(named(parameters, "query")) == set(QUERY)
    assert set(named(parameters, "header")) == {"X-Chibo-Assignment"}
    shapes = {name.removesuffix("Request"): shape for name, shape in DOCUMENT["components"]["schemas"].items()
              if name.endswith("Request") or name in {"BulkSubject", "WebhookChoice"}}  # fmt: skip
    bodies = {
        (name, field) for name, shape in shapes.items() for field, kind in shape.get("properties", {}).items()
        if kind.get("maximum") == 2**63 - 1
    }  # fmt: skip
    assert bodies == {(name.removesuffix("Request"), field) for name, field in BODY}
    assert {name for _, found in operations("delete") for name in named(found, "path")} == DELETED
    places = {one["name"] for one in parameters if one["in"] == "path"}
    assert places - set(PATH) == {"key", "step", "paper"}  # of the catalogue, which is no secret


def test_an_address_of_another_unit_is_not_there(both: Both, knock: Knocking, settings: Any, tmp_path: Any) -> None:
    settings.CHIBO_SCANS_DIR = str(tmp_path)
    tried = 0
    for path, parameters in operations("get"):
        for name in named(parameters, "path") if path not in OF_A_FILE else ():
            there, never = asked(path, name, both.there)
            assert knock("secretary", there) == knock("secretary", never), path
            assert knock("secretary", there)[0] == 404
            assert knock("far_secretary", there)[0] == 200, path
            tried += 1
    assert tried >= 11


OF_A_FILE = {"/api/v1/events/{uid}/scans/{paper}/"}
"""What is there only once it was sent: tests/api/test_scans.py."""
SENT: dict[str, dict[str, Any]] = {
    "{step}": {"facts": {}},
    "acknowledge": {"working_days": 3, "reason": "Đã nhắc"},
    "snooze": {"until": "2027-02-03", "reason": "Đã nhắc"},
    "comment": {"comment": "Đã nhắc"},
    "void": {"reason": "Nhầm", "paper": paper(ON)},
    "handover": {"passphrase": "nam tu tieng Viet dai"},
    "dues": {"month": "2026-10-01", "status": "unpaid"},
    "merge": {"record": 1, "reason": "Một người", "confirmation": paper(ON)},
    "ladders": {"document": EARLY, "reason": "Xã xa"},
    "preview": {"document": EARLY, "reason": "Xã xa"},
    "withdraw": {"rules": ["PRO.CELL_REVIEW"], "reason": "Thôi"},
    "substitutions": {"office": "cell_secretary", "until": "2027-02-03", "cause": "asked"},
    "end": {"office": "cell_secretary"},
}
"""What is sent to an address, by its last word."""
ACTING = ("secretary", "officer", "administrator")
"""Who asks: the first to whom the door is open at all (tests/api/test_doors.py)."""


def test_nothing_is_done_at_an_address_of_another_unit(both: Both, knock: Knocking) -> None:
    before, tried = traces(), 0
    for path, parameters in operations("post"):
        for name in named(parameters, "path"):
            there, never = asked(path.replace("{step}", "propose"), name, both.there)
            body = SENT[path.strip("/").split("/")[-1]]
            who = next(one for one in ACTING if knock(one, never, body)[0] != 403)
            assert knock(who, there, body) == knock(who, never, body), path
            assert knock(who, there, body)[0] == 404
            tried += 1
    assert tried >= 4
    assert traces() == before


def test_a_filter_by_another_unit_finds_what_a_filter_by_nothing_finds(both: Both, knock: Knocking) -> None:
    tried = 0
    knock("far_secretary", f"cases/{both.there.case}/")  # a look at the case and at its member
    for path, parameters in operations("get"):
        for name in named(parameters, "query"):
            address = f"{path}?{NEEDED.get(path, '')}{name}="
            there = f"{address}{asdict(both.there)[QUERY[name]]}"
            assert knock("secretary", there) == knock("secretary", f"{address}{NEVER}"), there
            if (path, name) in REFUSED:
                assert knock("secretary", there)[0] == REFUSED[path, name]
                continue
            assert knock("secretary", there) == (200, {"results": [], "next": None})
            seen_by_all = knock("province", there)[1]["results"]
            assert seen_by_all or (path, name) == ("/api/v1/deadlines/", "member"), (
                there
            )  # no page gives members clocks
            tried += 1
    assert tried >= 9


def test_an_office_of_somebody_else_is_no_office_of_mine(both: Both, knock: Knocking) -> None:
    answers = [knock("secretary", "members/", X_Chibo_Assignment=str(one)) for one in (both.there.assignment, NEVER)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 403


def test_a_body_that_names_another_unit_or_its_people_finds_nothing(both: Both, knock: Knocking) -> None:
    before = traces()
    opening = {"facts": {"ceremony_on": "2025-09-10", "kind": "regular", "month": "2026-11-01"}, "on": ON.isoformat()}
    for lifecycle, step, about in (("recognition", "begin", "member"), ("meeting", "plan", "unit")):
        body = {"lifecycle": lifecycle, "step": step, **opening}
        answers = [knock("secretary", "cases/", body | {about: one}) for one in (asdict(both.there)[about], NEVER)]
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
    entering = {"step": "choose", "profile": {"full_name": "Lê Văn Ai", "sex": "m"}, "on": ON.isoformat(), "facts": {}}
    answers = [knock("secretary", "members/", entering | {"unit": one}) for one in (both.there.unit, NEVER)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    dues, income = {"month": "2026-10-01"}, {"income": "pension", "base": 1}
    ids = (asdict(both.there)["member"], NEVER)
    entries = [{"member": one, "version": 0, "status": "unpaid"} for one in ids]
    told = knock("secretary", f"units/{both.here.unit}/dues/", {**dues, "entries": entries})[1]["results"]
    assert [(one["status"], one["problem"]) for one in told] == [(404, told[0]["problem"])] * 2
    answers = [knock("secretary", "dues/reckoning/", {**dues, **income, "member": one}) for one in ids]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    for kind in ("case", "member"):
        status, told = knock("secretary", "bulk/steps/", {
            "step": "propose", "subjects": [{kind: one, "version": 1} for one in (asdict(both.there)[kind], NEVER)],
        })  # fmt: skip
        first, second = told["results"]
        assert (status, first["status"], first["problem"]) == (200, 404, second["problem"])
    assert traces() == before


def asking() -> list[tuple[Step, Fact]]:
    """Every step of the catalogue that asks for somebody, or for a meeting."""
    steps = [step for page in LIFECYCLES.values() for step in page.steps().values()]
    return [(step, fact) for step in steps for fact in step.facts if fact.kind in NAMES_PEOPLE]


def plausible(fact: Fact) -> Any:
    """A value that can be read; whether it is right is not asked here."""
    values = {
        "day": ON.isoformat(),
        "paper": paper(ON),
        "number": 1,
        "flag": True,
        "text": "Ghi chú",
        "unit": "87.107.000.000.002",
    }
    return fact.choices[0][0] if fact.kind == "choice" else values[fact.kind]  # type: ignore[attr-defined]


def naming(fact: Fact, ids: Ids | None) -> Any:
    member, meeting = (ids.official, ids.meeting) if ids else (NEVER, NEVER)
    if fact.kind == "ballot":
        return {"meeting": meeting, "issued": 4, "collected": 4, "valid": 4, "yes": 4, "no": 0}
    if fact.kind == "roll_call":
        return {str(member): "present"}
    if fact.kind == "election":
        return {"issued": 1, "collected": 1, "valid": 1, "winners": [{"member": member, "votes": 1}]}
    return [member] if fact.many else member  # type: ignore[attr-defined]


def ask(both: Both, knock: Knocking, step: Step, fact: Fact, ids: Ids | None) -> tuple[int, Any]:
    """Ask for the step with people of some cell in one fact and plausible values in the others."""
    others = {one.name: plausible(one) for one in step.facts if one.kind not in NAMES_PEOPLE}
    others |= {one.name: naming(one, both.here) for one in step.facts if one.kind in NAMES_PEOPLE}
    body = {"on": ON.isoformat(), "facts": others | {fact.name: naming(fact, ids)}}
    page = LIFECYCLES[step.lifecycle]
    if page.subject == "member":
        address = f"members/{both.subjects['membership']}/steps/{step.name}/"
    elif NEW in step.sources:
        address, body = (
            "cases/",
            {**body, "lifecycle": page.key, "step": step.name, page.about: both.subjects[page.about]},
        )
    else:
        address = f"cases/{both.subjects[page.key]}/steps/{step.name}/"
    told = knock("secretary", address, body)
    return knock("officer", address, body) if told[0] == 403 else told


@pytest.mark.parametrize(("step", "fact"), asking(), ids=lambda one: getattr(one, "code", getattr(one, "name", "")))
def test_people_and_meetings_of_another_unit_are_refused_as_if_they_were_not(
    both: Both, knock: Knocking, step: Step, fact: Fact
) -> None:
    before = traces()
    there, never = (ask(both, knock, step, fact, ids) for ids in (both.there, None))
    assert there == never
    assert there[0] == 422
    assert fact.name in {one["fact"] for one in there[1]["unmet"]}
    assert traces() == before
    own = ask(both, knock, step, fact, both.here)
    faults = {one["code"] for one in there[1]["unmet"]} - {one["code"] for one in own[1].get("unmet", [])}
    assert faults, "an own id is refused for the same reasons: the id was not asked about"
