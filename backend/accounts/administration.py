"""Opening, moving and closing units, and making accounts, by an office that may (Right.ADMINISTER).

Each is a transaction of its own with one event. Offices are given and ended in `assigning`.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from backend.accounts.lookalikes import looks_like_another
from backend.accounts.models import User
from backend.accounts.policy import Actor, require
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, record
from backend.core import clock
from backend.core.db import WHOLE, scope, scoped
from backend.core.errors import NotFound, Refused, Unchanged
from backend.core.nudge import nudge
from backend.organizations import tree
from backend.organizations.models import Unit
from workflows.answers import Refusal
from workflows.offices import Level, Right
from workflows.profile import Name, reads

NAME_TAKEN = Refusal(
    "user.name_taken",
    gettext_noop("Somebody else signs in with this name."),
    remedy=gettext_noop("Choose another one."),
    fact="username",
)
LOOKS_ALIKE = Refusal(
    "user.name_looks_alike",
    gettext_noop(
        "Somebody else signs in with a name that looks like this one (0 and o, 1, i and l, or one sign for another)."
    ),
    remedy=gettext_noop("Choose one that nobody takes for another."),
    fact="username",
)
ONLY_SIGNS = Refusal(
    "user.name_of_signs",
    gettext_noop("A sign-in name has a letter or a digit in it."),
    remedy=gettext_noop("Write it so that it can be typed on any keyboard, such as nguyen.van.an."),
    fact="username",
)
BAD_USERNAME = Refusal(
    "user.bad_username",
    gettext_noop("A sign-in name has letters without diacritics, digits and . _ - + @ alone."),
    remedy=gettext_noop("Write it so that it can be typed on any keyboard, such as nguyen.van.an."),
    fact="username",
)
BAD_NAME = Refusal(
    "user.bad_full_name",
    gettext_noop("This is no name of a person."),
    fact="full_name",
    remedy=gettext_noop("Write a name."),
)
FIELDS = {"username": _("Sign-in name"), "full_name": _("Full name"), "email": _("E-mail address")}
"""What people call the parts of an account."""


def visible_units(actor: Actor) -> list[Unit]:
    """Open units in the actor's scope, in the order of the tree. Must run inside a transaction scoped to the actor."""
    return list(Unit.objects.filter(path__gte=actor.path, path__lt=f"{actor.path}~", closed_on=None).order_by("path"))


def unit_coded(actor: Actor, code: str, fact: str = "") -> Unit:
    """The unit with a code in the actor's scope, a closed one too. Raises Refused, about the field `fact` of a form."""
    with scoped(actor.path):
        unit = Unit.objects.filter(code=code).first()
    if unit is None or not actor.sees(unit.path):
        raise Refused(
            [
                Refusal(
                    "unit.unknown", gettext_noop("There is no unit with the code %(code)s."), {"code": code}, fact=fact
                )
            ]
        )
    return unit


def open_unit(actor: Actor, *, code: str, name: str, level: Level, parent_id: int | None, on: date) -> Unit:
    """A new unit; without a parent the top of a tree, which only somebody with the whole in reach may plant.

    Raises NotFound, NotPermitted, Unchanged, Refused.
    """
    with transaction.atomic(durable=True):
        scope(actor.path)
        parent = in_reach(actor, parent_id) if parent_id is not None else None
        if parent is None:
            require(actor, Right.ADMINISTER, WHOLE)
        unit = tree.open_unit(actor.who(), code=code, name=name, level=level, parent=parent, on=on)
    nudge("jobs.seal")
    return unit


def move_unit(actor: Actor, unit_id: int, parent_id: int, *, on: date) -> Unit:
    """Raises NotFound, NotPermitted, Unchanged, Refused; both places must lie in the actor's reach."""
    with transaction.atomic(durable=True):
        scope(actor.path)
        in_reach(actor, unit_id)
        in_reach(actor, parent_id)
        unit = tree.move_unit(actor.who(), unit_id, parent_id, on=on)
    nudge("jobs.seal")
    return unit


def close_unit(actor: Actor, unit_id: int, *, on: date) -> Unit:
    """Raises NotFound, NotPermitted, Unchanged, Refused."""
    with transaction.atomic(durable=True):
        scope(actor.path)
        in_reach(actor, unit_id)
        unit = tree.close_unit(actor.who(), unit_id, on=on)
    nudge("jobs.seal")
    return unit


def in_reach(actor: Actor, unit_id: int) -> Unit:
    """The unit, if the actor administers it. Raises NotFound, NotPermitted."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None or not actor.sees(unit.path):
        raise NotFound(gettext_noop("There is no such unit here."))
    require(actor, Right.ADMINISTER, unit.path)
    return unit


def add_user(
    actor: Actor,
    *,
    username: str,
    full_name: str,
    email: str,
    hashed: str,
    language: str = "",
    must_change: bool = True,
) -> User:
    """An account to sign in with; what it may do is given by offices (`assigning`).

    `hashed` (from `make_password`) is a one-time password: with `must_change` the account can do nothing but choose
    another one (the laptop's demo accounts keep theirs: it is printed at every start). `language` is that of the
    person's letters; without one it is the installation's.

    Raises NotPermitted, Unchanged where it is there with the same name and address, Refused for a name that is taken
    (capitals make no other name) and for every field that cannot be used.
    """
    require(actor, Right.ADMINISTER, actor.path)
    user = User(
        username=username, full_name=" ".join(full_name.split()), email=email, password=hashed,
        language=language or settings.LANGUAGE_CODE, password_must_change=must_change,
    )  # fmt: skip
    with transaction.atomic(durable=True):
        scope(actor.path)
        known = User.objects.filter(username__iexact=username).first()
        if known is not None:
            raise Unchanged if _is_same(known, user) else Refused([NAME_TAKEN])
        check_fields(user)
        insert(user)
        record([made(actor, user)])
    nudge("jobs.seal")
    return user


def insert(user: User) -> None:
    """In the caller's transaction. Raises Refused where another took the name a moment ago, or has one that looks like it."""
    if looks_like_another(user.username):
        raise Refused([LOOKS_ALIKE])
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Refused([NAME_TAKEN]) from None


def user_named(username: str, fact: str = "") -> User:
    """The account with a name, in capitals or not. Raises Refused, about the field `fact` of a form."""
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        words = {"name": username}
        raise Refused([Refusal("user.unknown", gettext_noop("Nobody signs in as %(name)s."), words, fact=fact)])
    return user


def _is_same(known: User, asked: User) -> bool:
    names = ("full_name", "email", "language")
    return all(getattr(known, name) == getattr(asked, name) for name in names)


def check_fields(user: User, *only: str) -> None:
    """Raises Refused with every field that cannot be used, of all or of some."""
    asked = set(only) or {one.name for one in user._meta.fields}
    wrong = [BAD_USERNAME] if "username" in asked and not user.username.isascii() else []
    if "username" in asked and user.username and not any(sign.isalnum() for sign in user.username):
        wrong.append(ONLY_SIGNS)
    if "full_name" in asked and user.full_name and not reads(Name("full_name", ""), user.full_name):
        wrong.append(BAD_NAME)
    try:
        user.clean_fields(exclude={one.name for one in user._meta.fields} - asked)
    except ValidationError as error:
        said = [(field, message) for field, messages in error.message_dict.items() for message in messages]
        wrong += [_bad_field(field, message) for field, message in said]
    if wrong:
        raise Refused(wrong)


def _bad_field(field: str, said: str) -> Refusal:
    words = {"field": FIELDS.get(field, field), "said": said}
    return Refusal(f"user.bad_{field}", "%(field)s: %(said)s", words, fact=field)


def made(actor: Actor, user: User) -> Entry:
    """Accounts belong to no unit; the event stands where the one who made it does. Names go to the detail."""
    return Entry(
        code=EventCode.USER_ADDED, subject_kind=SubjectKind.USER, subject_id=user.pk, version=1, who=actor.who(),
        on=clock.today(), unit_id=actor.unit_id or 0, unit_path=actor.path,
        detail={"username": user.username, "full_name": user.full_name, "email": user.email},
    )  # fmt: skip
