"""What a caution says, by its code: read off the code of the guards, so that an entry that keeps the code says it in words.

An entry keeps no figures of a sentence (its own facts hold them): where one stood the sentence has "…".
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from types import ModuleType

from workflows import guards, personal_ids
from workflows.answers import Caution
from workflows.sentences import PLACE, marked

_CODE = re.compile(r"[a-z_]+\.[a-z_]+")
_PARTS = ("code", "message", "params", "rule", "remedy")
_Texts = tuple[str, ...]


@dataclass(frozen=True)
class Worded:
    """A code with all that may be said under it: English msgids, the one rule it always stands on, and what to do."""

    messages: _Texts
    remedies: _Texts
    rule: str

    def answers(self, code: str) -> list[Caution]:
        """As a guard gives them; advice only where it is the same whatever was said."""
        remedy = self.remedies[0] if len(self.remedies) == 1 else ""
        return [Caution(code, one, _places(one, remedy), self.rule, remedy) for one in self.messages]


def _places(*texts: str) -> dict[str, str]:
    return {name: "…" for text in texts for name in PLACE.findall(text)}


def read_off(module: ModuleType) -> Mapping[str, Worded]:
    """The answers that a module's code gives, refusals too: where a row of the law is unsettled a refusal is a caution."""
    tree = ast.parse(inspect.getsource(module))
    functions: list[Sequence[ast.AST]] = [[one] for one in tree.body if isinstance(one, ast.FunctionDef)]
    outside: Sequence[ast.AST] = [one for one in tree.body if not isinstance(one, ast.FunctionDef | ast.ClassDef)]
    constants = [replace(one, line=0) for one in _bound(outside)]
    found: dict[str, Worded] = {}
    for scope in (outside, *functions):
        given = constants if scope is outside else [*constants, *_bound(scope)]
        earlier = 0
        for code, call in _answers(scope):
            said = _worded(call, [one for one in given if one.line <= call.lineno], earlier)
            if said.messages:
                found[code] = _both(found.get(code), said)
            earlier = call.lineno
    return found


@dataclass(frozen=True)
class _Bound:
    """A name with what a line assigns to it."""

    name: str
    line: int
    value: ast.expr


def _bound(scope: Sequence[ast.AST]) -> Iterator[_Bound]:
    for node in (node for part in scope for node in ast.walk(part)):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in (one for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)):
                yield _Bound(name.id, node.lineno, node.value)


def _answers(scope: Sequence[ast.AST]) -> list[tuple[str, ast.Call]]:
    """Calls whose first part is a code, in the order of the lines."""
    calls = [node for part in scope for node in ast.walk(part) if isinstance(node, ast.Call) and node.args]
    coded = [(one.args[0], one) for one in sorted(calls, key=lambda one: one.lineno)]
    return [
        (code.value, one) for code, one in coded
        if isinstance(code, ast.Constant) and isinstance(code.value, str) and _CODE.fullmatch(code.value)
    ]  # fmt: skip


def _worded(call: ast.Call, given: Sequence[_Bound], earlier: int) -> Worded:
    """`earlier`: the line of the answer before. What a name was given since then is meant, else all it was given before."""
    parts = dict(zip(_PARTS, call.args, strict=False)) | {one.arg or "": one.value for one in call.keywords}
    known: dict[str, list[ast.expr]] = {}
    for name in {one.name for one in given}:
        all_of = [one for one in given if one.name == name]
        known[name] = [one.value for one in all_of if one.line > earlier] or [one.value for one in all_of]
    rule = parts.get("rule")
    texts = [tuple(dict.fromkeys(_texts(parts.get(name), known, frozenset()))) for name in ("message", "remedy")]
    return Worded(texts[0], texts[1], str(rule.value) if isinstance(rule, ast.Constant) else "")


def _texts(node: ast.expr | None, known: Mapping[str, Sequence[ast.expr]], seen: frozenset[str]) -> Iterator[str]:
    """The marked texts that an expression may come to, through the names in it."""
    for part in ast.walk(node) if node is not None else ():
        if (text := marked(part)) is not None:
            yield text
        elif isinstance(part, ast.Name) and part.id not in seen:
            for value in known.get(part.id, ()):
                yield from _texts(value, known, seen | {part.id})


def _both(one: Worded | None, other: Worded) -> Worded:
    if one is None:
        return other
    messages, remedies = one.messages + other.messages, one.remedies + other.remedies
    rule = one.rule if one.rule == other.rule else ""
    return Worded(tuple(dict.fromkeys(messages)), tuple(dict.fromkeys(remedies)), rule)


@cache
def by_code() -> Mapping[str, Worded]:
    """Of everything in `workflows` that cautions."""
    modules = [import_module(f"{guards.__name__}.{one.name}") for one in pkgutil.iter_modules(guards.__path__)]
    return {code: said for module in (*modules, personal_ids) for code, said in read_off(module).items()}
