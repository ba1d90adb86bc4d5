"""Every reason the statements can write has its sentence."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from backend.alerts import chat, hooks, letters, posting, push, settling, sweep_sql, transport
from backend.alerts.reasons import ANSWERS, ERRORS, REASONS, UNSAID, answer_in_words, why
from backend.contacts import targets

WRITTEN = set(re.findall(r"(?:THEN|ELSE) '([a-z]+_[a-z_]+)'", sweep_sql.SWEEP + letters.MAKE + settling.SETTLE_NOTICES))


def test_the_statements_write_reasons_of_the_list_only() -> None:
    assert {code for code in WRITTEN if code != "possibly_twice"} == set(REASONS)
    assert not set(REASONS) & set(UNSAID)


def test_a_reason_is_said_in_words_and_what_was_said_needs_none() -> None:
    assert why("", "vi") == ""
    assert why("met_before", "en") == "Not needed: the deadline was met before"
    assert why("vacant_office", "en") == "Nobody held the office on that day"


def fixed_answers() -> set[str]:
    """Every answer that is written as it stands: the words of each `Reply` that are a constant, and of the claim."""
    found = set(re.findall(r"answer = '([^']+)'", settling.CLAIM))
    for module in (transport, chat, hooks, push, posting):
        for call in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Reply":
                words = [one for one in call.args[1:2] if isinstance(one, ast.Name | ast.Constant | ast.BoolOp)]
                for one in words:
                    constant = one.values[-1] if isinstance(one, ast.BoolOp) else one
                    found.add(constant.value if isinstance(constant, ast.Constant) else getattr(module, constant.id))
    return found


def test_every_fixed_answer_is_said_in_the_readers_language() -> None:
    codes = {one.code for one in vars(targets).values() if isinstance(one, targets.Refusal)}
    fixed = fixed_answers()
    assert {"no answer known", "nothing left to say", "accepted", "no address any more", "webhook closed"} < fixed
    assert fixed | codes | {chat.REFUSED} <= set(ANSWERS)
    for one in (*ANSWERS, *ERRORS, "KeyError"):
        vi, en = answer_in_words(one, "vi"), answer_in_words(one, "en")
        assert vi != en, one
        assert vi.split(" (")[0] != one, one


@pytest.mark.parametrize(
    ("answer", "vi", "en"),
    [
        ("no answer known", "Không rõ trả lời ra sao", "No answer is known"),
        ("chat_refused 403", None, "The chat or SMS service did not take the message (403)"),
        ("accepted by Telegram", "Telegram đã nhận", "accepted by Telegram"),
        ("TimeoutError", "Phía bên kia không trả lời kịp (TimeoutError)",
         "The other side did not answer in time (TimeoutError)"),
        ("KeyError", None, "An error stopped it; the log says more (KeyError)"),
        ("h: 413 Content Too Large (too large for the push service)", None,
         "h: 413 Content Too Large (too large for the push service)"),
        ("mail:25: 250 2.0.0 Ok: queued as 4Z", "mail:25: 250 2.0.0 Ok: queued as 4Z", "mail:25: 250 2.0.0 Ok: queued as 4Z"),
        ("accepted · 550 5.1.1 nobody here", "đã nhận · 550 5.1.1 nobody here", "accepted · 550 5.1.1 nobody here"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_an_answer_is_said_in_words_and_the_other_sides_own_stay(answer: str, vi: str | None, en: str) -> None:
    assert answer_in_words(answer, "en") == en
    assert vi is None or answer_in_words(answer, "vi") == vi
