"""Who decides in this installation, where it is settled otherwise than delivered: entered and withdrawn with its source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, record
from backend.core import clock
from backend.core.db import execute
from backend.core.errors import Refused, Unchanged
from backend.deadlines.calendar import calendar
from backend.deadlines.models import Competence
from backend.deadlines.overrides import may_rule, names_a_paper
from workflows import law
from workflows.answers import Refusal
from workflows.law import Rule
from workflows.offices import LADDER

LOCK = 7_190_214
"""Of the advisory lock: two rows of one act are never entered at once."""


@dataclass(frozen=True)
class Row:
    """A row of who decides, as people read it: delivered, or settled here (`own`), withdrawn since or not."""

    rule: Rule
    own: bool = False
    withdrawn: bool = False


def rows(on: date | None, acts: Iterable[str]) -> list[Row]:
    """For each act every row with its days, the delivered ones first; on a day only the one that holds.

    Must run inside a transaction.
    """
    if on is not None:
        calendar()  # with it comes what is settled
        found = [law.competence(act, on) for act in acts]
        return [Row(rule, own=bool(rule.own)) for rule in found]
    own: dict[str, list[Row]] = {}
    for settled in Competence.objects.order_by("from_date", "pk"):
        own.setdefault(settled.act, []).append(Row(settled.rule(), own=True, withdrawn=settled.withdrawn))
    return [row for act in acts for row in (*map(Row, law.competences(act)), *own.get(act, ()))]


def settle_act(
    actor: Actor, act: str, levels: Sequence[str], *, since: date, until: date | None, source: str
) -> Competence:
    """From a day to a day (the last one; None: until further notice) these levels decide the act, the usual one first.

    Must run inside a transaction. Raises NotPermitted, Unchanged, Refused with all that is wrong.
    """
    may_rule(actor)
    execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    said = " ".join(source.split())
    if wrong := _faults(act, levels, since, until, said):
        raise Refused(wrong)
    standing = Competence.objects.filter(Q(to_date=None) | Q(to_date__gte=since), act=act, withdrawn=False)
    there = (standing if until is None else standing.filter(from_date__lte=until)).order_by("from_date").first()
    if there is not None:
        if (there.levels, there.from_date, there.to_date, there.source) == (list(levels), since, until, said):
            raise Unchanged
        raise Refused([_taken(there)])
    row = Competence.objects.create(act=act, levels=list(levels), from_date=since, to_date=until, source=said)
    _log(actor, row, EventCode.COMPETENCE_SET)
    return row


def withdraw_act(actor: Actor, act: str, *, since: date, source: str) -> Competence:
    """What was settled from that day no longer holds; the delivered table does. Raises as `settle_act`."""
    may_rule(actor)
    said = " ".join(source.split())
    row = Competence.objects.select_for_update().filter(act=act, from_date=since).order_by("withdrawn", "-id").first()
    if row is None or not names_a_paper(said):
        raise Refused([NO_SOURCE if row else NOT_SETTLED])
    if row.withdrawn:
        raise Unchanged
    row.withdrawn, row.source, row.version = True, said, row.version + 1
    row.save()
    _log(actor, row, EventCode.COMPETENCE_WITHDRAWN)
    return row


NO_SOURCE = Refusal(
    "competence.no_source", gettext_noop("Say which paper settles it."),
    remedy=gettext_noop("Give its number, issuer and date."), fact="source",
)  # fmt: skip
NOT_SETTLED = Refusal(
    "competence.not_settled", gettext_noop("Nothing was settled for this act from that day."),
    remedy=gettext_noop("Look at what holds: manage.py competence"), fact="act",
)  # fmt: skip


def _faults(act: str, levels: Sequence[str], since: date, until: date | None, source: str) -> list[Refusal]:
    found = []
    if act not in law.acts():
        words = {"act": act, "known": ", ".join(law.acts())}
        message, remedy = gettext_noop("There is no act “%(act)s”."), gettext_noop("The acts are: %(known)s.")
        found.append(Refusal("competence.unknown_act", message, words, remedy=remedy, fact="act"))
    if not levels or set(levels) - set(LADDER) or len(set(levels)) < len(levels):
        message = gettext_noop("Name one or more levels, each once: %(known)s.")
        found.append(Refusal("competence.bad_levels", message, {"known": ", ".join(LADDER)}, fact="levels"))
    if until is not None and until < since:
        message = gettext_noop("The last day must not lie before the first.")
        found.append(Refusal("competence.days", message, fact="until"))
    return found if names_a_paper(source) else [*found, NO_SOURCE]


def _taken(there: Competence) -> Refusal:
    return Refusal(
        "competence.taken", gettext_noop("For some of these days it is settled already, from %(since)s."),
        {"since": there.from_date}, remedy=gettext_noop("Withdraw that first."), fact="since",
    )  # fmt: skip


def _log(actor: Actor, row: Competence, code: EventCode) -> None:
    until = row.to_date.isoformat() if row.to_date else None
    facts = {"act": row.act, "levels": row.levels, "from": row.from_date.isoformat(), "to": until}
    record([
        Entry(
            code=code, subject_kind=SubjectKind.LAW, subject_id=row.pk, version=row.version, who=actor.who(),
            on=clock.today(), unit_id=actor.unit_id or 0, unit_path=actor.path, facts=facts, detail={"source": row.source},
        )
    ])  # fmt: skip
