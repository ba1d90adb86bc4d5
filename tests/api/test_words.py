"""Whoever reads Vietnamese is answered in Vietnamese: every sentence a problem can hold, the libraries' own included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from rest_framework import exceptions, serializers
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.api import problems
from backend.api.v1 import catalogue, lists, people, steps
from backend.cases.models import Case
from backend.core import errors, keyring
from tests.api.conftest import ON, Knock
from tests.architecture.test_raw_words import raw_words
from tests.world import World, paper, person
from workflows.offices import Office

READ = (catalogue, lists, people, steps)
"""The modules whose serializers are walked."""


def below(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def reading() -> list[type[Any]]:
    """The serializers that read what is sent: bodies and queries."""
    ours = [one for one in below(serializers.Serializer) if one.__module__.startswith("backend.api")]
    return [one for one in ours if one.__name__.endswith(("Request", "Query", "Subject"))]


def fields(shape: Any) -> Iterator[Any]:
    yield shape
    for one in getattr(shape, "fields", {}).values():
        yield from fields(one)
    if getattr(shape, "child", None) is not None:
        yield from fields(shape.child)


def said_by_fields() -> Iterator[str]:
    for shape in reading():
        for field in fields(shape()):
            yield from map(spoken, field.error_messages.values())
            yield from (spoken(check.message) for check in field.validators if getattr(check, "message", ""))


def said_by_errors() -> Iterator[str]:
    yield from (spoken(one.default_detail) for one in below(exceptions.APIException))
    yield from (spoken(one.sentence) for one in ours() if one.sentence)
    yield from map(spoken, problems.TITLES.values())


def spoken(text: Any) -> str:
    return gettext(text) if isinstance(text, str) and not isinstance(text, Promise) else str(text)


@pytest.mark.parametrize("said", [said_by_fields, said_by_errors])
def test_every_sentence_that_can_be_said_is_said_in_vietnamese(said: Callable[[], Iterator[str]]) -> None:
    found = []
    for language in ("vi", "en"):
        with override(language):
            found.append(list(said()))
    assert len(found[0]) > 15
    assert [one for one, other in zip(*found, strict=True) if one == other] == []


def ours() -> list[type[errors.ChiboError]]:
    """The errors that come to the door; what the commands of the log raise is told by them."""
    return [one for one in below(errors.ChiboError) if one.__module__ in {errors.__name__, keyring.__name__}]


def test_every_error_has_a_title() -> None:
    codes = {one.code for one in ours()} | {one.default_code for one in below(exceptions.APIException)}
    assert codes - set(problems.TITLES) == {"parse_error"}  # told as "invalid"


def sentences(answer: Any) -> Iterator[str]:
    """Every sentence for people in an answer: titles, details and faults of fields, in bulk answers too."""
    if isinstance(answer, list):
        for one in answer:
            yield from sentences(one)
    elif isinstance(answer, dict):
        yield from (answer[name] for name in ("title", "detail") if isinstance(answer.get(name), str))
        for name, one in answer.items():
            if name not in {"unmet", "title", "detail"}:  # unmet conditions speak both languages by themselves
                yield from sentences(one)


Asked = dict[str, tuple[str, str, Any, dict[str, str]]]
"""Requests that go wrong, each in its own way: who asks, where, what, under which headers."""
QUOTED = re.compile(r"“[^”]*”")
"""Names of the address or the body, which are to be typed as they stand."""
VERSION, TODAY = {"If-Match": '"1"'}, {"on": ON.isoformat()}


def badly_put(case: Case) -> Asked:
    step, one = f"cases/{case.pk}/steps/propose/", [{"case": case.pk}]
    return {
        "nowhere": ("secretary", "nowhere/", None, {}),
        "not there": ("secretary", "members/123456/", None, {}),
        "no method": ("secretary", "members/", {}, {}),
        "no such answer": ("secretary", "members/", None, {"Accept": "text/html"}),
        "no such body": ("secretary", "cases/", "a=1", {"Content-Type": "text/plain"}),
        "no JSON": ("secretary", "cases/", "{", {}),
        "NUL": ("secretary", "cases/", {"step": "a\x00"}, {}),
        "nested": ("secretary", "cases/", "[" * 50 + "]" * 50, {}),
        "a list": ("secretary", "cases/", [1], {}),
        "nothing": ("secretary", "cases/", {}, {}),
        "wrong kinds": ("secretary", "cases/", {"lifecycle": "x", "step": 1, "on": "y", "member": "z", "facts": []}, {}),
        "wrong nulls": ("secretary", "cases/", {"lifecycle": None, "step": "", "on": "1800-01-01", "unit": 0}, {}),
        "wrong subject": ("secretary", "cases/", {"lifecycle": "meeting", "member": 1, "step": "plan", **TODAY}, {}),
        "bad queries": ("secretary", "members/?limit=0&standing=saint&unit=0&q=%00", None, {}),
        "bad filters": ("secretary", "deadlines/?unit=99999999999999999999&overdue=x&rule=" + "r" * 50, None, {}),
        "no such filter": ("secretary", "members/?full_name=x", None, {}),
        "no such field": ("officer", "deadlines/1/acknowledge/", {"on_date": 1, "reason": "x"}, VERSION),
        "no such subject": ("secretary", "cases/", {"lifecycle": "recognition", "unit": 1, "step": "begin", **TODAY}, {}),
        "bulk about nobody": ("secretary", "bulk/steps/", {"lifecycle": "removal", "step": "open", "subjects": one}, {}),
        "bulk of no version": ("secretary", "bulk/steps/", {"step": "propose", "subjects": one}, {}),
        "bad cursor": ("secretary", "members/?cursor=bm8", None, {}),
        "bad day": ("secretary", "events/?since=2026-13-01", None, {}),
        "bad key": ("secretary", step, TODAY, VERSION | {"Idempotency-Key": "é" * 3}),
        "null": ("secretary", "cases/", "null", {}),
        "bad version": ("secretary", step, TODAY, {"If-Match": "*"}),
        "bad office": ("secretary", "members/", None, {"X-Chibo-Assignment": "x"}),
        "not my office": ("secretary", "members/", None, {"X-Chibo-Assignment": "123456"}),
    }  # fmt: skip


def not_to_be_done(case: Case) -> Asked:
    step = f"cases/{case.pk}/steps/propose/"
    subject, bulk = {"case": case.pk, "version": 1}, {"step": "propose", **TODAY}
    return {
        "no version": ("secretary", step, TODAY, {}),
        "old version": ("secretary", step, TODAY, {"If-Match": '"9"'}),
        "no right": ("auditor", step, TODAY, VERSION),
        "no right to read": ("helper", "events/", None, {}),
        "no such step": ("secretary", f"cases/{case.pk}/steps/invented/", TODAY, VERSION),
        "refused": ("secretary", step, TODAY, VERSION),
        "too many": ("secretary", "bulk/steps/", bulk | {"subjects": [subject] * 1001}, {}),
        "none": ("secretary", "bulk/steps/", bulk | {"subjects": []}, {}),
        "twice": ("secretary", "bulk/steps/", bulk | {"subjects": [subject, subject]}, {}),
        "two kinds": ("secretary", "bulk/steps/", bulk | {"subjects": [subject | {"member": 1}, {"version": -1}]}, {}),
        "bulk": ("secretary", "bulk/steps/", bulk | {"subjects": [subject | {"version": 7}, subject | {"case": 10**9}]}, {}),
        "bad wait": ("officer", "deadlines/1/acknowledge/", {"working_days": 1000, "reason": "x" * 501}, VERSION),
        "no password": ("", "tokens/", {"username": "x" * 151}, {}),
        "wrong password": ("", "tokens/", {"username": "secretary", "password": "?"}, {}),
        "not signed in": ("", "members/", None, {}),
        "bad token": ("", "members/", None, {"Authorization": "Token nonsense"}),
        "odd token": ("", "members/", None, {"Authorization": "Token a b"}),
    }  # fmt: skip


def test_no_problem_speaks_english_to_whoever_reads_vietnamese(world: World, as_: Knock, proposal: Any) -> None:
    case, _ = proposal
    person("helper", Office.HELPER, world.cell, case.member_id)
    for way, (who, address, body, headers) in {**badly_put(case), **not_to_be_done(case)}.items():
        client = as_(who) if who else APIClient()
        answers = []
        for language in ("vi", "en"):
            told = knock(client, f"/api/v1/{address}", body, headers | {"Accept-Language": language})
            assert told.status_code >= 400 or way == "bulk", (way, told.content)
            answers.append(list(sentences(told.json())))
        assert len(answers[0]) >= 2, way
        same = [one for one, other in zip(*answers, strict=True) if one == other or one.isascii()]
        assert not same, (way, same)
        raw = [one for said in answers for one in said if raw_words(QUOTED.sub("", one))]
        assert not raw, (way, raw)


def knock(client: APIClient, address: str, body: Any, headers: dict[str, str]) -> Any:
    if body is None:
        return client.get(address, headers=headers)
    if isinstance(body, str):
        kind = headers.pop("Content-Type", "application/json")
        return client.generic("POST", address, body, content_type=kind, headers=headers)
    return client.post(address, body, headers=headers)


def test_what_another_sites_page_sends_is_refused_in_vietnamese(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="secretary"))
    answers = []
    for language in ("vi", "en"):
        told = browser.post("/api/v1/cases/", "{}", "application/json", headers={"Accept-Language": language})
        assert told.status_code == 403
        answers.append(list(sentences(told.json())))
    assert not [one for one, other in zip(*answers, strict=True) if one == other or one.isascii()]


def test_a_key_used_for_another_request_and_too_many_tries_are_told_in_vietnamese(
    world: World, as_: Knock, proposal: Any
) -> None:
    case, facts = proposal
    place, headers = f"/api/v1/cases/{case.pk}/steps/propose/", {"If-Match": '"1"', "Idempotency-Key": "k"}
    as_("secretary").post(place, {"on": ON.isoformat(), "facts": facts}, headers=headers)
    reused = as_("secretary").post(
        place, {"facts": {"resolution": paper(ON)}}, headers=headers | {"Accept-Language": "vi"}
    )
    assert reused.json()["code"] == "request_key_reused"
    tries = [APIClient().post("/api/v1/tokens/", {"username": "x", "password": "?"}) for _ in range(11)]
    assert tries[-1].json()["code"] == "throttled"
    for told in (reused, tries[-1]):
        assert not [one for one in sentences(told.json()) if one.isascii()]
