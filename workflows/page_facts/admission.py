"""What the steps of an admission ask for, where it is more than a paper."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.facts import Day, Flag, MemberRef, Number, Paper
from workflows.standings import Standing
from workflows.voting import Ballot

INTRODUCTION = (
    MemberRef("introducers", _("Introducers"), many=True, among=(Standing.OFFICIAL,)),
    Paper("introducers_paper", _("Introducers' paper (the older one)"), paper="introducers_paper"),
    Number("months_together", _("Months together with the candidate (the shorter)")),
    Paper("union_resolution", _("Resolution of the Union"), required=False, paper="union_resolution"),
)
CERTIFICATE = Paper("certificate", _("Certificate of the awareness class"), paper="awareness_certificate")
ENTRY = (
    Paper("cv", _("Background statement"), paper="candidate_cv"), CERTIFICATE, *INTRODUCTION,
    Flag("schooling", _("Schooling as required, or a documented exception")),
    Day("planned_on", _("Planned day of the cell's meeting"), required=False, ahead=True),
)  # fmt: skip
REQUEST = (
    Paper("request", _("Letter asking for verification"), paper="verification_request"),
    Flag("pages_stamped", _("Every page stamped across")), Flag("no_remarks_yet", _("No remarks written yet")),
    Flag("abroad", _("Some relatives live abroad"), required=False),
)  # fmt: skip
RELATIVES = (
    Paper("conclusion", _("Conclusion of the verification"), paper="verification_conclusion"),
    Number("relatives", _("Relatives to be verified"), minimum=1, maximum=200),
    Number("verified", _("Verified"), maximum=200),
    Number("confirmed", _("Members confirmed by their committee"), maximum=200),
    Number("excepted", _("Deceased or excepted, noted"), maximum=200),
)
BALLOT = Ballot("ballot", _("Ballot on this candidate alone"), rule="ADM.CELL_VOTE")
CONSENT = Paper("over_age_consent", _("Province's prior written consent (above the age)"), paper="over_age_consent")
CONDITIONS = Flag(
    "over_age_conditions", _("Health and standing, and no member there or a special need (above the age)"), required=False
)  # fmt: skip
REFERRAL = Paper("referral", _("Letter of referral"), paper="referral")
NOTICE = Paper("notice", _("Notice with the reason"), paper="notice")
RESULT = Paper("resolution", _("Report of the result"), paper="counting_record")
EXTENSION = Paper("extension", _("Letter with the special reason"), paper="extension_letter")
ANNULMENT = Paper("annulment", _("Decision to annul"), paper="annulment_decision")
CEREMONY_MINUTES = Paper("ceremony_minutes", _("Minutes of the ceremony"), paper="ceremony_minutes")
LATE_CONSENT = Paper(
    "late_consent", _("Consent of the committee directly above (late ceremony)"), required=False, paper="late_consent"
)
APPLICATION = Paper("application", _("Application"), paper="application")
CONTRACT_MONTHS = Number("contract_months", _("Months worked under contract (contract workers)"), required=False)
DECISION = Paper("decision", _("Admission decision"), paper="admission_decision")
RECEIVED = Day("received_on", _("Day the cell received the decision"))
RECEIVED_IF_KNOWN = Day("received_on", _("Day the cell received the decision"), required=False)
OPINIONS = Paper("opinions", _("Summary of opinions"), paper="opinions")
