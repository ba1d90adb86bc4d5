"""Thresholds of votes in whole numbers, from expressions of the law such as `3*yes>=2*den`. Never a float."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache

_ARITHMETIC: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.GtE: operator.ge, ast.Gt: operator.gt, ast.LtE: operator.le, ast.Lt: operator.lt,
}  # fmt: skip


class ThresholdError(ValueError):
    """The law's data hold a threshold that is no comparison of whole numbers."""


@lru_cache(maxsize=64)
def _parse(expression: str) -> ast.Compare:
    try:
        body = ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise ThresholdError(f"{expression!r} is no threshold: {error.msg}.") from error
    if not isinstance(body, ast.Compare) or len(body.ops) != 1 or type(body.ops[0]) not in _COMPARISONS:
        raise ThresholdError(f"{expression!r} must compare two sides with one of >= > <= <.")
    _check(expression, body.left)
    _check(expression, body.comparators[0])
    return body


def _check(expression: str, node: ast.expr) -> None:
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            _check(expression, left)
            _check(expression, right)
        case ast.Name() | ast.Constant(value=int()) if not isinstance(getattr(node, "value", 0), bool):
            pass
        case _:
            raise ThresholdError(f"{expression!r} may use only names, whole numbers and + - *.")


def _value(node: ast.expr, counts: Mapping[str, int]) -> int:
    if isinstance(node, ast.BinOp):
        return _ARITHMETIC[type(node.op)](_value(node.left, counts), _value(node.right, counts))
    if isinstance(node, ast.Name):
        return counts[node.id]
    return int(ast.literal_eval(node))  # `_check` lets nothing but whole numbers through


@lru_cache(maxsize=64)
def names_in(expression: str) -> frozenset[str]:
    """The counts a threshold asks for. Raises ThresholdError for anything that is no threshold."""
    return frozenset(node.id for node in ast.walk(_parse(expression)) if isinstance(node, ast.Name))


def is_met(expression: str, counts: Mapping[str, int]) -> bool:
    """Whether the counts meet the threshold. KeyError names a count that was not given."""
    compare = _parse(expression)
    left, right = _value(compare.left, counts), _value(compare.comparators[0], counts)
    return _COMPARISONS[type(compare.ops[0])](left, right)


def votes_needed(expression: str, counts: Mapping[str, int], *, votes: str = "yes", most: int = 100_000) -> int | None:
    """The least number of votes that meets the threshold with these other counts; None if `most` does not suffice."""
    low, high = 0, most
    if not is_met(expression, {**counts, votes: high}):
        return None
    while low < high:
        middle = (low + high) // 2
        if is_met(expression, {**counts, votes: middle}):
            high = middle
        else:
            low = middle + 1
    return low


def share(expression: str) -> tuple[int, int, bool] | None:
    """The part of its base that must agree: `3*yes>=2*den` gives (2, 3, False), `2*yes>members` (1, 2, True: more than).

    None for a threshold of another form.
    """
    compare = _parse(expression)
    votes, base, op = _times(compare.left), _times(compare.comparators[0]), compare.ops[0]
    if not votes or not base or not isinstance(op, ast.GtE | ast.Gt):
        return None
    return base, votes, isinstance(op, ast.Gt)


def _times(node: ast.expr) -> int | None:
    match node:
        case ast.Name():
            return 1
        case ast.BinOp(left=ast.Constant(value=int(times)), op=ast.Mult(), right=ast.Name() | ast.BinOp()):
            return times
    return None
