"""What is generated into the docs is what the catalogue says today, byte by byte, with nothing a strict policy refuses."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from django.utils.translation import override

from workflows import documenting, drawing
from workflows.catalogue import LIFECYCLES

FOLDER = Path(__file__).resolve().parents[2] / "docs/generated"
DOCUMENTS = documenting.documents()


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_committed_documents_are_current(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == DOCUMENTS[name], "run: make docs"


def test_nothing_else_lies_in_the_folder() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(DOCUMENTS)


@pytest.mark.parametrize("name", sorted(name for name in DOCUMENTS if name.endswith(".svg")))
def test_drawings_are_plain_xml(name: str) -> None:
    root = ET.fromstring(DOCUMENTS[name])
    for element in root.iter():
        assert element.tag.rpartition("}")[2] not in {"style", "script"}
        assert not any(key == "style" or key.startswith("on") for key in element.attrib)


def test_a_drawing_shows_every_state_and_every_move() -> None:
    text = drawing.svg("recognition", language="en")
    page = LIFECYCLES["recognition"]
    with override("en"):
        assert all(f">{state.label}<" in text for state in page.State)
    pairs = {(source, target) for source, target, _ in drawing.moves(page, "state") if source != target}
    assert len(re.findall('class="step"', text)) == len(pairs)
    assert "Công nhận" in drawing.svg("recognition")


def test_unknown_lifecycles_and_fields_are_key_errors() -> None:
    with pytest.raises(KeyError):
        drawing.svg("nothing")
    with pytest.raises(KeyError):
        drawing.svg("recognition", "standing")


def test_mermaid_names_the_steps() -> None:
    text = drawing.mermaid("meeting", language="en")
    assert "    planned --> held: Record that the meeting was held" in text
    assert "    [*] --> planned: Plan the meeting" in text


def test_the_way_taken_and_the_place_are_drawn_without_moving_anything() -> None:
    plain = drawing.svg("recognition")
    marked = drawing.svg(
        "recognition", walked=[("", "probation"), ("probation", "proposed"), ("nothing", "proposed")], here="proposed"
    )
    assert marked.count('class="step walked"') == 2
    assert marked.count(">● ") == 1
    assert plain.count("walked") == plain.count("●") == 0
    shape = re.compile(r' d="[^"]+"|<rect x="\d+" y="\d+"')
    assert shape.findall(plain) == shape.findall(marked)


def test_what_is_seen_first_on_a_phone_says_where_somebody_stands() -> None:
    """Words begin at the left edge of the boxes; heads of arrows have one size, in front of the words beside them."""
    text = drawing.svg("recognition", walked=[("", "probation")], here="probation")
    assert 'width="1215" height="1486" role="img"' in text
    assert re.findall(r'<text x="(\d+)"[^>]*font-size="13"', text) == ["38"] * 12
    assert set(re.findall(r'<text x="(\d+)"[^>]*font-size="11"', text)) == {"56", "380"}
    assert (
        re.findall(r'markerWidth="(\d+)" markerHeight="(\d+)" [^>]*markerUnits="(\w+)"', text)
        == [("9", "9", "userSpaceOnUse")] * 2
    )
    assert re.findall(r'marker-end="url\(#went-recognition-state\)" class="([^"]+)"', text) == ["step walked"]
