"""Every row of the law and every act has a name in both languages, and belongs to an area."""

from __future__ import annotations

from django.utils.translation import override

from backend.deadlines.titles import TITLES, title
from workflows import law
from workflows.law.naming import ACTS, AREAS, PACKS, PARAMETERS, act_named, area_of, pack_named


def test_everything_has_a_name_and_none_is_left_over() -> None:
    rules = {row.id for row in law.rules(packs=law.packs())}
    assert rules - set(TITLES) == set(PARAMETERS)
    assert set(ACTS) == set(law.acts())
    assert set(PACKS) == law.packs()
    assert {area_of(one) for one in rules} == set(AREAS)


def test_names_differ_and_are_said_in_the_readers_language() -> None:
    for language in ("vi", "en"):
        with override(language):
            assert len({title(one) for one in PARAMETERS}) == len(PARAMETERS)
            assert len({act_named(one) for one in ACTS}) == len(ACTS)
    with override("vi"):
        assert (title("PRO.LENGTH"), act_named("expel"), pack_named("lao_cai")) == (
            "Thời gian dự bị", "Khai trừ khỏi Đảng", "Quy định của tỉnh Lào Cai",
        )  # fmt: skip
        assert (title("NO.SUCH"), act_named("crown"), pack_named("none")) == ("NO.SUCH", "crown", "none")


def test_the_area_is_what_stands_before_the_first_dot() -> None:
    assert area_of("MTG.LATE.TWICE") == "MTG"
