"""SQL, templates, formats and markup in everything that people write: kept and shown letter by letter, and never run.

With `make test-slow` every step of every page is taken with such words too (`tests/machine`, `tests/attacks/words.py`).
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection

from backend.accounts.models import User
from backend.alerts.delivery import deliver
from backend.alerts.letters import make_letters
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.cases.models import Case
from backend.deadlines.models import Deadline
from backend.members.models import Member
from backend.organizations.models import Unit
from tests.api.conftest import ON, Knock
from tests.api.test_made_up_facts import people
from tests.attacks.test_pages import pages
from tests.attacks.words import FORMED, LONG, MARKUP, SHORT, STEPS, hostile, lost, written
from tests.web.people import sign_in, with_password
from tests.world import World
from workflows.catalogue import LIFECYCLES
from workflows.facts import Fact, Paper, Text
from workflows.offices import Right
from workflows.vocabulary import NEW, Step

PAPER = {"number": SHORT, "issuer": LONG[:200], "date": ON.isoformat()}
WRITTEN = [step for step in STEPS if written(step) and step.by != Right.THROUGH_CASE]


def tables() -> list[str]:
    return sorted(connection.introspection.table_names())


def test_every_word_that_a_page_asks_for_is_kept_letter_by_letter() -> None:
    tried = 0
    for step in STEPS:
        for fact in written(step):
            raw: Any = hostile(fact) if isinstance(fact, Text) else PAPER
            kept = fact.detail(fact.read(raw))
            assert kept == (raw if isinstance(fact, Text) else {"number": SHORT, "issuer": LONG[:200]}), step.code
            assert SHORT[:20] not in str(fact.sealed(fact.read(raw))), step.code
            tried += 1
    assert tried > 100


def told(fact: Fact, ids: dict[str, int]) -> Any:
    """Such words in the place of every text, something plausible in the others'."""
    if (formed := FORMED.get(type(fact))) is not None:
        return formed
    if isinstance(fact, Text):
        return hostile(fact)
    if isinstance(fact, Paper):
        return PAPER
    member, most = ids["member"], {"issued": 3, "collected": 3, "valid": 3}
    values: dict[str, Any] = {
        "day": ON.isoformat(), "number": 1, "flag": True, "unit": LONG[:60], "roll_call": {str(member): "present"},
        "ballot": {"meeting": ids["held"], **most, "yes": 3, "no": 0},
        "election": {**most, "winners": [{"member": member, "votes": 3}]},
        "entry": [], "member": [member] if getattr(fact, "many", False) else member,
    }  # fmt: skip
    return fact.choices[0][0] if fact.kind == "choice" else values[fact.kind]  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.nightly
def test_every_step_told_such_words_is_done_or_refused_for_another_reason(world: World, as_: Knock) -> None:
    """And what was done has them in the log."""
    subjects, before, answered = people(world), tables(), Counter[int]()
    subjects["held"] = subjects["meeting"]
    for step in WRITTEN:
        status, answer = ask(as_, subjects, step)
        answered[status] += 1
        assert status in {200, 201, 403, 422}, (step.code, answer)
        texts = {fact.name for fact in written(step)}
        faults = [one for one in answer.get("unmet", ()) if one["fact"] in texts and one["code"].startswith("fact.")]
        assert faults == [], step.code
        if status < 300:
            event = Event.objects.get(uid=answer["event"])
            assert lost(event, {fact.name: told(fact, subjects) for fact in step.facts}) == []
    assert tables() == before
    assert answered[200] + answered[201] >= 10, answered


def ask(as_: Knock, subjects: dict[str, int], step: Step) -> tuple[int, dict[str, Any]]:
    """The step, by the first office that may."""
    page = LIFECYCLES[step.lifecycle]
    body: dict[str, Any] = {"on": ON.isoformat(), "facts": {fact.name: told(fact, subjects) for fact in step.facts}}
    if page.subject == "member":
        row: Any = Member.objects.get(pk=subjects[page.key])
        address = f"members/{row.pk}/steps/{step.name}/"
    elif NEW in step.sources:
        row, address = Case(version=0), "cases/"
        body |= {"lifecycle": page.key, "step": step.name, page.about: subjects[page.about]}
    else:
        row = Case.objects.get(pk=subjects[page.key])
        address = f"cases/{row.pk}/steps/{step.name}/"
    for who in ("secretary", "officer", "committee", "province", "auditor"):
        answer = as_(who).post(f"/api/v1/{address}", body, headers={"If-Match": f'"{row.version}"'})
        if answer.status_code not in (403, 404):
            break
    return answer.status_code, answer.json()


@pytest.fixture
def named(world: World) -> World:
    """A unit, people and a comment called so; the cell's deadline is told of by letter."""
    Unit.objects.filter(pk=world.cell.pk).update(name=LONG[:200])
    User.objects.update(full_name=LONG[:120])
    with_password("secretary")
    world.probation(world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10"), date(2025, 9, 10))
    sweep(ON)
    return world


def test_pages_show_such_words_and_run_none(named: World, as_: Knock) -> None:
    due = Deadline.objects.filter(unit_id=named.cell.pk).earliest("pk")
    place, looked_at = f"/api/v1/deadlines/{due.pk}/comment/", {"If-Match": f'"{due.version}"'}
    commented = as_("secretary").post(place, {"comment": LONG}, headers=looked_at)
    assert commented.status_code == 200, commented.content
    cache.clear()
    page, shown = sign_in("secretary"), 0
    for place in [*(one for one in pages() if one != "/sign-out/"), f"/deadlines/{due.pk}/"]:
        answer = page.get(place)
        assert answer.status_code < 500, place
        text = b"".join(answer).decode()
        assert MARKUP not in text, place
        shown += SHORT in unescape(text)
    assert shown >= 2


def test_letters_show_such_words_and_run_none(named: World) -> None:
    assert make_letters(ON, force_morning=True)["letters"] > 0
    deliver(ON)
    seen = 0
    for letter in mail.outbox:
        (html,) = [str(content) for content, kind in letter.alternatives if kind == "text/html"]  # type: ignore[attr-defined]
        assert MARKUP not in html
        assert "\n" not in letter.subject
        seen += SHORT in letter.body and SHORT in unescape(html)
    assert seen > 0
