"""What is about to end in some cells, or has ended without a word: papers of a dossier, leaves and temporary stays.

Papers are those that an open admission still waits on; a leave is what the member's record says, with a case or without one
(a roster brings in people who are away).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from backend.core.db import execute
from workflows.flagging import TASKS, Cause, Finding, of_ending
from workflows.standings import MEMBERS, Participation

PAPERS = {TASKS[cause]: cause for cause in (Cause.DOSSIER, Cause.CERTIFICATE)}
LEAVES = {Participation.AWAY.value: Cause.LEAVE, Participation.ELSEWHERE.value: Cause.STAY}
_RUNNING = """
    SELECT c.member_id, c.unit_id, d.rule_id, d.due_on
    FROM organizations_unit u JOIN deadlines_deadline d ON d.unit_path = u.path JOIN cases_case c ON c.id = d.subject_id
    WHERE u.id = ANY (%s) AND d.subject_kind = 'case' AND d.status = 'open' AND d.rule_id = ANY (%s)"""
_LEAVES = """
    SELECT id, unit_id, participation, away_until FROM members_member
    WHERE unit_id = ANY (%s) AND standing = ANY (%s) AND participation = ANY (%s) AND away_until IS NOT NULL"""


def endings(cells: Sequence[int], today: date) -> Iterator[tuple[int, int, Finding]]:
    """(member id, unit id, cause that holds) for what ends in these cells."""
    running = execute(_RUNNING, [list(cells), [*PAPERS, *(TASKS[cause] for cause in LEAVES.values())]])
    asked = {(member, rule_id) for member, _, rule_id, _ in running}
    for member, unit, rule_id, ends_on in running:
        if rule_id in PAPERS:
            for finding in of_ending(PAPERS[rule_id], ends_on, today, asked=True):
                yield member, unit, finding
    people = [one.value for one in MEMBERS]
    for member, unit, how, ends_on in execute(_LEAVES, [list(cells), people, list(LEAVES)]):
        cause = LEAVES[how]
        for finding in of_ending(cause, ends_on, today, asked=(member, TASKS[cause]) in asked):
            yield member, unit, finding
