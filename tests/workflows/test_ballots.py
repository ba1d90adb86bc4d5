"""Thresholds in whole numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.ballots import ThresholdError, is_met, names_in, share, votes_needed


@pytest.mark.parametrize(("den", "needed"), [(3, 2), (4, 3), (20, 14), (22, 15), (17, 12), (1, 1)])
def test_two_thirds(den: int, needed: int) -> None:
    """B13 and B15."""
    assert votes_needed("3*yes>=2*den", {"den": den}) == needed
    assert not is_met("3*yes>=2*den", {"yes": needed - 1, "den": den})


def test_more_than_half_and_screening() -> None:
    assert votes_needed("2*votes>den", {"den": 11}, votes="votes") == 6
    assert is_met("3*yes>=2*(official-exempt)", {"yes": 4, "official": 8, "exempt": 2})
    assert not is_met("3*yes>=2*(official-exempt)", {"yes": 3, "official": 8, "exempt": 2})
    assert names_in("3*yes>=2*(official-exempt)") == {"yes", "official", "exempt"}


@pytest.mark.parametrize(
    ("threshold", "part"),
    [
        ("3*yes>=2*den", (2, 3, False)), ("2*yes>members", (1, 2, True)), ("2*votes>den", (1, 2, True)),
        ("3*yes>=2*(official-exempt)", (2, 3, False)), ("yes>=2", None), ("yes+1>den", None), ("yes<=den", None),
    ],
)  # fmt: skip
def test_the_part_that_must_agree(threshold: str, part: tuple[int, int, bool] | None) -> None:
    assert share(threshold) == part


def test_a_threshold_nobody_can_reach() -> None:
    assert votes_needed("yes>=den", {"den": 100_000}) == 100_000
    assert votes_needed("yes>den", {"den": 100_000}) is None
    assert votes_needed("yes>den", {"den": 6}, most=7) == 7
    assert votes_needed("yes>den", {"den": 7}, most=7) is None


def test_a_threshold_that_no_vote_is_needed_for() -> None:
    assert votes_needed("yes>=0*den", {"den": 5}) == 0
    assert votes_needed("yes>0*den", {"den": 5}) == 1


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_two_thirds_is_exact(yes: int, den: int) -> None:
    assert is_met("3*yes>=2*den", {"yes": yes, "den": den}) is (3 * yes >= 2 * den)


@pytest.mark.parametrize(
    "bad", ["yes/den>1", "yes", "yes>=1.5", "yes>1>0", "f(yes)>1", "yes==1", "True>yes", "yes>", "__import__('os')>1"]
)
def test_anything_else_is_refused(bad: str) -> None:
    with pytest.raises(ThresholdError):
        is_met(bad, {"yes": 1, "den": 1})


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("yes>", "'yes>' is no threshold: invalid syntax."),
        ("yes>1>0", "'yes>1>0' must compare two sides with one of >= > <= <."),
        ("yes==1", "'yes==1' must compare two sides with one of >= > <= <."),
        ("yes/den>1", "'yes/den>1' may use only names, whole numbers and + - *."),
        ("1.5*yes>1", "'1.5*yes>1' may use only names, whole numbers and + - *."),
        ("yes*1.5>1", "'yes*1.5>1' may use only names, whole numbers and + - *."),
        ("yes>True", "'yes>True' may use only names, whole numbers and + - *."),
    ],
)
def test_what_is_wrong_with_a_threshold_is_said(bad: str, said: str) -> None:
    with pytest.raises(ThresholdError) as caught:
        names_in(bad)
    assert str(caught.value) == said


def test_sums_are_reckoned_on_both_sides() -> None:
    counts = {"yes": 5, "official": 10, "exempt": 2}
    assert is_met("2*yes+1>official-exempt+2", counts)
    assert not is_met("2*yes+1>official-exempt+3", counts)
    assert is_met("yes<official-4", counts)
    assert not is_met("yes<official-5", counts)
    assert is_met("yes<=official-5", counts)


def test_a_missing_count_is_named() -> None:
    with pytest.raises(KeyError, match="den"):
        is_met("yes>den", {"yes": 1})
