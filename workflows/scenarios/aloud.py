"""A scenario as sentences, in the current language: what a person reads who has never seen the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext

from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.electing import Election
from workflows.facts import Choice, Fact
from workflows.law.citing import cited
from workflows.scenarios.meaning import step_named
from workflows.scenarios.reader import Block, Items, Scenario, resolved, schema
from workflows.scenarios.words import NONE, TABLES, find
from workflows.voting import Presence, RollCall

_DAY = len("2027-02-01")


def sentences(scenario: Scenario, title_of: Callable[[str], str] = str) -> Iterator[str]:
    """The scenario line by line; `title_of` gives what people call a deadline."""
    content = scenario.content
    yield f"{scenario.key} · {_own(content['title'])}"
    words = {"basis": "; ".join(map(cited, content["basis"])), "confidence": content["confidence"]}
    yield gettext("It stands on %(basis)s (%(confidence)s).") % words
    if "note" in content:
        yield _own(content["note"])
    yield from _part(gettext("Given"), _given(content.get("given") or Block(0)))
    yield from _part(gettext("When"), _when(content["when"], title_of))
    yield from _part(gettext("Then"), _then(content["then"], title_of))


def _part(head: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"{head}:"
        yield from (f"  – {one}" for one in found)


def _own(both: Mapping[str, str]) -> str:
    """What was written in both languages, or in one of them."""
    language = "vi" if (get_language() or "vi").startswith("vi") else "en"
    return both.get(language) or next(iter(both.values()))


def _given(given: Block) -> Iterator[str]:
    if "today" in given:
        yield gettext("today is %(day)s") % {"day": _said(given["today"])}
    yield from _packs(given.get("packs", ()))
    for one in given.get("holidays", ()):
        off = gettext("%(day)s is a day off (%(name)s)")
        worked = gettext("%(day)s is worked (%(name)s)")
        yield (off if one.get("off", True) else worked) % {"day": _said(one["day"]), "name": one["name"]}
    for name, one in (given.get("units") or {}).items():
        words = {"unit": name, "level": TABLES["level"][one["level"]], "above": one["under"]}
        own = gettext("%(unit)s (%(level)s) stands under %(above)s") % words
        packs = gettext(", with rules of its own: %(packs)s") if one.get("packs") else ""
        yield own + (packs and packs % {"packs": _said(one["packs"])})
    part = resolved(schema()["$defs"]["given"]["properties"]["offices"])["items"]
    for one in given.get("offices", ()):
        yield _listed(one, part)
    part = schema()["$defs"]["given"]["properties"]["members"]["additionalProperties"]
    for name, one in (given.get("members") or {}).items():
        block = one or Block(0)
        standing = {"standing": block.get("standing", "official")} | dict(block)
        yield f"{name}: {_listed(standing, part)}"
    for one in given.get("cases", ()):
        page = LIFECYCLES[one["case"]]
        words = {
            "case": page.label,
            "of": one.get("of", ""),
            "state": _state(one["case"], one["at"]),
            "day": _said(one["on"]),
        }
        facts = {fact.name: fact for step in page.steps().values() for fact in step.facts}
        yield gettext("%(case)s %(of)s: “%(state)s” since %(day)s") % words + _facts(one.get("facts"), facts)


def _packs(packs: Sequence[Any]) -> Iterator[str]:
    whole = [one for one in packs if isinstance(one, str)]
    if whole:
        yield gettext("the province has its own rules: %(packs)s") % {"packs": _said(whole)}
    yield from (_listed(one, schema()["$defs"]["pack"]) for one in packs if not isinstance(one, str))


def _when(acts: Items, title_of: Callable[[str], str]) -> Iterator[str]:
    for act in acts:
        yield _act(act)
        if "then" in act:
            yield from (f"    → {one}" for one in _then(act["then"], title_of))


def _act(act: Block) -> str:
    if "today" in act:
        return gettext("days pass to %(day)s") % {"day": _said(act["today"])}
    if "sweep" in act:
        return gettext("on %(day)s everything that is due is reminded") % {"day": _said(act["sweep"])}
    part, rest = schema()["$defs"]["act"], dict(act)
    rest.pop("then", None)
    if "meeting" in act:
        said = gettext("on %(day)s the cell meets") % {"day": _said(rest.pop("meeting"))}
        return f"{said} ({_listed(rest, part)})" if rest else said
    if "dues" in act:
        said = gettext("the cell records the dues of %(month)s") % {"month": _month(rest.pop("dues"))}
        return f"{said} ({_listed(rest, part)})" if rest else said
    step = step_named(rest.pop("step"))
    facts = _facts(rest.pop("facts", None), {fact.name: fact for fact in step.facts})
    said = gettext("on %(day)s: “%(step)s”") % {"day": _said(rest.pop("on", "")), "step": step.label}
    return said + (f" ({_listed(rest, part)})" if rest else "") + facts


def _facts(facts: Mapping[str, Any] | None, known: Mapping[str, Fact]) -> str:
    if not facts:
        return ""
    said = "; ".join(f"{known[name].label}: {_fact(known[name], value)}" for name, value in facts.items())
    return gettext(", with %(facts)s") % {"facts": said}


def _fact(fact: Fact, value: Any) -> str:
    if isinstance(fact, Choice):
        choices = dict(fact.choices)
        return str(choices.get(find(choices, str(value)) or "", value))
    if isinstance(fact, RollCall) and isinstance(value, Block):
        presence = dict(Presence.choices)
        return ", ".join(f"{name} {presence.get(find(presence, str(one)) or '', one)}" for name, one in value.items())
    if isinstance(fact, Election) and isinstance(value, Block):
        return _election(value)
    if isinstance(value, Block) and {"yes", "no"} & set(value):
        words = {"yes": value.get("yes", 0), "no": value.get("no", 0)}
        return gettext("%(yes)s for, %(no)s against") % words
    return _said(value)


def _election(value: Block) -> str:
    """Totals, then each who was elected with the votes."""
    names = {"issued": gettext("issued"), "collected": gettext("collected"), "valid": gettext("valid")}
    totals = [f"{names[key]} {one}" for key, one in value.items() if key in names]
    words = gettext("%(name)s with %(votes)s votes")
    winners = [words % {"name": name, "votes": votes} for name, votes in (value.get("winners") or {}).items()]
    return ", ".join(totals) + ("; " + ", ".join(winners) if winners else "")


def _then(then: Block, title_of: Callable[[str], str]) -> Iterator[str]:
    parts = schema()["$defs"]["then"]["properties"]
    for key, value in then.items():
        part = resolved(parts[key])
        if key in ("refused", "cautions"):
            head = gettext("refused, and nothing is done") if key == "refused" else gettext("done, with a caution")
            yield f"{head}: {'; '.join(_answer(one) for one in value)}"
        elif key == "each":
            yield from (f"{name}: {line}" for name, one in value.items() for line in _then(one, title_of))
        elif key in ("members", "units"):
            yield from (f"{name}: {_listed(one, part['additionalProperties'])}" for name, one in value.items())
        elif key == "ballot":
            yield f"{_word(part, key)}: {_listed(value, part)}"
        else:
            yield from (_row(key, one, part["items"], title_of) for one in value)


def _row(key: str, row: Block, part: Mapping[str, Any], title_of: Callable[[str], str]) -> str:
    rest = dict(row)
    if key == "cases":
        head = str(LIFECYCLES[rest.pop("case")].label)
        if "state" in rest:
            rest["state"] = _state(row["case"], rest["state"])
    elif key == "listed":
        head = ""
    elif key == "badges":
        head = f"{_word(part['properties']['ceremony'], 'ceremony')} {_said(rest.pop('ceremony'))}"
    elif key in ("dues", "amounts"):
        head = gettext("Dues of %(month)s") % {"month": _month(rest.pop("month"))}
    elif key == "flags":
        head = str(TABLES["cause"][rest.pop("cause")])
        rest["months"] = [_month(one) for one in rest.get("months", [])]
    else:
        head = title_of(rest.pop("rule" if key == "terms" else "deadline"))
    name = rest.pop("of", "")
    return f"{head} {name}".strip() + (": " if head else "") + _listed(rest, part)


def _month(day: str) -> str:
    return f"{date.fromisoformat(day):%m/%Y}"


def _answer(one: Any) -> str:
    if isinstance(one, Block):
        says = one.get("says", one["code"])
        return f"“{_own(says) if isinstance(says, Block) else says}”" if "says" in one else str(says)
    return str(one)


def _state(lifecycle: str, state: str) -> str:
    states = dict(next(iter(LIFECYCLES[lifecycle].choices().values())).choices)
    return str(states.get(state, TABLES["status"][NONE]))


def _listed(block: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    """Keys and values with the words of the language."""
    own = resolved(part).get("properties", {})
    return ", ".join(f"{_word(own[key], key)} {_valued(value, resolved(own[key]))}" for key, value in block.items())


def _word(part: Mapping[str, Any], key: str) -> str:
    return str(part["vi"]) if (get_language() or "vi").startswith("vi") else key.replace("_", " ")


def _valued(value: Any, part: Mapping[str, Any]) -> str:
    if isinstance(value, str) and "words" in part:
        return str(TABLES[part["words"]][value])
    if isinstance(value, Block):
        return _own(value) if "en" in part.get("properties", {}) else _listed(value, part)
    if isinstance(value, list):
        return ", ".join(_valued(one, resolved(part.get("items", {}))) for one in value) or "–"
    return _said(value)


def _said(value: Any) -> str:
    """A plain value: days as people write them, lists with commas, nothing as a dash."""
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value) or "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_said(one)}" for key, one in value.items())
    if isinstance(value, str) and len(value) == _DAY and value[4] == value[7] == "-" and value[:4].isdigit():
        return str(shown(date.fromisoformat(value)))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "–" if value is None else str(value)
