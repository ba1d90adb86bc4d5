"""Whatever can fall due has a name that people read, in both languages."""

from django.utils.translation import override

from backend.deadlines.titles import TITLES, title
from backend.imports import tasks
from workflows import law
from workflows.catalogue import PAGES


def test_every_deadline_that_can_be_opened_has_a_title() -> None:
    opened = {clock.rule for page in PAGES for step in page.steps().values() for clock in step.opens}
    opened |= {tasks.COMPLETE.rule} | {row.id for row in law.rules() if row.id.startswith("TASK.")}
    assert opened - set(TITLES) == set()
    for rule in opened:
        said = []
        for language in ("vi", "en"):
            with override(language):
                said.append(title(rule))
        assert len(set(said)) == 2, rule
