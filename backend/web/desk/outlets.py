"""What leaves the desk: samples drawn from a stated seed, and extracts with their proofs. Each is an entry of the log first."""

from __future__ import annotations

import re
import shlex
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.audit.details import with_voids
from backend.cases import selectors
from backend.core.errors import NotFound
from backend.desk.asking import events
from backend.desk.extracts import KNOWN, Form, Sample, Wanted, extract, sample
from backend.desk.sampling import LARGEST, Draw
from backend.web.acting import Acting, in_office, reading
from backend.web.desk.asking import QuestionForm
from backend.web.desk.entries import lines
from backend.web.paging import LARGEST as MOST
from workflows.offices import Right

NAMES = {
    Form.LINES: _("Lines with their proofs, for verify/chibo_verify.py (txt)"), Form.CSV: _("Table (CSV)"),
    Form.XLSX: _("Table (Excel)"),
}  # fmt: skip


class _HeadForm(forms.Form):
    head = forms.IntegerField(
        label=_("Size of the signed head"), help_text=_("Left empty: the newest head."), min_value=1, max_value=MOST,
        required=False,
    )  # fmt: skip


class SampleForm(_HeadForm):
    """State the seed in public before anybody can know the events."""

    seed = forms.CharField(label=_("Seed, as it was stated"), max_length=80, strip=False)
    size = forms.IntegerField(label=_("Number of entries"), min_value=1, max_value=LARGEST, initial=30)
    field_order = ("seed", "size", "head")


class ExportForm(_HeadForm):
    """As what it goes out, and whether with what people wrote."""

    form = forms.ChoiceField(label=_("As what"), choices=[(one.value, said) for one, said in NAMES.items()])
    details = forms.BooleanField(
        label=_("With what stands behind the lines: names, numbers of papers, words (personal data)"), required=False
    )
    known = forms.CharField(
        label=_("Sizes of heads that you have kept"), required=False, max_length=1000,
        help_text=_("With blanks between them. The proof for the last head of each day goes along by itself."),
    )  # fmt: skip
    field_order = ("form", "head", "known", "details")

    def clean_known(self) -> tuple[int, ...]:
        sizes: list[str] = self.cleaned_data["known"].split()
        if not all(re.fullmatch(r"[0-9]{1,15}", one) for one in sizes) or len(sizes) > KNOWN:
            raise forms.ValidationError(_("Up to %(most)s numbers, with blanks between them."), params={"most": KNOWN})
        return tuple(map(int, sizes))


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def samples(request: Acting) -> HttpResponse:
    """The form with the filters of the log's list in the address; the answer to it is the sample, with all it takes to draw
    it again."""
    return _outlet(request, SampleForm, "web/desk/samples.html", _sampled)


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def exports(request: Acting) -> HttpResponse:
    """The form with the filters in the address; the answer is the file."""
    return _outlet(request, ExportForm, "web/desk/exports.html", _exported)


def _outlet(request: Acting, kind: type[_HeadForm], template: str, act: Any) -> HttpResponse:
    """What both share: the right, the filters kept in the address, and what is wrong said beside its field."""
    selectors.need(request.actor, Right.AUDIT)
    posted = request.method == "POST"
    form = kind(request.POST if posted else None)
    with reading(request):
        asking = QuestionForm(request.actor, _filters(request))
        fine = asking.is_valid()
    words = {"form": form, "asking": asking, "query": _filters(request).urlencode()}
    if posted and form.is_valid() and fine:
        try:
            answer: HttpResponse = act(request, form.cleaned_data, asking, words)
        except NotFound as error:  # no such head
            form.add_error("head", error.said())
        else:
            return answer
    return render(request, template, words, status=400 if posted or not fine else 200)


def _filters(request: Acting) -> QueryDict:
    filters = request.GET.copy()
    filters.pop("before", None)
    return filters


def _sampled(request: Acting, typed: dict[str, Any], asking: QuestionForm, words: dict[str, Any]) -> HttpResponse:
    question = asking.question()
    made = sample(request.actor, question, Draw(typed["seed"], typed["size"]), typed["head"])
    with reading(request):
        wanted = [one.uid for one in made.drawn]
        found = {
            one.uid: one
            for one in lines(request.actor, list(with_voids(events(request.actor, question).filter(uid__in=wanted))))
        }
    rows = [(one, found.get(one.uid)) for one in made.drawn]
    again = shlex.join(["python3", "chibo_sample.py", "extract.txt", made.draw.seed, str(made.draw.size)])
    words |= {"made": made, "rows": rows, "few": _few(made), "again": again}
    return render(request, "web/desk/sample.html", words)


def _few(made: Sample) -> str:
    if len(made.drawn) == made.draw.size:
        return ""
    words = {"wanted": made.draw.size, "count": len(made.drawn)}
    return gettext("%(wanted)s were asked for; there are only %(count)s.") % words


def _exported(request: Acting, typed: dict[str, Any], asking: QuestionForm, _words: dict[str, Any]) -> HttpResponse:
    language = "en" if get_language() == "en" else "vi"
    wanted = Wanted(
        asking.question(), Form(typed["form"]), head=typed["head"], details=typed["details"], known=typed["known"],
        language=language,
    )  # fmt: skip
    made = extract(request.actor, wanted)
    answer = StreamingHttpResponse(made.pieces(), content_type=made.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer  # type: ignore[return-value]  # every door takes both
