"""The roll that votes are counted against: official members of a cell on a day, by how they take part."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from backend.core.db import WHOLE, execute, reaching
from backend.core.encoding import dumps
from backend.members.leaves import BROUGHT_IN, PAPERS
from workflows.standings import ON_THE_LISTS, Participation
from workflows.voting import Roll

_LEFT_OUT = (Participation.AWAY, Participation.ELSEWHERE, Participation.EXEMPT, Participation.ABROAD)
_UNPAPERED = "unpapered"
_PAPERS = PAPERS.format(member="s.member_id")  # whoever has moved away since may be out of sight, the history is not
_ROLL = """
    SELECT jsonb_object_agg(participation, jsonb_build_array(official, present)) FROM (
      SELECT way AS participation, count(*) AS official, count(*) FILTER (WHERE {present}) AS present
      FROM (SELECT {unit} AS unit_id, {day} AS day) AS asked
      JOIN members_spell s ON s.unit_id = asked.unit_id AND s.valid @> asked.day
      CROSS JOIN LATERAL (SELECT CASE WHEN s.participation NOT IN ('away', 'elsewhere') THEN s.participation ELSE (
        SELECT CASE WHEN bool_or(asked.day BETWEEN paper.first AND paper.last) THEN s.participation
          WHEN s.participation = 'away' AND bool_or(paper.last < asked.day) THEN 'attending'
          WHEN s.participation = 'away' OR bool_or(paper.last < asked.day) THEN 'unpapered' ELSE s.participation END
        FROM ({papers}) AS paper WHERE paper.way = s.participation) END) AS took (way)
      WHERE s.retracted_at IS NULL AND s.standing = 'official'
      GROUP BY way) AS roll"""
"""How many official members stand in each way of taking part, and how many of them are present. Whose leave has ended and who
has not come back is absent like anybody else (scenario B25); told apart is whose leave stands on no paper (B26), and whose
stay elsewhere is past its day: no rule was seen for either."""
_ROLL_ON = _ROLL.format(papers=_PAPERS, unit="%s::bigint", day="%s::date", present="false")
_PRESENT = "%s::jsonb ->> s.member_id::text = 'present'"
_ROLL_CALLED = _ROLL.format(papers=_PAPERS, unit="%s::bigint", day="%s::date", present=_PRESENT)
ROLL_AT = _ROLL.format(papers=_PAPERS, unit="c.unit_id", day="day", present="called ->> s.member_id::text = 'present'")

# A roster tells the present alone: of whom it brought in, the first stretch stands in for the days before it. Somebody received
# from outside came on the day of the paper.
_LISTED = f"""
    SELECT member_id, bool_or(own) FROM (
      SELECT s.member_id, true FROM members_spell s
      WHERE s.unit_id = %(unit)s AND s.member_id = ANY (%(ids)s) AND s.retracted_at IS NULL AND s.standing = ANY (%(listed)s)
        AND (s.valid @> %(day)s::date OR lower(s.valid) > %(day)s::date
          AND NOT EXISTS (
            SELECT FROM members_spell b WHERE b.member_id = s.member_id AND b.retracted_at IS NULL AND b.valid << s.valid)
          AND {BROUGHT_IN.format(member="s.member_id")})
      UNION ALL
      SELECT id, false FROM members_member WHERE guest_unit_id = %(unit)s AND id = ANY (%(ids)s)) AS listed (member_id, own)
    GROUP BY member_id"""  # noqa: S608  (constants only)
_WERE_GUESTS = """
    SELECT id FROM unnest(%(ids)s::bigint[]) AS asked (id) WHERE %(unit)s = (
      SELECT (e.facts #>> '{set,guest_unit_id}')::bigint FROM audit_event e
      WHERE e.member_id = asked.id AND e.subject_kind = 'member' AND e.facts -> 'set' ? 'guest_unit_id'
        AND e.on_date <= %(day)s::date AND e.voids IS NULL AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = e.uid)
      ORDER BY e.on_date DESC, e.id DESC LIMIT 1)"""


def listed(unit_id: int, ids: Collection[int], day: date) -> dict[int, bool]:
    """Of these people, those on the cell's lists on a day (True) and its guests, of that day or of today (False)."""
    asked = {"unit": unit_id, "ids": list(ids), "day": day, "listed": [one.value for one in ON_THE_LISTS]}
    found: dict[int, bool] = dict(execute(_LISTED, asked, prepared=True)) if asked["ids"] else {}
    asked["ids"] = [one for one in ids if one not in found]
    if asked["ids"]:
        with reaching([WHOLE]):  # the way home of a guest was recorded where the guest belongs
            found |= {key: False for (key,) in execute(_WERE_GUESTS, asked, prepared=True)}
    return found


def roll_on(unit_id: int, day: date) -> Roll:
    """The official members of a cell on a day, as known now; no roll was called."""
    return counted_roll(execute(_ROLL_ON, [unit_id, day], prepared=True)[0][0], called=False)


def roll_called(unit_id: int, day: date, called: Mapping[int, str]) -> Roll:
    """The official members of a cell on a day, with those present by a roll call."""
    counted = execute(
        _ROLL_CALLED, [dumps({str(one): word for one, word in called.items()}), unit_id, day], prepared=True
    )[0][0]
    return counted_roll(counted, called=True)


def counted_roll(counted: Mapping[str, tuple[int, int]] | None, *, called: bool) -> Roll:
    """A roll from [official, present] by way of taking part (294-QĐ/TW 9.3.2 for who is left out)."""
    here = counted or {}
    suspended = here.get(Participation.SUSPENDED, (0, 0))
    absent = {word: total - came for word, (total, came) in here.items()}
    return Roll(
        official=sum(total for total, _ in here.values()),
        left_out=sum(absent.get(word, 0) for word in (*_LEFT_OUT, _UNPAPERED)),
        suspended=suspended[0],
        in_transit=absent.get(Participation.IN_TRANSIT, 0),
        exempt=here.get(Participation.EXEMPT, (0, 0))[0],
        present=sum(came for _, came in here.values()) - suspended[1] if called else None,
        unpapered=absent.get(_UNPAPERED, 0),
    )
