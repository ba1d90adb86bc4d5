"""What every kind of fact shares: how it is read and refused, and what of it the log keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from workflows.answers import Refusal

Label = str | Promise


class FactError(Exception):
    """A fact that cannot be read; carries the refusals to show beside its field, one for each part that is wrong."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(", ".join(one.code for one in refusals))
        self.refusals = refusals


@dataclass(frozen=True)
class Fact:
    """Something a step must be told. `required=False` makes it optional (its value is then None)."""

    name: str
    label: Label
    required: bool = True
    private: bool = field(default=False, kw_only=True)
    """Whether nothing of it is sealed: the whole value stands in the detail."""
    kind: ClassVar[str] = ""

    @property
    def health(self) -> bool:
        """Whether it tells of somebody's health (`workflows.health`): then neither line nor detail holds it."""
        return False

    def read(self, raw: Any) -> Any:
        """The typed value of what came in; None for an optional fact left out. Raises FactError."""
        if raw is None or raw == "":
            if self.required:
                raise self.error("required", gettext_noop("This is needed."))
            return None
        return self.parse(raw)

    def parse(self, raw: Any) -> Any:
        raise NotImplementedError(self.kind)  # abstract: every kind below says how

    def dump(self, value: Any) -> Any:
        return value

    def sealed(self, value: Any) -> Any:
        """What of a value stands in the sealed line of the log, as JSON; None: nothing."""
        return None if self.private else self.dump(value)

    def detail(self, value: Any) -> Any:
        """What of a value stands in the erasable detail beside the line, as JSON; None: nothing."""
        return self.dump(value) if self.private else None

    def schema(self) -> dict[str, Any]:
        """JSON schema (OpenAPI 3) of the value."""
        return {"type": "string"}

    def error(self, code: str, message: str, **params: Any) -> FactError:
        return FactError(Refusal(f"fact.{code}", message, params, fact=self.name))
