"""The night after every cell of the country has missed its meeting, and the letters of the morning after it."""

from __future__ import annotations

import smtplib
from datetime import date
from filecmp import cmp
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from django.test import override_settings

from backend.alerts.sweep import BATCH, sweep
from backend.core import clock
from backend.organizations.models import Unit
from bench import mail_server
from bench.apart import Run, run
from bench.database import raw, under
from bench.figures import Figure, ratio, seconds
from bench.nation import CLIMBS, REMINDS, Nation
from bench.sweep_by_hand import prepare, sweep_by_hand

FLAT, LINEAR = 1.2, 1.5
"""How much more memory, and time for each, ten (or five) times as many may take."""
LANES = 2
"""Beat starts a run of the delivery every half minute, and under a crowd each lasts a whole one."""


def run_nights(unit: Unit, day: date, *, rungs: tuple[int, int], people: tuple[int, int], rounds: int) -> list[Figure]:
    """All figures about the largest night and morning; `rungs` and `people`: a part, and all."""
    movable = override_settings(CHIBO_MOVABLE_DATE=True)  # a night before a working day, whatever day it is
    with movable, raw("owner") as owner, TemporaryDirectory(prefix="chibo-bench-") as folder:
        clock.move_to(day)
        nation = Nation(owner, unit, max(*rungs, *people))
        return [*_night(nation, day, rounds, *rungs), *_morning(nation, day, rounds, Path(folder), *people)]


def _night(nation: Nation, day: date, rounds: int, part: int, whole: int) -> list[Figure]:
    few = _swept(nation, day, part)
    own, theirs = [], []
    with raw("jobs") as jobs:
        prepare(jobs)
        for number in range(rounds):
            for by_hand in (False, True) if number % 2 == 0 else (True, False):
                if by_hand:
                    nation.miss(whole, CLIMBS, day)
                    theirs.append(seconds(lambda: sweep_by_hand(jobs, day, BATCH)))
                    expected = nation.count("alerts_notice")
                else:
                    own.append(_swept(nation, day, whole))
                    written = nation.count("alerts_notice")
    if written != expected:
        raise AssertionError(f"{written} notices were written, by hand {expected}")
    most = max(own, key=lambda one: one.peak)
    taken = [one.seconds for one in own]
    return [
        Figure(f"a night's sweep, {whole:,} rungs due", whole / median(taken), "rungs/s"),
        Figure("  the same in set-based SQL by hand", whole / median(theirs), "rungs/s"),
        Figure("  the sweep against it", ratio(taken, theirs), "x", 0.5),
        *_growth("rung", few, most, part, whole),
    ]


def _swept(nation: Nation, day: date, count: int) -> Run:
    nation.miss(count, CLIMBS, day)
    done = run("sweep", day)
    if done.done != count:
        raise AssertionError(f"{done.done} rungs were handled, {count} were due")
    return done


def _morning(nation: Nation, day: date, rounds: int, folder: Path, part: int, whole: int) -> list[Figure]:
    few, _ = _posted(nation, day, folder, part)
    own, theirs = [], []
    for _ in range(rounds):
        done, bare = _posted(nation, day, folder, whole)
        own.append(done)
        theirs.append(bare)
    most = max(own, key=lambda one: one.peak)
    taken = [one.seconds for one in own]
    return [
        Figure(f"a morning's letters, {whole:,} people, {LANES} runs at once", whole / median(taken), "letters/s"),
        Figure("  the same bytes in a bare loop of smtplib", whole / median(theirs), "letters/s"),
        Figure("  the letters against it", ratio(taken, theirs), "x", 0.5),
        *_growth("letter", few, most, part, whole),
    ]


def _posted(nation: Nation, day: date, folder: Path, count: int) -> tuple[Run, float]:
    """So many letters made, rendered and handed over; then the same bytes by a loop that does nothing else."""
    nation.miss(count, REMINDS, day)
    with under("jobs"):
        sweep(day)
    nation.owner.execute("DELETE FROM alerts_heartbeat WHERE job = 'letters'")
    nation.owner.commit()
    kept, again = folder / "kept", folder / "again"
    with mail_server.listening(kept) as port:
        done = run("deliver", day, {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port)}, lanes=LANES)
    with mail_server.listening(again) as port:
        bare = seconds(lambda: _bare(port, kept))
    if done.done != count or not cmp(kept, again, shallow=False):
        raise AssertionError(f"{done.done} letters were sent, {count} were due, or the bare loop sent other bytes")
    return done, bare


def _bare(port: int, spool: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port) as line:
        for to, letter in mail_server.letters(spool):
            line.sendmail("chibo@example.org", [to], letter)


def _growth(what: str, few: Run, most: Run, part: int, whole: int) -> list[Figure]:
    time_of_each = (most.seconds / whole) / (few.seconds / part)
    return [
        Figure(f"  time of one {what}, {whole:,} against {part:,}", time_of_each, "x", LINEAR, at_most=True),
        Figure(f"  most memory held for {whole:,}", most.peak, "MB"),
        Figure(f"  against {part:,}", most.peak / few.peak, "x", FLAT, at_most=True),
    ]
