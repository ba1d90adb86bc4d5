"""From the targets of orders to locked rows, in as few statements as there are kinds of target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.cases.crossing import (
    bringing_steps,
    crossing_steps,
    lock_across,
    lock_along,
    lock_guests,
    place_of_guest,
)
from backend.cases.loading import lock_cases, lock_members, lock_units
from backend.cases.orders import Loaded, NewCase, NewMember, OnCase, OnMember, Order, UnitRow
from backend.cases.registry import proxies
from workflows.member_steps.moving import TO


def load(orders: Sequence[Order]) -> list[Loaded | None]:
    """The rows of each order, locked unit before member before case; None where nothing visible is there."""
    targets = [order.target for order in orders]
    opening = {(one.target.member_id, one.step) for one in orders if isinstance(one.target, NewCase)}
    guests = {key for key, step in opening if key is not None and step in crossing_steps()}
    along = {key for key, step in opening if key is not None and step in bringing_steps()}
    about = {key for key, _ in opening if key is not None} - guests - along
    about |= {target.id for target in targets if isinstance(target, OnMember)}
    homes = [target.unit_id for target in targets if isinstance(target, NewMember)]
    homes += [target.unit_id for target in targets if isinstance(target, NewCase) and target.unit_id is not None]
    units = lock_units(set(homes)) if homes else {}
    members = (lock_guests(guests) if guests else {}) | (lock_members(about) if about else {})
    members |= lock_along(along, _named(orders)) if along else {}
    running = {order.target.id: order.step for order in orders if isinstance(order.target, OnCase)}
    shared = {key for key, step in running.items() if step in crossing_steps()}
    cases = lock_across(shared) if shared else {}
    cases |= lock_cases(rest) if (rest := running.keys() - shared) else {}
    return [_one(order.target, order.step, units, members, cases) for order in orders]


def _named(orders: Sequence[Order]) -> set[str]:
    """The codes of units to which members go along."""
    codes = {str(one.facts.get(TO) or "") for one in orders if one.step in bringing_steps()}
    return codes - {""}


def _one(
    target: OnCase | OnMember | NewCase | NewMember,
    step: str,
    units: dict[int, UnitRow],
    members: dict[int, Loaded],
    cases: dict[int, Loaded],
) -> Loaded | None:
    if isinstance(target, OnCase):
        return cases.get(target.id)
    if isinstance(target, OnMember):
        return members.get(target.id)
    if isinstance(target, NewMember):
        home = units.get(target.unit_id)
        return Loaded(home, None, new_member(home, target.profile)) if home else None
    if target.lifecycle not in proxies() or target.lifecycle == "membership":
        return None
    if target.member_id is not None:
        known = members.get(target.member_id)
        return about_member(known, target.lifecycle, step) if known else None
    unit = units.get(target.unit_id or 0)
    return Loaded(unit, new_case(target.lifecycle, unit, None)) if unit else None


def about_member(known: Loaded, lifecycle: str, step: str) -> Loaded:
    """A case about a member that a step is to open; where the other unit takes the step, that is the temporary place."""
    there = place_of_guest(known.member) if step in crossing_steps() else None
    return Loaded(known.unit, new_case(lifecycle, known.unit, known.member), known.member, there)


def new_member(unit: UnitRow, profile: Mapping[str, Any]) -> Any:
    """Somebody who is on no list yet."""
    return proxies()["membership"](unit_id=unit.id, unit_path=unit.path, **profile)


def new_case(lifecycle: str, unit: UnitRow, member: Any) -> Any:
    """A case that does not exist yet: its state is empty until the opening step has run."""
    return proxies()[lifecycle](
        lifecycle=lifecycle,
        member_id=member.pk if member is not None else None,
        unit_id=unit.id,
        unit_path=unit.path,
        acting_unit_id=unit.id,
        acting_path=unit.path,
        facts={},
    )
