"""What every test stands on.

Settings start the embedded servers (or use those of DATABASE_URL and REDIS_URL); all pytest-xdist workers share them,
each with a test database and a Redis database of its own. The last process to leave stops the servers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import deactivate
from hypothesis import settings

from tests.realdb import another_db, committed_db, django_db_modify_db_settings, pristine_template
from workflows import law

__all__ = ["another_db", "committed_db", "django_db_modify_db_settings", "pristine_template"]


@pytest.fixture(autouse=True)
def nothing_settled() -> Iterator[None]:
    """Who decides is read with the calendar, by thread, and so is the language, which a page leaves set: what one test has
    settled or spoken is no other one's."""
    yield
    law.settle({})
    deactivate()


@pytest.fixture(scope="session", autouse=True)
def clients_sign_their_cookies() -> Iterator[None]:
    """Django's test client makes the cookie of a session itself, out of the bare key, which the pages do not take."""
    from django.conf import settings as django  # noqa: PLC0415  (the settings start the servers, not this import)
    from django.test.client import Client  # noqa: PLC0415

    from backend.accounts.sealed_sessions import SessionStore  # noqa: PLC0415
    from backend.accounts.session_cookie import key_in, signed  # noqa: PLC0415

    enter, name = Client._set_login_cookies, django.SESSION_COOKIE_NAME  # type: ignore[attr-defined]

    def session(client: Client) -> SessionStore:
        cookie = client.cookies.get(name)
        store = SessionStore(key_in(cookie.value) if cookie else None)
        if not cookie:
            store.save()
            client.cookies[name] = signed(store.session_key or "")
        return store

    def enter_signed(client: Client, request: object) -> None:
        enter(client, request)
        client.cookies[name] = signed(client.cookies[name].value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "session", property(session))
        patch.setattr(Client, "_set_login_cookies", enter_signed)
        yield


AT_NIGHT = (
    "bench/test_bench.py", "api/test_doors.py", "api/test_foreign_ids.py", "backend/audit/test_commands.py",
    "verify/test_restored.py", "api/test_dues.py", "api/test_handovers.py", "api/test_made_up_facts.py",
    "attacks/test_requests.py", "backend/handovers/", "backend/imports/test_second_file.py",
    "backend/imports/test_strange_files.py", "browser/test_letters.py", "concurrency/test_dues.py",
    "config/test_embedded.py", "config/test_faults.py", "config/test_output.py", "faults/test_ledger.py",
    "machine/test_every_step.py", "machine/test_play.py", "web/test_answers.py", "web/test_bulk.py",
    "web/test_case_page.py", "web/test_desk.py", "web/test_facts.py", "web/test_imports.py",
    "web/test_member_export.py", "web/test_overview.py", "workflows/test_guards_asked_early.py",
)  # fmt: skip
"""Long, and of what seldom breaks: the gate has fifteen minutes."""


LONG = (
    "backend/alerts/test_rehearsal.py", "backend/imports/test_bring_in.py",
    "backend/imports/test_undo.py", "concurrency/", "verify/test_stamps.py", "verify/test_whole.py",
)  # fmt: skip
"""In the gate with `make test-slow`: `make test` has five minutes."""


@pytest.hookimpl(tryfirst=True)  # before what -m leaves out is decided
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever walks through pages in a browser takes long; some tests run at night alone."""
    tests = Path(__file__).parent
    for item in items:
        at = item.path.relative_to(tests).as_posix()
        if "walk" in getattr(item, "fixturenames", ()) or at.startswith(LONG + AT_NIGHT):
            item.add_marker(pytest.mark.slow)
        if at.startswith(AT_NIGHT):
            item.add_marker(pytest.mark.nightly)


settings.register_profile(
    "local", deadline=None, max_examples=30
)  # two shared cores: a slow example is not a wrong one
settings.register_profile("ci", deadline=None, max_examples=30, derandomize=True, print_blob=True)
settings.register_profile("nightly", deadline=None, max_examples=400, print_blob=True)  # other examples every night
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local"))
