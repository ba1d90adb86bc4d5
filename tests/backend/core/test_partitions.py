"""A month is made ready while others read and write the table: nobody waits, and two at once make it once."""

from __future__ import annotations

import psycopg
import pytest

from tests.realdb import RealDatabase

pytestmark = pytest.mark.real
TABLE = "participation_duesentry"
READY = "SELECT chibo_ensure_month('participation_duesentry', '2031-05-01')"
ROW = f"""INSERT INTO {TABLE} (month, member_id, status, unit_id, unit_path, version)
          VALUES ('2031-05-31', 1, 'unpaid', 1, '/1/', 1)"""


def test_a_month_is_made_ready_beside_whoever_has_read(committed_db: RealDatabase) -> None:
    url = committed_db.url("jobs")
    with psycopg.connect(url) as first, psycopg.connect(url) as second:
        for one in (first, second):
            one.execute(f"SELECT count(*) FROM {TABLE}")
        second.execute("SET LOCAL lock_timeout = '3s'")
        second.execute(READY)
        second.execute(ROW)
        second.commit()
        first.execute(READY)
        assert first.execute(f"SELECT count(*) FROM {TABLE}").fetchone() == (1,)


def test_a_month_has_the_indexes_of_its_table_and_no_door_of_its_own(committed_db: RealDatabase) -> None:
    with psycopg.connect(committed_db.url("jobs")) as jobs:
        jobs.execute(READY)
        found = jobs.execute(
            "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_inherits h ON h.inhrelid = c.oid "
            f"WHERE i.indrelid = '{TABLE}_2031_05'::regclass"
        ).fetchone()
        assert found == (2,), "the key and the index by unit, attached to those of the table"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            jobs.execute(f"SELECT count(*) FROM {TABLE}_2031_05")
