"""Reads the data files of the law and refuses, with one clear sentence, what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from workflows.law.model import FALLBACKS, FIRMNESS, UNITS, LawError, Rule, Source

HERE = Path(__file__).parent
_NAMES = {one.name for one in fields(Rule)} - {"assumed_before", "from_", "own"} | {"from"}


def load(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises LawError where it cannot be read."""
    try:
        data = yaml.safe_load(path.read_bytes())
    except (OSError, yaml.YAMLError) as error:
        raise LawError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise LawError(f"{path.name} must hold a mapping.")
    return data


def read_sources(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Source]:
    """Sources by key."""
    found = {}
    for key, row in rows.items():
        if not {"number", "issuer", "date"} <= set(row) or not isinstance(row["date"], date):
            raise LawError(f"Source {key} needs a number, an issuer and a date.")
        found[key] = Source(key, str(row["number"]), str(row["issuer"]), row["date"], row.get("effective"))
    return found


def read_basis(owner: str, entries: Iterable[Any], sources: Mapping[str, Source]) -> tuple[Source, ...]:
    """The texts a row names, each with its clause where it is known."""
    found = []
    for entry in entries:
        key, clause = (str(entry.get("of")), entry.get("clause", "")) if isinstance(entry, Mapping) else (entry, "")
        if key not in sources:
            raise LawError(f"{owner} stands on {key!r}, which is not among the sources; add it there first.")
        found.append(replace(sources[key], clause=clause))
    return tuple(found)


def read_rule(row: Mapping[str, Any], sources: Mapping[str, Source]) -> Rule:
    """One row. Raises LawError for an unknown key, confidence, unit or source."""
    owner = str(row.get("id", "a row without id"))
    missing, unknown = {"id", "value", "basis", "conf"} - set(row), set(row) - _NAMES
    if missing or unknown:
        raise LawError(f"{owner}: missing {sorted(missing)}, unknown {sorted(unknown)}.")
    for key in ("conf", "conf_now"):
        if key in row and row[key] not in FIRMNESS:
            raise LawError(f"{owner}: {key} is {row[key]!r}; use one of {', '.join(FIRMNESS)}.")
    if "unit" in row and row["unit"] not in UNITS:
        raise LawError(f"{owner}: unit {row['unit']!r} is unknown; use one of {', '.join(UNITS)}.")
    if "fallback" in row and row["fallback"] not in FALLBACKS:
        raise LawError(
            f"{owner}: fallback {row['fallback']!r} is unknown; use one of {', '.join(filter(None, FALLBACKS))}."
        )
    if bool(row.get("scope")) != bool(row.get("pack")):
        raise LawError(f"{owner}: a provincial row names its pack, and only such a row does.")
    if owner.startswith("TASK.") and (row["conf"] != "POLICY" or row["basis"]):
        raise LawError(
            f"{owner}: a task is a policy of this system (conf: POLICY, no basis); a term of law is no task."
        )
    values = {key: value for key, value in row.items() if key not in {"from", "basis"}}
    return Rule(**values, from_=row.get("from"), basis=read_basis(owner, row["basis"], sources))


def chain(rules: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    """Versions by id, oldest first, each following the one before without gap or overlap."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.id, []).append(rule)
    for name, versions in found.items():
        versions.sort(key=lambda one: one.from_ or date.min)
        for earlier, later in pairwise(versions):
            if not earlier.to or earlier.to + timedelta(days=1) != later.from_:
                raise LawError(f"{name}: {later.version} must begin the day after {earlier.version} ends.")
        if versions[-1].to is not None:
            raise LawError(f"{name}: the newest version must be open (to: null).")
    return {name: tuple(versions) for name, versions in found.items()}


def read_law(path: Path = HERE / "parameters.yaml") -> tuple[dict[str, Source], dict[str, tuple[Rule, ...]]]:
    """Sources and versions of the whole file."""
    data = load(path)
    sources = read_sources(data.get("sources", {}))
    return sources, chain(read_rule(row, sources) for row in data.get("params", ()))
