"""Sealed values open under any key of the settings; the blind index finds whole values only."""

import pytest
from cryptography.fernet import Fernet

from backend.core.keyring import KeyMissing, resealed, seal, unseal
from backend.members.protected import blind_index

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_a_value_opens_after_a_new_key_came_and_no_longer_when_its_key_is_gone(settings):
    settings.CHIBO_FIELD_KEYS = OLD
    sealed = seal("087071579715")
    assert sealed is not None
    assert b"087071579715" not in sealed
    settings.CHIBO_FIELD_KEYS = f"{NEW}, {OLD}"
    assert unseal(memoryview(sealed)) == "087071579715"
    renewed = resealed(sealed)
    assert renewed is not None
    assert resealed(renewed) is None, "nothing to do twice"
    settings.CHIBO_FIELD_KEYS = NEW
    assert unseal(renewed) == "087071579715"
    with pytest.raises(KeyMissing, match="CHIBO_FIELD_KEYS"):
        unseal(sealed)
    with pytest.raises(KeyMissing, match="CHIBO_FIELD_KEYS"):
        resealed(sealed)


def test_two_seals_of_one_value_differ_but_their_indexes_meet():
    assert seal("0900") != seal("0900")
    assert blind_index("personal_id", "087 071.579-715") == blind_index("personal_id", "087071579715")
    assert blind_index("phone", "+84 940 986 382") == blind_index("phone", "0940986382")
    assert blind_index("phone", "087071579715") != blind_index("personal_id", "087071579715")
    assert blind_index("personal_id", "08707157971") != blind_index("personal_id", "087071579715")
    assert len(blind_index("phone", "0940986382") or b"") == 32


def test_nothing_is_sealed_as_nothing():
    assert seal("") is None
    assert unseal(None) == ""
    assert blind_index("phone", " .") is None


@pytest.mark.parametrize("keys", ["", "not a key"])
def test_missing_keys_are_one_sentence(settings, keys):
    settings.CHIBO_FIELD_KEYS = keys
    with pytest.raises(KeyMissing, match="CHIBO_FIELD_KEYS must hold Fernet keys"):
        seal("1")


def test_the_index_depends_on_its_key(settings):
    before = blind_index("phone", "0940986382")
    settings.CHIBO_INDEX_KEY = "ab" * 32
    assert blind_index("phone", "0940986382") != before
    settings.CHIBO_INDEX_KEY = "short"
    with pytest.raises(KeyMissing, match="CHIBO_INDEX_KEY"):
        blind_index("phone", "1")
