"""Words that would do something wherever they were taken for SQL, a template, a format, markup or a formula."""

from __future__ import annotations

from collections.abc import Mapping

from backend.audit.models import Event, EventDetail
from workflows.catalogue import event_codes, steps
from workflows.facts import Fact, Paper, Text
from workflows.profile import Grouped, Name, PersonalId, Phone
from workflows.vocabulary import Step

MARKUP = "<script>alert(1)</script>"
SHORT = "';DROP TABLE x;--{{7*7}}{%debug%}${7*7}<b>%s{0}"
LONG = f"{SHORT} \" OR 1=1; SELECT pg_sleep(9) /* {{% include '/etc/passwd' %}} #{{7*7}} {MARKUP} %(x)s {{0.__class__}} \\' $$"
FORMED: Mapping[type[Fact], str] = {Name: "Lê Văn Đổi", PersonalId: "087080000077", Phone: "0912345678"}
"""What is said where a text has a form of its own."""
STEPS: list[Step] = [*event_codes().values()]


def hostile(fact: Text) -> str:
    """As much of them as the fact takes."""
    return LONG if fact.max_length >= len(LONG) else SHORT[: fact.max_length]


def written(step: Step) -> list[Fact]:
    """The facts of a step in which people write; names and numbers have a form of their own."""
    return [fact for fact in step.facts if isinstance(fact, Text | Paper) and not isinstance(fact, Name | Grouped)]


def lost(event: Event, told: dict[str, object]) -> list[str]:
    """What of the words that a step was told stands otherwise behind its line in the log."""
    if not event.lifecycle or not event.step:
        return []
    kept = EventDetail.objects.get(event_uid=event.uid).data.get("facts", {})
    texts = [fact for fact in written(steps(event.lifecycle)[event.step]) if told.get(fact.name)]
    wanted = {fact.name: fact.detail(fact.read(told[fact.name])) for fact in texts}
    return [
        f"{name}: {kept.get(name)!r} and not {words!r}" for name, words in wanted.items() if kept.get(name) != words
    ]
