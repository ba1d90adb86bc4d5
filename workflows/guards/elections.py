"""Guards of an election at the cell's congress: its roll, its totals, its winners."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.electing import Election, ElectionValue
from workflows.guards.measuring import measure_on, without_a_paper
from workflows.situation import Guard, Situation
from workflows.standings import Standing
from workflows.voting import Roll


def roll_of_congress(situation: Situation) -> Roll:
    """The roll of the congress by its own roll call."""
    return situation.roll_called(situation.facts.get("roll_call") or {})


def enough_present(situation: Situation) -> Caution | None:
    """The share of those summoned who must be present is recalled, not seen in a text: it only cautions."""
    summoned, present = situation.past.get("summoned"), roll_of_congress(situation).present
    upper, lower = (int(part) for part in situation.rule("CON.QUORUM").value.split("/"))
    if (
        situation.facts.get("roll_call") is None
        or present is None
        or not summoned
        or lower * present >= upper * summoned
    ):
        return None
    message = gettext_noop("%(present)s of the %(all)s who were summoned were present.")
    return Caution("congress.quorum", message, {"present": present, "all": summoned}, "CON.QUORUM")


def election_adds_up(election: Election) -> Guard:
    """votes <= valid <= collected <= issued <= official members present who may vote."""

    def guard(situation: Situation) -> Refusal | None:
        value: ElectionValue | None = situation.facts.get(election.name)
        if value is None or situation.facts.get("roll_call") is None:
            return None
        votes, most = max(one.votes for one in value.winners), roll_of_congress(situation).voters
        if votes <= value.valid <= value.collected <= value.issued <= most:
            return None
        return Refusal(
            "election.does_not_add_up",
            gettext_noop(
                "The totals do not add up: most votes %(votes)s, valid %(valid)s, collected %(collected)s, "
                "issued %(issued)s, official members present who could vote %(most)s."
            ),
            {"votes": votes, "valid": value.valid, "collected": value.collected, "issued": value.issued, "most": most},
            "CON.WIN", gettext_noop("Copy the totals from the counting record: each is at most the one after it."),
            election.name,
        )  # fmt: skip

    return guard


def winners_carried(election: Election) -> Guard:
    """Each winner has more than half of all official members who count; one vote short is not elected."""

    def guard(situation: Situation) -> Iterator[Answer]:
        value: ElectionValue | None = situation.facts.get(election.name)
        if value is None or situation.facts.get("roll_call") is None:
            return
        measured = measure_on(situation, election.name, "CON.WIN", roll_of_congress(situation), value.issued)
        for place, winner in enumerate(value.winners, 1):
            if not measured.reached(winner.votes):
                yield Refusal(
                    "election.not_won",
                    gettext_noop("Number %(place)s of those named got %(votes)s votes. %(sum)s; %(share)s."),
                    {"place": place, **measured.words(votes=winner.votes)}, "CON.WIN",
                    gettext_noop("Leave out who was not elected; vote again for the places that are still free."),
                    election.name,
                )  # fmt: skip
        fewest = min(winner.votes for winner in value.winners)
        if (doubt := without_a_paper(measured, fewest, election.name)) is not None:
            yield doubt

    return guard


def winners_of_the_cell(election: Election) -> Guard:
    """Only official members of the cell can be elected by it."""

    def guard(situation: Situation) -> Refusal | None:
        value: ElectionValue | None = situation.facts.get(election.name)
        ids = [one.member for one in value.winners] if value else []
        return None if official_here(situation, ids) else not_of_the_cell(election.name)

    return guard


def one_seat_each(first: Election, second: Election) -> Guard:
    """Secretary and deputy are two people, elected apart (rules.md section 8.2)."""

    def guard(situation: Situation) -> Refusal | None:
        one, other = situation.facts.get(first.name), situation.facts.get(second.name)
        if not one or not other or not {each.member for each in one.winners} & {each.member for each in other.winners}:
            return None
        return Refusal(
            "election.twice", gettext_noop("One person was named both as secretary and as deputy secretary."), rule="CON.WIN",
            remedy=gettext_noop("Name the deputy who was elected on the ballot of its own, or none."), fact=second.name,
        )  # fmt: skip

    return guard


def of_the_committee(committee: Election, office: Election) -> Guard:
    """Where a cell committee was elected, secretary and deputy are elected from among it (294-QĐ/TW; rules.md section 8.2)."""

    def guard(situation: Situation) -> Refusal | None:
        chosen, elected = situation.facts.get(committee.name), situation.facts.get(office.name)
        committee_ids = {one.member for one in chosen.winners} if chosen else set()
        if not committee_ids or not elected or all(one.member in committee_ids for one in elected.winners):
            return None
        return not_of_the_committee("ORG.CHIUY", office.name)

    return guard


def not_of_the_committee(rule: str, fact: str) -> Refusal:
    """Said where somebody is to lead the cell who was not elected into its committee."""
    return Refusal(
        "congress.not_of_the_committee", gettext_noop("The person named was not elected into the cell committee."),
        rule=rule, remedy=gettext_noop("Name one of those elected."), fact=fact,
    )  # fmt: skip


def official_here(situation: Situation, ids: list[int]) -> bool:
    """Whether all of them are official members of this cell."""
    found = [
        one for one in situation.members(ids)
        if one.standing == Standing.OFFICIAL and one.unit_id == situation.unit_id
    ]  # fmt: skip
    return len(found) == len(ids)


def not_of_the_cell(fact: str) -> Refusal:
    """Said where somebody is not."""
    return Refusal(
        "election.not_of_the_cell", gettext_noop("Somebody named is no official member of this cell."),
        rule="CON.WIN", remedy=gettext_noop("Name official members of this cell by their id."), fact=fact,
    )  # fmt: skip


def deputies_named(deputy: Election) -> Guard:
    """So many deputies as the text names; more are taken, and said."""

    def guard(situation: Situation) -> Caution | None:
        value: ElectionValue | None = situation.facts.get(deputy.name)
        most, elected = situation.rule("CON.DEPUTIES").value, len(value.winners) if value else 0
        message = gettext_noop("%(elected)s deputy secretaries were elected; the text names %(most)s.")
        words = {"elected": elected, "most": most}
        return (
            Caution("congress.deputies", message, words, "CON.DEPUTIES", fact=deputy.name) if elected > most else None
        )

    return guard


def committee_fits(situation: Situation) -> Answer | None:
    """A cell committee from so many official members on, of so many at most; a caution where none was elected."""
    limits, official = situation.rule("ORG.CHIUY").value, roll_of_congress(situation).official
    elected: ElectionValue | None = situation.facts.get("committee_election")
    size, params = len(elected.winners) if elected else 0, {"official": official, "least": limits["min_official"]}
    if situation.facts.get("roll_call") is None:
        return None
    if not size and official >= limits["min_official"]:
        message = gettext_noop("No cell committee was elected, though the cell has %(official)s official members.")
        return Caution("congress.no_committee", message, params, "ORG.CHIUY", fact="committee_election")
    if size and official < limits["min_official"]:
        return Refusal(
            "congress.too_small_for_committee",
            gettext_noop("The cell has %(official)s official members; a cell committee is elected from %(least)s on."),
            params, "ORG.CHIUY", gettext_noop("Elect a secretary, and a deputy if one is needed."), "committee_election",
        )  # fmt: skip
    if size <= limits["max_size"]:
        return None
    return Refusal(
        "congress.committee_too_large", gettext_noop("%(size)s were elected; a cell committee has at most %(most)s."),
        {"size": size, "most": limits["max_size"]}, "ORG.CHIUY",
        gettext_noop("Those with the most votes are elected, up to that number."), "committee_election",
    )  # fmt: skip
