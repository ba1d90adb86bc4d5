"""RFC 8291 to the byte: its own example (section 5, appendix A), and what only the right browser can read."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from backend.alerts.encrypting import LARGEST, TooLarge, encrypted
from backend.core import vapid
from tests.backend.alerts.push_service import Browser

PLAIN = b"When I grow up, I want to be a watermelon"
AS_PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
AS_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
UA_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
UA_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
EXAMPLE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95b"
    "Qpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
"""The body of the request in section 5."""


def test_the_example_of_the_rfc_comes_out_byte_for_byte() -> None:
    made = encrypted(
        PLAIN, point=vapid.decoded(UA_PUBLIC), secret=vapid.decoded(AUTH), salt=vapid.decoded(SALT),
        key=vapid.private_key(AS_PRIVATE),
    )  # fmt: skip
    head = vapid.decoded(SALT) + bytes([0, 0, 0x10, 0, 65]) + vapid.decoded(AS_PUBLIC)
    assert made[:86] == head
    assert vapid.encoded(made) == EXAMPLE
    assert vapid.public_of(AS_PRIVATE) == AS_PUBLIC
    assert Browser(vapid.private_key(UA_PRIVATE), vapid.decoded(AUTH)).read(made) == PLAIN


@given(st.binary(max_size=LARGEST))
def test_the_browser_reads_it_and_no_other_one_does(message: bytes) -> None:
    browser, other = Browser(), Browser()
    made = encrypted(message, point=browser.point, secret=browser.secret)
    assert browser.read(made) == message
    assert len(made) == 86 + len(message) + 17 <= 4096
    for stranger in (other, Browser(browser.key, other.secret), Browser(other.key, browser.secret)):
        with pytest.raises(InvalidTag):
            stranger.read(made)


def test_no_two_messages_share_a_key_or_a_salt() -> None:
    browser = Browser()
    one, two = (encrypted(b"x", point=browser.point, secret=browser.secret) for _ in range(2))
    assert one[:16] != two[:16]
    assert one[21:86] != two[21:86]


def test_what_was_changed_on_the_way_is_not_read() -> None:
    browser = Browser()
    made = bytearray(encrypted(b"three deadlines", point=browser.point, secret=browser.secret))
    made[-1] ^= 1
    with pytest.raises(InvalidTag):
        browser.read(bytes(made))


def test_what_is_too_large_is_not_encrypted() -> None:
    browser = Browser()
    with pytest.raises(TooLarge):
        encrypted(b"x" * (LARGEST + 1), point=browser.point, secret=browser.secret)


@pytest.mark.parametrize("text", ["", "AA", "=", "a+b/", "é", "A" * 87, AS_PRIVATE])
def test_what_is_no_point_of_the_curve_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (its words are for nobody)
        vapid.point(vapid.decoded(text))


def test_a_pair_belongs_together_and_is_another_one_each_time() -> None:
    one, two = vapid.new_pair(), vapid.new_pair()
    assert vapid.public_of(one[vapid.PRIVATE]) == one[vapid.PUBLIC] != two[vapid.PUBLIC]
    assert (len(vapid.decoded(one[vapid.PRIVATE])), len(vapid.decoded(one[vapid.PUBLIC]))) == (32, 65)
