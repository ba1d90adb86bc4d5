"""Finds the header of a roster by its names, wherever the row and the columns stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from backend.core.folding import fold
from backend.core.sheet_parts import letters
from backend.imports.faults import ImportRefused
from backend.imports.values import text

HEADERS: dict[str, str] = {
    "number": "STT", "full_name": "Họ và tên khai sinh", "used_name": "Họ và tên đang dùng", "sex": "Giới tính",
    "born_on": "Ngày sinh", "ethnicity": "Dân tộc", "religion": "Tôn giáo", "personal_id": "Số định danh cá nhân",
    "card_number": "Số thẻ đảng viên (12 số)", "card_place": "Nơi cấp thẻ", "card_issued_on": "Ngày cấp thẻ",
    "old_card_number": "Số thẻ cũ (QĐ 85)", "organisation": "Đảng bộ, chi bộ đang sinh hoạt",
    "birth_province": "Nơi đăng ký khai sinh: tỉnh", "birth_commune": "Nơi đăng ký khai sinh: xã",
    "native_province": "Quê quán: tỉnh", "native_commune": "Quê quán: xã", "home_province": "Thường trú: tỉnh",
    "home_commune": "Thường trú: xã", "home_detail": "Thường trú: chi tiết", "joined_on": "Ngày vào Đảng",
    "official_on": "Ngày chính thức", "admission_decided_on": "Ngày QĐ kết nạp", "old_personal_id": "Số CMND cũ",
    "phone": "Điện thoại", "status": "Trạng thái sinh hoạt", "left_on": "Ngày ra khỏi/từ trần/miễn SH",
    "note": "Ghi chú",
}  # fmt: skip
NEEDED = ("full_name", "born_on", "personal_id", "card_number", "joined_on", "official_on", "status", "left_on")
"""Without these a row cannot be judged; the other columns may be missing."""
_BY_NAME = {fold(name): key for key, name in HEADERS.items()}
SEARCHED = 60
"""Rows from the top in which the header is looked for."""
_ENOUGH = 4


@dataclass(frozen=True)
class Header:
    """Where each column stands (from 0), and in which row (from 0) the header was found."""

    row: int
    places: dict[str, int]

    def value(self, row: Sequence[Any], key: str) -> Any:
        """The cell of a column in a row; None where it is empty, the column missing or the row shorter."""
        place = self.places.get(key)
        found = row[place] if place is not None and place < len(row) else None
        return None if isinstance(found, str) and not found.strip() else found

    def address(self, key: str, row: int) -> str:
        """The cell's address as sheets write it, e.g. `E107` (`row` from 1)."""
        return f"{letters(self.places[key])}{row}" if key in self.places else ""


def find_header(rows: Sequence[Sequence[Any]], file: str) -> Header | None:
    """The header among the first rows; None where there is none. Raises ImportRefused for one with missing columns."""
    for number, row in enumerate(rows[:SEARCHED]):
        keys = [_BY_NAME.get(fold(text(cell))) for cell in row]
        known = [key for key in keys if key]
        if len(set(known)) < _ENOUGH:
            continue
        _refuse_unclear(known, file, number + 1)
        return Header(number, {key: place for place, key in enumerate(keys) if key})
    return None


def _refuse_unclear(known: list[str], file: str, row: int) -> None:
    missing = [HEADERS[key] for key in NEEDED if key not in known]
    twice = [HEADERS[key] for key in dict.fromkeys(known) if known.count(key) > 1]
    if missing:
        raise ImportRefused(
            _("%(file)s, row %(row)s: these columns are missing: %(names)s; put them back under these names.")
            % {"file": file, "row": row, "names": ", ".join(missing)}
        )
    if twice:
        raise ImportRefused(
            _("%(file)s, row %(row)s: these columns stand twice: %(names)s; keep one of each.")
            % {"file": file, "row": row, "names": ", ".join(twice)}
        )
