"""The sample commune comes in with one command, once."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from backend.core.db import WHOLE, scoped
from backend.members.models import Member
from tests.roles import as_role


def run() -> str:
    out = io.StringIO()
    with as_role("chibo_app"):
        call_command("load_sample", stdout=out)
    return out.getvalue()


@pytest.mark.real
def test_the_sample_comes_in_once_and_prints_accounts(committed_db):
    first, second = run(), run()
    with as_role("chibo_app"), scoped(WHOLE):
        assert Member.objects.count() == 210
    assert "cell1 " in first
    assert first.splitlines()[-6:] == second.splitlines()[-6:]


@pytest.mark.django_db
def test_a_missing_sample_is_one_sentence(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match=r"sample.*\.$") as refusal:
        run()
    assert refusal.value.returncode == 2
