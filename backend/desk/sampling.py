"""Samples that anybody draws again: the events whose SHA-256(seed ‖ uid) come first.

Seed and uid are UTF-8, the uid in its usual form of 36 characters; the hashes are compared as bytes. The population are the
events that the question keeps under the signed head that the sample names. `verify/chibo_sample.py` draws the same from
an extract of that population.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import BinaryField, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from backend.audit.exporting import placed
from backend.audit.models import Event

LARGEST = 1_000


@dataclass(frozen=True)
class Draw:
    """What a sample is drawn by."""

    seed: str
    size: int


@dataclass(frozen=True)
class Drawn:
    """One event of a sample, in the order in which it was drawn."""

    uid: UUID
    position: int
    key: str


def drawn(population: QuerySet[Event], size: int, draw: Draw) -> list[Drawn]:
    """The sample, from those of the population with a place under the head of `size`."""
    text = Concat(Value(draw.seed), Cast("uid", TextField()), output_field=TextField())
    key = Func(
        text, function="sha256", template="%(function)s(convert_to(%(expressions)s, 'UTF8'))",
        output_field=BinaryField(),
    )  # fmt: skip
    rows = placed(population, size).annotate(key=key).order_by("key", "uid").values_list("uid", F("position"), "key")
    return [Drawn(uid, position, bytes(key).hex()) for uid, position, key in rows[: draw.size]]
