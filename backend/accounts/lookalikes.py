"""Sign-in names that people take for one another: 0 for o, 1 or i for l, one sign for another, a sign at the end for none.

Other scripts are refused already (`administration.BAD_USERNAME`), so these few are all that look alike in most fonts.
"""

from __future__ import annotations

from django.db.models import F, Func, Value
from django.db.models.functions import Lower

from backend.accounts.models import User
from backend.core.db import WHOLE, execute, reaching

_FROM, _TO = "01l._+@", "oii----"
_SHAPE = Func(Func(Lower(F("username")), Value(_FROM), Value(_TO), function="translate"), Value("-"), function="rtrim")
_OF = str.maketrans(_FROM, _TO)


def looks_like_another(username: str) -> bool:
    """Whether somebody signs in with another name of this shape, wherever they serve.

    Inside the transaction that gives the name: until its end whoever asks for this shape waits.
    """
    shape = username.lower().translate(_OF).rstrip("-")
    execute("SELECT pg_advisory_xact_lock(hashtext('chibo.username'), hashtext(%s))", [shape])
    with reaching([WHOLE]):
        alike = User.objects.alias(shape=_SHAPE).filter(shape=shape)
        return alike.exclude(username__iexact=username).exists()
