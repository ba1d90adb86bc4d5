"""The run itself, from the empty database to the verdict."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backend.config import env
from backend.config.processes import Family
from demo import cast, checks, figures, people, report, script, stage
from demo.days import Diary, Runner, next_working
from demo.mailbox import Mailbox, listening

SAMPLE = env.BASE_DIR / "sample" / "commune"
as_text = report.as_text
Say = Callable[[str], None]


def demo(environment: dict[str, str], web_port: int, days: int, say: Say) -> tuple[bool, dict[str, Any]]:
    """`days` days of the sample commune in an empty database: whether every check holds, and the whole report.

    Django must be set up. Raises StageError for what kept it from running to its end; every process it started is
    stopped in any case.
    """
    started = time.monotonic()
    mailbox = Mailbox()
    play = Play(environment, mailbox, say)
    play.bring_in()
    with (
        TemporaryDirectory() as folder,
        stage.running(environment, web_port, Path(folder)) as family,  # forks: before the mailbox has its thread
        listening(mailbox, int(environment["EMAIL_PORT"])),
    ):
        play.live(family, f"http://127.0.0.1:{web_port}", days)
    return play.judge(round(time.monotonic() - started, 1))


class Play:
    """One run: roster, people, days, verdict."""

    def __init__(self, environment: dict[str, str], mailbox: Mailbox, say: Say) -> None:
        self.environment, self.mailbox, self.say, self.diary = environment, mailbox, say, Diary()
        self.as_of = date.fromisoformat(json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["as_of"])

    def bring_in(self) -> None:
        """The sample commune as its office hands it over, on the day the roster speaks of; and people in offices."""
        self.diary.begin(self.as_of)
        said = stage.manage(self.environment, "import_commune", str(SAMPLE), "--as-of", self.as_of.isoformat())
        for line in said.splitlines()[:2]:
            self.say(f"  {line}")
        self.people = people.seat(self.as_of)
        self.say(f"  {stage.manage(self.environment, 'create_demo_plans').splitlines()[-1]}")

    def live(self, family: Family, base: str, days: int) -> None:
        """Every day from the roster's to the last; then one working day on which nobody acts and all letters leave."""
        self.cast = cast.assemble(base, self.people)
        runner = Runner(family, self.environment["REDIS_URL"], self.diary)
        self.script = script.Script(self.cast, self.as_of)
        began = time.monotonic()
        for number in range(days):
            day = self.as_of + timedelta(days=number)
            if day.day == 1:
                self.say(f"  {day:%m/%Y} …")
            runner.live(day, self.script.act)
        self.last = next_working(self.as_of + timedelta(days=days - 1))
        runner.live(self.last, lambda _day: None)
        runner.seal(self.last)
        self.seconds_a_day = round((time.monotonic() - began) / (days + 1), 3)

    def judge(self, seconds: float) -> tuple[bool, dict[str, Any]]:
        """Print tables and checks."""
        tally, accepted = self.cast.tally, self.mailbox.accepted
        found = figures.collect(self.last, tally.done, tally.refused)
        results = checks.run(self.diary, self.last, accepted, self.script.wrong(self.last), tally.refused.total())
        self.say(f"\n{report.tables(found)}\n")
        self.say(
            f"{accepted.total()} letters were accepted by the SMTP server, for {len(self.mailbox.readers)} readers."
        )
        self.say(f"\n{report.verdicts(results)}\n")
        self.say(f"{self.as_of} to {self.last} took {seconds} seconds, {self.seconds_a_day} a day.")
        more = {"from": self.as_of, "to": self.last, "seconds": seconds, "seconds_a_day": self.seconds_a_day}
        whole = report.as_json(found, results, **more, letters_accepted=accepted.total(), replayed=tally.replayed)
        return all(one.holds for one in results), whole
