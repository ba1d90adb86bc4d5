"""Which office holds which right: the table alone says so."""

from __future__ import annotations

from workflows.offices import Office, Right, holds


def test_an_office_holds_the_rights_of_its_row_and_no_other() -> None:
    assert [right for right in Right if holds(Office.HELPER, right)] == [Right.READ]
    assert [office for office in Office if holds(office, Right.ADMINISTER)] == [Office.ADMINISTRATOR, Office.OPERATOR]
    assert [office for office in Office if holds(office, Right.THROUGH_CASE)] == []
