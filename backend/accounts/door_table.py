"""The table of doors written out for people (docs/doors.md), and where it and the URLs disagree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from backend.accounts.doors import DOORS
from workflows.offices import GIVEN_OFFICES

HEAD = """# Who gets through each door

Written from `backend/accounts/doors.py` (`make docs`); `tests/api/test_doors.py` knocks at each door as everybody. An office
that a door is open to still acts on its own units only, and takes the steps that its level may take
([rights by office](generated/rights.md); each step with its offices stands on its lifecycle's page). HEAD is GET; any other
method is answered with 405. Who lacks the right is answered with 403 by the API, and with 404 by a page.
"""


def document() -> str:
    """The table in Markdown: a row for each URL and method, a column for each office that a person is given."""
    head = ["URL", "method", "open to", *(str(office.value) for office in GIVEN_OFFICES)]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for route, methods in DOORS.items():
        for method, one in methods.items():
            marks = ["x" if one.lets(office) else "" for office in GIVEN_OFFICES]
            lines.append(f"| `/{route}` | {method} | {' | '.join([one.said, *marks])} |")
    return "\n".join([HEAD, *lines]) + "\n"


def routes(patterns: Any = None, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every route that the URLs name, with its view."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, above + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield above + str(one.pattern), one.callback


def unlisted() -> list[str]:
    """What the URLs name and the table does not, and the other way round: one sentence each."""
    found = dict(routes())
    wrong = [
        f"{route}: no entry in backend/accounts/doors.py says who gets through."
        for route in found
        if route not in DOORS
    ]
    wrong += [
        f"{route}: backend/accounts/doors.py has an entry for what is no route."
        for route in DOORS
        if route not in found
    ]
    for route in found.keys() & DOORS.keys():
        view = getattr(found[route], "view_class", getattr(found[route], "cls", None))
        if route.startswith("api/v1/") and view is not None:
            taken = {name.upper() for name in view.http_method_names if hasattr(view, name)} - {"HEAD", "OPTIONS"}
            wrong += [f"{route}: {method} has no entry." for method in sorted(taken - DOORS[route].keys())]
            wrong += [f"{route}: {method} is none of its methods." for method in sorted(DOORS[route].keys() - taken)]
    return sorted(wrong)
