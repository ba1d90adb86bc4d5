"""Validators of passwords beside Django's: not a few signs over and over, which no list of common ones has; not the account."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_noop

from backend.core.folding import fold

LEAST = 5
UNIFORM = gettext_noop("The password says the same over and over: it needs at least %(least)s different signs.")


class NotUniform:
    """At least so many different signs."""

    def validate(self, password: str, user: object = None) -> None:
        if len(set(password)) < LEAST < len(password):  # of a short one it is said that it is short
            raise ValidationError(gettext(UNIFORM), "password_uniform", {"least": LEAST})

    def get_help_text(self) -> str:
        return gettext(UNIFORM) % {"least": LEAST}


class NotOfTheAccount(UserAttributeSimilarityValidator):
    """Django's, for what our accounts have; diacritics make no other word."""

    DEFAULT_USER_ATTRIBUTES = ("username", "full_name", "email")

    def validate(self, password: str, user: Any = None) -> None:
        if user is not None:
            folded = copy(user)
            for name in self.user_attributes:
                setattr(folded, name, fold(getattr(user, name) or ""))
            super().validate(fold(password), folded)
