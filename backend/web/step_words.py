"""What the page of a step says around its form: what it is about, what stands in the way, what the step would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext

from backend.accounts.policy import Actor
from backend.audit.codes import SubjectKind
from backend.audit.models import Event
from backend.cases import selectors
from backend.cases.measured import measured
from backend.cases.models import Case
from backend.cases.options import ELSEWHERE, NOT_PERMITTED
from backend.cases.orders import Loaded
from backend.cases.previewing import Foreseen
from backend.deadlines.explaining import explain
from backend.deadlines.titles import title
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.web.refusing import said, said_before, said_with_basis
from backend.web.step_form import ON, StepForm
from backend.web.timeline import Line, lines
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.facts import FactError
from workflows.plain import whole_number
from workflows.voting import Ballot

CLOSED = ELSEWHERE | {NOT_PERMITTED.code}
"""Reasons that no fact and no other day would cure: the page says them and has no form."""


@dataclass(frozen=True)
class Sum:
    """The arithmetic of one vote: "20 official members − 2 away = 18; 2/3 → 12 needed", and whether the votes suffice; or why
    the totals cannot be."""

    name: str
    words: str
    votes: int | None
    reached: bool | None
    fault: str = ""


def place_of(loaded: Loaded, outcome: dict[str, Any] | None = None) -> str:
    """Where one goes on from a step: to the case, else the member, else the unit, whichever there is."""
    case = outcome["id"] if outcome and outcome["kind"] == "case" else getattr(loaded.case, "pk", None)
    member = outcome["id"] if outcome and outcome["kind"] == "member" else getattr(loaded.member, "pk", None)
    if case:
        return reverse("case", args=[case])
    return reverse("member", args=[member]) if member else reverse("unit", args=[loaded.unit.id])


def words_of(shown_form: StepForm, preview: Foreseen | None = None, since: list[Line] | None = None) -> dict[str, Any]:
    """Everything the template asks for; must run in a transaction of the actor's scope."""
    option, loaded = shown_form.ahead.option, shown_form.ahead.loaded
    page = LIFECYCLES[option.step.lifecycle]
    on = _day(shown_form)
    blocked = any(one.code in CLOSED for one in option.refusals)
    return {
        "form": shown_form.form, "key": shown_form.key, "version": shown_form.version, "step": option.step, "page": page,
        "about": _about(loaded), "back": place_of(loaded), "on_behalf": option.on_behalf, "blocked": blocked,
        "general": said_with_basis(shown_form.form.general, on),
        "refusals": said_with_basis(option.refusals, on) if preview is None else (),
        "cautions": said_with_basis(option.cautions, on), "expects": said_with_basis(option.expects, on),
        "preview": foreseen(preview) if preview else None, "since": since, "sums": sums(shown_form),
        "typed": shown_form.form.typed() if blocked and shown_form.data is not None else [],
    }  # fmt: skip


def _day(shown_form: StepForm) -> date:
    try:
        return ON.read(shown_form.form.raw().get(ON.name))  # type: ignore[no-any-return]
    except FactError:
        return shown_form.request.today


def _about(loaded: Loaded) -> dict[str, Any]:
    """Names and addresses of what the step is about."""
    case, member = loaded.case, loaded.member
    person = Member.objects.filter(pk=member.pk).first() if member is not None and member.pk else None
    unit = Unit.objects.filter(pk=loaded.unit.id).first()
    return {
        "case": case if case is not None and case.pk else None,
        "case_at": reverse("case", args=[case.pk]) if case is not None and case.pk else "",
        "member": person.full_name if person else "",
        "member_at": reverse("member", args=[person.pk]) if person else "",
        "unit": unit.name if unit else "", "unit_at": reverse("unit", args=[loaded.unit.id]),
    }  # fmt: skip


def sums(shown_form: StepForm) -> list[Sum]:
    """The arithmetic of each ballot whose meeting is chosen; with what was typed so far."""
    facts, _ = shown_form.told() if shown_form.data is not None else (_begun(shown_form), None)
    found = measured(shown_form.request.actor, shown_form.ahead, facts, _day(shown_form), shown_form.request.today)
    told = []
    for name, one in found.items():
        votes, vote = whole_number(facts[name].get("yes")), one.threshold
        reached = None if votes is None else vote.reached(votes)
        told.append(Sum(name, f"{vote.sum}; {vote.share}", votes, reached, said(one.fault) if one.fault else ""))
    return told


def _begun(shown_form: StepForm) -> dict[str, Any]:
    newest = shown_form.around.meetings[0].id if _votes(shown_form) and shown_form.around.meetings else None
    return {name: {"meeting": newest} for name in _votes(shown_form)} if newest else {}


def _votes(shown_form: StepForm) -> list[str]:
    return [one.name for one in shown_form.step.facts if isinstance(one, Ballot)]


def foreseen(*previews: Foreseen) -> dict[str, Any]:
    """What steps would change that are done one upon the other, in this order."""
    language = get_language() or "vi"
    return {
        "changes": [_change(one) for each in previews for one in each.changes],
        "opened": [
            {"title": title(one.rule_id), "due": shown(one.due_on), "why": explain(one.explanation, language),
             "start": gettext(one.start_label)}
            for each in previews for one in each.opened
        ],
        "ended": [
            {"title": title(one.rule_id), "status": one.get_status_display()} for each in previews for one in each.ended
        ],
        "started": [str(LIFECYCLES[key].label) for each in previews for key in each.started],
        "cautions": said_before([one for each in previews for one in each.outcome["cautions"]]),
    }  # fmt: skip


def _change(one: Any) -> dict[str, str]:
    choices = dict(LIFECYCLES[one.lifecycle].choices()[one.field].choices)
    names = {"standing": gettext("Standing"), "participation": gettext("Participation"), "state": gettext("Case")}
    return {
        "what": names.get(one.field, one.field),
        "from": str(choices.get(one.source, "")), "to": str(choices.get(one.target, one.target)),
    }  # fmt: skip


def changed_since(actor: Actor, loaded: Loaded, version: int) -> list[Line]:
    """What was recorded about the case or member after the version that was looked at, the oldest first."""
    case = Case.objects.filter(pk=loaded.case.pk).first() if loaded.case is not None and loaded.case.pk else None
    if case is not None:
        return case_since(actor, case, version)
    rows = selectors.timeline(actor, Member.objects.get(pk=loaded.member.pk))
    return _after(actor, rows.filter(subject_kind=loaded.kind, subject_id=loaded.subject.pk), version)


def case_since(actor: Actor, case: Case, version: int) -> list[Line]:
    """The same of a case."""
    rows = selectors.history(actor, case)
    return _after(actor, rows.filter(subject_kind=SubjectKind.CASE, subject_id=case.pk), version)


def _after(actor: Actor, rows: QuerySet[Event], version: int) -> list[Line]:
    return lines(rows.filter(version__gt=version).order_by("id"), actor)
