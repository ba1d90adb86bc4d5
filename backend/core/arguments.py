"""The words of argparse in the language of the installation.

argparse asks Python's gettext, which knows the languages of the operating system and none of our catalogues; it looks the
function up in its own module at every word, so it is given Django's there.
"""

from __future__ import annotations

import argparse

from django.utils.translation import gettext, gettext_noop

ARGPARSE_WORDS = (
    gettext_noop("usage: "),
    gettext_noop("positional arguments"),
    gettext_noop("options"),
    gettext_noop("show this help message and exit"),
    gettext_noop("%(prog)s: error: %(message)s\n"),
    gettext_noop("argument %(argument_name)s: %(message)s"),
    gettext_noop("the following arguments are required: %s"),
    gettext_noop("one of the arguments %s is required"),
    gettext_noop("unrecognized arguments: %s"),
    gettext_noop("not allowed with argument %s"),
    gettext_noop("ignored explicit argument %r"),
    gettext_noop("ambiguous option: %(option)s could match %(matches)s"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
    gettext_noop("invalid %(type)s value: %(value)r"),
    gettext_noop("expected one argument"),
    gettext_noop("expected at most one argument"),
    gettext_noop("expected at least one argument"),
    gettext_noop("expected %s argument"),
    gettext_noop("expected %s arguments"),
)
"""What a person at the command line can be told by argparse."""


def speak() -> None:
    """From now on argparse speaks the language that is active when it says something."""
    words = {"_": gettext, "ngettext": _one_or_many}
    for name, say in words.items():
        setattr(argparse, name, say)


def _one_or_many(one: str, many: str, count: int) -> str:
    return gettext(one if count == 1 else many)
