"""Whether everything that stands behind the reminders still runs, in words a layman can read.

A part is stuck when nothing of it was seen for longer than two of its intervals (at least CHIBO_STUCK_SECONDS: a run may
take a minute). A job that has never run is silent since there is a beat to start it, or since the tables were made ready
for it, whichever came later: its first run comes an interval after. While beat was silent nothing was started, so that
time is nobody's silence: it is told as the time in which Chibo was down. What stands still only since beat does is stuck
once beat is, and because of it. Nothing here needs the worker, beat or Redis: the web process looks, and PostgreSQL remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from backend.alerts.channels import routes
from backend.alerts.models import Pulse
from backend.alerts.pulse import BEAT, DOWN, EVERY, FIRST_BEAT, SKEW, patience
from backend.alerts.quiet import may_disturb
from backend.alerts.settling import BROKEN
from backend.core import clock
from backend.core.db import WHOLE, execute, scoped
from workflows.answers import shown

NAMES: dict[str, str] = {
    "seal": gettext_noop("sealing of the log"),
    "follow": gettext_noop("followers of the log"),
    "keep_heads": gettext_noop("keeping of the log's heads"),
    "open_monthly_meetings": gettext_noop("opening of the month's meetings"),
    "follow_calendar": gettext_noop("moving of deadlines after the calendar"),
    "refresh_flags": gettext_noop("counting of flags"),
    "follow_vacancies": gettext_noop("look for offices that nobody holds or no letter reaches"),
    "work_imports": gettext_noop("trying and bringing in of rosters"),
    "let_go": gettext_noop("letting go of what was kept long enough"),
    "sweep": gettext_noop("check of the deadlines"),
    "deliver": gettext_noop("delivery of letters"),
    BEAT: gettext_noop("the clock that starts the jobs (beat)"),
    "events": gettext_noop("events waiting for their seal"),
    "letters": gettext_noop("letters waiting to be sent"),
    "templates": gettext_noop("letters whose template is broken"),
    "rungs": gettext_noop("reminders due before today"),
}
"""What people call each part."""
TOLD_FOR = timedelta(days=1)
"""How long the line tells that Chibo was down."""
Silence = Callable[[datetime], timedelta]
Judge = Callable[[datetime, int], tuple[bool, bool]]

_WAITING = """
WITH letter AS (
  SELECT l.next_attempt_at FROM alerts_letter l LEFT JOIN ({routes}) r
    ON r.user_id = l.user_id AND r.channel = l.channel AND r.device_id IS NOT DISTINCT FROM l.device_id
  WHERE l.outcome = 'held' AND (%(loud)s OR l.urgent_notice_id IS NOT NULL)
    AND (l.device_id IS NOT NULL OR NOT coalesce(r.dead, false))
)
SELECT
  (SELECT count(*) FROM audit_pending),
  (SELECT e.recorded_at FROM audit_event e WHERE e.id = (SELECT min(event_id) FROM audit_pending)),
  (SELECT count(*) FROM letter), (SELECT min(next_attempt_at) FROM letter),
  (SELECT count(*) FROM alerts_letter WHERE outcome = 'held' AND hindered = %(broken)s),
  (SELECT count(*) FROM deadlines_deadline WHERE status = 'open' AND next_rung_on < %(today)s
   AND opened_at < %(before)s),
  (SELECT max(applied) FROM django_migrations)
"""


@dataclass(frozen=True)
class Part:
    """One part: what it is called, when it was last seen to move, how many wait, and whether it is stuck.

    `with_beat`: it stands still because beat does; whether it would go on by itself is not known.
    """

    key: str
    seen_at: datetime | None
    waiting: int
    stuck: bool
    error: str = ""
    with_beat: bool = False

    @property
    def name(self) -> str:
        return gettext(NAMES[self.key])


@dataclass(frozen=True)
class Gap:
    """A time in which nothing was started: from beat's last sign of life to its next one."""

    since: datetime
    until: datetime

    def within(self, start: datetime, end: datetime) -> timedelta:
        """How much of it lies between two moments."""
        return max(timedelta(0), min(end, self.until) - max(start, self.since))

    def line(self) -> str:
        """A sentence with its two ends."""
        ends = (timezone.localtime(moment).strftime("%d/%m/%Y %H:%M") for moment in (self.since, self.until))
        return gettext("Chibo was down from %(since)s to %(until)s.") % dict(zip(("since", "until"), ends, strict=True))


@dataclass(frozen=True)
class Health:
    """All parts at one moment, the last time that Chibo was down, and the day ahead of today at which the clock once stood,
    while jobs rest for it."""

    at: datetime
    parts: tuple[Part, ...]
    down: Gap | None = None
    ahead: date | None = None

    @property
    def stuck(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.stuck)

    @property
    def checked_at(self) -> datetime | None:
        """When the deadlines were last checked."""
        return next(part.seen_at for part in self.parts if part.key == "sweep")

    def line(self) -> str:
        """One line: when the deadlines were last checked, what is stuck, that the clock stood ahead, and for a day, that
        Chibo was down."""
        told = self.down is not None and self.at - self.down.until < TOLD_FOR
        said = [self._checked(), self._stuck(), *([self._ahead(self.ahead)] if self.ahead else [])]
        return " ".join([*said, *([self.down.line()] if self.down and told else [])])

    def _checked(self) -> str:
        if self.checked_at is None:
            return gettext("The deadlines were never checked.")
        minutes = max(0, int((self.at - self.checked_at).total_seconds() // 60))
        if minutes == 0:
            return gettext("Last check of the deadlines less than a minute ago.")
        return gettext("Last check of the deadlines %(minutes)s min ago.") % {"minutes": minutes}

    def _ahead(self, day: date) -> str:
        return gettext(
            "The clock stood at %(day)s: jobs that go by the day rest, and go on tomorrow at the latest."
        ) % {"day": shown(day)}

    def _stuck(self) -> str:
        if not self.stuck:
            return gettext("Nothing is stuck.")
        said = gettext("Stuck: %(parts)s.") % {"parts": _named(part for part in self.stuck if not part.with_beat)}
        behind = [part for part in self.stuck if part.with_beat]
        if not behind:
            return said
        return f"{said} " + gettext("Because of beat these stand still too: %(parts)s.") % {"parts": _named(behind)}


def look() -> Health:
    """The state of all parts now, over the whole tree. Opens its own transactions.

    A sign of life that lies ahead was written by a clock that stood there: it is none.
    """
    now, today = clock.now(), clock.today()
    loud = may_disturb()
    with scoped(WHOLE):
        pulses = list(Pulse.objects.all())
        seen = {one.job: one for one in pulses if one.ended_at is None or one.ended_at <= now + SKEW}
        ((events, event_at, letters, letter_at, unrendered, rungs, ready_at),) = execute(
            _WAITING.format(routes=routes()),
            {"loud": loud, "today": today, "before": now - patience(EVERY["sweep"]), "broken": BROKEN},
        )
    since = max(ready_at, seen[FIRST_BEAT].started_at) if FIRST_BEAT in seen else ready_at
    down = Gap(seen[DOWN].started_at, seen[DOWN].ended_at or now) if DOWN in seen else None
    silent = partial(_silent, now, down)
    beat = _job(BEAT, min(EVERY.values()), seen.get(BEAT), since, partial(_judged, timedelta(0), silent))
    idle = silent(beat.seen_at or since)
    judged = partial(_judged, idle, silent)
    jobs = [_job(job, seconds, seen.get(job), since, judged) for job, seconds in EVERY.items()]
    waiting = [
        _queue("events", events, event_at, "seal", judged), _queue("letters", letters, letter_at, "deliver", judged),
    ]  # fmt: skip
    back = down is not None and now - down.until <= patience(EVERY["sweep"])  # the next sweep has them in hand
    unsaid = rungs > 0 and not back and (beat.stuck or idle <= timedelta(seconds=EVERY["sweep"]))
    return Health(
        now,
        (
            beat, *jobs, *waiting, Part("templates", None, unrendered, unrendered > 0),
            Part("rungs", None, rungs, unsaid, with_beat=unsaid and beat.stuck),
        ),
        down,
        max((one.latest_day for one in pulses if one.latest_day and one.latest_day > today), default=None),
    )  # fmt: skip


def _silent(now: datetime, down: Gap | None, since: datetime) -> timedelta:
    """How long something that moved last then has stood still, without the time in which Chibo was down."""
    return now - since - (down.within(since, now) if down else timedelta(0))


def _judged(idle: timedelta, silent: Silence, since: datetime, seconds: int) -> tuple[bool, bool]:
    """(stuck, with_beat) of a part with this interval that moved last then, where beat is silent for `idle`.

    It answers for its silence until beat's last sign of life, for the rest beat does.
    """
    silence, longest = silent(since), patience(seconds)
    alone = silence - idle > longest
    with_beat = idle > patience(min(EVERY.values())) and silence > longest and not alone
    return alone or with_beat, with_beat


def _job(job: str, seconds: int, seen: Pulse | None, since: datetime, judged: Judge) -> Part:
    at = seen.ended_at if seen else None
    stuck, with_beat = judged(at or since, seconds)
    return Part(job, at, 0, stuck, seen.error if seen else "", with_beat)


def _queue(key: str, count: int, since: datetime | None, job: str, judged: Judge) -> Part:
    stuck, with_beat = judged(since, EVERY[job]) if since else (False, False)
    return Part(key, since, count, stuck, with_beat=with_beat)


def _named(parts: Iterable[Part]) -> str:
    return "; ".join(part.name for part in parts)
