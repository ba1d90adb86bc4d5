"""Accounts to try Chibo with on a laptop: the commune's offices, the secretary of each cell, an officer above."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import CommandError, CommandParser
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.accounts.administration import add_user
from backend.accounts.assigning import give_office
from backend.accounts.models import User
from backend.core import clock
from backend.core.commands import REFUSED, ChiboCommand
from backend.core.db import WHOLE, scoped
from backend.core.errors import Refused
from backend.organizations.models import Unit
from workflows.offices import Level, Office

AT_COMMITTEE = {
    "secretary": Office.COMMITTEE_SECRETARY,
    "officer": Office.ORGANISATION_OFFICER,
    "auditor": Office.AUDITOR,
    "administrator": Office.ADMINISTRATOR,
}
SHOWN_CELLS = 2


@dataclass(frozen=True)
class Account:
    """One office at one unit, and the name its holder signs in with."""

    username: str
    office: Office
    unit: Unit


class Command(ChiboCommand):
    """Makes what is missing and prints how to sign in; refused where CHIBO_DEMO_ACCOUNTS is off (production)."""

    help = gettext_noop("Create accounts to try Chibo with (laptop only) and print them.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sample", type=Path, default=settings.BASE_DIR / "sample" / "commune", metavar="FOLDER")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if not settings.CHIBO_DEMO_ACCOUNTS:
            raise CommandError(_("Demo accounts exist on a laptop only."), returncode=REFUSED)
        password = salted_hmac("chibo.demo.accounts", "password").hexdigest()[:12]
        hashed = make_password(password)  # once: hashing is slow on purpose, and they all share it
        with scoped(WHOLE):
            accounts = list(_accounts(options["sample"]))
        for account in accounts:
            _ensure(account, hashed)
        if not accounts:
            return
        cells = [account for account in accounts if account.office == Office.CELL_SECRETARY]
        self.stdout.write(_("Sign in with the password %(password)s as:") % {"password": password})
        for account in [one for one in accounts if one not in cells] + cells[:SHOWN_CELLS]:
            self.stdout.write(f"  {account.username:<16}{account.office.label}, {account.unit.name}")
        if len(cells) > SHOWN_CELLS:
            self.stdout.write(_("  … and so on to %(last)s, one for each cell.") % {"last": cells[-1].username})


def codes_of(sample: Path) -> list[str]:
    """The codes of the sample's units."""
    with (sample / "units.csv").open(encoding="utf-8-sig", newline="") as units:
        return [row["code"] for row in csv.DictReader(units)]


def committee_of(codes: Sequence[str]) -> Unit | None:
    """The base committee among them, where it stands here."""
    return Unit.objects.filter(code__in=codes, level=Level.BASE, closed_on=None).order_by("code").first()


def _accounts(sample: Path) -> Iterator[Account]:
    """Offices of the sample's own units and of no other: a roster of one's own gets no password that everybody knows."""
    codes = codes_of(sample)
    base = committee_of(codes)
    if base is None:
        return
    for username, office in AT_COMMITTEE.items():
        yield Account(username, office, base)
    above = [int(key) for key in base.path.strip("/").split("/")[:-1]]
    for unit in Unit.objects.filter(pk__in=above).order_by("-path"):
        yield Account(unit.level, Office.ORGANISATION_OFFICER, unit)
        if unit.parent_id is None:  # who enters days off does so for everybody
            yield Account(f"{unit.level}_admin", Office.ADMINISTRATOR, unit)
    cells = Unit.objects.filter(code__in=codes, level=Level.CELL, closed_on=None)
    for number, cell in enumerate(cells.order_by("code"), start=1):
        yield Account(f"cell{number}", Office.CELL_SECRETARY, cell)


def _ensure(account: Account, hashed: str) -> None:
    """The person and the office, each only if missing: what somebody changed since stays as it is.

    The password is no one-time one: `make run` prints it at every start, for whoever tries Chibo on this laptop.
    """
    actor = operator()
    user = User.objects.filter(username=account.username).first()
    if user is None:
        user = add_user(
            actor, username=account.username, email=f"{account.username}@chibo.invalid", hashed=hashed,
            full_name=f"{account.office.label}, {account.unit.name}"[:120], must_change=False,
        )  # fmt: skip
    with scoped(WHOLE):
        seated = user.assignments.exists()
    if not seated:
        with suppress(Refused):  # somebody else was given the office since
            give_office(actor, user, account.office, account.unit.pk, since=clock.today())
