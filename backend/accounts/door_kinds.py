"""What a door is, and the kinds of doors that there are; which of them stands where is told in `doors`."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.catalogue import LIFECYCLES, health_readers
from workflows.offices import SUBSTITUTES, TOLD, VOIDED_BY, Level, Office, Right, holds
from workflows.vocabulary import NEW, Step


@dataclass(frozen=True)
class Door:
    """Open to whom: to `offices`, or to those that hold one of the `rights`; without either, see the four names below."""

    said: str
    rights: frozenset[Right] = frozenset()
    offices: frozenset[Office] = frozenset()
    office: bool = False

    def lets(self, office: Office) -> bool:
        """Whether the door is open to an office."""
        if self.offices:
            return office in self.offices
        return not self.rights or any(holds(office, right) for right in self.rights)


ANYBODY = Door("anybody")
ONE_TIME = Door("whoever signed in, with a one-time password too")
SIGNED_IN = Door("whoever signed in")
ANY_OFFICE = Door("any office", office=True)


def by(*rights: Right) -> Door:
    """Open to the offices that hold one of the rights."""
    return Door(" or ".join(f"`{right.value}`" for right in rights), frozenset(rights), office=True)


def by_steps(said: str, *, page: str = "", about: str = "", opens: bool = False) -> Door:
    """Open to the offices that may take one of the steps: of a page (of all pages of cases, or of those about a member or a
    unit), or of those that open anything."""
    cases = [one for one in LIFECYCLES.values() if one.subject == "case" and about in {"", one.about}]
    pages = [LIFECYCLES[page]] if page else cases
    steps: list[Step] = [step for one in pages for step in one.steps().values()]
    rights = {step.by for step in steps if not opens or NEW in step.sources} - {Right.THROUGH_CASE}
    return Door(f"the right of {said}", frozenset(rights), office=True)


READ, RESTRICTED, ADMINISTER = by(Right.READ), by(Right.READ_RESTRICTED), by(Right.ADMINISTER)
COMMITTEE = by(Right.RECORD_COMMITTEE)
ANSWER, CONNECT, HAND_OVER, DUES = by(Right.ANSWER), by(Right.CONNECT), by(Right.HAND_OVER), by(Right.RECORD_DUES)
MEETING = by(Right.RECORD_MEETING)
EVENTS, VOID, MERGE = by(Right.READ_EVENTS), by(Right.VOID, *VOIDED_BY.values()), by(Right.MERGE)
AUDIT, IMPORT = by(Right.AUDIT), by(Right.IMPORT)
INVITING = by(Right.INVITE, Right.ADMINISTER)
ADMINISTRATION = by(Right.ADMINISTER, Right.INVITE, Right.CONNECT, Right.IMPORT)
OPENING, ENTERING = by_steps("the step", opens=True), by_steps("the step", page="membership", opens=True)
OPENING_ABOUT = {about: by_steps("the step", about=about, opens=True) for about in ("member", "unit")}
OF_A_CASE, OF_A_MEMBER = by_steps("the step"), by_steps("the step", page="membership")
OF_ANYTHING = Door("the right of the step", OF_A_CASE.rights | OF_A_MEMBER.rights, office=True)
PLANNING = Door("a committee's own office", offices=frozenset(TOLD[Level.BASE]), office=True)
ABOVE = Door("an office above the cell that sees members", offices=PLANNING.offices | {Office.AUDITOR}, office=True)
HEALTH = Door(
    "an office that takes part where health is recorded", offices=frozenset(o for _, o in health_readers()), office=True
)
REPLACED = Door("an office for which another one stands in", offices=frozenset(SUBSTITUTES), office=True)
OWN = {"GET": SIGNED_IN, "PUT": SIGNED_IN}
PAGE, FORM = {"GET": SIGNED_IN}, {"GET": SIGNED_IN, "POST": SIGNED_IN}
