"""One entry of the log: who, what, when, under which papers, ballot and law, and where it stands in the sealed log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.audit.checking import inclusion
from backend.audit.codes import SubjectKind
from backend.audit.details import with_voids
from backend.audit.models import Event
from backend.cases import selectors
from backend.desk.words import told
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office
from backend.web.desk.entries import lines
from backend.web.naming import named_unit
from backend.web.refusing import said_of_codes
from workflows import law
from workflows.catalogue import LIFECYCLES
from workflows.law.words import FIRMNESS_WORDS
from workflows.offices import Right, holds

FIELDS = {"state": _("State"), "standing": _("Standing"), "participation": _("Participation")}
"""What a step moves, in words."""


@dataclass(frozen=True)
class Version:
    """A row of the law that the entry was decided under, with how surely it is known today."""

    version: str
    cited: str
    firmness: str


@require_safe
@in_office
def entry(request: Acting, uid: UUID) -> HttpResponse:
    """404 for what is out of sight."""
    event = get_object_or_404(with_voids(selectors.events(request.actor)), uid=uid)
    note(request.actor, Look("web/desk/events/{uid}/", event.member_id, event.case_id))
    (line,) = lines(request.actor, [event])
    words: dict[str, Any] = {
        "event": event, "line": line, "facts": told(event), "cautions": said_of_codes(event),
        "changes": _changes(event), "versions": _versions(event), "stands": inclusion(event),
        "request_id": (event.told or {}).get("request", ""), "kind": SubjectKind(event.subject_kind).label,
        "behalf": _behalf(event),
        "may_find": holds(request.actor.office, Right.AUDIT) and event.lifecycle != "finding",
    }  # fmt: skip
    return render(request, "web/desk/entry.html", words)


def _changes(event: Event) -> list[tuple[str, str, str]]:
    """Each field with the states before and after, in words."""
    page = LIFECYCLES.get(event.lifecycle)
    found = []
    for field, (before, after) in event.changes.items():
        known = dict(page.choices()[field].choices) if page and field in page.choices() else {}
        said = [str(known.get(one, one or "–")) for one in (before, after)]
        found.append((str(FIELDS.get(field, field)), said[0], said[1]))
    return found


def _versions(event: Event) -> list[Version]:
    found = []
    for version in sorted(set(event.rules.values())):
        try:
            rule = law.by_version(version)
        except KeyError:  # a row of the installation's own, which stands in its entry
            found.append(Version(version, "", ""))
        else:
            found.append(Version(version, rule.cited(), str(FIRMNESS_WORDS[rule.firmness])))
    return found


def _behalf(event: Event) -> str:
    return named_unit(Unit.objects.filter(pk=event.behalf_unit_id).first()) if event.behalf_unit_id else ""
