"""What entries keep that no step of a page makes, as people call it: of units, accounts, offices, deadlines, the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.deadlines.moving import REASONS
from backend.deadlines.titles import title
from workflows.dues import Said as Paid
from workflows.flagging import Cause
from workflows.offices import Level, Office

NAMES: Mapping[str, str | Promise] = {
    "act": _("What is decided"), "as_of": _("As of"), "asked": _("What was asked for"), "basis": _("Paper"),
    "cause": _("Cause"), "code": _("Code"), "comment": _("Comment"), "complete": _("Complete"),
    "confirmed": _("Confirmed"), "corrected": _("Entries corrected"), "count": _("Number"),
    "counts": _("Counted"), "day": _("Day"), "details": _("With details"), "drawn": _("Hash of those drawn"),
    "due": _("Due on"), "due_was": _("Was due on"), "early": _("Reminded from"), "early_was": _("Was reminded from"),
    "email": _("E-mail address"), "ends": _("Ends on"), "event": _("Entry"), "figure": _("What is planned"),
    "files": _("Files"), "form": _("Form"), "from": _("From"), "full_name": _("Full name"), "kind": _("Kind"),
    "kinds": _("Kinds"), "ladder": _("Ladder of reminders"), "ladder_was": _("Ladder of reminders before"),
    "language": _("Language"), "level": _("Level"), "levels": _("Levels"), "lines": _("Lines"), "member": _("Member, no."),
    "month": _("Month"), "months": _("Months"), "name": _("Name"), "needed": _("Needed"), "now": _("Now"),
    "off": _("A day off"), "office": _("Office"), "official": _("Official members"), "paper_date": _("Date of the paper"),
    "paper_number": _("Number of the paper"), "parent": _("Unit above, no."), "reason": _("Reason"),
    "reminder": _("Next reminder"), "rule": _("Deadline"), "said_on": _("Said on"), "sample": _("Size of the sample"),
    "scope": _("What it may do"), "seed": _("What the draw began with"), "since": _("Since"),
    "size": _("Entries in the log then"), "source": _("Source"), "to": _("To"), "until": _("Up to"),
    "user": _("Account, no."), "username": _("Sign-in name"),
    "value": _("Planned number"), "version_was": _("Version before"), "was": _("Before"), "why": _("Why"),
    "working_days": _("Working days"), "year": _("Year"),
    **{one.value: one.label for one in Paid},
}  # fmt: skip
"""By name; what is not here stands by its name (`tests/web/test_desk.py` asks for those that pages show most)."""
_CODES: Mapping[str, Mapping[str, Any]] = {
    "cause": {one.value: one.label for one in Cause}, "why": {str(key): said for key, said in REASONS.items()},
    "figure": {"admission.year": _("Admitted in the year"), "congress.year": _("Congresses held in the year")},
    "office": {one.value: one.label for one in Office}, "to": {one.value: one.label for one in Office},
    "level": {one.value: one.label for one in Level}, "levels": {one.value: one.label for one in Level},
}  # fmt: skip


def called(name: str, value: Any, otherwise: Callable[[Any], str]) -> str:
    """A value in words: a code by what it stands for, several one after the other, nothing as a dash."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, list):
        return ", ".join(called(name, one, otherwise) for one in value)
    if name == "rule" and isinstance(value, str):
        return str(title(value))
    if isinstance(value, dict):
        return "; ".join(f"{NAMES.get(key, key)}: {called(key, one, otherwise)}" for key, one in value.items())
    known = _CODES.get(name, {})
    return str(known[value]) if isinstance(value, str) and value in known else otherwise(value)
