"""The table of doors written out for people: docs/doors.md."""

from __future__ import annotations

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
