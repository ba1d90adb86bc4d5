"""What a guard says, as sentences: read off its code, so that the docs cannot say something else than the refusals do."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache

from workflows.answers import Phrase
from workflows.situation import Guard
from workflows.uses import words

PLACE = re.compile(r"%\((\w+)\)s")
"""Where a figure or a name stands in a marked text."""
_ANSWERS = {"Refusal", "Caution", "kind"}
_REMEDY_PLACE = 4
_NO_SENTENCE = {"Phrase"}


def name_of(guard: Guard) -> str:
    """What the page calls the guard."""
    return str(getattr(guard, "__qualname__", type(guard).__name__)).partition(".")[0]


def warns_only(guard: Guard) -> bool:
    """Whether it never refuses: its own code names cautions and no refusals."""
    named = set(guard.__code__.co_names) if inspect.isfunction(guard) else set()
    return "Caution" in named and "Refusal" not in named


def sentences(guard: Guard) -> list[str]:
    """Its messages in the current language, in alphabetical order; what only a real case can fill in is left as "…"."""
    messages = {word for word in words(guard) if word in _messages(guard.__module__)}
    return sorted(str(Phrase(word, dict.fromkeys(PLACE.findall(word), "…"))) for word in messages)


@cache
def _messages(module: str) -> frozenset[str]:
    """The marked texts of a module that are neither advice nor a part of another sentence."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    left_out = {text for node in ast.walk(tree) for part in _no_message(node) for text in _marked(part)}
    return frozenset(_marked(tree)) - left_out


def _no_message(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in _NO_SENTENCE:
            yield node
        if node.func.id in _ANSWERS and len(node.args) > _REMEDY_PLACE:
            yield node.args[_REMEDY_PLACE]
        yield from (one.value for one in node.keywords if one.arg == "remedy")
    if isinstance(node, ast.Assign) and "remedy" in {
        getattr(one, "id", "") for to in node.targets for one in ast.walk(to)
    }:
        yield node.value


def _marked(tree: ast.AST) -> Iterator[str]:
    return (text for node in ast.walk(tree) if (text := marked(node)) is not None)


def marked(node: ast.AST) -> str | None:
    """The text that a node marks for translation (`gettext_noop("…")`); None for any other node."""
    if (
        isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "gettext_noop"
        and isinstance(node.args[0], ast.Constant)
    ):
        return str(node.args[0].value)
    return None
