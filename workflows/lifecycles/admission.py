"""Admission (A.2): from the application to the ceremony."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.guards import admission as dossier
from workflows.guards.ages import above_the_age, age_in_sight, not_too_old, old_enough, old_enough_when_voted
from workflows.guards.days import not_given_before
from workflows.guards.moving import TO, somewhere_to_go
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import certificate_valid, helper_fits, introducers_fit, member_is, papers_fresh
from workflows.guards.probation import member_has_left
from workflows.guards.reorganising import to_a_cell, within_reach
from workflows.guards.terms import extended_in_time
from workflows.guards.votes import BODY_RULES, carried, cell_can_act, committee_carried, not_carried
from workflows.law.citing import PRACTICE
from workflows.member_steps.moving import REFERRED
from workflows.offices import Level, Right
from workflows.page_clocks import admission as clocks
from workflows.page_facts import admission as ask
from workflows.page_facts.helping import HELPER
from workflows.page_facts.leaving import COMMITTEE_RESOLUTION, PROOF, REASON, RESOLUTION
from workflows.page_facts.moving import CELL, WHERE
from workflows.situation import Situation
from workflows.standings import Standing
from workflows.timed import Timed, day_after
from workflows.vocabulary import NEW, STAY, Act, Lifecycle, Start, step
from workflows.voting import BODY, SIZE, YES

MOVING = member_is(Standing.CANDIDATE, Standing.APPROVED, Standing.TRANSFERRED_OUT)
CANDIDATE, APPROVED, SMALL = member_is(Standing.CANDIDATE), member_is(Standing.APPROVED), (Level.CELL, Level.BASE)
ABOVE = (Level.BASE, Level.UPPER, Level.PROVINCE)
LAW = ("29-QĐ/TW 25/07/2016 mục 4.3", "208-QĐ/TW 26/07/2026")
TO_RECOGNITION = Start("recognition", "begin", lambda seen: {
    "ceremony_on": seen.on, "helper": seen.facts.get("helper"), "considered_on": seen.past_day("resolution"),
})  # fmt: skip
THERE = (somewhere_to_go, to_a_cell, within_reach)
INTRODUCED = ("introducers_paper", "union_resolution")
VOTED = (CANDIDATE, dated_on_the_day("resolution"), cell_can_act)
DECIDING = ("ADM.DECIDE", "ADM.DECIDE_EXT")
RESOLVED = ("propose",)
"""By which the cell resolves what a committee decides on here."""


class Admission(Lifecycle):
    """Kết nạp đảng viên. The candidate's standing stays `candidate` until the committee decided.

    An expired dossier (D-12) is a label drawn from its deadline; the papers are then renewed.
    """

    key = "admission"
    label = _("Admission")
    number_code = "KN"

    class State(TextChoices):
        OPENED = "opened", _("Dossier opened")
        PAPERS_COMPLETE = "papers_complete", _("Papers complete")
        VERIFYING = "verifying", _("Background being verified")
        VERIFIED = "verified", _("Verified, opinions to be collected")
        READY = "ready", _("Ready for the cell")
        PROPOSED = "proposed", _("Proposed by the cell")
        CONSIDERED = "considered", _("Considered by the base committee")
        EXTENDED = "extended", _("Term to decide extended")
        DECIDED = "decided", _("Decided, ceremony to come")
        ADMITTED = "admitted", _("Admitted at the ceremony")
        NOT_CARRIED = "not_carried", _("Not carried in the cell")
        REFUSED = "refused", _("Not agreed by the committee")
        ANNULLED = "annulled", _("Decision annulled")
        HANDED_OVER = "handed_over", _("Handed over to another place")
        CLOSED = "closed", _("Closed without a decision")
        ENDED = "ended", _("Ended because the candidate left")

    S = State
    final = tuple(map(str, (S.ADMITTED, S.NOT_CARRIED, S.REFUSED, S.ANNULLED, S.HANDED_OVER, S.CLOSED, S.ENDED)))
    BEFORE_VOTE = (S.OPENED, S.PAPERS_COMPLETE, S.VERIFYING, S.VERIFIED, S.READY)
    WITH_COMMITTEE = (S.PROPOSED, S.CONSIDERED, S.EXTENDED)

    timed = (
        Timed("dossier_expired", _("Dossier expired: papers to be made again"), "ADM.DOSSIER_VALID", BEFORE_VOTE[1:],
              lambda days: day_after(days.due.get("ADM.DOSSIER_VALID"))),
    )  # fmt: skip

    @step(NEW, S.OPENED, by=Right.PREPARE, at=SMALL, label=_("Open the dossier"), event="opened",
          basis=("Điều lệ Đảng Điều 4", "01-HD/TW 19/05/2026"), facts=[ask.APPLICATION, ask.CONTRACT_MONTHS],
          guards=[CANDIDATE, dated_by_then("application"), dossier.contract_long_enough, age_in_sight],
          opens=[clocks.DOSSIER, clocks.AGE])  # fmt: skip
    def open(self, situation: Situation) -> None:
        """D-01: the handwritten application starts the dossier."""

    @step(S.OPENED, S.PAPERS_COMPLETE, by=Right.PREPARE, at=SMALL, label=_("Record that the papers are complete"),
          event="papers_completed", basis=("294-QĐ/TW 26/05/2025 Điều 4", "06-HD/TW 09/06/2025 điểm 5.4"), facts=ask.ENTRY,
          guards=[CANDIDATE, dated_by_then("cv", *INTRODUCED), introducers_fit, certificate_valid, age_in_sight,
                  dossier.schooling_done, papers_fresh],
          cancels=["ADM.AGE_MAX"], opens=[clocks.CERTIFICATE, clocks.AGE])  # fmt: skip
    def complete_papers(self, situation: Situation) -> None:
        """D-02: statement, certificate, two introducers (or one beside the Union); the statement says when one was born."""

    @step(S.PAPERS_COMPLETE, S.VERIFYING, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Send out for verification"), event="verification_sent", basis=("06-HD/TW 09/06/2025 mục 3.4",),
          facts=ask.REQUEST, guards=[CANDIDATE, dossier.pages_ready, dated_on_the_day("request")],
          opens=[clocks.REPLY])  # fmt: skip
    def send_verification(self, situation: Situation) -> None:
        """D-03: the base committee sends the statement out, stamped and without remarks."""

    @step(S.VERIFYING, S.VERIFIED, by=Right.RECORD_COMMITTEE, at=Level.BASE, label=_("Conclude the verification"),
          event="verified", basis=("06-HD/TW 09/06/2025 mục 3.4", "01-HD/TW 19/05/2026 tiểu mục 3.4"),
          facts=ask.RELATIVES, guards=[CANDIDATE, dated_by_then("conclusion"), dossier.everyone_verified],
          closes=["ADM.VERIFY_REPLY"])  # fmt: skip
    def conclude_verification(self, situation: Situation) -> None:
        """D-04: everyone on the list is verified, confirmed or noted."""

    @step(S.VERIFIED, S.READY, by=Right.PREPARE, at=SMALL, label=_("Record the opinions collected"),
          event="opinions_collected", basis=("12-HD/BTCTW 18/01/2022 (5-KNĐ)",),
          facts=[ask.OPINIONS], guards=[CANDIDATE, dated_by_then("opinions"), papers_fresh])  # fmt: skip
    def collect_opinions(self, situation: Situation) -> None:
        """D-05: mass organisations and the place of residence."""

    @step(BEFORE_VOTE[1:], STAY, by=Right.PREPARE, at=SMALL, label=_("Renew the papers"), event="papers_renewed",
          basis=("01-HD/TW 20/09/2016", "01-HD/TW 19/05/2026"), facts=ask.INTRODUCTION,
          guards=[CANDIDATE, dated_by_then(*INTRODUCED), introducers_fit, papers_fresh],
          cancels=["ADM.DOSSIER_VALID"], opens=[clocks.RENEWED])  # fmt: skip
    def renew_papers(self, situation: Situation) -> None:
        """D-12: after twelve months without the cell's consideration these papers are made again."""

    @step(BEFORE_VOTE[1:], STAY, by=Right.PREPARE, at=SMALL, label=_("Renew the certificate"),
          event="certificate_renewed", basis=("06-HD/TW 09/06/2025 điểm 5.4",), facts=[ask.CERTIFICATE],
          guards=[CANDIDATE, certificate_valid], cancels=["ADM.CERT_VALID"], opens=[clocks.CERTIFICATE])  # fmt: skip
    def renew_certificate(self, situation: Situation) -> None:
        """B9: an expired class is taken again before the cell considers the case."""

    @step(BEFORE_VOTE, STAY, by=Right.RECORD_DECISION, at=Act("admit_over_age"), event="over_age_consented",
          label=_("Record the consent to admit above the age"),
          basis=("29-QĐ/TW 25/07/2016 mục 1.1.2", "01-HD/TW 20/09/2016 mục 1.1"), facts=[ask.CONSENT],
          guards=[CANDIDATE, dated_on_the_day("over_age_consent"), above_the_age])  # fmt: skip
    def consent_over_age(self, situation: Situation) -> None:
        """B12: the level that decides above sixty consents in writing before the cell considers the case."""

    @step(S.READY, S.PROPOSED, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Propose admission"),
          event="proposed", basis=("Điều lệ Đảng Điều 4", "06-HD/TW 09/06/2025 mục 3.6"),
          facts=[RESOLUTION, ask.BALLOT, ask.CONDITIONS],
          guards=[*VOTED, old_enough, not_too_old, certificate_valid, papers_fresh,
                  dossier.made_in_time, carried(ask.BALLOT)],
          closes=["ADM.DOSSIER_VALID", "ADM.CERT_VALID", "ADM.AGE_MAX"], opens=[clocks.DECIDE])  # fmt: skip
    def propose(self, situation: Situation) -> None:
        """D-06: one by one, by two thirds of all official members."""

    @step(S.READY, S.NOT_CARRIED, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Record that it was not carried"),
          event="not_carried", basis=("24-QĐ/TW 30/07/2021",), facts=[ask.RESULT, ask.BALLOT],
          guards=[*VOTED, not_carried(ask.BALLOT)], cancels=clocks.ALL)  # fmt: skip
    def record_not_carried(self, situation: Situation) -> None:
        """D-07: below two thirds; the full count goes to the committee all the same."""

    @step(S.PROPOSED, S.CONSIDERED, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Record the base committee's resolution"), event="considered", basis=("06-HD/TW 09/06/2025 mục 3.7",),
          facts=[COMMITTEE_RESOLUTION, SIZE, YES],
          guards=[CANDIDATE, dated_on_the_day("committee_resolution"), committee_carried({"": "COM.PROPOSE_VOTE"})],
          apart_from=RESOLVED)  # fmt: skip
    def consider(self, situation: Situation) -> None:
        """D-08: form 8-KNĐ; the clock to decide goes on."""

    @step(WITH_COMMITTEE, S.DECIDED, by=Right.RECORD_DECISION, at=Act("admit"),
          label=_("Record the admission decision"), event="decided", basis=LAW,
          facts=[ask.DECISION, BODY, SIZE, YES, ask.RECEIVED_IF_KNOWN],
          guards=[CANDIDATE, dated_on_the_day("decision"), dossier.receipt_after_decision, old_enough_when_voted,
                  committee_carried(BODY_RULES)],
          closes=DECIDING, opens=[clocks.CEREMONY], apart_from=RESOLVED)  # fmt: skip
    def decide(self, situation: Situation) -> None:
        """D-09, S-05: the competent committee decides; the ceremony's clock starts by the version of that day."""
        situation.member.approve(situation)

    @step(S.DECIDED, S.DECIDED, by=Right.PREPARE, at=SMALL, label=_("Record the receipt of the decision"),
          event="decision_received", basis=("232-QĐ/TW 20/01/2025 mục 4.1",), facts=[ask.RECEIVED],
          guards=[not_given_before("received_on"), dossier.receipt_after_decision, dossier.term_by_receipt],
          opens=[clocks.CEREMONY])  # fmt: skip
    def record_receipt(self, situation: Situation) -> None:
        """The day that starts the ceremony's clock for decisions issued before 26/07/2026."""

    @step(WITH_COMMITTEE, S.REFUSED, by=Right.RECORD_DECISION, at=Act("admit"),
          label=_("Record that admission was not agreed"), event="refused", basis=LAW, facts=[ask.NOTICE, REASON],
          guards=[dated_on_the_day("notice")], closes=DECIDING, cancels=clocks.ALL, apart_from=RESOLVED)  # fmt: skip
    def refuse(self, situation: Situation) -> None:
        """D-10: the committee must tell the cell also when it does not agree."""

    @step((S.PROPOSED, S.CONSIDERED), S.EXTENDED, by=Right.RECORD_COMMITTEE, at=(Level.BASE, Level.UPPER),
          label=_("Extend the term to decide, once"), event="extended", basis=("29-QĐ/TW 25/07/2016 mục 4.3.1",),
          facts=[ask.EXTENSION, REASON],
          guards=[dated_on_the_day("extension"), extended_in_time("ADM.DECIDE", "resolution")],
          cancels=["ADM.DECIDE"], opens=[clocks.EXTENDED])  # fmt: skip
    def extend(self, situation: Situation) -> None:
        """D-11: a special case, in writing; there is no second extension."""

    @step(S.DECIDED, S.ADMITTED, by=Right.RECORD_MEETING, at=Level.CELL, label=_("Record the ceremony"),
          event="ceremony_held", basis=("208-QĐ/TW 26/07/2026", "Điều lệ Đảng Điều 5"),
          facts=[ask.CEREMONY_MINUTES, HELPER, ask.LATE_CONSENT],
          guards=[APPROVED, dated_on_the_day("ceremony_minutes"), old_enough_when_voted, helper_fits,
                  dossier.ceremony_in_time],
          closes=["ADM.CEREMONY"], cancels=clocks.ALL, starts=[TO_RECOGNITION])  # fmt: skip
    def hold_ceremony(self, situation: Situation) -> None:
        """S-07: from this day the person is a member on probation."""
        situation.member.begin_probation(situation)

    @step(S.DECIDED, S.ANNULLED, by=Right.RECORD_DECISION, at=Act("admit"),
          label=_("Record that the decision is annulled"), event="annulled",
          basis=("1361-CV/BTCTW 30/06/2026 (11-13)",), facts=[ask.ANNULMENT],
          guards=[APPROVED, dated_on_the_day("annulment")], cancels=clocks.ALL, apart_from=RESOLVED)  # fmt: skip
    def annul(self, situation: Situation) -> None:
        """S-06: before the ceremony."""
        situation.member.annul(situation)

    @step(NEW, S.DECIDED, by=Right.PREPARE, at=SMALL, label=_("Receive a person already decided elsewhere"),
          event="referral_received", basis=REFERRED,
          facts=[ask.REFERRAL, ask.DECISION], guards=[APPROVED, dated_on_the_day("referral"), dated_by_then("decision")],
          opens=[clocks.CEREMONY])  # fmt: skip
    def receive_referral(self, situation: Situation) -> None:
        """D-13, at the new place: the ceremony is held here on the referral."""

    @step((*BEFORE_VOTE, *WITH_COMMITTEE, S.DECIDED), S.HANDED_OVER, by=Right.PREPARE, at=(Level.CELL, *ABOVE),
          label=_("Hand the dossier over to another place"), event="handed_over",
          basis=REFERRED, facts=[ask.REFERRAL, *WHERE],
          guards=[MOVING, dated_on_the_day("referral"), *THERE], cancels=clocks.ALL)  # fmt: skip
    def hand_over(self, situation: Situation) -> None:
        """D-13: the candidate moved; with a decision, the new place holds the ceremony (step: receive the person there)."""
        member = situation.member
        if situation.named(TO) is not None:
            member.be_referred(situation)
        elif member.standing == Standing.APPROVED:
            member.transfer_out(situation)

    @step(NEW, S.HANDED_OVER, by=Right.RECORD_COMMITTEE, at=ABOVE, label=_("Refer a candidate without a dossier"),
          event="referred", basis=REFERRED, facts=[ask.REFERRAL, CELL],
          guards=[CANDIDATE, dated_on_the_day("referral"), *THERE], cancels=clocks.ALL)  # fmt: skip
    def refer(self, situation: Situation) -> None:
        """D-13: whoever moved before a dossier was begun, or was let through the gate of readmission elsewhere."""
        situation.member.be_referred(situation)

    @step((*BEFORE_VOTE, *WITH_COMMITTEE), S.CLOSED, by=Right.PREPARE, at=SMALL, label=_("Close the dossier"),
          event="closed", basis=("29-QĐ/TW 25/07/2016 mục 4.3.1",), facts=[ask.NOTICE, REASON],
          guards=[dated_on_the_day("notice")], cancels=clocks.ALL, apart_from=RESOLVED)  # fmt: skip
    def close(self, situation: Situation) -> None:
        """S-04: withdrawn, given up or too old; the person is told why and stays a candidate."""

    @step((*BEFORE_VOTE, *WITH_COMMITTEE, S.DECIDED), S.ENDED, by=Right.RECORD_RESOLUTION, at=SMALL,
          label=_("End the dossier of a candidate who left"), event="ended", basis=(PRACTICE,), facts=[PROOF],
          guards=[member_has_left, dated_by_then("proof")], cancels=clocks.ALL)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """The candidate has died, before or after the decision: no ceremony is held."""
