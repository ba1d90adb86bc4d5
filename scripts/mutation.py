"""Mutation testing of workflows/ (`make mutation`): 90 % must be killed, and who survives stands on a list with the reason.

`python scripts/mutation.py [--children N] [--keep] [PATTERN…]` runs mutmut (its settings: pyproject.toml), then compares with
tests/mutation/survivors.yaml. A pattern such as `workflows.guards.votes.*` tries only those mutants; `--keep` goes on from
the last run: what was killed stays killed, who survived is tried again. Everything happens in `mutants/`.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst
import yaml
from mutmut.mutation import mutators
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

ROOT = Path(__file__).resolve().parents[1]
LISTED = ROOT / "tests" / "mutation" / "survivors.yaml"
LEAST = 90
"""Of a hundred mutants so many must be killed."""
KILLED = {"killed", "timeout"}
WORDS = re.compile(r"\w[.,:;)]* [(%\w]")
NUMBER = re.compile(r"__mutmut_\d+$")


@dataclass(frozen=True)
class Survivor:
    """`where` is module and function, `change` the lines taken out and put in, joined by an arrow."""

    where: str
    change: str


def strings_without_sentences(node: libcst.BaseString) -> Iterable[libcst.BaseString]:
    """Sentences are compared with the catalogue by scripts/messages.py; to change their letters here would find nothing."""
    written = isinstance(node, libcst.SimpleString) and WORDS.search(node.value)
    return () if written else mutators.operator_string(node)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def run(patterns: list[str], children: int) -> None:
    from mutmut.__main__ import _run  # noqa: PLC0415  # settles how all processes start; the tests import this module

    place = [operator for _, operator in mutators.mutation_operators].index(mutators.operator_string)
    mutators.mutation_operators[place] = (libcst.BaseString, strings_without_sentences)
    _run(patterns, children)


def go_on() -> None:
    """Keeps of the last run the mutants and what was killed; the tests and data copied beside them may be of another day."""
    for path in Path("mutants").rglob("*"):
        if path.is_file() and not (
            path.is_relative_to("mutants/workflows") and path.suffix in {".py", ".meta", ".spans"}
        ):
            path.unlink()
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        for name, code in data.exit_code_by_key.items():
            if status_by_exit_code[code] != "killed":  # a timeout may be that of a busy machine
                data.exit_code_by_key[name] = None
        data.save()


def verdicts(patterns: list[str]) -> Iterator[tuple[str, str]]:
    """(mutant, verdict) of everything that was asked for."""
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        for name, code in data.exit_code_by_key.items():
            if not patterns or any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
                yield name, status_by_exit_code[code]


def survivor(name: str) -> Survivor:
    lines = get_diff_for_mutant(name).splitlines()[2:]
    change = [" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+"]
    where = NUMBER.sub("", name).replace(".x_", ".").replace(".xǁ", ".").replace("ǁ", ".")  # as mutmut writes a class
    return Survivor(where, " → ".join(change))


def listed(one: Survivor, entry: dict[str, str]) -> bool:
    return fnmatch.fnmatchcase(one.where, entry["where"]) and bool(re.search(entry["change"], one.change))


def entries() -> list[dict[str, str]]:
    found: list[dict[str, str]] = yaml.safe_load(LISTED.read_text(encoding="utf-8"))
    return found


def judge(found: list[tuple[str, str]], *, whole: bool) -> list[str]:
    """What is wrong, a line each; the rates of all modules are printed."""
    total, killed = Counter[str](), Counter[str]()
    for name, verdict in found:
        module = name.rpartition(".")[0]
        total[module] += 1
        killed[module] += verdict in KILLED
    for module in sorted(total):
        say(f"{killed[module] / total[module]:7.1%} {killed[module]:5}/{total[module]:<5} {module}")
    rate = 100 * killed.total() / total.total()
    say(f"{rate:6.1f}% {killed.total():5}/{total.total():<5} killed")
    faults = [f"Only {rate:.1f} % are killed, {LEAST} must be."] if rate < LEAST else []
    known = entries()
    alive = {name: survivor(name) for name, verdict in found if verdict not in KILLED}
    for name, one in alive.items():
        if not any(listed(one, entry) for entry in known):
            faults.append(f"Not listed: {name}: {one.change}")
    if whole:
        idle = [entry for entry in known if not any(listed(one, entry) for one in alive.values())]
        faults += [f"Killed by now, take it off the list: {entry['where']}: {entry['change']}" for entry in idle]
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patterns", nargs="*")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", action="store_true", help="go on from the last run")
    given = parser.parse_args()
    os.chdir(ROOT)
    sys.dont_write_bytecode = False  # what each mutant imports anew would else be compiled each time
    if given.keep:
        go_on()
    else:
        shutil.rmtree("mutants", ignore_errors=True)
    run(given.patterns, given.children)
    faults = judge(list(verdicts(given.patterns)), whole=not given.patterns)
    for fault in faults:
        say(fault)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
