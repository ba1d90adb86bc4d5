"""The guides: what they call by its name on a page is called so there, and each picture stands where it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
GUIDES = ("bi-thu.md", "can-bo-cap-tren.md", "kiem-tra.md")
LARGEST, IN_ALL = 150_000, 1_500_000


def shown() -> set[str]:
    """The pictures that the guides and the README show, by their file's name."""
    pages = [*GUIDE.glob("*.md"), ROOT / "README.md"]
    return {name for page in pages for name in re.findall(r"pictures/([\w-]+\.png)", page.read_text(encoding="utf-8"))}


def test_every_picture_is_shown_and_every_one_shown_is_there() -> None:
    assert shown() == {one.name for one in (GUIDE / "pictures").iterdir()}


def test_pictures_are_small() -> None:
    sizes = {one.name: one.stat().st_size for one in (GUIDE / "pictures").iterdir()}
    assert {name for name, size in sizes.items() if size > LARGEST} == set()
    assert 100_000 < sum(sizes.values()) <= IN_ALL


@pytest.mark.parametrize("name", GUIDES)
def test_what_is_named_is_what_the_pages_say(name: str) -> None:
    """Words in bold are a button, a link or a heading: each begins a Vietnamese text of the catalogue, or is one."""
    catalogue = polib.pofile(str(ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.po"))
    texts = [one.msgstr for one in catalogue if not one.obsolete]
    named = {
        " ".join(one.split()) for one in re.findall(r"\*\*(.+?)\*\*", (GUIDE / name).read_text(encoding="utf-8"), re.S)
    }
    assert len(named) > 5
    assert {one for one in named if not any(text.startswith(one) for text in texts)} == set()


@pytest.mark.parametrize("name", [*GUIDES, "README.md"])
def test_links_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (GUIDE / name).read_text(encoding="utf-8"))
    assert [link for link in links if not (GUIDE / link).exists()] == []
