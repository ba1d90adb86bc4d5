"""Rooms stay liveable: modules of 250 lines at most (tests 500), functions of 40. `make check` and a test run this."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("backend", "workflows", "demo", "bench", "sample", "verify", "scripts", "tests")
MODULE, TEST_MODULE, FUNCTION = 250, 500, 40
ALONE = {"verify/chibo_verify.py": 1050}
"""Auditors carry one file with them, its sentences in two languages included."""


def main() -> int:
    """Print each place that is too long; the exit code says whether there is one."""
    over = list(oversized(ROOT))
    for place in over:
        sys.stdout.write(f"{place}\n")
    return 1 if over else 0


def oversized(root: Path) -> Iterator[str]:
    """`file: n lines` and `file:line name: n lines` for everything above its budget."""
    for path in _modules(root):
        name = path.relative_to(root).as_posix()
        source = path.read_text()
        lines = len(source.splitlines())
        if lines > ALONE.get(name, TEST_MODULE if name.startswith("tests/") else MODULE):
            yield f"{name}: {lines} lines"
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                length = node.end_lineno - node.lineno + 1
                if length > FUNCTION:
                    yield f"{name}:{node.lineno} {node.name}: {length} lines"


def _modules(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("*.py"))
    for folder in FOLDERS:
        yield from (path for path in sorted((root / folder).rglob("*.py")) if "migrations" not in path.parts)


if __name__ == "__main__":
    sys.exit(main())
