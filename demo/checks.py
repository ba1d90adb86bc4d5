"""What must hold at the end; each check answers with what it counted and a sentence for every fault."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backend.audit.details import with_details
from backend.audit.epochs import export
from backend.audit.exporting import last_head, placed, whole
from backend.audit.heads import dump
from backend.audit.models import Event
from backend.audit.verify import verify_log
from backend.desk.words import told
from demo.days import Diary
from demo.expected import Plan, Told, compare
from demo.figures import query
from workflows.ladders import ladders
from workflows.offices import TOLD, Level

_PLANS = """
SELECT d.id, d.acting_path, d.ladder, d.rung_days, o.recorded_at, c.recorded_at, d.status
FROM deadlines_deadline d JOIN audit_event o ON o.uid = d.occurrence LEFT JOIN audit_event c ON c.uid = d.closed_by"""
_UNANSWERED = (
    "SELECT count(*) FROM deadlines_deadline d WHERE NOT EXISTS (SELECT FROM audit_event WHERE uid = d.occurrence)"
)
_NOTICES = "SELECT deadline_id, rung, unit_id, office, channel, count(*) FROM alerts_notice GROUP BY 1, 2, 3, 4, 5"
_HELD = "SELECT count(*) FROM alerts_notice WHERE outcome = 'held'"
_LETTERS = "SELECT message_id, outcome FROM alerts_letter"
_STATE = """
SELECT '{kind} ' || s.id || ' stands at "' || s.{field} || '", its last event says "' || coalesce(e.target, '') || '".'
FROM {table} s LEFT JOIN LATERAL (
  SELECT changes->'{field}'->>1 AS target FROM audit_event
  WHERE subject_kind = '{kind}' AND subject_id = s.id AND changes ? '{field}' ORDER BY version DESC LIMIT 1) e ON true
WHERE coalesce(e.target, '') <> s.{field}"""
_VERSION = """
SELECT '{kind} ' || s.id || ' has ' || e.events || ' events for version ' || s.version || '.'
FROM {table} s, LATERAL (
  SELECT count(*) AS events FROM audit_event WHERE subject_kind = '{kind}' AND subject_id = s.id) e
WHERE e.events <> s.version"""
SUBJECTS = (
    ("case", "cases_case", "state"),
    ("member", "members_member", "standing"),
    ("member", "members_member", "participation"),
)


@dataclass
class Check:
    """One sentence that must be true, what was counted for it, and the faults."""

    sentence: str
    counted: int
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """A check that counted nothing proves nothing."""
        return self.counted > 0 and not self.faults


def run(diary: Diary, today: date, accepted: Mapping[str, int], wrong: list[str], refused: int) -> list[Check]:
    """Every check, in the order in which they are told."""
    return [
        rungs(diary, today),
        letters(dict(query(_LETTERS)), accepted, query(_HELD)[0][0]),
        states(),
        log(),
        outside(),
        words(),
        Check("What must be refused was refused, and the scripted cases ended as written.", refused, wrong),
    ]


def rungs(diary: Diary, today: date) -> Check:
    """Exactly one outcome for each due rung, office and channel."""
    plans = [
        Plan(key, path, ladder, days, diary.day_of(opened), diary.day_of(closed) if closed else None)
        for key, path, ladder, days, opened, closed, _status in query(_PLANS)
    ]
    levels = {unit: Level(level) for unit, level in query("SELECT id, level FROM organizations_unit")}
    found = {Told(*row[:5]): row[5] for row in query(_NOTICES)}
    counted, faults = compare(
        plans, found, {one.name: one for one in ladders()}, lambda unit: [office.value for office in TOLD[levels[unit]]], today
    )  # fmt: skip
    orphans = query(_UNANSWERED)[0][0]
    faults += [f"{orphans} deadlines have no event that opened them."] if orphans else []
    return Check("Every due rung has exactly one outcome for each office and channel.", counted, faults)


def letters(outcomes: Mapping[str, str], accepted: Mapping[str, int], held: int) -> Check:
    """What the database says was sent against what the SMTP server took, Message-ID by Message-ID."""
    faults = [f"{count} letters still wait." for count in [Counter(outcomes.values())["held"]] if count]
    faults += [f"{held} notices still wait for their letter."] if held else []
    for key, outcome in sorted(outcomes.items()):
        taken = accepted.get(key, 0)
        if outcome == "sent" and taken != 1:
            faults.append(f"Letter {key} is marked sent; the server accepted it {taken} times.")
        elif outcome != "sent" and taken and outcome != "possibly_twice":
            faults.append(f"Letter {key} is marked {outcome}; the server accepted it {taken} times.")
    faults += [f"The server accepted {key}, which no letter knows." for key in sorted(set(accepted) - set(outcomes))]
    return Check("Every letter marked sent was accepted by the SMTP server exactly once.", len(outcomes), faults)


def states() -> Check:
    """The state of every case and member is the one that its last event gave it, and no version lacks its event."""
    counted, faults = 0, []
    for kind, table, name in SUBJECTS:
        counted += query(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608  (constants only)
        faults += [row[0] for row in query(_STATE.format(kind=kind, table=table, field=name))]
    for kind, table in sorted({(kind, table) for kind, table, _ in SUBJECTS}):
        faults += [row[0] for row in query(_VERSION.format(kind=kind, table=table))]
    return Check("Every state of every case and member has its event.", counted, faults)


def outside() -> Check:
    """An export of the log holds for somebody who has nothing but the stand-alone verifier and the heads."""
    verifier = Path(__file__).resolve().parents[1] / "verify" / "chibo_verify.py"
    with TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("log", "heads")]
        files[0].write_bytes(b"".join(whole()))
        files[1].write_text("".join(dump(export())))
        options = [str(files[0]), "--heads", str(files[1])]
        command = [sys.executable, "-I", str(verifier), *options, "--lang", "en", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={})  # noqa: S603  (our own file)
    said: dict[str, Any] = json.loads(done.stdout) if done.stdout else {"sentence": done.stderr, "events": 0}
    faults = [] if done.returncode == 0 else [str(said["sentence"])]
    return Check("The stand-alone verifier finds the exported log whole.", int(said["events"]), faults)


def words() -> Check:
    """Every event of the log is told in words, on its page as in a table that an auditor takes out."""
    counted, faults = 0, []
    events = with_details(placed(Event.objects.all(), last_head().size))
    for event in events.iterator(chunk_size=500):
        counted += 1
        try:
            told(event)
        except Exception as error:  # noqa: BLE001  (whatever it is, it would shut a page)
            faults.append(f"{event.code} {event.uid}: {error!r}")
    return Check("Every event of the log is told in words.", counted, faults)


def log() -> Check:
    """The log verifies from its first event to its last, and nothing waits for its place."""
    report = verify_log()
    faults = [str(report.fault)] if report.fault else []
    faults += [f"{report.waiting} events are not sealed."] if report.waiting else []
    return Check("The log verifies, and nothing waits to be sealed.", report.events, faults)
