"""What stands beside a field is said by us, in our words, and never by the browser in its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.utils.translation import override

TEMPLATES = Path(__file__).resolve().parents[2] / "backend/web/templates/web"
ALONE = {"administration/search.html", "overview/page.html", "contacts.html"}
"""Where a form to look something up, or one that a script fills in, asks for nothing that could be missing."""


def test_no_form_leaves_its_faults_to_the_browser() -> None:
    found = {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        for form in re.findall(r"<form [^>]*>", path.read_text())
        if "novalidate" not in form
    }
    assert found <= ALONE


class _Form(forms.Form):
    needed = forms.CharField()
    size = forms.IntegerField(min_value=1, max_value=1000)
    kind = forms.ChoiceField(choices=[("a", "A")])
    address = forms.EmailField()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"size": "0", "kind": "b", "address": "x"}, {
            "needed": "Mục này là bắt buộc.", "size": "Nhập giá trị từ 1 trở lên.",
            "kind": "Hãy chọn trong danh sách; không có “b” ở đó.", "address": "Đây không phải địa chỉ thư điện tử.",
        }),
        ({"needed": "x", "size": "1001", "kind": "a", "address": "a@b.vn"}, {"size": "Nhập giá trị không quá 1000."}),
        ({"needed": "x", "size": "ba", "kind": "a", "address": "a@b.vn"}, {"size": "Hãy nhập một số nguyên."}),
    ],
)  # fmt: skip
def test_djangos_own_sentences_are_ours(typed: dict[str, str], said: dict[str, str]) -> None:
    with override("vi"):
        assert {name: str(errors[0]) for name, errors in _Form(typed).errors.items()} == said
