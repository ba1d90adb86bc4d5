"""What guards say is read as a whole: codes are tried in test_guards, here are all sentences with their values."""

from tests.workflows.said import PATH, said


def test_every_answer_says_what_is_written_down() -> None:
    """Read the difference; if it is meant: `.venv/bin/python -m tests.workflows.said`."""
    assert said().splitlines() == PATH.read_text(encoding="utf-8").splitlines()
