"""What an emptied field said is left in no table's own file once the tables are written anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from time import sleep

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from backend.config import embedded, env
from backend.core.rotation import PLACES
from backend.members.models import Member
from tests.backend.cases.test_amending import correct, empty
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import make_world

pytestmark = pytest.mark.real
SAID = "ZQHOMEADDR"
Counting = Callable[[], int]


@pytest.fixture
def in_the_file(committed_db: RealDatabase) -> Iterator[Counting]:
    """How often the words stand in the file of the members' table."""
    if env.text("DATABASE_OWNER_URL") or env.text("DATABASE_URL"):
        pytest.skip("the files of another server are not ours to read")
    running = embedded.ensure(env.local_dir(), postgres=True, redis=False)
    with psycopg.connect(
        host=running.sockets, user="postgres", password=running.passwords["superuser"], dbname=committed_db.name,
        autocommit=True,
    ) as server:  # fmt: skip

        def counted() -> int:
            server.execute("CHECKPOINT")
            sql = "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('members_member')"
            (path,) = server.execute(sql).fetchone() or ("",)
            return Path(path).read_bytes().count(SAID.encode())

        yield counted


def test_what_was_emptied_is_left_in_no_file_of_a_table(in_the_file: Counting) -> None:
    world = make_world()
    member, other = world.member("Nguyễn Văn An"), world.member("Trần Văn B")
    correct(world.actor("secretary"), member, home_detail=f"{SAID} 12")
    correct(world.actor("secretary"), other, home_detail="Ấp Hai")
    empty(world.actor("secretary"), member, "home_detail")
    rows = list(Member.objects.order_by("pk").values())
    assert in_the_file() > 0
    for role in ("chibo_app", "chibo_jobs"):
        with as_role(role), override("en"), pytest.raises(CommandError, match=r"^Only the owner") as refusal:
            call_command("rewrite_tables")
        assert refusal.value.returncode == 2
    assert in_the_file() > 0
    said = StringIO()
    for _ in range(5):  # the server's own work in another transaction (autovacuum) may still see the rows of before
        said = StringIO()
        with as_role("chibo_owner"), override("en"):
            call_command("rewrite_tables", stdout=said)
        if in_the_file() == 0:
            break
        sleep(2)
    assert in_the_file() == 0
    assert list(Member.objects.order_by("pk").values()) == rows
    tables = {place.table for place in PLACES.values()} | {"members_nameword", "django_session"}
    assert said.getvalue().splitlines() == [f"{table} is written anew." for table in sorted(tables)]
