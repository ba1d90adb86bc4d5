"""A slip through the door: of one's own unit or one below, and of no other."""

from __future__ import annotations

from tests.api.conftest import Knock
from tests.backend.alerts.rows import DUE, deadline
from tests.roles import as_role
from tests.world import TODAY, World

PLACE = "/api/v1/slip/"


def test_an_office_prints_for_itself_and_below(world: World, as_: Knock) -> None:
    deadline(world.cell, due=DUE)
    secretary, officer = as_("secretary"), as_("officer")
    with as_role("chibo_app"):
        own, below = secretary.get(PLACE), officer.get(PLACE, {"unit": world.cell.pk, "language": "vi"})
        assert (own.status_code, own.headers["Content-Type"]) == (200, "application/pdf")
        assert own.content == below.content
        assert own.headers["Content-Disposition"] == f'attachment; filename="{world.cell.code}-{TODAY}.pdf"'
        other = officer.get(PLACE, {"unit": world.cell.pk, "language": "en"})
        assert other.content != own.content


def test_what_is_not_there_is_a_problem_in_json(world: World, as_: Knock) -> None:
    deadline(world.other, due=DUE)
    secretary, officer = as_("secretary"), as_("officer")
    with as_role("chibo_app"):
        answers = [secretary.get(PLACE, {"unit": one}) for one in (world.other.pk, 987_654_321, world.cell.pk)]
        assert [one.status_code for one in answers] == [404] * 3
        assert answers[0].json() == answers[1].json() == answers[2].json()
        assert officer.get(PLACE, {"unit": world.other.pk}).status_code == 200
        assert secretary.get(PLACE, {"units": 1}).status_code == 400
        assert secretary.get(PLACE, headers={"Accept": "application/pdf"}).json()["status"] == 404
