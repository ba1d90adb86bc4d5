"""Guards about people: standing, papers, introducers, helpers, four eyes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.offices import Level
from workflows.situation import Guard, Situation
from workflows.standings import ENDED, Standing
from workflows.workdays import add_months, months_between


def of_standing(guard: Guard) -> Guard:
    """Mark a guard that settles by itself whether its step may follow the leaving of the person it is about."""
    guard.settles_standing = True  # type: ignore[attr-defined]  # read back by `settled`
    return guard


def settled(guards: Iterable[Guard]) -> bool:
    """Whether one of the guards is so marked."""
    return any(getattr(guard, "settles_standing", False) for guard in guards)


def of_another_paper(guard: Guard) -> Guard:
    """Mark a guard that lets a case be ended only because another paper has settled it: its step decides on nothing."""
    guard.settled_otherwise = True  # type: ignore[attr-defined]  # read back by `decides_on_nothing`
    return of_standing(guard)


def decides_on_nothing(guards: Iterable[Guard]) -> bool:
    """Whether one of the guards is so marked."""
    return any(getattr(guard, "settled_otherwise", False) for guard in guards)


def still_on_the_lists(situation: Situation) -> Refusal | None:
    """The file of somebody who left is frozen (A.7): a step about the person is refused unless its page says otherwise."""
    standing = situation.member.standing
    if standing not in ENDED:
        return None
    return Refusal(
        "member.file_frozen", gettext_noop("The person is on the lists no more: the file is frozen."),
        {"standing": standing},
        remedy=gettext_noop(
            "End the case by the step for a person who left; an appeal and a readmission have cases of their own."
        ),
    )  # fmt: skip


def record_stands(situation: Situation) -> Refusal | None:
    """Whoever left is asked for here as well; a record that was merged is nobody's any more."""
    if situation.member.standing != Standing.MERGED:
        return None
    return Refusal(
        "member.record_merged", gettext_noop("This record was merged into another one of the same person."),
        remedy=gettext_noop("Take the step on the record that was kept."),
    )  # fmt: skip


def member_is(*standings: Standing) -> Guard:
    """The member stands where the step expects; otherwise its consequence could not happen."""

    def guard(situation: Situation) -> Refusal | None:
        if situation.member.standing in standings:
            return None
        return Refusal(
            "member.other_standing", gettext_noop("The person's standing does not allow this step."),
            {"standing": situation.member.standing},
            remedy=gettext_noop("Look at the person's timeline; another case may have changed the standing."),
        )  # fmt: skip

    return of_standing(guard)


def certificate_valid(situation: Situation) -> Refusal | None:
    """The awareness class was attended, and is not older than its term, on the day the cell considers."""
    issued = situation.day("certificate")
    if issued is None:
        return None
    tested = max(situation.on, situation.facts.get("planned_on") or situation.on)
    ends = add_months(issued, situation.rule("ADM.CERT_VALID").value)
    if issued > situation.on:
        return Refusal(
            "certificate.not_yet", gettext_noop("The certificate is dated %(issued)s, after %(day)s."),
            {"issued": issued, "day": situation.on}, "ADM.CERT_VALID",
            gettext_noop("Check the date written on the paper."), "certificate",
        )  # fmt: skip
    if tested <= ends:
        return None
    return Refusal(
        "certificate.expired", gettext_noop("The certificate of %(issued)s was valid until %(ends)s."),
        {"issued": issued, "ends": ends}, "ADM.CERT_VALID",
        gettext_noop("The candidate must take the class again before the cell considers the case."), "certificate",
    )  # fmt: skip


def papers_fresh(situation: Situation) -> Iterator[Answer]:
    """The introducers' papers and the Union's resolution are not older than the dossier's term."""
    months = situation.rule("ADM.DOSSIER_VALID").value
    for name in ("introducers_paper", "union_resolution"):
        made = situation.day(name)
        if made and situation.on > add_months(made, months):
            yield Refusal(
                "dossier.paper_too_old", gettext_noop("This paper of %(made)s is older than %(months)s months."),
                {"made": made, "months": months}, "ADM.DOSSIER_VALID",
                gettext_noop("Have it made again (step: renew the papers)."), name,
            )  # fmt: skip


def introducers_fit(situation: Situation) -> Iterator[Answer]:
    """Two official members (one beside the Union's resolution), none of them the candidate, long enough together."""
    ids = situation.facts.get("introducers") or ()
    union = situation.day("union_resolution") is not None
    rule_id = "ADM.UNION_INTRODUCERS" if union else "ADM.INTRODUCERS"
    needed = situation.rule(rule_id).value
    official = [one for one in situation.members(ids) if one.standing == Standing.OFFICIAL]
    own = {situation.member.pk}
    if len(official) < len(ids) or own & set(ids) or len(official) < needed:
        yield Refusal(
            "introducers.unfit",
            gettext_noop(
                "%(found)s of the %(named)s introducers named are official members other than the candidate; %(needed)s "
                "are needed."
            ),
            {"found": len([one for one in official if one.id not in own]), "named": len(ids), "needed": needed}, rule_id,
            gettext_noop(
                "Name official members other than the candidate; the base committee enters those of another cell of "
                "this base organisation."
            ),
            "introducers",
        )  # fmt: skip
    months, least = situation.facts.get("months_together"), situation.rule("ADM.INTRO_COWORK").value
    if months is not None and months < least:
        yield Refusal(
            "introducers.too_short",
            gettext_noop("%(months)s months together; each introducer needs at least %(least)s."),
            {"months": months, "least": least}, "ADM.INTRO_COWORK",
            gettext_noop("Wait, or name an introducer who has been together with the candidate longer."),
            "months_together",
        )  # fmt: skip


def helper_named(situation: Situation) -> Caution | None:
    """The cell that chooses a person assigns somebody to help (S-01)."""
    if situation.facts.get("helper"):
        return None
    message = gettext_noop("No helper was assigned when the cell chose the person.")
    return Caution("helper.none", message, rule="ADM.INTRODUCERS", fact="helper")


def helper_fits(situation: Situation) -> Answer | None:
    """Only an official member other than the person concerned can be assigned to help, and the cell assigns one of its own."""
    ids = situation.facts.get("helper") or ()
    found = [one for one in situation.members(ids) if one.standing == Standing.OFFICIAL]
    if len(found) == len(ids) and situation.member.pk not in ids:
        if all(one.unit_id == situation.unit_id for one in found):
            return None
        message = gettext_noop("The helper named belongs to another cell.")
        remedy = gettext_noop("Name an official member of the cell, where there is one.")
        return Caution("helper.of_another_cell", message, rule="ADM.INTRODUCERS", remedy=remedy, fact="helper")
    return Refusal(
        "helper.unfit", gettext_noop("The helper must be an official member other than the person concerned."),
        rule="ADM.INTRODUCERS", remedy=gettext_noop("Name an official member of the cell."), fact="helper",
    )  # fmt: skip


def rightly_admitted(situation: Situation) -> Refusal | None:
    """Somebody admitted before eighteen by month cannot be recognised: the admission must be annulled first.

    The age is that of the day the cell considered; where that day is not recorded, of the decision or the ceremony.
    """
    member = situation.member
    admitted = situation.past_day("considered_on") or member.admission_decided_on or member.joined_on
    if member.born_on is None or admitted is None or member.born_year_only:
        return None
    age, least = months_between(member.born_on, admitted), situation.rule("ADM.AGE_MIN", admitted).value
    if age >= least:
        return None
    return Refusal(
        "admission.too_young",
        gettext_noop("The person was %(age)s months old by month at admission; %(least)s were needed."),
        {"age": age, "least": least}, "ADM.AGE_MIN",
        gettext_noop("Report to the committee that decided, which annuls the admission (step: annul)."),
    )  # fmt: skip


def another_than(*steps: str) -> Guard:
    """Four eyes where the law has two bodies: what one resolved (by `steps`) and the decision on it come from two people.

    An office of the cell takes the cell's own act, where the step is one that the cell may take itself.
    """

    def guard(situation: Situation) -> Refusal | None:
        if situation.office_level == Level.CELL:
            return None
        if situation.user_id is None or situation.recorded_by(steps) != situation.user_id:
            return None
        return Refusal(
            "person.recorded_the_resolution",
            gettext_noop("You recorded the cell's resolution; another person must record the committee's decision on it."),
            remedy=gettext_noop("Ask somebody else in an office of the committee to record it."),
        )  # fmt: skip

    return guard
