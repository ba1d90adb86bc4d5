"""The register of processing purposes as a file: what its rows become, and each way of contradicting itself, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from workflows import law, processing
from workflows.law.model import LawError
from workflows.law.reader import load
from workflows.offices import Office
from workflows.processing import Keeping
from workflows.purposes import Purpose

FILE = load(processing.FILE)


def test_every_purpose_is_told_once_in_both_languages() -> None:
    purposes = processing.read(FILE)[0]
    assert [one.code for one in purposes] == list(Purpose)
    for one, row in zip(purposes, FILE["purposes"], strict=True):
        assert {*one.what} == {*one.ground} == {*one.recipients} == {"vi", "en"}
        assert all({*words} == {"vi", "en"} for words in one.data)
        told = [one.what, one.ground, one.conf, one.recipients, *one.data]
        assert told == [
            row["what"],
            row["ground"],
            row["conf"],
            row["recipients"],
            *(FILE["data"][key] for key in row["data"]),
        ]
        assert one.offices, one.code


def test_a_purpose_says_where_it_is_written() -> None:
    sources = {one.code: [(said.key, said.clause) for said in one.basis] for one in processing.read(FILE)[0]}
    assert sources[Purpose.BREACH] == [("L91", "Điều 23")]
    assert sources[Purpose.CELL_WORK] == [("DL2011", law.sources()["DL2011"].clause), ("L91", "Điều 19")]


def test_an_office_gives_its_own_purpose_first() -> None:
    offices = {one.code: one.offices for one in processing.read(FILE)[0]}
    assert offices[Purpose.OVERSIGHT] == (Office.AUDITOR,)
    assert Office.AUDITOR not in offices[Purpose.CORRECTION]
    assert Office.CELL_SECRETARY in offices[Purpose.CELL_WORK]
    assert Office.CELL_SECRETARY not in offices[Purpose.COMMITTEE_WORK]


def test_what_is_kept_is_read_as_it_is_written() -> None:
    kept = processing.read(FILE)[1]
    assert kept == tuple(Keeping(**row) for row in FILE["keeping"])
    assert [one.rule for one in kept[:2]] == ["PDP.ACCESS_KEPT", ""]


def test_nothing_is_let_go_by_itself_without_a_row_of_the_law() -> None:
    kept = processing.read(FILE)[1]
    by_jobs = {one.table: one.rule for one in kept if one.by in processing.JOBS}
    assert by_jobs == {
        "accesses_access": "PDP.ACCESS_KEPT", "imports_importtask": "PDP.IMPORT_KEPT", "cases_requestkey": "PDP.REQUEST_KEPT",
        "django_session": "PDP.SESSION_KEPT", "usersessions_usersession": "PDP.SESSION_KEPT",
    }  # fmt: skip
    assert {one.rule for one in kept if one.rule} == set(by_jobs.values())
    for rule in by_jobs.values():
        assert law.versions(rule)[0].unsettled, "a policy, and said to be one"


Change = Callable[[dict[str, Any]], object]
EVERY = "cell_work, committee_work, oversight, correction, data_request, breach"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file["purposes"].pop(), f"processing.yaml must tell of each purpose once: {EVERY}."),
        (lambda file: file["purposes"].append(file["purposes"][0]),
         f"processing.yaml must tell of each purpose once: {EVERY}."),
        (lambda file: file["purposes"][0].update(data=["identity", "secrets", "dreams"]),
         "cell_work: no such data: secrets, dreams; add them below `data:` first."),
        (lambda file: file["purposes"][0].update(conf="SURE"),
         f"cell_work: conf is 'SURE'; use one of {', '.join(processing.FIRMNESS)}."),
        (lambda file: file["keeping"][0].update(by="night"),
         "accesses_access: by is 'night'; use one of let_go, work_imports, erase_details, operator, never."),
        (lambda file: file["keeping"][0].update(rule=""),
         "accesses_access: nothing is deleted by itself without a row of the law."),
    ],
)  # fmt: skip
def test_a_file_that_contradicts_itself_is_told_in_a_sentence(change: Change, said: str) -> None:
    file = deepcopy(FILE)
    change(file)
    with pytest.raises(LawError, match=f"^{re.escape(said)}$"):
        processing.read(file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file["purposes"][0].update(basis=["L99"]), ("cell_work", "'L99'")),
        (
            lambda file: file["keeping"][0].update(rule="NO.SUCH"),
            ("accesses_access: the rule 'NO.SUCH' is not in the law.",),
        ),
    ],
)
def test_what_is_cited_must_be_there(change: Change, said: tuple[str, ...]) -> None:
    file = deepcopy(FILE)
    change(file)
    with pytest.raises(LawError) as wrong:
        processing.read(file)
    assert [one for one in said if one in str(wrong.value)] == list(said)
