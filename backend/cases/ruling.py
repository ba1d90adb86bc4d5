"""What holds for the whole installation, entered through the API: days of the calendar, and who decides.

The same functions as the commands use, each in one transaction with its event and its request key. The answer says whether
anything was changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from backend.accounts.policy import Actor
from backend.cases.engine import RequestKey, keep, once
from backend.core.errors import Unchanged
from backend.core.nudge import nudge
from backend.deadlines.deciding import settle_act, withdraw_act
from backend.deadlines.models import CalendarDay, Competence
from backend.deadlines.overrides import set_day, withdraw_day

Told = dict[str, Any]


def enter_day(
    actor: Actor, day: date, *, off: bool, name: str, basis: str, request_key: RequestKey | None = None
) -> Told:
    """A day off or worked, as it was announced; the deadlines move in the background.

    Raises NotPermitted, Refused, KeyReused.
    """

    def change() -> CalendarDay:
        return set_day(actor, day, off=off, name=name, basis=basis)

    return _day(actor, day, change, request_key)


def take_back_day(actor: Actor, day: date, *, basis: str, request_key: RequestKey | None = None) -> Told:
    """The day is again what the country's calendar says. Raises as `enter_day`."""
    return _day(actor, day, lambda: withdraw_day(actor, day, basis=basis), request_key)


def decide_who(
    actor: Actor, act: str, levels: Sequence[str], *, since: date, until: date | None, source: str,
    request_key: RequestKey | None = None,
) -> Told:  # fmt: skip
    """From a day to a day these levels decide an act. Raises as `enter_day`."""

    def change() -> Competence:
        return settle_act(actor, act, levels, since=since, until=until, source=source)

    return _act(actor, act, since, change, request_key)


def take_back_act(actor: Actor, act: str, *, since: date, source: str, request_key: RequestKey | None = None) -> Told:
    """What was settled for an act from a day no longer holds. Raises as `enter_day`."""
    return _act(actor, act, since, lambda: withdraw_act(actor, act, since=since, source=source), request_key)


def day_json(row: CalendarDay) -> Told:
    """A day that was entered, as it stands."""
    names = ("off", "name", "basis", "withdrawn", "followed", "version")
    return {"day": row.day.isoformat(), **{name: getattr(row, name) for name in names}}


def act_json(row: Competence) -> Told:
    """What was settled about an act, as it stands."""
    days = {"since": row.from_date.isoformat(), "until": row.to_date and row.to_date.isoformat()}
    names = ("source", "withdrawn", "version")
    return {"act": row.act, "levels": list(row.levels), **days, **{name: getattr(row, name) for name in names}}


def _day(actor: Actor, day: date, change: Callable[[], CalendarDay], key: RequestKey | None) -> Told:
    told = _once(
        actor, ["calendar", day.isoformat()], key, lambda: day_json(change()),
        lambda: day_json(CalendarDay.objects.get(day=day)),
    )  # fmt: skip
    if told["changed"]:
        nudge("jobs.follow_calendar")
    return told


def _act(actor: Actor, act: str, since: date, change: Callable[[], Competence], key: RequestKey | None) -> Told:
    standing = Competence.objects.filter(act=act, from_date=since).order_by("withdrawn", "-id")
    told = _once(
        actor, ["competence", act, since.isoformat()], key, lambda: act_json(change()), lambda: act_json(standing[0])
    )
    if told["changed"]:
        nudge("jobs.follow_calendar")
    return told


def _once(
    actor: Actor,
    asked: list[str],
    request_key: RequestKey | None,
    change: Callable[[], Told],
    standing: Callable[[], Told],
) -> Told:
    """`asked` need only say what is changed: the key is bound to the whole request by the door."""

    def work(_days: str, key: RequestKey | None) -> Told:
        try:
            answer = {**change(), "changed": True}
        except Unchanged:
            answer = {**standing(), "changed": False}
        keep(actor, key, answer)
        return answer

    return once(actor, asked, request_key, work)
