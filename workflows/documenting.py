"""What is generated into the docs: a page for each lifecycle, the rights, the law, and what a human must still confirm.

Everything is sorted and depends on nothing but the catalogue, the law and the language, so that files can be compared
byte by byte. A new page or row of the law comes out by itself: `python -m workflows.documenting docs/generated`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from workflows import law
from workflows.catalogue import LIFECYCLES
from workflows.drawing import label_of, mermaid, svg
from workflows.flagging import tasks_met_by
from workflows.law.naming import act_named
from workflows.law.words import confidence_of, days_of, note_of, open_questions, texts_surely, value_of
from workflows.offices import LEVELS_OF, RIGHTS, Level, Office, Right
from workflows.scenarios.glossary import words_table
from workflows.scenarios.told import told_table
from workflows.sentences import name_of, sentences, warns_only
from workflows.uses import labels, lists, rules_of, uses
from workflows.vocabulary import Act, Ballot, Clock, Lifecycle, Step


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; a bar in a cell would end it."""
    cells = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in (head, *rows)]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return [lines[0], "|---" * len(head) + "|", *lines[1:]]


def lifecycle_page(key: str, language: str = "vi") -> str:
    """Everything about a lifecycle: drawing, states, and of each step who, what, when and on which basis (Markdown)."""
    page = LIFECYCLES[key]
    with override(language):
        lines = [f"# {page.label}", ""]
        for field in page.choices():
            lines += [f"![{page.label}]({_drawing(key, field)}.svg)", "", *_states(page, field), ""]
        if page.timed:
            lines += [f"## {_('Labels drawn from days')}", "", *_labels(page), ""]
        lines += [f"## {_('Steps')}", ""]
        for name, one in page.steps().items():
            lines += [f"### {one.label} (`{name}`)", "", *_step(page, one), ""]
        lines += [f"## {_('Legal basis')}", "", *_rules(law_of(page), used=False), ""]
        for field in page.choices():
            lines += [f"```mermaid\n{mermaid(key, field, language)}```", ""]
    return "\n".join(lines).rstrip() + "\n"


def _drawing(key: str, field: str) -> str:
    return key if field == "state" else f"{key}-{field}"


def _states(page: type[Lifecycle], field: str) -> list[str]:
    rows = [(f"`{one.value}`", str(one.label), _("yes") if one.value in page.final else "")
            for one in page.choices()[field]]  # fmt: skip
    return table([_("State"), _("Meaning"), _("Final")], rows)


def _labels(page: type[Lifecycle]) -> list[str]:
    first = next(iter(page.choices()))
    rows = [(f"`{one.key}`", str(one.label), ", ".join(label_of(page, first, state) for state in one.states), one.rule)
            for one in page.timed]  # fmt: skip
    return table([_("Label"), _("Meaning"), _("In the states"), _("Rule")], rows)


def _step(page: type[Lifecycle], one: Step) -> Iterator[str]:
    sources = ", ".join(label_of(page, one.field, source) for source in one.sources)
    yield f"- **{_('From → to')}**: {sources} → {label_of(page, one.field, one.target) if one.target else _('the same')}"
    yield f"- **{_('Who')}**: {one.by.label}; {where(one)}"
    offices = [str(office.label) for office in Office if one.by in RIGHTS[office]]
    if offices:
        yield f"- **{_('Offices')}**: {', '.join(offices)}"
    for fact in one.facts:
        left_out = "" if fact.required else f" ({_('may be left out')})"
        apart = f" ({_('about health: kept apart, for the offices that take part')})" if fact.health else ""
        measured = f" – {fact.rule}: `{law.versions(fact.rule)[-1].value}`" if isinstance(fact, Ballot) else ""
        yield f"- **{_('Fact')}** `{fact.name}`: {fact.label}{left_out}{apart}{measured}"
    if one.apart_from:
        steps = ", ".join(f"`{name}`" for name in one.apart_from)
        yield f"- **{_('Four eyes')}**: {_('not by whoever recorded the last of %(steps)s') % {'steps': steps}}"
    if one.after_leaving:
        yield f"- **{_('After the leaving')}**: {_('may still be taken about somebody who is on the lists no more')}"
    yield from _guards(one)
    for clock in one.opens:
        yield f"- **{_('Opens')}** {_clock(clock)}"
    met = (*one.closes, *tasks_met_by(f"{page.key}.{one.name}"))
    begun, missed = (_("Begins what is asked for by"), one.begins), (_("Misses"), one.misses)
    for word, rules in ((_("Meets"), met), begun, missed, (_("Cancels"), one.cancels)):
        if rules:
            yield f"- **{word}**: {', '.join(rules)}"
    if one.forgets:
        yield f"- **{_('Earlier facts that hold no more')}**: {', '.join(f'`{name}`' for name in one.forgets)}"
    for start in one.starts:
        yield f"- **{_('Starts')}**: {LIFECYCLES[start.lifecycle].label} (`{start.step}`)"
    yield f"- **{_('Legal basis')}**: {texts_surely(one.basis)}"
    if looked_up := rules_of(page.key, one.name):
        yield f"- **{_('Rules looked up')}**: {', '.join(sorted(looked_up))}"


def where(one: Step) -> str:
    if isinstance(one.at, Act):
        return _("at the level competent for “%(act)s” on the day") % {"act": act_named(one.at.name)}
    return ", ".join(str(level.label) for level in one.at)


def _guards(one: Step) -> Iterator[str]:
    for guard in one.guards:
        said = sentences(guard)
        if said:
            kind = _("Warns") if warns_only(guard) else _("Guard")
            yield f"- **{kind}** `{name_of(guard)}`: {' / '.join(said)}"


def _clock(clock: Clock) -> str:
    row = law.versions(clock.rule)[-1]
    words = {"rule": clock.rule, "value": value_of(row), "start": clock.start_label, "level": clock.acting.label,
             "how": confidence_of(row)}  # fmt: skip
    return _("%(rule)s: %(value)s from “%(start)s”; %(level)s must act; %(how)s") % words


def law_of(page: type[Lifecycle]) -> list[law.Rule]:
    """Every version of the rules that the steps and labels of a page look up, by their ids."""
    ids = sorted(
        {rule for name in page.steps() for rule in rules_of(page.key, name)} | {one.rule for one in page.timed}
    )
    return [row for rule_id in ids for row in law.versions(rule_id)]


def _rules(rows: Iterable[law.Rule], *, used: bool = True) -> list[str]:
    head = [_("Rule"), _("Value"), _("From – to"), _("Confidence"), _("Source"), _("Note")]
    found = [[f"{row.id}{f' ({row.pack})' if row.pack else ''}", value_of(row), days_of(row), confidence_of(row),
              row.cited(), note_of(row)] for row in rows]  # fmt: skip
    if used:
        head.append(_("Used by"))
        for cells, row in zip(found, rows, strict=True):
            cells.append(", ".join(used_by(row.id)) or _("no step yet"))
    return table(head, found)


def used_by(rule_id: str) -> list[str]:
    """The steps that may look the rule up, the labels that come from it and the lists that count by it."""
    return [*uses().get(rule_id, ()), *labels().get(rule_id, ()), *lists().get(rule_id, ())]


def parameters(language: str = "vi") -> str:
    """All parameters with source, days, confidence and the steps that use them (Markdown)."""
    with override(language):
        rows = law.rules(packs=law.packs())
        packs = _(
            "A rule with a rule pack in brackets binds no unit until its pack is turned on there (`configure_unit`)."
        )
        return "\n".join([f"# {_('Parameters of the law')}", "", packs, "", *_rules(rows)]) + "\n"


def competence_table(language: str = "vi") -> str:
    """Who decides which act, at which level, from which day: as delivered, before an installation's own rows (Markdown)."""
    with override(language):
        head = [
            _("Act"), _("From – to"), _("Levels, the usual one first"), _("Confidence"), _("Source"), _("Note"), _("Used by"),
        ]  # fmt: skip
        rows = [
            (f"{act_named(row.id)} (`{row.id}`)", days_of(row), ", ".join(str(level.label) for level in row.value),
             confidence_of(row), row.cited(), note_of(row), ", ".join(used_by(row.id)) or _("no step yet"))
            for act in law.acts() for row in law.competences(act)
        ]  # fmt: skip
        own = _(
            "An installation settles it otherwise from a day to a day with `manage.py competence`; that comes first."
        )
        return "\n".join([f"# {_('Who decides')}", "", own, "", *table(head, rows)]) + "\n"


def to_confirm(language: str = "vi") -> str:
    """What a human must still confirm: every row that is not firm, and the open questions (Markdown)."""
    with override(language):
        lines = [f"# {_('What a human must still confirm')}", ""]
        for firmness, title in (
            ("unsettled", _("Unsettled: nobody above is told")),
            ("to_confirm", _("To be confirmed")),
        ):
            rows = [row for row in law.rules(packs=law.packs()) if row.firmness == firmness]
            lines += [f"## {title}", "", *_rules(rows), ""]
        acts = [row for act in law.acts() for row in law.competences(act) if row.firmness != "firm"]
        lines += [f"## {_('Who decides')}", "", *_rules(acts, used=False), "", f"## {_('Open questions')}", ""]
        rows_asked = [(str(place), *one) for place, one in enumerate(open_questions(), 1)]
        lines += table(["#", _("Question"), _("Where to look")], rows_asked)
    return "\n".join(lines) + "\n"


def rights_matrix(language: str = "vi") -> str:
    """Which office holds which right, and at which levels it exists (Markdown)."""
    with override(language):
        rights = [right for right in Right if right != Right.THROUGH_CASE]
        rows = [[str(right.label), *("x" if right in RIGHTS[office] else "" for office in Office)] for right in rights]
        lines = [f"# {_('Rights by office')}", "", *table([_("Right"), *(str(one.label) for one in Office)], rows)]
        lines += ["", f"## {_('Levels of offices')}", ""]
        lines += [f"- {office.label}: {', '.join(str(Level(one).label) for one in LEVELS_OF[office])}"
                  for office in Office]  # fmt: skip
    return "\n".join(lines) + "\n"


def documents(language: str = "vi") -> dict[str, str]:
    """File name -> text of everything that is generated into the docs."""
    found = {
        "rights.md": rights_matrix(language), "parameters.md": parameters(language),
        "competence.md": competence_table(language), "to-confirm.md": to_confirm(language),
        "scenario-words.md": words_table(), "scenarios.md": told_table(language),
    }  # fmt: skip
    for key in sorted(LIFECYCLES):
        for field in LIFECYCLES[key].choices():
            found[f"{_drawing(key, field)}.svg"] = svg(key, field, language)
        found[f"{key}.md"] = lifecycle_page(key, language)
    return found


def write(folder: Path) -> list[str]:
    """Write all documents into a folder; the names written."""
    folder.mkdir(parents=True, exist_ok=True)
    made = documents()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    return sorted(made)


def main(folder: str = "docs/generated") -> None:
    """Write the documents; needs the translations alone, so no database and no server is started for it."""
    import django  # noqa: PLC0415  (only the command sets Django up)
    from django.conf import settings  # noqa: PLC0415

    locale = Path(__file__).parent.parent / "locale"
    source = locale / "vi/LC_MESSAGES/django.po"
    compiled = source.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        sys.exit("The translations are not compiled; run first: python manage.py compile_locale")
    if not settings.configured:
        settings.configure(USE_I18N=True, LOCALE_PATHS=[locale])
    django.setup()
    sys.stdout.write("\n".join(write(Path(folder))) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:2])
