"""The Vietnamese sentences are part of the answers: compile the catalogue before they are read."""

import gettext

import pytest
from django.core.management import call_command
from django.utils.translation import trans_real


@pytest.fixture(scope="session", autouse=True)
def _compiled_locale() -> None:
    call_command("compile_locale", verbosity=0)
    gettext._translations.clear()  # type: ignore[attr-defined]  # keeps what it read of a file that was written anew since
    trans_real._translations.clear()
