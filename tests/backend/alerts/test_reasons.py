"""Every reason the statements can write has its sentence."""

from __future__ import annotations

import re

from backend.alerts import letters, settling, sweep_sql
from backend.alerts.reasons import REASONS, UNSAID, why

WRITTEN = set(re.findall(r"(?:THEN|ELSE) '([a-z]+_[a-z_]+)'", sweep_sql.SWEEP + letters.MAKE + settling.SETTLE_NOTICES))


def test_the_statements_write_reasons_of_the_list_only() -> None:
    assert {code for code in WRITTEN if code != "possibly_twice"} == set(REASONS)
    assert not set(REASONS) & set(UNSAID)


def test_a_reason_is_said_in_words_and_what_was_said_needs_none() -> None:
    assert why("", "vi") == ""
    assert why("met_before", "en") == "Not needed: the deadline was met before"
    assert why("vacant_office", "en") == "Nobody held the office on that day"
