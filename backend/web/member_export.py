"""The list of members as a file: the same filters and rows, sent piece by piece, noted as one look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext, override
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, alone, note
from backend.accounts.policy import Actor
from backend.cases.labels import label_members
from backend.cases.listing import PEOPLE_ORDER, counted
from backend.core.db import scoped
from backend.core.keyring import unseal
from backend.core.sheets import xlsx
from backend.core.tables import MARK, as_csv
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office
from backend.web.filters import MemberFilter
from workflows.answers import shown
from workflows.standings import Participation, Standing

MOST, CHUNK = 20_000, 500
"""Rows of one file: a province's list is taken unit by unit. Rows read at once."""
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Export:
    """A file that is made while it is sent, in a transaction of its own."""

    actor: Actor
    asked: QueryDict
    form: str
    today: date
    language: str

    def pieces(self) -> Iterator[bytes]:
        with scoped(self.actor.path), override(self.language):
            rows = MemberFilter(self.actor, self.asked).rows(self.today).order_by(*PEOPLE_ORDER)[:MOST]
            lines = self._lines(rows.iterator(chunk_size=CHUNK))
            if self.form == "xlsx":
                yield from xlsx(_headings(), lines)
                return
            yield (MARK + as_csv([_headings()])).encode()
            while some := list(islice(lines, CHUNK)):
                yield as_csv(some).encode()

    def _lines(self, found: Iterator[Member]) -> Iterator[tuple[Any, ...]]:
        while some := list(islice(found, CHUNK)):
            label_members(some, self.today)
            units = Unit.objects.in_bulk({key for one in some for key in (one.unit_id, one.guest_unit_id) if key})
            for one in some:
                yield _line(one, units)


@require_safe
@in_office
def export(request: Acting) -> HttpResponseBase:
    """`?form=csv` or `xlsx`, and the filters of the list. More than MOST rows are refused in a sentence.

    Raises KeyMissing.
    """
    form = request.GET.get("form", "")
    if form not in TYPES or "cursor" in request.GET:
        raise Http404
    wanted = MemberFilter(request.actor, request.GET)
    count = counted(wanted.rows(request.today), MOST)
    if count > MOST:
        words = gettext("A file holds at most %(most)s members: choose a unit or other filters first.")
        messages.error(request, words % {"most": MOST})
        return _back(wanted)
    for card in wanted.rows(request.today).exclude(card_number=None).values_list("card_number", flat=True).iterator():
        unseal(card)  # before the first byte: where no key opens it, the page says so
    found = alone(list(wanted.rows(request.today).values_list("pk", flat=True)[:2]))
    note(request.actor, Look("web/members/export/", found, filters={**wanted.asked(), "form": form}, count=count))
    place = wanted.place or Unit.objects.get(path=request.actor.path)
    made = Export(request.actor, request.GET, form, request.today, get_language() or "vi")
    answer = StreamingHttpResponse(made.pieces(), content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="members-{place.code}-{request.today:%Y-%m-%d}.{form}"'
    return answer


def _back(wanted: MemberFilter) -> HttpResponse:
    answer = redirect("members")
    answer["Location"] += f"?{wanted.query}" if wanted.query else ""
    return answer


def _headings() -> tuple[str, ...]:
    return (
        gettext("Number of the record"), gettext("Full name"), gettext("Other name"), gettext("Year of birth"), gettext("Sex"),
        gettext("Card"), gettext("Standing"), gettext("Participation"), gettext("Marks"), gettext("Admitted on"),
        gettext("Official since"), gettext("Code of the unit"), gettext("Unit"), gettext("Temporary cell (code)"),
    )  # fmt: skip


def _line(one: Member, units: dict[int, Unit]) -> tuple[Any, ...]:
    unit, guest = units.get(one.unit_id), units.get(one.guest_unit_id or 0)
    sexes = {"m": gettext("male"), "f": gettext("female")}
    return (
        one.pk, one.full_name, one.other_name, one.born_on.year if one.born_on else "", sexes.get(one.sex, ""),
        one.card, str(Standing(one.standing).label), str(Participation(one.takes_part).label) if one.takes_part else "",
        "; ".join(str(label.timed.label) for label in one.labels), shown(one.joined_on), shown(one.official_on),
        unit.code if unit else "", unit.name if unit else "", guest.code if guest else "",
    )  # fmt: skip
