"""What an office answers to a deadline, as forms: seen (nobody above is told for some days), put off, a comment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from backend.accounts.policy import Actor
from backend.alerts.answers_told import answer_told
from backend.audit.codes import SubjectKind
from backend.audit.details import with_details
from backend.audit.models import Event
from backend.cases import acknowledging, answering
from backend.cases.engine import RequestKey
from backend.core import clock
from backend.core.errors import KeyReused, NotPermitted, Refused, Stale
from backend.deadlines.calendar import calendar
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from backend.web.days import DayField
from backend.web.refusing import tell
from workflows import law


class Answered(Enum):
    """What became of an answer that was sent."""

    DONE = HTTPStatus.OK
    NONE = HTTPStatus.BAD_REQUEST
    WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
    OVERTAKEN = HTTPStatus.CONFLICT

    @property
    def status(self) -> int:
        return int(self.value)


class AnswerForm(forms.Form):
    """`version` is the one that was looked at; `key` makes that sending it twice does it once."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Why, in a few words"), max_length=500, widget=forms.Textarea({"rows": 2}))


class AcknowledgeForm(AnswerForm):
    """Without a number of days, as many as the rules propose."""

    working_days = forms.IntegerField(label=_("For how many working days"), min_value=1, max_value=100, required=False)
    reason = _reason()
    field_order = ("working_days", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"days": law.rule("ALERT.ACK_DAYS", clock.today()).value}
        self.fields["working_days"].help_text = gettext("Left empty: %(days)s.") % words


class SnoozeForm(AnswerForm):
    until = DayField(label=_("No reminder before the day"))
    reason = _reason()
    field_order = ("until", "reason")


class CommentForm(AnswerForm):
    comment = forms.CharField(
        label=_("What is to be said to everybody who reads this deadline's story"), max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    field_order = ("comment",)


@dataclass(frozen=True)
class Kind:
    """One of the answers: its form, what does it, its name, what its button says, and what is said once it is done."""

    form: type[AnswerForm]
    act: Callable[..., dict[str, Any]]
    label: str | Promise
    button: str | Promise
    said: str


KINDS = {
    "acknowledge": Kind(
        AcknowledgeForm, acknowledging.acknowledge, _("Seen: tell nobody above for some days"), _("Seen"),
        gettext_noop("Recorded: seen. Nobody above is told before the day named."),
    ),
    "snooze": Kind(
        SnoozeForm, answering.snooze, _("Put the reminders off to a day"), _("Put off"),
        gettext_noop("The reminders are put off. The legal day stays as it is."),
    ),
    "comment": Kind(
        CommentForm, answering.comment, _("Say something about it"), _("Say it"),
        gettext_noop("The comment stands in the story of this deadline."),
    ),
}  # fmt: skip


@dataclass
class Answers:
    """The answers that an office may give to a deadline, with the one that was sent (`sent`: a POST)."""

    actor: Actor
    deadline: Deadline
    sent: Mapping[str, Any] | None = None
    forms: dict[str, AnswerForm] = field(default_factory=dict)
    seen_from: date | None = None
    """The day from which “seen” can be said, while it is still to come."""
    since: list[str] = field(default_factory=list)
    """What others did after this page was opened, where somebody was faster."""

    def __post_init__(self) -> None:
        for key in self._possible():
            data = self.sent if self.sent is not None and self.sent.get("do") == key else None
            self.forms[key] = KINDS[key].form(data, prefix=key, initial=self._fresh())

    def _fresh(self) -> dict[str, Any]:
        return {"version": self.deadline.version, "key": uuid4()}

    def _possible(self) -> list[str]:
        """None for an office outside the line of the deadline; putting off is for the one that must act, while there is a day
        to put it off to, and “seen” from the day on which it holds something back."""
        if self.deadline.status != Deadline.Status.OPEN:
            return []
        try:
            level = acknowledging.permitted(self.actor, self.deadline)
        except NotPermitted:
            return []
        first = acknowledging.acknowledged_from(self.deadline, level, calendar())
        self.seen_from = first if first and first > clock.today() else None
        offered = {  # what was sent from a page of before is told why not
            "acknowledge": self.key == "acknowledge" or (first and not self.seen_from),
            "snooze": level == 0 and (self.key == "snooze" or clock.today() < self.deadline.due_on),
            "comment": True,
        }
        return [key for key, open_now in offered.items() if open_now]

    @property
    def key(self) -> str:
        """Which one was sent, if it is one."""
        sent = str((self.sent or {}).get("do", ""))
        return sent if sent in KINDS else ""

    @property
    def said(self) -> str:
        """What is told once it is done."""
        return gettext(KINDS[self.key].said)

    def shown(self) -> list[tuple[str, Kind, AnswerForm, bool]]:
        """For the page: name, words, form, and whether it is opened."""
        return [(key, KINDS[key], form, key == self.key) for key, form in self.forms.items()]

    def give(self) -> Answered:
        """Do what was sent; outside of any transaction. Raises NotFound, NotPermitted."""
        form = self.forms.get(self.key)
        if not self.forms or (self.key and form is None):
            raise NotPermitted
        if form is None:
            return Answered.NONE
        if not form.is_valid():
            return Answered.WRONG
        typed = dict(form.cleaned_data)
        version, key = typed.pop("version"), typed.pop("key")
        plain = {name: str(value) if name == "until" else value for name, value in typed.items()}
        request = RequestKey.of(str(key), [self.key, plain])
        act = KINDS[self.key].act
        try:
            act(self.actor, self.deadline.pk, **typed, expected_version=version, request_key=request)
        except Refused as refused:
            tell(form, refused)
        except Stale:
            form.add_error(None, gettext("Somebody was faster; look at what was done meanwhile, then send it again."))
            return Answered.OVERTAKEN
        except KeyReused:
            form.add_error(
                None, gettext("This form was sent once before, with other words. Send it again to add this too.")
            )
        else:
            return Answered.DONE
        return Answered.WRONG

    def look_again(self, row: Deadline) -> None:
        """After an answer that was not given: the version that stands now and another key go into the form, and what
        happened since the one looked at is told. What was typed stays."""
        form = self.forms.get(self.key)
        was = form.cleaned_data.get("version") if form is not None and hasattr(form, "cleaned_data") else None
        if form is None:
            return
        if was is not None and was < row.version:
            self.since = _told(_since(row, was))
        data = {**{name: form.data.get(name) for name in form.data}, f"{self.key}-version": row.version}
        form.data = {**data, f"{self.key}-key": str(uuid4())}


def _since(row: Deadline, version: int) -> QuerySet[Event]:
    found = Event.objects.filter(subject_kind=SubjectKind.DEADLINE, subject_id=row.pk, version__gt=version)
    return with_details(found).order_by("id")


def _told(events: QuerySet[Event]) -> list[str]:
    found = list(events)
    units = Unit.objects.in_bulk({one.office_unit_id for one in found if one.office_unit_id})
    return [answer_told(one, units) for one in found]
