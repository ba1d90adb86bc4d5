"""Offices, rights, and which office holds which right: data only.

A person acts in exactly one office at one unit at a time. A right is never given to a person, and a step without
a right is a start-up error. The level of an office is the level of its unit.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """Levels of the organisation, lowest first in `LADDER` (rules.md §12)."""

    CELL = "cell", _("Cell")
    SECTION = "section", _("Sectional committee")
    BASE = "base_committee", _("Base committee")
    UPPER = "upper_committee", _("Committee above the base")
    PROVINCE = "province", _("Province")
    CENTRAL = "central", _("Central level")


LADDER: tuple[Level, ...] = tuple(Level)
COMMITTEES = LADDER[1:]
"""All levels above a cell."""


class Right(TextChoices):
    """What an office may do. Rights about one lifecycle's secrets are separate reading rights."""

    READ = "read", _("See members, cases and deadlines of the unit")
    READ_RESTRICTED = "read_restricted", _("See screening, removal and discipline cases")
    READ_FROZEN = "read_frozen", _("See the closed cases of those who were removed, expelled or left on request")
    READ_EVENTS = "read_events", _("See the log of transitions")
    REPLY = "reply", _("Answer a finding of an auditor")
    AUDIT = "audit", _("Export the log, draw samples from it, raise and close findings")
    OPEN = "open", _("Open a case or a task")
    KEEP_LIST = "keep_list", _("Keep the list of candidates")
    PREPARE = "prepare", _("Prepare a dossier")
    RECORD_MEETING = "record_meeting", _("Record a meeting of the cell")
    RECORD_DUES = "record_dues", _("Keep the ledger of dues")
    RECORD_RESOLUTION = "record_resolution", _("Record a resolution of the cell")
    RECORD_COMMITTEE = "record_committee", _("Record a resolution of the committee")
    RECORD_DECISION = "record_decision", _("Record a decision of the competent committee")
    RECORD_ON_BEHALF = "record_on_behalf", _("Record for a cell that has no computer")
    ANSWER = "answer", _("Acknowledge a deadline")
    CORRECT = "correct", _("Correct what a record says of a person")
    MERGE = "merge", _("Merge two records of one person")
    HAND_OVER = "hand_over", _("Hand a member over to another installation, and receive one from outside")
    VOID = "void", _("Void a mistaken entry")
    IMPORT = "import", _("Bring in a roster")
    CONNECT = "connect", _("Register webhooks")
    ADMINISTER = "administer", _("Administer units and offices")
    INVITE = "invite", _("Invite people to offices of the units below")
    THROUGH_CASE = "through_case", _("Only as the consequence of a case's step")  # held by no office


class Office(TextChoices):
    """Offices that a person can hold at a unit; the last two belong to no person."""

    CELL_SECRETARY = "cell_secretary", _("Secretary of the cell")
    CELL_DEPUTY = "cell_deputy", _("Deputy secretary of the cell")
    CELL_COMMITTEE = "cell_committee", _("Member of the cell committee")
    HELPER = "helper", _("Assigned helper")
    COMMITTEE_SECRETARY = "committee_secretary", _("Secretary of the committee")
    ORGANISATION_OFFICER = "organisation_officer", _("Organisation officer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")
    OPERATOR = "operator", _("Operator at the server")
    SYSTEM = "system", _("Chibo itself")


_SECRETARY = frozenset(
    {
        Right.READ, Right.READ_RESTRICTED, Right.OPEN, Right.KEEP_LIST, Right.PREPARE, Right.RECORD_MEETING, Right.CORRECT,
        Right.RECORD_DUES, Right.RECORD_RESOLUTION, Right.ANSWER, Right.VOID, Right.READ_EVENTS, Right.REPLY,
    }
)  # fmt: skip
_COMMITTEE = frozenset(
    {
        Right.READ, Right.READ_RESTRICTED, Right.READ_FROZEN, Right.OPEN, Right.PREPARE, Right.RECORD_COMMITTEE,
        Right.RECORD_DECISION, Right.RECORD_ON_BEHALF, Right.ANSWER, Right.MERGE, Right.HAND_OVER, Right.VOID,
        Right.READ_EVENTS, Right.REPLY, Right.INVITE, Right.CORRECT,
    }
)  # fmt: skip

RIGHTS: dict[Office, frozenset[Right]] = {
    Office.CELL_SECRETARY: _SECRETARY,
    Office.CELL_DEPUTY: _SECRETARY,
    Office.CELL_COMMITTEE: frozenset(
        {Right.READ, Right.READ_RESTRICTED, Right.RECORD_MEETING, Right.RECORD_DUES, Right.ANSWER}
    ),
    Office.HELPER: frozenset({Right.READ}),
    Office.COMMITTEE_SECRETARY: _COMMITTEE,
    Office.ORGANISATION_OFFICER: _COMMITTEE
    | {Right.KEEP_LIST, Right.RECORD_MEETING, Right.RECORD_DUES, Right.RECORD_RESOLUTION, Right.IMPORT, Right.CONNECT},
    Office.AUDITOR: frozenset({Right.READ, Right.READ_RESTRICTED, Right.READ_EVENTS, Right.AUDIT}),
    Office.ADMINISTRATOR: frozenset({Right.ADMINISTER, Right.CONNECT}),
    Office.OPERATOR: frozenset(
        {Right.READ, Right.IMPORT, Right.OPEN, Right.MERGE, Right.HAND_OVER, Right.VOID, Right.ADMINISTER}
    ),
    Office.SYSTEM: frozenset({Right.OPEN}),
}

SUBTREE_OFFICES = frozenset(
    {Office.COMMITTEE_SECRETARY, Office.ORGANISATION_OFFICER, Office.AUDITOR, Office.ADMINISTRATOR}
)
"""Offices whose scope is the unit with everything below it; the others see their unit alone."""

CELL_OFFICES = frozenset({Office.CELL_SECRETARY, Office.CELL_DEPUTY, Office.CELL_COMMITTEE, Office.HELPER})

GIVEN_OFFICES = tuple(office for office in Office if office not in {Office.OPERATOR, Office.SYSTEM})
UNIT_OFFICES = tuple(office for office in GIVEN_OFFICES if office != Office.HELPER)
"""Those that are held at a unit, not for one member."""
"""Offices that a person is given at a unit (a helper: for one member); the last two belong to no person."""

INVITED_OFFICES = CELL_OFFICES - {Office.HELPER} | {Office.COMMITTEE_SECRETARY, Office.ORGANISATION_OFFICER}
"""Offices to which the committee above may invite; the others are given by whoever administers."""

SINGLE_OFFICES = frozenset({Office.CELL_SECRETARY, Office.COMMITTEE_SECRETARY})
"""Offices with one holder at a time."""

_TOLD_OF_COMMITTEE = (Office.COMMITTEE_SECRETARY, Office.ORGANISATION_OFFICER)
TOLD: dict[Level, tuple[Office, ...]] = {
    level: (Office.CELL_SECRETARY,) if level is Level.CELL else _TOLD_OF_COMMITTEE for level in Level
}
"""The offices told at each level: the cell's secretary; a committee's secretary and its organisation officer."""

SUBSTITUTES: dict[Office, Office] = {
    Office.CELL_SECRETARY: Office.CELL_DEPUTY,
    Office.COMMITTEE_SECRETARY: Office.ORGANISATION_OFFICER,
    Office.ORGANISATION_OFFICER: Office.COMMITTEE_SECRETARY,
}
"""Who stands in for an office at the same unit: an office that holds the rights to act on what it is reminded of."""

COMMITTEE_LEVELS = (Level.SECTION, Level.BASE, Level.UPPER, Level.PROVINCE, Level.CENTRAL)
STAND_INS: dict[Office, tuple[Office, ...]] = {
    office: (instead, Office.CELL_COMMITTEE) if office is Office.CELL_SECRETARY else (instead,)
    for office, instead in SUBSTITUTES.items()
}
"""The offices of the same unit to which a level above may hand the reminders of one, the usual one first. Not a helper's: a
helper sees one member alone and may act on nothing."""

SUBSTITUTED = tuple(office.value for office in STAND_INS)
"""The offices for which another one of their unit stands in."""


class Cause(TextChoices):
    """Why a level above hands the reminders of an office over: nothing of health, and no other words."""

    ASKED = "asked", _("at the holder's own request")
    DECIDED = "decided", _("by decision of the committee")
    UNREACHED = "unreached", _("the holder does not answer")


LEVELS_OF: dict[Office, tuple[Level, ...]] = {
    office: (Level.CELL,) if office in CELL_OFFICES else LADDER if office in {Office.SYSTEM} else COMMITTEE_LEVELS
    for office in Office
}
"""The levels at whose units an office exists; Chibo itself opens at every level."""


VOIDED_BY: dict[Right, Right] = {Right.AUDIT: Right.AUDIT}
"""The right by which entries made under a right are voided, where it is not `VOID`: what an auditor recorded, by another
auditor alone."""


def holds(office: Office, right: Right) -> bool:
    """Whether the office holds the right at all (the unit's level and scope are judged elsewhere)."""
    return right in RIGHTS[office]
