"""Which days the record that is kept takes over, by the standings of both."""

from __future__ import annotations

import pytest

from workflows.guards.merging import days_taken

ALL = ("admission_decided_on", "joined_on", "official_on", "left_on", "party_age_from")


@pytest.mark.parametrize(
    ("goes", "kept", "taken"),
    [
        ("removed", "removed", ALL),
        ("dropped", "official", ()),
        ("candidate", "probationary", ("admission_decided_on", "joined_on", "left_on", "party_age_from")),
        ("transferred_out", "probationary", ("admission_decided_on", "joined_on", "party_age_from")),
        ("transferred_out", "approved", ("admission_decided_on",)),
    ],
)
def test_a_record_takes_over_the_days_of_what_it_has_reached(goes: str, kept: str, taken: tuple[str, ...]) -> None:
    assert days_taken(goes, kept) == taken
