"""No sentence that people read holds a word that only the code knows: a name with underscores, a file of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polib
import pytest
from django.core.management import get_commands
from django.utils.translation import override

from backend.alerts.reasons import REASONS, UNSAID
from backend.audit.codes import EventCode
from backend.deadlines.titles import TITLES
from backend.imports.faults import WORDS
from scripts.messages import CATALOGUE
from workflows import law
from workflows.catalogue import LIFECYCLES
from workflows.ladders import CHANNELS
from workflows.law.citing import cited
from workflows.offices import Level, Office, Right

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+[^}]*\}")
RAW = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\b[\w/-]+\.(?:md|py|ya?ml|sql|po|toml)\b|§")
TYPED = {"manage.py", "verify/chibo_verify.py", "backend/core/sql/roles.sql", "units.csv"}
"""Besides the commands: what a person is told to type, or a file of the person's own."""


def raw_words(sentence: str) -> list[str]:
    return [word for word in RAW.findall(PLACEHOLDER.sub("", sentence)) if word not in TYPED | set(get_commands())]


def labels() -> Iterator[str]:
    """What the catalogue of pages and the closed lists are called, and what steps stand on."""
    for page in LIFECYCLES.values():
        yield str(page.label)
        yield from (str(label) for choices in page.choices().values() for _, label in choices.choices)
        for step in page.steps().values():
            yield from (str(step.label), *(str(fact.label) for fact in step.facts), *map(cited, step.basis))
    for choices in (EventCode, Level, Office, Right):
        yield from (str(one.label) for one in choices)
    for words in (REASONS, UNSAID, TITLES, WORDS, CHANNELS):
        yield from map(str, words.values())


def test_the_hunt_finds_what_it_is_for() -> None:
    assert raw_words("rules.md §13") == ["rules.md", "§"]
    assert raw_words("why: reminder_day, %(due_on)s") == ["reminder_day"]
    assert raw_words("Undo it with: manage.py undo_import; mend units.csv") == []


def test_no_sentence_of_the_catalogue_holds_a_raw_word_in_either_language() -> None:
    texts = [text for entry in polib.pofile(str(CATALOGUE)) for text in (entry.msgid, entry.msgstr)]
    assert len(texts) > 2000
    assert [(text, found) for text in texts if (found := raw_words(text))] == []


def test_no_note_of_the_law_points_to_a_paper_of_the_designers() -> None:
    """Where a row comes from in their papers stands behind it, as a comment of the file."""
    rows = [*law.rules(packs=law.packs()), *(row for act in law.acts() for row in law.competences(act))]
    assert [row.note for row in rows if raw_words(row.note) or re.search(r"\bsections? \d", row.note)] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_label_holds_a_raw_word(language: str) -> None:
    with override(language):
        said = list(labels())
    assert len(said) > 500
    assert [text for text in said if raw_words(text) or not text.strip()] == []
