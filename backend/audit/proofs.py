"""Proofs for anyone who holds a signed head: this event is in the log, this log continues that one."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from backend.audit import merkle
from backend.audit.models import Head
from backend.audit.nodes import read_nodes
from backend.core.errors import NotFound


def inclusion_proof(position: int, size: int) -> list[bytes]:
    """The path from the leaf at `position` (1, 2, …) to the root of size `size`; at most 2·log2(size) reads.

    Raises NotFound when there is no such position or the log has not reached that size.
    """
    _must_reach(size)
    if not 1 <= position <= size:
        message = gettext_noop("Position %(position)s is not in a log of %(size)s events.")
        raise NotFound(message, position=position, size=size)
    with transaction.atomic():
        return merkle.inclusion_proof(position - 1, size, read_nodes)


def consistency_proof(first: int, second: int) -> list[bytes]:
    """That the log of `second` events begins with the log of `first`. Raises NotFound for sizes that never were."""
    _must_reach(second)
    if not 1 <= first <= second:
        message = gettext_noop("A log of %(second)s events does not continue one of %(first)s.")
        raise NotFound(message, first=first, second=second)
    with transaction.atomic():
        return merkle.consistency_proof(first, second, read_nodes)


def root_at(size: int) -> bytes:
    """The root of the first `size` events, whether or not a head was signed at that size."""
    _must_reach(size)
    names = merkle.peaks(size)
    with transaction.atomic():
        nodes = read_nodes(names)
    return merkle.root([nodes[name] for name in names])


def _must_reach(size: int) -> None:
    reached = Head.objects.values_list("size", flat=True).get(pk=1)
    if size > reached:
        message = gettext_noop("The log has %(reached)s sealed events, not %(size)s.")
        raise NotFound(message, reached=reached, size=size)
