"""Somebody was faster: the sheet asks for what is still to be said, and what was typed about the rest is read."""

from __future__ import annotations

from django.utils.translation import gettext

from backend.web.meetings.named import open_at
from backend.web.meetings.sheet import Sheet
from workflows.voting import Presence


def look_again(sheet: Sheet) -> list[tuple[str, str]]:
    """The sheet in the version that stands now; what was typed in vain, by its place. Inside the actor's scope."""
    sheet.close([])
    groups = {"roll": sheet.held, "paper": sheet.paper}
    gone = [one for one, is_open in open_at(sheet.case.state).items() if one in sheet.parts and not is_open]
    sheet.close(gone)
    typed = [place for one in gone for place in sheet.form.typed(groups[one])]
    return [*typed, *(_called(sheet) if "roll" in gone else [])]


def _called(sheet: Sheet) -> list[tuple[str, str]]:
    rest = [(gettext("All others were present"), gettext("yes"))] if sheet.others_present else []
    return [*((one.name, str(Presence(one.word).label)) for one in sheet.people if one.word in Presence.values), *rest]
