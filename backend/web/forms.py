"""How every form of the pages looks: `{{ form }}` or `{{ field.as_field_group }}`, and nothing else, in a template.

The settings name `Renderer` (FORM_RENDERER). Each field gets its label, what it is for, and what is wrong with it, tied to
the input (`aria-describedby`); Bootstrap's classes come from the kind of the widget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property

from backend.organizations.called import Called, called
from backend.web.kept import typed_again

Offered = Sequence[tuple[str, str]]
"""Values with their names."""


class UnitField(forms.CharField):
    """A unit by its code. Wherever the form is shown again, the unit's name stands with the code that was typed.

    `offered`: codes with their names that a view gives to choose from, or what gives them once the form is drawn.
    """

    names_unit = True
    offered: Offered | Callable[[], Offered] = ()


class Field(BoundField):
    """A field that knows how it is drawn; a widget's own classes stay."""

    @property
    def is_tick(self) -> bool:
        """One box to tick: its label stands behind it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_choice(self) -> bool:
        """A box or a circle for each choice, under one heading."""
        return isinstance(self.field.widget, forms.RadioSelect)  # several ticks are one of its kinds

    @cached_property
    def called(self) -> Called | None:
        """What the unit is called whose code stands in the field, so that a code that was misread is seen."""
        code = self.value() if getattr(self.field, "names_unit", False) else None
        return called(code.strip()) if isinstance(code, str) else None

    @cached_property
    def offered(self) -> Offered:
        """Values with their names, to choose from while one types."""
        found = getattr(self.field, "offered", ())
        return found() if callable(found) else found

    def value(self) -> Any:
        """What was typed here before a session ended stands in a form that is shown anew."""
        typed = typed_again()
        if (
            typed is None
            or self.form.is_bound
            or not any(self.form.add_prefix(one) in typed for one in self.form.fields)
        ):
            return super().value()
        raw = self.field.widget.value_from_datadict(typed, MultiValueDict(), self.html_name)
        return self.field.prepare_value(raw)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        drawn: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        kind = self._kind(widget or self.field.widget)
        if kind:
            own = (widget or self.field.widget).attrs.get("class", "")
            drawn["class"] = " ".join(filter(None, [kind, own, "is-invalid" if self.errors else ""]))
        if self.offered:
            drawn["list"] = f"{self.auto_id}-offered"
        return drawn

    def _kind(self, widget: forms.Widget) -> str:
        if widget.is_hidden:
            return ""
        if isinstance(widget, forms.CheckboxInput | forms.RadioSelect):
            return "form-check-input"
        return "form-select" if isinstance(widget, forms.Select) else "form-control"


class Renderer(TemplatesSetting):
    """Our templates for forms and fields, Django's for widgets."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
    bound_field_class = Field
