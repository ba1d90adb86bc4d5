"""Random honest lives of a log, with changes of keys and restores: whoever kept which of its heads, it is not accused."""

from __future__ import annotations

import contextlib
import io
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from backend.audit import log_keys
from backend.audit.epochs import KeyNotAnnounced, start_epoch
from backend.audit.heads import TreeHead, of_row
from backend.audit.models import SignedHead
from backend.audit.sealing import seal_all
from tests.backend.audit import forging
from tests.backend.audit.events import write
from tests.verify.conftest import chibo_verify, export
from tests.verify.test_keys import public

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SEEDS = [f"{number:02x}" * 32 for number in range(17, 23)]


class Life:
    """A log that seals, changes its key and is restored, now and then; `heads` are all that were ever signed."""

    def __init__(self, chance: random.Random, settings: Any) -> None:
        self.chance, self.settings, self.now, self.subjects = chance, settings, 0, 100
        self.keys = [public(seed, settings) for seed in SEEDS]
        self.settings.CHIBO_SIGNING_KEY, self.settings.CHIBO_LOG_KEYS = SEEDS[0], ",".join(self.keys)
        self.heads: dict[str, TreeHead] = {}

    def on(self) -> None:
        step = self.chance.choice([self.write, self.write, self.write, self.change, self.restore])
        step()
        self.heads |= {head.as_text(): head for head in map(of_row, SignedHead.objects.all())}

    def write(self) -> None:
        self.subjects += 1
        write(1, subject=self.subjects)
        seal_all()

    def change(self) -> None:
        if self.now + 1 == len(SEEDS) or not SignedHead.objects.exists():
            return
        log_keys.announce(self.keys[self.now + 1], "Đổi khóa")
        self.now += 1
        self.settings.CHIBO_SIGNING_KEY = SEEDS[self.now]
        if self.chance.random() < 0.7:
            log_keys.retire(self.keys[self.now - 1], "Đã chuyển xong")
        self.write()

    def restore(self) -> None:
        """Some of the lost heads are named: nobody knows all, but somebody one of the present epoch, whose number is not to be
        used twice. The new one begins under the newest key that the log knows."""
        sizes = sorted(SignedHead.objects.values_list("size", flat=True))
        if len(sizes) < 4:
            return
        forging.restore_to(self.chance.choice(sizes[len(sizes) // 2 : -1]))
        newest = max(self.heads.values(), key=lambda head: (head.epoch, head.size))
        named = [head for head in self.heads.values() if head is newest or self.chance.random() < 0.5]
        for now in range(self.now, -1, -1):
            self.settings.CHIBO_SIGNING_KEY, self.now = SEEDS[now], now
            with contextlib.suppress(KeyNotAnnounced), transaction.atomic():
                start_epoch("Phục hồi bản sao lưu", named)
                break
        self.write()


def judged(file: Path, kept: list[str]) -> tuple[int, str]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = chibo_verify.main([str(file), "--json", *(word for head in kept for word in ("--head", head))])
    return code, json.loads(said.getvalue())["code"]


@pytest.mark.parametrize("seed", range(24))
def test_no_honest_log_is_accused(seed: int, tmp_path: Path, settings: Any) -> None:
    chance = random.Random(seed)  # repeatable
    life = Life(chance, settings)
    for _ in range(chance.randrange(8, 22)):
        life.on()
    life.write()
    life.heads |= {head.as_text(): head for head in map(of_row, SignedHead.objects.all())}
    sizes = sorted(SignedHead.objects.values_list("size", flat=True))
    files = [export(tmp_path / "whole"), *(export(tmp_path / f"{one}", "--after", str(one)) for one in sizes[:-1][-2:])]
    found: Counter[tuple[int, str]] = Counter()
    for _ in range(40):
        kept = chance.sample(list(life.heads), min(len(life.heads), chance.choice([1, 1, 2, 3, 6])))
        for file in files:
            answer = judged(file, kept)
            assert answer[0] != 1, (answer, file.name, [one.split()[1:3] for one in kept])
            found[answer] += 1
    assert {code for code, _ in found} <= {0, 2}
    assert found[0, "whole"] > 0, found
