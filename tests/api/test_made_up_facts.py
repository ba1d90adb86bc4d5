"""Every step of every lifecycle is asked for with made-up facts: it is done, or refused in words, and never breaks."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.api.schema import facts_schema
from backend.cases.engine import NewCase, perform
from backend.cases.models import Case
from backend.members.models import Member
from tests.api.conftest import ON, Knock
from tests.api.test_words import sentences
from tests.leaving import one_of_each
from tests.world import World, paper
from workflows.catalogue import LIFECYCLES
from workflows.offices import Right
from workflows.vocabulary import NEW, Step

BY_DAY = {"membership", "recognition", "meeting", "removal"}
"""The others at night."""
DAYS = st.one_of(st.just(ON), st.dates(date(1900, 1, 1), date(2199, 12, 31)))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2**63) | st.text("aĐ\u0300 \n", max_size=5) | DAYS.map(str),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["number", "date", "meeting", "1"]), inner)
    ),
    max_leaves=4,
)
"""JSON that nobody asked for."""


def of_schema(schema: dict[str, Any], ids: list[int]) -> st.SearchStrategy[Any]:
    """Values of the few kinds of schema that facts have; an id is one of `ids` as often as not."""
    kind = schema["type"]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if kind == "boolean":
        return st.booleans()
    if kind == "array":
        return st.lists(of_schema(schema["items"], ids), min_size=schema["minItems"], max_size=3)
    if kind == "integer":
        numbers = st.integers(schema["minimum"], schema["maximum"])
        return st.sampled_from(ids) | numbers if schema["maximum"] > 2**32 else st.integers(0, 12) | numbers
    if kind == "string":
        return DAYS.map(str) if schema.get("format") == "date" else st.text("aăĐ ", min_size=1, max_size=20)
    if "properties" not in schema:
        return st.dictionaries(
            st.sampled_from(ids).map(str), of_schema(schema["additionalProperties"], ids), min_size=1
        )
    needed = {
        name: of_schema(one, ids) for name, one in schema["properties"].items() if name in schema.get("required", ())
    }
    rest = {name: of_schema(one, ids) for name, one in schema["properties"].items() if name not in needed}
    return st.fixed_dictionaries(needed, optional=rest)


def facts_of(step: Step, ids: list[int]) -> st.SearchStrategy[dict[str, Any]]:
    """Facts as the schema of the step says; or one of them is anything at all, or there is one too many."""
    proper = of_schema(facts_schema(step.name, step.facts), ids)
    names = st.sampled_from([*(fact.name for fact in step.facts), "extra"])
    return proper | st.builds(lambda facts, name, value: {**facts, name: value}, proper, names, ANYTHING)


@pytest.mark.slow
@pytest.mark.parametrize(
    "key", [pytest.param(one, marks=[] if one in BY_DAY else pytest.mark.nightly) for one in sorted(LIFECYCLES)]
)
def test_made_up_facts_never_break_a_step(world: World, as_: Knock, key: str) -> None:
    page, subjects = LIFECYCLES[key], people(world)
    ids = list(Member.objects.values_list("pk", flat=True)) + list(Case.objects.values_list("pk", flat=True))
    answered: Counter[int] = Counter()
    steps = [step for step in page.steps().values() if step.by != Right.THROUGH_CASE]  # those nobody can ask for
    for step in steps:
        made_up(as_, subjects, step, ids, answered)
    assert set(answered) <= {200, 201, 400, 403, 422}  # 400: a number no column can hold
    assert answered[422] >= len(steps)


def made_up(as_: Knock, subjects: dict[str, int], step: Step, ids: list[int], answered: Counter[int]) -> None:
    @given(facts=facts_of(step, ids), on=DAYS)
    @settings(
        max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def try_it(facts: dict[str, Any], on: date) -> None:
        answered[ask(as_, subjects, step, {"facts": facts, "on": on.isoformat()})] += 1

    try_it()


def people(world: World) -> dict[str, int]:
    """What there is to act on, by the lifecycle or by what a new case is about."""
    members = world.members(3)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    candidate = world.member("Ngô Thị Ưu Tú", "import_candidate")
    meeting = world.meeting(members, ON)
    case = world.probation(new, date(2025, 10, 30))
    dossier = perform(
        world.actor("secretary"),
        NewCase("admission", member_id=candidate.pk),
        "open",
        {"application": paper(ON)},
        on=ON,
    )
    begun = {"begun_on": "2024-05-10"}
    term = perform(world.actor("secretary"), NewCase("congress", unit_id=world.cell.pk), "record_term", begun, on=ON)
    secretary, goer, rester = world.actor("secretary"), members[1].pk, members[2].pk
    period = {"away_from": "2026-11-10", "asked_until": "2027-05-31", "organisation_there": False}
    where = {"place": "Bình Dương", "job": "Công nhân", "reach": "Qua gia đình", "reason": "Làm thuê"}
    gone = perform(secretary, NewCase("away", member_id=goer), "ask", {"request": paper(ON), **period, **where}, on=ON)
    asked = {"request": paper(ON), "ground": "health", "own_will": True}
    resting = perform(secretary, NewCase("exemption", member_id=rester), "ask", asked, on=ON)
    poor = {"request": paper(ON), "asked_from": "2026-11-01"}
    relief = perform(secretary, NewCase("dues_relief", member_id=goer), "ask", poor, on=ON)
    review = NewCase("classification", member_id=members[0].pk)
    classified = perform(secretary, review, "open", {"year": 2026}, on=ON)
    moved = on_the_move(world, members[0].pk, rester, new.pk)
    late = {"matter": "late", "finding": "Ghi nhận muộn"}
    found = perform(world.actor("auditor"), NewCase("finding", unit_id=world.cell.pk), "raise_it", late, on=ON)
    return {
        "finding": found["id"],
        **moved, "data_breach": lost_book(world), "away": gone["id"], "exemption": resting["id"],
        "congress": term["id"], "classification": classified["id"],
        "membership": members[0].pk, "member": members[1].pk, "unit": world.cell.pk, "recognition": case.pk,
        "dues_relief": relief["id"], "meeting": meeting.pk, "admission": dossier["id"], **one_of_each(world),
    }  # fmt: skip


def lost_book(world: World) -> int:
    """A case about a breach of personal data."""
    hour = {"detected_on": ON.isoformat(), "detected_hour": 8, "detected_minute": 30}
    found = {**hour, "happened": "Mất sổ", "may_harm": "honour"}
    target = NewCase("data_breach", unit_id=world.cell.pk)
    return int(perform(world.actor("secretary"), target, "detect", found, on=ON)["id"])


def on_the_move(world: World, leaving: int, staying: int, abroad: int) -> dict[str, int]:
    """A case of each way to be somewhere else."""
    place, secretary = {"place": "Cà Mau"}, world.actor("secretary")
    ground = {"ground": "residence", "ground_paper": paper(ON), "effective_on": ON.isoformat(), **place}
    period = {"from_on": "2026-11-10", "away_until": "2027-05-31", **place}
    opened = {
        "transfer": (leaving, ground),
        "temporary_transfer": (staying, {"request": paper(ON), "purpose": "work", **period}),
        "abroad": (abroad, {"request": paper(ON), "country": "Nhật Bản", "from_on": "2026-11-10"}),
    }
    return {
        key: perform(secretary, NewCase(key, member_id=member), "ask", facts, on=ON)["id"]
        for key, (member, facts) in opened.items()
    }


def ask(as_: Knock, subjects: dict[str, int], step: Step, body: dict[str, Any]) -> int:
    """Ask as the secretary, then the commune's and the province's officer while an office has no right, or does not see a
    frozen file; the status."""
    page = LIFECYCLES[step.lifecycle]
    if page.subject == "member":
        address, row = f"members/{subjects[page.key]}/steps/{step.name}/", Member.objects.get(pk=subjects[page.key])
    elif NEW in step.sources:
        address, row = "cases/", Case(version=0)
        body = {**body, "lifecycle": page.key, "step": step.name, page.about: subjects[page.about]}
    else:
        address, row = f"cases/{subjects[page.key]}/steps/{step.name}/", Case.objects.get(pk=subjects[page.key])
    for who in ("secretary", "officer", "province"):
        told = as_(who).post(f"/api/v1/{address}", body, headers={"If-Match": f'"{row.version}"'})
        if told.status_code not in (403, 404):
            break
    if told.status_code >= 400:
        assert not [one for one in sentences(told.json()) if one.isascii()]
        assert all(one["vi"] and one["en"] and not one["vi"].isascii() for one in told.json().get("unmet", ()))
    return told.status_code
