"""A database knows its keys again: by one sealed word, made when it is, and renewed when all else is."""

from __future__ import annotations

import contextlib
import hmac

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection

from backend.config.errors import ConfigurationError
from backend.core import rotation
from backend.core.keymark import mark_after_migrate, must_open
from backend.core.keyring import unseal
from backend.core.models import KeyMark
from tests.roles import as_role

pytestmark = pytest.mark.django_db
NEW = Fernet.generate_key().decode()
SAID = "No key of CHIBO_FIELD_KEYS opens what this database keeps sealed"


class Looked:
    """The test's own connection, of which the closing is only noted."""

    def __init__(self) -> None:
        self.closed = False

    def cursor(self) -> object:
        return connection.cursor()

    def close(self) -> None:
        self.closed = True


def opens() -> bool:
    """Whether a connection is let in; one that is not must be told why, and be closed."""
    looked = Looked()
    with contextlib.suppress(ConfigurationError):
        must_open(looked)
        return not looked.closed
    with pytest.raises(ConfigurationError, match=SAID):
        must_open(looked)
    return not looked.closed


INDEX_SAID = "CHIBO_INDEX_KEY is not the one by which this database finds people's numbers"


def test_the_index_key_is_known_again_too(settings: LazySettings) -> None:
    own = settings.CHIBO_INDEX_KEY
    (mark,) = KeyMark.objects.all()
    assert bytes(mark.index_mark or b"") == hmac.digest(bytes.fromhex(own), b"core_keymark:Chibo", "sha256")
    looked = Looked()
    must_open(looked)
    settings.CHIBO_INDEX_KEY = "11" * 32
    with pytest.raises(ConfigurationError, match=INDEX_SAID):
        must_open(looked)
    assert looked.closed
    with as_role("chibo_owner"):
        mark_after_migrate()  # does not take another key for its own
    with pytest.raises(ConfigurationError, match=INDEX_SAID):
        must_open(looked)
    settings.CHIBO_INDEX_KEY = ""  # a process that looks nobody up
    must_open(looked)


def test_a_database_of_before_is_marked_with_the_key_that_it_is_migrated_with(settings: LazySettings) -> None:
    settings.CHIBO_INDEX_KEY = "11" * 32
    with as_role("chibo_owner"):
        KeyMark.objects.update(index_mark=None)
        must_open(Looked())
        mark_after_migrate()
        must_open(Looked())
    settings.CHIBO_INDEX_KEY = "22" * 32
    with pytest.raises(ConfigurationError, match=INDEX_SAID):
        must_open(Looked())


def rotated() -> None:
    with as_role("chibo_owner"):
        call_command("rotate_keys", verbosity=0)


def test_the_first_keys_are_the_database_s_own(settings: LazySettings) -> None:
    with as_role("chibo_owner"):
        mark_after_migrate()  # migrated once more
        assert [unseal(one.sealed) for one in KeyMark.objects.all()] == ["Chibo"]
    own = settings.CHIBO_FIELD_KEYS
    found = []
    for keys in (own, f"{NEW},{own}", f"{own},{NEW}", NEW, ""):
        settings.CHIBO_FIELD_KEYS = keys
        found.append(opens())
    assert found == [True, True, True, False, False]


def test_it_is_renewed_with_everything_else_and_after_it(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = settings.CHIBO_FIELD_KEYS
    settings.CHIBO_FIELD_KEYS = f"{NEW},{own}"
    broken = rotation.Place("members_member", ("no_such_column",), "broken")
    with monkeypatch.context() as within:
        within.setitem(rotation.PLACES, "broken", broken)
        with pytest.raises(Exception, match="no_such_column"), as_role("chibo_owner"):
            call_command("rotate_keys", verbosity=0)
    settings.CHIBO_FIELD_KEYS = NEW
    assert not opens()  # stopped half-way: the old key is still needed
    settings.CHIBO_FIELD_KEYS = f"{NEW},{own}"
    rotated()
    settings.CHIBO_FIELD_KEYS = NEW
    assert opens()
    settings.CHIBO_FIELD_KEYS = own
    assert not opens()


@pytest.mark.parametrize("role", ["chibo_app", "chibo_jobs"])
def test_no_application_role_writes_it(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'core_keymark', 'SELECT'),"
            " has_table_privilege(%s, 'core_keymark', 'INSERT, UPDATE, DELETE, TRUNCATE')",
            [role, role],
        )
        assert cursor.fetchone() == (True, False)
