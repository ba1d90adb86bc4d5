"""Recording what a sheet says: the meeting, then the dues, then the minutes, each with a request key of its own.

Each part is done once, however often the form is sent: what was done before answers as it did then. What is wrong with any part
is found before anything is recorded (`checking`); where a part is refused all the same, since somebody was faster, those before
it stand, and the same form, mended, goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from backend.cases import selectors
from backend.cases.engine import OnCase, RequestKey, perform
from backend.cases.requests import done_before
from backend.core.encoding import canonical
from backend.core.errors import ChiboError, KeyReused, Refused, Stale
from backend.dues.recording import Recorded, Wanted, record_month
from backend.web.acting import reading
from backend.web.meetings.sheet import FILED_ON, Sheet
from backend.web.refusing import said_before
from workflows.answers import Answer

LANGUAGES = ("vi", "en")
LABELS: dict[str, Promise] = {"roll": _("Meeting and roll call"), "dues": _("Dues"), "paper": _("Minutes")}
STEP_OF = {"roll": "hold", "paper": "file_minutes"}
DAY_OF = {"roll": "held_on", "paper": FILED_ON.name}
"""The field that gives a step its day: what is wrong with that day stands beside it."""


@dataclass
class Done:
    """What came of a part: `done` (now or before), and everything that was said about it; `overtaken`: somebody was faster."""

    key: str
    done: bool
    said: list[str] = field(default_factory=list)
    overtaken: bool = False

    @property
    def label(self) -> str:
        return str(LABELS[self.key])


def record(sheet: Sheet) -> list[Done]:
    """Do what the sheet asks for, part by part, and say of each what came of it. What is wrong stands in its form too."""
    told: list[Done] = []
    version = sheet.version
    if "roll" in sheet.parts:
        held, version = step(sheet, "roll", sheet.to_hold, version)
        told.append(held)
        if not held.done:
            return told
    if sheet.pays:
        told.append(dues(sheet))
    if sheet.files:
        told.append(step(sheet, "paper", sheet.to_file, version)[0])
    return told


def recorded_before(sheet: Sheet) -> set[str]:
    """The parts that this very form has recorded: sent again they answer as they did then."""
    keys = {part: f"{sheet.key}-{name}" for part, name in STEP_OF.items()}
    with suppress(Refused):
        keys["dues"] = _asked(sheet)[1].key
    with reading(sheet.request):
        done = done_before(sheet.actor, keys.values())
    return {part for part, key in keys.items() if key in done}


def step(
    sheet: Sheet, part: str, facts_of: Callable[[], tuple[dict[str, Any], Any]], version: int, *, keyed: bool = True,
    run: Callable[[Callable[[], dict[str, Any]]], dict[str, Any]] = lambda act: act(),
) -> tuple[Done, int]:  # fmt: skip
    """One step of the meeting, `run` as the caller wants it; with it the version that the case has after it."""
    name = STEP_OF[part]
    try:
        facts, on = facts_of()
        asked = {"case": sheet.case.pk, "on": on.isoformat(), "facts": facts}
        key = RequestKey.of(f"{sheet.key}-{name}", asked) if keyed else None
        outcome = run(lambda: perform(
            sheet.actor, OnCase(sheet.case.pk), name, facts, on=on, expected_version=version, request_key=key
        ))  # fmt: skip
    except Refused as refused:
        return refusal(sheet, part, refused.answers), version
    except KeyReused:
        words = gettext("This was recorded with what you sent first; what you changed since was not taken.")
        return Done(part, done=True, said=[words]), version_now(sheet)
    except Stale:
        words = gettext("Somebody else has recorded something about this meeting since you opened the page.")
        return Done(part, done=False, said=[words], overtaken=True), version
    return Done(part, done=True, said=[one.line for one in said_before(outcome["cautions"])]), outcome["version"]


def refusal(sheet: Sheet, part: str, answers: Sequence[Answer]) -> Done:
    """The reasons beside their fields, and as the part says them."""
    day = DAY_OF.get(part, "")
    placed = [replace(one, fact=day) if one.fact == "on" else one for one in answers]
    if any(one.code == "day.fact_ahead" and one.fact == day for one in placed):
        placed = [one for one in placed if one.code != "day.ahead"]  # the same, of the same day
    sheet.form.tell(placed)
    return Done(part, done=False, said=[sheet.form.line(one) for one in placed])


def version_now(sheet: Sheet) -> int:
    """The case's version as it stands."""
    with reading(sheet.request):
        return selectors.cases(sheet.actor).values_list("version", flat=True).get(pk=sheet.case.pk)


def dues(sheet: Sheet, *, keyed: bool = True) -> Done:
    """All ticks in one entry. What is said again changes nothing; a key of its own for each set of ticks."""
    try:
        wanted, key = _asked(sheet)
        answer = record_month(
            sheet.actor, sheet.case.unit_id, sheet.month, wanted, tell=_told, request_key=key if keyed else None,
            complete=True if sheet.book_is_full else None,
        )  # fmt: skip
    except Refused as refused:
        return refusal(sheet, "dues", refused.answers)
    names = {one.id: one.name for one in sheet.payers}
    wrong = [f"{names.get(member, '')}: {words[get_language() or 'vi']}" for member, words in answer["refused"]]
    return Done("dues", done=not wrong, said=[gettext("Paid: %(count)s.") % {"count": answer["paid"]}, *wrong])


def _asked(sheet: Sheet) -> tuple[list[Wanted], RequestKey]:
    wanted = sheet.to_pay()
    asked = [[one.member, one.answer.paid_on.isoformat() if one.answer.paid_on else "", one.version] for one in wanted]
    body = {"case": sheet.case.pk, "asked": asked, "complete": sheet.book_is_full}
    return wanted, RequestKey.of(f"{sheet.key}-{RequestKey.of('', canonical(body).hex()).body.hex()[:32]}", body)


def _told(done: Recorded) -> dict[str, Any]:
    """What the request's key keeps: how many stand as paid, and why the others do not, in both languages."""
    refused = [[one.member, _why(one.error)] for one in done.results if one.error is not None]
    return {"paid": len(done.results) - len(refused), "refused": refused}


FASTER = gettext_noop(
    "Somebody else has recorded these dues since you opened the page: what stands is said beside the name."
)


def _why(error: ChiboError) -> dict[str, str]:
    if isinstance(error, Refused):
        return {
            lang: " ".join(f"{one.text(lang)} {one.advice(lang)}".strip() for one in error.answers)
            for lang in LANGUAGES
        }
    told = {}
    for lang in LANGUAGES:
        with override(lang):
            told[lang] = gettext(FASTER) if isinstance(error, Stale) else error.said()
    return told
