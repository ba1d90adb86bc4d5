"""What a vote is measured against: the denominator from the roll of the meeting's day, with its arithmetic in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_noop

from workflows.answers import Caution, Phrase
from workflows.ballots import is_met, names_in, share, votes_needed
from workflows.law import Rule, by_version
from workflows.situation import Situation
from workflows.voting import Ballot, BallotValue, Roll


@dataclass(frozen=True)
class Measured:
    """The threshold of a ballot on its day: official members who count (`den`) out of the roll, and how they do."""

    rule: Rule
    roll: Roll
    den: int
    sum: Phrase

    def reached(self, votes: int) -> bool:
        """Whether so many votes reach the threshold; never where nobody counts."""
        return self.den > 0 and is_met(self.rule.value, {**self.counts(), "yes": votes})

    def counts(self) -> dict[str, int]:
        return {"den": self.den, "official": self.roll.official, "exempt": self.roll.exempt}

    @property
    def needed(self) -> int:
        """The least number of votes that reaches the threshold."""
        return max(votes_needed(self.rule.value, self.counts()) or 0, 1)

    def with_the_unpapered(self) -> Measured:
        """The same if those who are away without a paper counted: no rule was seen that leaves them out (scenario B26)."""
        more = 0 if "exempt" in names_in(self.rule.value) else self.roll.unpapered
        return replace(self, den=min(self.den + more, self.roll.official))

    def hangs_on_papers(self, votes: int) -> bool:
        """Whether so many votes are enough only because members without a paper for their leave are left out."""
        return self.reached(votes) and not self.with_the_unpapered().reached(votes)

    @property
    def share(self) -> Phrase:
        """The part that must agree, e.g. "2/3 -> 12 needed"."""
        return _needed(self.rule, self.needed)

    def params(self, ballot: BallotValue) -> dict[str, Any]:
        """What an answer about the ballot says, e.g. "20 official members - 2 away = 18; 2/3 -> 12 needed"."""
        return self.words(yes=ballot.yes, no=ballot.no)

    def words(self, **votes: int) -> dict[str, Any]:
        """As `params`, of votes under whatever names."""
        return {**self.counts(), **votes, "needed": self.needed, "sum": self.sum, "share": self.share}


def without_a_paper(measured: Measured, votes: int, fact: str) -> Caution | None:
    """The vote is carried, but would not be if those counted who are away without a paper."""
    if not measured.hangs_on_papers(votes):
        return None
    return Caution(
        "ballot.away_without_paper",
        gettext_noop(
            "%(count)s of those left out are away without a paper for that day; if they counted, %(needed)s would be needed."
        ),
        {"count": measured.roll.unpapered, "needed": measured.with_the_unpapered().needed}, measured.rule.id,
        gettext_noop("Put their leave, or their stay elsewhere, in order first: the papers that grant, extend or end it."),
        fact,
    )  # fmt: skip


def roll_of(situation: Situation, ballot: BallotValue | None) -> Roll:
    """The roll of the ballot's meeting; where no roll call was kept, the cell's list of the day."""
    return (situation.roll_at(ballot.meeting) if ballot else None) or situation.roll_on(situation.on)


def could_vote(roll: Roll, rule: Rule) -> int:
    """How many at most could be handed a ballot: of the exempt nobody, where the rule leaves out all of them."""
    return min(roll.voters, roll.official - roll.exempt) if "exempt" in names_in(rule.value) else roll.voters


def measure(situation: Situation, ballot: Ballot, value: BallotValue) -> Measured:
    """The threshold of a vote taken at a meeting."""
    return measure_on(situation, ballot.name, ballot.rule, roll_of(situation, value), value.issued)


def measure_on(situation: Situation, fact: str, rule_id: str, roll: Roll, handed: int) -> Measured:
    """The denominator of a vote, integers only (294-QĐ/TW 9.3.2; two policies decide on cases no rule was seen for).

    Whoever was handed a ballot was there and counts. A roll call says so; without one, more ballots issued than the
    day's list leaves in prove that some of those left out had come. A rule that names the exempt leaves out all of
    them and nobody else (screening, 02-HD/BTCTW). `fact` names the vote that is sealed with the roll.
    """
    rule = situation.rule(rule_id)
    den, said = _who_counts(rule, roll, handed, situation.rule)
    situation.counted[fact] = {**vars(roll), "denominator": den}
    return Measured(rule, roll, den, said)


def retold(kept: Mapping[str, Any], rules: Mapping[str, str], rule_id: str) -> Measured:
    """The same from what an event keeps of a vote: totals, the roll, and the versions of the law it was decided under."""
    fields = Roll.__dataclass_fields__.keys() & kept["roll"].keys()  # `unpapered` came later
    roll, rule = Roll(**{name: kept["roll"][name] for name in fields}), by_version(rules[rule_id])
    den, said = _who_counts(rule, roll, kept["issued"], lambda name: by_version(rules[name]))
    return Measured(rule, roll, den, said)


def _who_counts(rule: Rule, roll: Roll, handed: int, look_up: Callable[[str], Rule]) -> tuple[int, Phrase]:
    """Who counts of a roll when so many were handed a ballot, and the sum in words."""
    if "exempt" in names_in(rule.value):
        den, said = _without_the_exempt(roll)
    else:
        den, said = _counted(roll, handed, [look_up(name) for name in POLICIES])
    if den != roll.official:
        said = Phrase(gettext_noop("%(before)s = %(den)s"), {"before": said, "den": den})
    return den, said


def _everybody(roll: Roll) -> Phrase:
    return Phrase(gettext_noop("%(official)s official members"), {"official": roll.official})


def _without_the_exempt(roll: Roll) -> tuple[int, Phrase]:
    said = _everybody(roll)
    if roll.exempt:
        said = Phrase(gettext_noop("%(before)s − %(count)s exempt"), {"before": said, "count": roll.exempt})
    return roll.official - roll.exempt, said


def _counted(roll: Roll, handed: int, policies: Sequence[Rule]) -> tuple[int, Phrase]:
    den, said = roll.official, _everybody(roll)
    for count, words in _left_out(roll, policies):
        den, said = den - count, Phrase(words, {"before": said, "count": count})
    issued = min(handed, roll.voters)
    if roll.present is None and issued > den:
        den, said = issued, Phrase(_HANDED, {"before": said, "count": issued})
    return den, said


def _left_out(roll: Roll, policies: Sequence[Rule]) -> Iterator[tuple[int, str]]:
    suspended_count, in_transit_count = (rule.value for rule in policies)
    found = (
        (roll.left_out, gettext_noop("%(before)s − %(count)s away, elsewhere or exempt and absent")),
        (0 if suspended_count else roll.suspended, gettext_noop("%(before)s − %(count)s suspended")),
        (0 if in_transit_count else roll.in_transit, gettext_noop("%(before)s − %(count)s in transit and absent")),
    )
    return (one for one in found if one[0])


POLICIES = ("ROLL.SUSPENDED", "ROLL.IN_TRANSIT")
"""Whether the suspended, and those in transit and absent, count: no rule was seen for either."""
_HANDED = gettext_noop("%(before)s, but %(count)s were handed a ballot")


def _needed(rule: Rule, needed: int) -> Phrase:
    part = share(rule.value)
    if part is None:
        return Phrase(gettext_noop("%(needed)s needed"), {"needed": needed})
    base, votes, more = part
    words = (
        gettext_noop("more than %(base)s/%(votes)s → %(needed)s needed")
        if more
        else gettext_noop("%(base)s/%(votes)s → %(needed)s needed")
    )
    return Phrase(words, {"base": base, "votes": votes, "needed": needed})
