"""What a hand-over file that holds says of the person: the standing, days and paper that its lines prove, and the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from backend.audit.codes import SubjectKind
from backend.audit.models import Event
from backend.cases.replay import Derived, derive
from backend.core import clock
from backend.core.errors import Refused
from backend.handovers.checking import Checked, check
from backend.handovers.envelope import unseal
from backend.handovers.form import read
from backend.handovers.histories import trusted
from backend.handovers.keys import own_keys
from backend.members.profile import read_profile
from workflows.answers import Refusal
from workflows.facts import PaperValue
from workflows.member_steps.arriving import RECEIVES
from workflows.member_steps.moving import INTRODUCTION

PROVEN = ("joined_on", "official_on", "admission_decided_on", "party_age_from", "badge_years")
NO_MEMBER = Refusal(
    "handover.no_member", gettext_noop("By the lines of the file the person is no member of the Party any more."),
    fact="file", remedy=gettext_noop("Ask the sending office what happened since the introduction paper."),
)  # fmt: skip
HERE = gettext_noop("this installation")
OWN_FILE = Refusal(
    "handover.own_file", gettext_noop("This file was made here; it is for the place of destination."), fact="file",
    remedy=gettext_noop("Take in the file that the sending office has made."),
)  # fmt: skip
GAP = gettext_noop("Line %(line)s does not hold: the person's history has a gap before it.")


@dataclass(frozen=True)
class Proposal:
    """A person to be received by `step`: the columns of Member, what is wrong with them, and the facts that are proven."""

    checked: Checked
    step: str
    standing: str
    columns: Mapping[str, Any]
    wrong: tuple[Refusal, ...]
    facts: Mapping[str, Any]

    @property
    def events(self) -> list[Event]:
        """Every line of every log, the oldest log first."""
        return [line.event for log in self.checked.file.logs for line in log.lines]


def propose(text: str, passphrase: str = "") -> Proposal:
    """Open, read and check a file; nothing is written. Raises Refused with the first line that does not hold."""
    file = read(unseal(text, passphrase))
    with transaction.atomic():
        ours, today = dict.fromkeys(own_keys(), gettext(HERE)), clock.today()
        keys = trusted() | ours
    checked = check(file, keys)
    if checked.own.head.public_key in ours:
        raise Refused([OWN_FILE])
    return said_by(checked, today)


def said_by(checked: Checked, today: date) -> Proposal:
    """What the lines prove and the record says. Raises Refused for a history with a gap, or of somebody who has left."""
    stands = _stands(checked)
    standing = stands.states.get("standing", "")
    if standing not in RECEIVES:
        raise Refused([NO_MEMBER])
    columns, wrong = read_profile(checked.file.person, today, whole=False)
    known = {name: stands.dates[name] for name in PROVEN if stands.dates.get(name)}
    if "official_on" in known and standing != "official":
        del known["official_on"]
    return Proposal(checked, RECEIVES[standing], standing, columns, tuple(wrong), {**known, **_introduction(checked)})


def _stands(checked: Checked) -> Derived:
    """Where the sender's log left the member."""
    derived = Derived()
    own = [line for line in checked.own.lines if line.event.subject_kind == SubjectKind.MEMBER]
    for line, (event, stood, after) in zip(own, derive(line.event for line in own), strict=True):
        if event.version != stood.version + 1:
            raise Refused([Refusal("handover.gap", GAP, {"line": line.number}, fact="file")])
        derived = after
    return derived


def _introduction(checked: Checked) -> dict[str, Any]:
    """The introduction paper of the transfer, where the file tells its number; the newest that stands."""
    voided = {line.event.voids for line in checked.own.lines}
    for line in reversed(checked.own.lines):
        event, sealed = line.event, line.event.facts.get(INTRODUCTION.name)
        if sealed is None or line.told is None or event.case_id != checked.issued.case_id or event.uid in voided:
            continue
        told = line.told.data.get("facts", {}).get(INTRODUCTION.name, {})
        return {INTRODUCTION.name: INTRODUCTION.parse({**sealed, **told})}
    return {}


def introduction_of(proposal: Proposal) -> PaperValue | None:
    """The paper to be compared with the one that was presented."""
    return proposal.facts.get(INTRODUCTION.name)
