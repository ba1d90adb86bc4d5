"""Recording what a sheet says: the meeting, then the dues, then the minutes, each with a request key of its own.

Each part is done once, however often the form is sent: what was done before answers as it did then. Where a part is refused
those before it stand, and the same form, mended, goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from backend.cases import selectors
from backend.cases.engine import OnCase, RequestKey, perform
from backend.core.encoding import canonical
from backend.core.errors import ChiboError, KeyReused, Refused, Stale
from backend.dues.recording import Recorded, record_month
from backend.web.acting import reading
from backend.web.meetings.sheet import Sheet
from backend.web.refusing import said_before

LANGUAGES = ("vi", "en")
LABELS: dict[str, Promise] = {"roll": _("Meeting and roll call"), "dues": _("Dues"), "paper": _("Minutes")}


@dataclass
class Done:
    """What came of a part: `done` (now or before), and everything that was said about it."""

    key: str
    done: bool
    said: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return str(LABELS[self.key])


def record(sheet: Sheet) -> list[Done]:
    """Do what the sheet asks for, part by part, and say of each what came of it. What is wrong stands in its form too."""
    told: list[Done] = []
    version = sheet.version
    if "roll" in sheet.parts:
        held, version = _step(sheet, "roll", "hold", sheet.to_hold, version)
        told.append(held)
        if not held.done:
            return told
    if "dues" in sheet.parts and (sheet.book_is_full or any(one.ticked for one in sheet.payers)):
        told.append(_dues(sheet))
    if sheet.files:
        filed, _version = _step(sheet, "paper", "file_minutes", sheet.to_file, version)
        told.append(filed)
    return told


def _step(
    sheet: Sheet, part: str, step: str, facts_of: Callable[[], tuple[dict[str, Any], Any]], version: int
) -> tuple[Done, int]:
    """One step of the meeting; with it the version that the case has after it."""
    try:
        facts, on = facts_of()
        key = RequestKey.of(f"{sheet.key}-{step}", {"case": sheet.case.pk, "on": on.isoformat(), "facts": facts})
        outcome = perform(
            sheet.actor, OnCase(sheet.case.pk), step, facts, on=on, expected_version=version, request_key=key
        )
    except Refused as refused:
        sheet.form.tell(refused.answers)
        return Done(part, done=False, said=[sheet.form.line(one) for one in refused.answers]), version
    except KeyReused:
        words = gettext("This was recorded with what you sent first; what you changed since was not taken.")
        return Done(part, done=True, said=[words]), _now(sheet)
    except Stale:
        words = gettext("Somebody else has recorded something about this meeting since you opened the page.")
        return Done(part, done=False, said=[words]), version
    return Done(part, done=True, said=[one.line for one in said_before(outcome["cautions"])]), outcome["version"]


def _now(sheet: Sheet) -> int:
    with reading(sheet.request):
        return selectors.cases(sheet.actor).values_list("version", flat=True).get(pk=sheet.case.pk)


def _dues(sheet: Sheet) -> Done:
    """All ticks in one entry. What is said again changes nothing; a key of its own for each set of ticks."""
    try:
        wanted = sheet.to_pay()
        asked = [
            [one.member, one.answer.paid_on.isoformat() if one.answer.paid_on else "", one.version] for one in wanted
        ]
        body = {"case": sheet.case.pk, "asked": asked, "complete": sheet.book_is_full}
        key = RequestKey.of(f"{sheet.key}-{RequestKey.of('', canonical(body).hex()).body.hex()[:32]}", body)
        answer = record_month(
            sheet.actor, sheet.case.unit_id, sheet.month, wanted, tell=_told, request_key=key,
            complete=True if sheet.book_is_full else None,
        )  # fmt: skip
    except Refused as refused:
        sheet.form.tell(refused.answers)
        return Done("dues", done=False, said=[sheet.form.line(one) for one in refused.answers])
    names = {one.id: one.name for one in sheet.payers}
    wrong = [f"{names.get(member, '')}: {words[get_language() or 'vi']}" for member, words in answer["refused"]]
    return Done("dues", done=not wrong, said=[gettext("Paid: %(count)s.") % {"count": answer["paid"]}, *wrong])


def _told(done: Recorded) -> dict[str, Any]:
    """What the request's key keeps: how many stand as paid, and why the others do not, in both languages."""
    refused = [[one.member, _why(one.error)] for one in done.results if one.error is not None]
    return {"paid": len(done.results) - len(refused), "refused": refused}


def _why(error: ChiboError) -> dict[str, str]:
    if isinstance(error, Refused):
        return {
            lang: " ".join(f"{one.text(lang)} {one.advice(lang)}".strip() for one in error.answers)
            for lang in LANGUAGES
        }
    told = {}
    for lang in LANGUAGES:
        with override(lang):
            told[lang] = error.said()
    return told
