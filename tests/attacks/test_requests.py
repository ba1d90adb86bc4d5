"""Requests as nobody's program sends them: fields that are not theirs to set, keys that are not theirs, strange parameters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote

import pytest
from drf_spectacular.generators import SchemaGenerator

from backend.accounts.models import Assignment
from backend.audit.models import Event
from backend.cases.models import Case, RequestKey
from backend.cases.requests import digest
from backend.deadlines.models import Deadline
from backend.members.models import Member
from tests.api.conftest import ON, Knock, traces
from tests.api.test_made_up_facts import people
from tests.attacks.words import LONG, SHORT, STEPS
from tests.world import World, person
from workflows.offices import Office, Right
from workflows.reading import read_all

DOCUMENT: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
OURS: dict[str, Any] = {
    "state": "official", "standing": "official", "participation": "attending", "unit_id": 1, "unit_path": "/", "guest_unit": 1,
    "version": 99, "id": 1, "pk": 1, "uid": "0", "user": 1, "user_id": 1, "assignment": 1, "actor": "x", "is_superuser": True,
    "is_active": True, "recorded_at": "2020-01-01", "closed_on": None, "due_on": "2030-01-01", "batch": "0",
    "subject_kind": "case", "voids": None, "changes": {}, "rules": [], "cautions": [], "commitment": "", "leaf": "",
    "position": 1,
}  # fmt: skip
"""Columns that requests must not set; those that a body does have by its own right are not sent to it."""
MADE_UP = {"key": "recognition", "step": "propose", "uid": "11111111-1111-4111-8111-111111111111"}


def shape(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference names."""
    while "$ref" in schema or "allOf" in schema:
        schema = (
            DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
            if "$ref" in schema
            else schema["allOf"][0]
        )
    return schema


def places(schema: dict[str, Any]) -> Iterator[tuple[set[str], Any]]:
    """Every object within a body that has fields of its own: their names, and a body with all that is not theirs there."""
    found = shape(schema)
    if found.get("type") == "array":
        for names, body in places(found["items"]):
            yield names, [body]
    if found.get("additionalProperties") is False:
        own = set(found.get("properties", {}))
        yield own, {name: value for name, value in OURS.items() if name not in own}
        for name, part in found.get("properties", {}).items():
            if name not in ("facts", "profile"):  # read by what a step asks for, below
                yield from ((names, {name: body}) for names, body in places(part))


def writes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in sorted(DOCUMENT["paths"].items()):
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content:
                yield path, method, content["schema"]


def not_refused(answer: Any, sent: set[str]) -> set[str]:
    """The fields that a problem does not name: each by itself (400), or in what is said of a paper (422)."""
    told = answer.json()
    if answer.status_code == 422:
        said = " ".join(one["en"] for one in told["unmet"])
        return {name for name in sent if not re.search(rf"\b{name}\b", said)}
    return sent - {re.split(r"[.\[\]]+", one["field"])[-1] for one in told["errors"]}


def test_no_body_takes_a_field_that_is_ours_to_set(
    world: World, as_: Knock, proposal: tuple[Case, dict[str, Any]]
) -> None:
    case, _ = proposal
    person("admin", Office.ADMINISTRATOR, world.province)
    here: dict[str, Any] = {
        "case_id": case.pk, "member_id": case.member_id, "unit_id": world.cell.pk, "step": "propose",
        "uid": str(Event.objects.filter(case_id=case.pk).earliest("id").uid), "deadline_id": Deadline.objects.earliest("pk").pk,
    }  # fmt: skip
    before, tried = traces(), Counter[int]()
    for path, method, schema in writes():
        address = re.sub(r"{(\w+)}", lambda part: str(here.get(part[1], 1)), path)
        address = address.replace("steps/propose/", "steps/record_lapse/") if "/members/" in path else address
        for own, body in places(schema):
            answer = first_who_may(as_, method, address, body)
            tried[answer.status_code] += 1
            assert answer.status_code in {400, 422}, (path, body, answer.content)
            assert not_refused(answer, set(OURS) - own) == set(), (path, body, answer.content)
    assert tried[400] > 35
    assert traces() == before


def first_who_may(as_: Knock, method: str, address: str, body: Any) -> Any:
    for who in ("secretary", "officer", "committee", "province", "admin", "auditor"):
        answer = getattr(as_(who), method)(address, body, headers={"If-Match": '"1"'})
        if answer.status_code not in (403, 404):
            break
    return answer


def test_no_step_asks_for_a_fact_that_is_ours_to_set() -> None:
    for step in STEPS:
        own = {fact.name for fact in step.facts}
        _, faults = read_all(step.facts, OURS)
        assert own & set(OURS) <= ({"participation"} if step.by == Right.IMPORT else set()), step.code
        assert {one.fact for one in faults if one.code == "fact.unknown"} == set(OURS) - own, step.code


def test_no_profile_or_fact_of_somebody_new_is_ours_to_set(world: World, as_: Knock) -> None:
    before, people = traces(), Member.objects.count()
    profile = {"full_name": "Ngô Thị Mới", "sex": "f", "born_on": "2000-05-01"}
    entering: dict[str, Any] = {"unit": world.cell.pk, "step": "choose", "on": ON.isoformat()}
    for body in (
        {**entering, "profile": {**profile, **OURS}, "facts": {}},
        {**entering, "profile": profile, "facts": OURS},
    ):
        answer = as_("secretary").post("/api/v1/members/", body)
        assert answer.status_code == 422
        unknown = {one["fact"] for one in answer.json()["unmet"] if one["code"] == "fact.unknown"}
        assert {name.removeprefix("profile.") for name in unknown} == set(OURS)
    assert (traces(), Member.objects.count()) == (before, people)


def test_a_key_is_nobody_elses(world: World, as_: Knock) -> None:
    """Who guesses the key of another person finds nothing under it, and takes nothing from its owner."""
    facts = {"kind": "regular", "month": "2026-11-01"}
    body = {"lifecycle": "meeting", "unit": world.cell.pk, "step": "plan", "on": ON.isoformat(), "facts": facts}
    key = {"Idempotency-Key": "tap-1"}
    first = as_("secretary").post("/api/v1/cases/", body, headers=key)
    assert first.status_code == 201
    before = traces()
    guessed = as_("deputy").post("/api/v1/cases/", body, headers=key)
    assert (guessed.status_code, guessed.json()["unmet"][0]["code"]) == (422, "engine.already_open")
    assert as_("other_secretary").post("/api/v1/cases/", body, headers=key).status_code == 404
    assert as_("auditor").post("/api/v1/cases/", body, headers=key).status_code == 403
    assert traces() == before
    assert as_("secretary").post("/api/v1/cases/", body, headers=key).json() == first.json()
    own = as_("other_secretary").post("/api/v1/cases/", {**body, "unit": world.other.pk}, headers=key)
    assert (own.status_code, own.json()["id"] != first.json()["id"]) == (201, True)
    keys = {digest(world.actor(name), "tap-1") for name in ("secretary", "other_secretary")}
    assert (len(keys), set(RequestKey.objects.values_list("key", flat=True))) == (2, keys)


def test_a_key_serves_at_one_address_alone(as_: Knock, proposal: tuple[Case, dict[str, Any]]) -> None:
    case, facts = proposal
    headers = {"If-Match": '"1"', "Idempotency-Key": "tap-2"}
    body = {"on": ON.isoformat(), "facts": facts}
    assert as_("secretary").post(f"/api/v1/cases/{case.pk}/steps/propose/", body, headers=headers).status_code == 200
    before, deadline = traces(), Deadline.objects.filter(subject_id=case.pk, subject_kind="case").latest("pk")
    looked_at = {**headers, "If-Match": f'"{deadline.version}"'}
    for place, other in (
        (f"cases/{case.pk}/steps/end/", body),
        (f"members/{case.member_id}/steps/record_lapse/", body),
        ("bulk/steps/", {"step": "propose", "subjects": [{"case": case.pk, "version": 1}]}),
        (f"deadlines/{deadline.pk}/comment/", {"comment": "Đã nhắc"}),
    ):
        answer = as_("secretary").post(f"/api/v1/{place}", other, headers=looked_at)
        assert (answer.status_code, answer.json()["code"]) == (422, "request_key_reused"), place
    assert traces() == before


def test_a_key_gives_nothing_to_whoever_holds_the_office_no_more(
    world: World, as_: Knock, proposal: tuple[Case, dict[str, Any]]
) -> None:
    case, facts = proposal
    headers = {"If-Match": '"1"', "Idempotency-Key": "tap-3"}
    place, body = f"/api/v1/cases/{case.pk}/steps/propose/", {"on": ON.isoformat(), "facts": facts}
    assert as_("secretary").post(place, body, headers=headers).status_code == 200
    Assignment.objects.filter(user_id=world.actor("secretary").user_id).update(to_date=ON - timedelta(days=1))
    before = traces()
    replayed = as_("secretary").post(place, body, headers=headers)
    assert (replayed.status_code, "event" in replayed.json()) == (403, False)
    assert traces() == before


@pytest.mark.parametrize("key", ["", "a b", "x" * 81, "khóa", "a\x00b", "a\tb", "\x7f"])
def test_a_key_that_was_made_up_to_break_something_is_400(
    as_: Knock, proposal: tuple[Case, dict[str, Any]], key: str
) -> None:
    case, facts = proposal
    before, headers = traces(), {"If-Match": '"1"', "Idempotency-Key": key}
    answer = as_("secretary").post(f"/api/v1/cases/{case.pk}/steps/propose/", {"facts": facts}, headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert traces() == before


STRANGE = [
    "%00",
    "%ED%A0%80",
    "%FF",
    quote(LONG),
    "9" * 400,
    "-1",
    "1e9",
    "%F0%9F%98%80" * 50,
    "..%2F..%2Fetc%2Fpasswd",
]
HEADERS = ("X-Chibo-Assignment", "X-Chibo-Purpose", "If-None-Match", "If-Match", "Accept", "Accept-Language", "Range")


@pytest.mark.parametrize("value", [quote(SHORT), *(pytest.param(one, marks=pytest.mark.slow) for one in STRANGE)])
def test_no_strange_parameter_breaks_an_address(world: World, as_: Knock, value: str) -> None:
    """In a filter, in the place of an id or a name, and in each header that we read."""
    client, before, tried = as_("officer"), traces(), 0
    for path, methods in sorted(DOCUMENT["paths"].items()):
        asked = methods.get("get", {}).get("parameters", [])
        address = re.sub(r"{(\w+)}", lambda part: MADE_UP.get(part[1], "1"), path)
        for place in (f"{address}?{one['name']}={value}" for one in asked if one["in"] == "query"):
            assert client.get(place).status_code < 500, place
            tried += 1
        if "{" in path:
            assert client.get(re.sub(r"{\w+}", lambda _: value, path)).status_code < 500, path
    for header in HEADERS:
        told = client.get("/api/v1/members/", headers={header: unquote(value, "latin-1")})
        assert told.status_code < 500, header
    assert tried > 60
    assert traces() == before


@pytest.mark.parametrize("signs", [700_000, 10_000_000])
def test_a_name_of_millions_of_signs_is_a_short_refusal(world: World, as_: Knock, signs: int) -> None:
    """Below the limit of a body it is a fault of its field, above it the body's; neither answer repeats it."""
    before, name = traces(), "L" * signs
    entering = {"unit": world.cell.pk, "step": "choose", "on": ON.isoformat(), "facts": {}}
    opening = {"lifecycle": "meeting", "unit": world.cell.pk, "step": "plan", "facts": {"kind": name, name: 1}}
    for place, body in (
        ("members/", {**entering, "profile": {"full_name": name, "sex": "f", "born_on": "2000-05-01"}}),
        ("members/", {**entering, "profile": {name: 1}}),
        ("cases/", opening),
        ("cases/", {**opening, "lifecycle": name}),
        ("cases/", {name: 1}),
    ):
        answer = as_("secretary").post(f"/api/v1/{place}", body)
        assert answer.status_code in ({400, 422} if signs < 2_500_000 else {413}), answer.content[:300]
        assert len(answer.content) < 20_000, (place, list(body), answer.content[:300])
    assert traces() == before


def test_a_hundred_thousand_names_that_nobody_asks_for_are_a_short_refusal(world: World, as_: Knock) -> None:
    """The answer would be many times what was sent."""
    before, many = traces(), {f"a{number}": 1 for number in range(100_000)}
    entering = {"unit": world.cell.pk, "step": "choose", "on": ON.isoformat(), "profile": {"full_name": "Lan"}}
    for place, body in (("members/", {**entering, "facts": many}), ("members/", {**entering, "facts": {}, "profile": many}),
                        ("cases/", many)):  # fmt: skip
        answer = as_("secretary").post(f"/api/v1/{place}", body)
        assert answer.status_code in {400, 422}
        assert len(answer.content) < 50_000, place
    assert traces() == before


def test_no_address_of_a_case_breaks_for_a_case_of_another_kind(world: World, as_: Knock) -> None:
    """A meeting has no member, a transfer no meeting: each address is asked for a case of each page."""
    people(world)
    cases, before, tried = list(Case.objects.order_by("lifecycle").distinct("lifecycle")), traces(), 0
    assert len(cases) >= 15
    for path, methods in DOCUMENT["paths"].items():
        for method in methods if "{case_id}" in path else ():
            for case in cases:
                address = path.replace("{case_id}", str(case.pk)).replace("{step}", "begin")
                body = {"passphrase": "nam tu tieng Viet dai"} if "handover" in path else {"facts": {}}
                sent = {} if method == "get" else {"data": body}
                answer = getattr(as_("officer"), method)(address, **sent, headers={"If-Match": f'"{case.version}"'})
                assert answer.status_code in {200, 403, 404, 422}, (address, case.lifecycle)
                tried += 1
    assert tried >= 4 * len(cases)
    assert traces() == before
