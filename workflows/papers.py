"""Which kinds of papers are not those of an office."""

BY_HAND = frozenset({
    "abroad_request", "appeal", "appeal_withdrawal", "application", "away_request", "candidate_cv", "complaint",
    "correction_request", "data_request", "data_request_withdrawal", "dues_request", "exemption_request", "introducers_paper",
    "member_cv", "readmission_application", "self_review", "transfer_request", "withdrawal_request",
})  # fmt: skip
"""Kinds of papers that a person writes for oneself: nobody numbers them, and nobody else issues them."""
