"""Extracts: what the log says to a question, told in the log first, then handed out piece by piece in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import islice

from django.db.models import QuerySet

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.audit.exporting import head_of, part, placed
from backend.audit.heads import TreeHead
from backend.audit.kept_heads import daily_sizes
from backend.audit.models import Event
from backend.audit.openable import opens_details
from backend.cases.selectors import need
from backend.core.db import scoped
from backend.core.nudge import nudge
from backend.core.sheets import xlsx
from backend.core.tables import MARK, as_csv
from backend.desk.asking import Asked, events
from backend.desk.readings import Reading, tell
from backend.desk.sampling import Draw, Drawn, drawn
from backend.desk.tables import CHUNK, headings, rows
from workflows.offices import Right

KNOWN = 50
"""Sizes of heads that a reader names at once."""


class Form(StrEnum):
    """As what an extract goes out; only lines of JSON prove themselves (docs/log-export.md)."""

    CSV = "csv"
    XLSX = "xlsx"
    LINES = "lines"


MEDIA = {
    Form.CSV: ("text/csv; charset=utf-8", "csv"), Form.LINES: ("application/octet-stream", "txt"),
    Form.XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}  # fmt: skip
"""As what a form goes out, and how its file's name ends."""


@dataclass(frozen=True)
class Wanted:
    """What of the log is wanted: a question, or a sample of what it keeps, under the head of a size (None: the newest).

    `details`: with what stands behind the lines. `known`: sizes of heads the reader has kept, besides the last of each day.
    `language`: of the words.
    """

    asked: Asked
    form: Form
    draw: Draw | None = None
    head: int | None = None
    details: bool = False
    known: tuple[int, ...] = ()
    language: str = "vi"


@dataclass(frozen=True)
class Sample:
    """A sample with what it was drawn from: so many events, under a head."""

    draw: Draw
    head: TreeHead
    population: int
    drawn: list[Drawn]


@dataclass(frozen=True)
class Extract:
    """An extract that the log knows of; `pieces` reads it in a transaction of its own."""

    actor: Actor
    wanted: Wanted
    head: TreeHead
    drawn: list[Drawn] | None

    @property
    def media_type(self) -> str:
        return MEDIA[self.wanted.form][0]

    @property
    def name(self) -> str:
        """Of the file: it says under which head it stands."""
        return f"chibo-log-{self.head.size}.{MEDIA[self.wanted.form][1]}"

    def pieces(self) -> Iterator[bytes]:
        with scoped(self.actor.path):
            yield from self._pieces(self._events())

    def _events(self) -> QuerySet[Event]:
        found = events(self.actor, self.wanted.asked)
        return found if self.drawn is None else found.filter(uid__in=[one.uid for one in self.drawn])

    def _pieces(self, found: QuerySet[Event]) -> Iterator[bytes]:
        wanted = self.wanted
        if wanted.form is Form.LINES:
            plain = Event.objects.filter(pk__in=found.values("pk"))
            known = [*wanted.known, *daily_sizes()]
            yield from part(plain, known=known, details=wanted.details, head=self.head)
            return
        over = headings(wanted.language, details=wanted.details)
        lines = rows(placed(found, self.head.size), wanted.language, details=wanted.details)
        if wanted.form is Form.XLSX:
            yield from xlsx(over, lines)
            return
        yield (MARK + as_csv([over])).encode()
        while some := list(islice(lines, CHUNK)):
            yield as_csv(some).encode()


def extract(actor: Actor, wanted: Wanted) -> Extract:
    """Told in the log before the first piece goes out, whether or not anybody fetches it.

    Raises NotPermitted, NotFound where there is no such head, and KeyMissing where no key opens what it would hold.
    """
    need(actor, Right.AUDIT)
    with scoped(actor.path):
        head = head_of(wanted.head)
        found = events(actor, wanted.asked)
        some = drawn(found, head.size, wanted.draw) if wanted.draw else None
        count = placed(found, head.size).count() if some is None else len(some)
        if wanted.details:
            opens_details(
                placed(found if some is None else found.filter(uid__in=[one.uid for one in some]), head.size), count
            )
        more = {"form": wanted.form.value, "details": wanted.details, **_of_draw(wanted.draw, some)}
        seed = wanted.draw.seed if wanted.draw else ""
        tell(actor, Reading(EventCode.LOG_EXPORTED, wanted.asked, head.size, count, more, seed))
    nudge("jobs.seal")
    return Extract(actor, wanted, head, some)


def sample(actor: Actor, asked: Asked, draw: Draw, size: int | None = None) -> Sample:
    """Draw a sample from what the question keeps under the head of a size. Raises NotPermitted, NotFound."""
    need(actor, Right.AUDIT)
    with scoped(actor.path):
        head = head_of(size)
        found = events(actor, asked)
        made = Sample(draw, head, placed(found, head.size).count(), drawn(found, head.size, draw))
        more = _of_draw(draw, made.drawn)
        tell(actor, Reading(EventCode.LOG_SAMPLED, asked, head.size, made.population, more, draw.seed))
    nudge("jobs.seal")
    return made


def _of_draw(draw: Draw | None, some: list[Drawn] | None) -> dict[str, object]:
    """What the line says of a sample: how many were wanted, and a hash of those drawn, so that none is exchanged later."""
    if draw is None or some is None:
        return {}
    uids = "\n".join(str(one.uid) for one in some)
    return {"sample": draw.size, "drawn": sha256(uids.encode()).hexdigest()}
