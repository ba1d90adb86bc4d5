"""What a checked file says, for the person who decides: from where, who, under which key, and every entry of the history."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from backend.audit.codes import label_of
from backend.audit.heads import key_id
from backend.handovers.proposing import Proposal, introduction_of
from workflows.answers import shown
from workflows.standings import Standing


def sentences(proposal: Proposal) -> Iterator[str]:
    """A sentence each, in the language of the command."""
    checked, person = proposal.checked, proposal.columns
    yield _("From: %(places)s") % {"places": " › ".join(checked.file.places)}
    born = {"name": person.get("full_name", ""), "born": shown(person.get("born_on"))}
    yield _("Person: %(name)s, born %(born)s") % born
    yield _("Standing: %(standing)s") % {"standing": Standing(proposal.standing).label}
    paper = introduction_of(proposal)
    if paper is not None:
        words = {"number": paper.number, "issuer": paper.issuer, "date": shown(paper.date)}
        yield _("Introduction paper: %(number)s of %(issuer)s, %(date)s") % words
    for name, log in zip(checked.installations, checked.file.logs, strict=True):
        told = sum(1 for line in log.lines if line.told)
        words = {"name": name, "key": key_id(log.head.public_key), "lines": len(log.lines), "told": told}
        yield (
            _("History from %(name)s, checked under key %(key)s: %(lines)s entries hold, %(told)s with their papers.")
            % words
        )
        for line in log.lines:
            yield f"  {shown(line.event.on_date)} {label_of(line.event.code)}"
