"""Labels drawn from days, at the day on which they begin and the day before; nothing of them is stored."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.catalogue import LIFECYCLES
from workflows.timed import Days, carried

DOSSIER = Days({}, {"ADM.DOSSIER_VALID": date(2027, 5, 28)})
PROBATION = Days({"ceremony_on": "2026-01-05"})
LEAP = Days({"ceremony_on": "2028-02-29"})
TERM = Days({}, {"CON.TERM": date(2030, 8, 15)})
WAY = Days({}, {"TRF.PAPER": date(2026, 9, 23), "TRF.DOSSIER_MISSING": date(2026, 8, 5)})
AHEAD = Days({"approval": {"date": "2026-10-05"}, "away_from": "2026-11-01"})
AWAY = Days({"away_until": "2026-10-31"})
STAY = Days({"introduction": {"date": "2026-10-01"}, "from_on": "2026-10-15"})
RELIEF = Days({"last_month": "2026-10-01"})
JOINED = Days({"joined_on": "2026-01-05"})


@pytest.mark.parametrize(
    ("lifecycle", "state", "days", "today", "keys"),
    [
        ("recognition", "probation", PROBATION, date(2026, 12, 4), []),
        ("recognition", "probation", PROBATION, date(2026, 12, 5), ["month_eleven"]),
        ("recognition", "probation", PROBATION, date(2027, 1, 4), ["month_eleven"]),
        ("recognition", "probation", PROBATION, date(2027, 1, 5), ["twelve_months_over"]),  # R-03, B1
        ("recognition", "probation", PROBATION, date(2027, 9, 9), ["twelve_months_over"]),
        ("recognition", "proposed", PROBATION, date(2027, 1, 5), []),  # the cell has spoken
        ("recognition", "probation", Days({}), date(2027, 1, 5), []),
        ("recognition", "probation", LEAP, date(2029, 2, 27), ["month_eleven"]),
        ("recognition", "probation", LEAP, date(2029, 2, 28), ["twelve_months_over"]),
        ("admission", "verified", DOSSIER, date(2027, 5, 28), []),  # its last day
        ("admission", "verified", DOSSIER, date(2027, 5, 29), ["dossier_expired"]),  # D-12
        ("admission", "papers_complete", DOSSIER, date(2027, 5, 29), ["dossier_expired"]),
        ("admission", "opened", DOSSIER, date(2027, 5, 29), []),  # no papers yet that could be too old
        ("admission", "proposed", DOSSIER, date(2027, 5, 29), []),  # the cell has considered
        ("admission", "ready", Days({}), date(2027, 5, 29), []),  # no such deadline is open
        ("membership", "probationary", JOINED, date(2027, 1, 4), []),
        ("membership", "probationary", JOINED, date(2027, 1, 5), ["not_recognised_yet"]),  # S-08
        ("membership", "official", JOINED, date(2027, 1, 5), []),
        ("congress", "in_term", TERM, date(2030, 2, 14), []),
        ("congress", "in_term", TERM, date(2030, 2, 15), ["congress_near"]),  # G-01
        ("congress", "in_term", TERM, date(2030, 8, 15), ["congress_near"]),  # its last day
        ("congress", "in_term", TERM, date(2030, 8, 16), ["term_over"]),
        ("congress", "summoned", TERM, date(2030, 8, 15), []),
        ("congress", "summoned", TERM, date(2030, 8, 16), ["term_over"]),
        ("congress", "in_term", Days({}), date(2030, 8, 16), []),
        ("away", "away", AWAY, date(2026, 8, 31), []),
        ("away", "away", AWAY, date(2026, 9, 1), ["ends_soon"]),  # W-04
        ("away", "asked_again", AWAY, date(2026, 10, 31), ["ends_soon"]),  # its last day
        ("away", "away", AWAY, date(2026, 11, 1), ["over"]),  # WX
        ("transfer", "introduced", WAY, date(2026, 8, 5), []),
        ("transfer", "introduced", WAY, date(2026, 8, 6), ["vanished"]),  # T-08, B32
        ("transfer", "introduced", WAY, date(2026, 9, 23), ["vanished"]),
        ("transfer", "introduced", WAY, date(2026, 9, 24), ["paper_late", "vanished"]),  # T-06, B29
        ("transfer", "taken_in", WAY, date(2026, 9, 24), []),
        ("temporary_transfer", "staying", AWAY, date(2026, 9, 30), []),
        ("temporary_transfer", "staying", AWAY, date(2026, 10, 1), ["ends_soon"]),  # T-10
        ("temporary_transfer", "staying", AWAY, date(2026, 10, 31), ["ends_soon"]),  # its last day
        ("temporary_transfer", "staying", AWAY, date(2026, 11, 1), ["over"]),
        ("temporary_transfer", "staying", STAY, date(2026, 9, 30), []),
        ("temporary_transfer", "staying", STAY, date(2026, 10, 1), ["not_begun"]),  # the introduction is on paper
        ("temporary_transfer", "staying", STAY, date(2026, 10, 14), ["not_begun"]),
        ("temporary_transfer", "staying", STAY, date(2026, 10, 15), []),  # the first day of the stay
        ("dues_relief", "exempt", RELIEF, date(2026, 10, 31), []),  # its last day
        ("dues_relief", "reduced", RELIEF, date(2026, 11, 1), ["over"]),
        ("dues_relief", "asked", RELIEF, date(2026, 11, 1), []),
        ("dues_relief", "exempt", Days({}), date(2026, 11, 1), []),  # until further notice
        ("away", "returned", AWAY, date(2026, 11, 1), []),
        ("away", "away", AHEAD, date(2026, 10, 4), []),
        ("away", "away", AHEAD, date(2026, 10, 5), ["not_begun"]),  # the approval is on paper
        ("away", "away", AHEAD, date(2026, 10, 31), ["not_begun"]),
        ("away", "away", AHEAD, date(2026, 11, 1), []),  # the day of leaving
        ("away", "asked", Days({"asked_until": "2026-10-31"}), date(2026, 11, 1), []),
    ],
)
def test_labels_begin_and_end_on_their_day(
    lifecycle: str, state: str, days: Days, today: date, keys: list[str]
) -> None:
    assert [one.timed.key for one in carried(LIFECYCLES[lifecycle].timed, state, days, today)] == keys


def test_a_label_says_since_when() -> None:
    (over,) = carried(LIFECYCLES["recognition"].timed, "probation", PROBATION, date(2027, 3, 1))
    assert (over.since, over.timed.rule) == (date(2027, 1, 5), "PRO.CELL_REVIEW")
    (expired,) = carried(LIFECYCLES["admission"].timed, "ready", DOSSIER, date(2027, 7, 1))
    assert (expired.since, expired.timed.rule) == (date(2027, 5, 29), "ADM.DOSSIER_VALID")
