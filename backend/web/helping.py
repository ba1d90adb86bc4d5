"""Help where one stands: a lifecycle explains itself, from the same pages and law as docs/generated, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from backend.audit.models import Event
from backend.deadlines.titles import title
from backend.web.acting import Acting, in_office
from workflows import law
from workflows.ballots import share
from workflows.catalogue import LIFECYCLES
from workflows.documenting import law_of, where
from workflows.drawing import label_of, svg
from workflows.flagging import tasks_met_by
from workflows.law.words import cited_surely, confidence_of, days_of, note_of, value_of
from workflows.offices import RIGHTS, Office, Right
from workflows.sentences import sentences, warns_only
from workflows.vocabulary import Ballot, Clock, Fact, Lifecycle, Step


@require_safe
@in_office
def lifecycle(request: Acting, lifecycle: str) -> HttpResponse:
    """The drawing, the states, each step with its conditions and deadlines, and the law with how surely it is known."""
    page = LIFECYCLES.get(lifecycle)
    if page is None:
        raise Http404
    language = get_language() or "vi"
    words = {
        "page": page,
        "drawings": [drawn(page, field, language) for field in page.choices()],
        "states": [_states(page, field) for field in page.choices()],
        "steps": [_step(page, one) for one in page.steps().values() if one.by != Right.THROUGH_CASE],
        "rules": [_rule(row) for row in law_of(page)],
    }  # fmt: skip
    return render(request, "web/help.html", words)


def path_taken(events: Iterable[Event], field: str = "state") -> set[tuple[str, str]]:
    """The moves (source, target) that entries tell of, without those that were voided, and voids (events of `with_voids`)."""
    moves = [one.changes.get(field) for one in events if one.voided_by is None and one.voids is None]
    return {(move[0], move[1]) for move in moves if move}


def drawn(page: type[Lifecycle], field: str, language: str, **options: Any) -> str:
    """A lifecycle's drawing, to be put into a page: made from the catalogue alone, with every word escaped."""
    return mark_safe(svg(page.key, field, language, **options))  # noqa: S308  (see above)


def _states(page: type[Lifecycle], field: str) -> list[dict[str, Any]]:
    return [{"label": str(one.label), "final": one.value in page.final} for one in page.choices()[field]]


def _step(page: type[Lifecycle], one: Step) -> dict[str, Any]:
    met = (*one.closes, *tasks_met_by(f"{page.key}.{one.name}"))
    return {
        "name": one.name, "label": str(one.label),
        "sources": [label_of(page, one.field, source) for source in one.sources],
        "target": label_of(page, one.field, one.target) if one.target else "",
        "right": one.by.label, "levels": where(one),
        "offices": [str(office.label) for office in Office if one.by in RIGHTS[office]],
        "facts": [_fact(fact) for fact in one.facts],
        "guards": [text for guard in one.guards if not warns_only(guard) for text in sentences(guard)],
        "warnings": [text for guard in one.guards if warns_only(guard) for text in sentences(guard)],
        "opens": [_clock(clock) for clock in one.opens], "meets": _titles(met),
        "ends": _titles((*one.misses, *one.cancels)),
        "starts": [str(LIFECYCLES[start.lifecycle].label) for start in one.starts],
        "basis": [cited_surely(text) for text in one.basis],
    }  # fmt: skip


def _titles(rules: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(title(rule) for rule in rules))


def _fact(fact: Fact) -> dict[str, Any]:
    told: dict[str, Any] = {"label": str(fact.label), "optional": not fact.required and fact.kind != "flag"}
    if isinstance(fact, Ballot):
        row = law.versions(fact.rule)[-1]
        told |= {"part": share(row.value), "basis": row.cited(), "how": confidence_of(row)}
    return told


def _clock(clock: Clock) -> dict[str, Any]:
    row = law.versions(clock.rule)[-1]
    return {
        "title": title(clock.rule), "value": value_of(row), "start": str(clock.start_label), "level": clock.acting.label,
        "how": confidence_of(row),
    }  # fmt: skip


def _rule(row: law.Rule) -> dict[str, str]:
    return {
        "id": row.id, "title": title(row.id), "pack": row.pack, "value": value_of(row), "days": days_of(row),
        "how": confidence_of(row), "source": row.cited(), "note": note_of(row),
    }  # fmt: skip
