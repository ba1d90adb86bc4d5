"""The one table of URL × method × office: who gets through each door of the API and of the pages.

A door is open to anybody, to whoever signed in, to any office, or to the offices that hold one of its rights. What an
office may do behind it (to which unit, by which step, at which level) is judged by `policy` and by the step itself. The API
asks this table before it looks anything up; a route or a method without an entry stops every command (`door_table`), and
`tests/api/test_doors.py` knocks at each door as everybody. `make docs` writes it out (docs/doors.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from workflows.catalogue import LIFECYCLES, health_readers
from workflows.offices import SUBSTITUTES, TOLD, VOIDED_BY, Level, Office, Right, holds
from workflows.vocabulary import NEW, Step


@dataclass(frozen=True)
class Door:
    """Open to whom: to `offices`, or to those that hold one of the `rights`; without either, see the four names below."""

    said: str
    rights: frozenset[Right] = frozenset()
    offices: frozenset[Office] = frozenset()
    office: bool = False

    def lets(self, office: Office) -> bool:
        """Whether the door is open to an office."""
        if self.offices:
            return office in self.offices
        return not self.rights or any(holds(office, right) for right in self.rights)


ANYBODY = Door("anybody")
ONE_TIME = Door("whoever signed in, with a one-time password too")
SIGNED_IN = Door("whoever signed in")
ANY_OFFICE = Door("any office", office=True)


def by(*rights: Right) -> Door:
    """Open to the offices that hold one of the rights."""
    return Door(" or ".join(f"`{right.value}`" for right in rights), frozenset(rights), office=True)


def by_steps(said: str, *, page: str = "", about: str = "", opens: bool = False) -> Door:
    """Open to the offices that may take one of the steps: of a page (of all pages of cases, or of those about a member or a
    unit), or of those that open anything."""
    cases = [one for one in LIFECYCLES.values() if one.subject == "case" and about in {"", one.about}]
    pages = [LIFECYCLES[page]] if page else cases
    steps: list[Step] = [step for one in pages for step in one.steps().values()]
    rights = {step.by for step in steps if not opens or NEW in step.sources} - {Right.THROUGH_CASE}
    return Door(f"the right of {said}", frozenset(rights), office=True)


READ, RESTRICTED, ADMINISTER = by(Right.READ), by(Right.READ_RESTRICTED), by(Right.ADMINISTER)
ANSWER, CONNECT, HAND_OVER, DUES = by(Right.ANSWER), by(Right.CONNECT), by(Right.HAND_OVER), by(Right.RECORD_DUES)
MEETING = by(Right.RECORD_MEETING)
EVENTS, VOID, MERGE = by(Right.READ_EVENTS), by(Right.VOID, *VOIDED_BY.values()), by(Right.MERGE)
AUDIT, IMPORT = by(Right.AUDIT), by(Right.IMPORT)
INVITING = by(Right.INVITE, Right.ADMINISTER)
ADMINISTRATION = by(Right.ADMINISTER, Right.INVITE, Right.CONNECT, Right.IMPORT)
OPENING, ENTERING = by_steps("the step", opens=True), by_steps("the step", page="membership", opens=True)
OPENING_ABOUT = {about: by_steps("the step", about=about, opens=True) for about in ("member", "unit")}
OF_A_CASE, OF_A_MEMBER = by_steps("the step"), by_steps("the step", page="membership")
OF_ANYTHING = Door("the right of the step", OF_A_CASE.rights | OF_A_MEMBER.rights, office=True)
PLANNING = Door("a committee's own office", offices=frozenset(TOLD[Level.BASE]), office=True)
ABOVE = Door("an office above the cell that sees members", offices=PLANNING.offices | {Office.AUDITOR}, office=True)
HEALTH = Door(
    "an office that takes part where health is recorded", offices=frozenset(o for _, o in health_readers()), office=True
)
REPLACED = Door("an office for which another one stands in", offices=frozenset(SUBSTITUTES), office=True)
OWN = {"GET": SIGNED_IN, "PUT": SIGNED_IN}
PAGE, FORM = {"GET": SIGNED_IN}, {"GET": SIGNED_IN, "POST": SIGNED_IN}

API: dict[str, dict[str, Door]] = {
    "status/": {"GET": SIGNED_IN},
    "invitations/": {"POST": INVITING},
    "invitations/again/": {"POST": INVITING},
    "invitations/factors/": {"POST": INVITING},
    "invitations/join/": {"POST": ANYBODY},
    "me/": {"GET": SIGNED_IN},
    "me/password/": {"POST": ONE_TIME},
    "me/address/": OWN,
    "me/calendar/": {"GET": SIGNED_IN, "POST": SIGNED_IN, "DELETE": SIGNED_IN},
    "me/chat/": {**OWN, "DELETE": SIGNED_IN},
    "me/devices/": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "me/devices/<id:device_id>/": {"DELETE": SIGNED_IN},
    "me/preferences/": OWN,
    "me/sessions/": {"GET": SIGNED_IN},
    "me/sessions/end/": {"POST": SIGNED_IN},
    "me/tokens/": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "me/tokens/revoke/": {"POST": SIGNED_IN},
    "tokens/": {"POST": ANYBODY},
    "tokens/revoke/": {"POST": ONE_TIME},
    "units/": {"GET": ANY_OFFICE},
    "units/<id:unit_id>/": {"GET": ANY_OFFICE},
    "units/<id:unit_id>/children/": {"GET": ANY_OFFICE},
    "units/<id:unit_id>/packs/": {"GET": ANY_OFFICE},
    "units/<id:unit_id>/ladders/": {"GET": ANY_OFFICE, "POST": ADMINISTER},
    "units/<id:unit_id>/ladders/preview/": {"POST": ADMINISTER},
    "units/<id:unit_id>/ladders/withdraw/": {"POST": ADMINISTER},
    "units/<id:unit_id>/substitutions/": {"POST": ADMINISTER},
    "units/<id:unit_id>/substitutions/end/": {"POST": ADMINISTER},
    "units/<id:unit_id>/steps/": {"GET": READ},
    "units/<id:unit_id>/dues/": {"GET": RESTRICTED, "POST": DUES},
    "members/": {"GET": READ, "POST": ENTERING},
    "members/<id:member_id>/": {"GET": READ},
    "members/<id:member_id>/timeline/": {"GET": READ},
    "members/<id:member_id>/accesses/": {"GET": EVENTS},
    "members/<id:member_id>/steps/": {"GET": READ},
    "members/<id:member_id>/steps/<slug:step>/": {"POST": OF_A_MEMBER},
    "members/<id:member_id>/dues/": {"GET": RESTRICTED, "POST": DUES},
    "members/<id:member_id>/merge/": {"POST": MERGE},
    "workflows/": {"GET": ANY_OFFICE},
    "workflows/<slug:key>/": {"GET": ANY_OFFICE},
    "workflows/<slug:key>/drawing/": {"GET": ANY_OFFICE},
    "cases/": {"GET": READ, "POST": OPENING},
    "cases/<id:case_id>/": {"GET": READ},
    "cases/<id:case_id>/health/": {"GET": HEALTH},
    "cases/<id:case_id>/path/": {"GET": EVENTS},
    "cases/<id:case_id>/handover/": {"POST": HAND_OVER},
    "cases/<id:case_id>/scans/": {"GET": READ},
    "cases/<id:case_id>/steps/": {"GET": READ},
    "cases/<id:case_id>/steps/<slug:step>/": {"POST": OF_A_CASE},
    "handovers/": {"POST": HAND_OVER},
    "bulk/steps/": {"POST": OF_ANYTHING},
    "dues/rates/": {"GET": ANY_OFFICE},
    "dues/reckoning/": {"POST": ANY_OFFICE},
    "deadlines/": {"GET": READ},
    "deadlines/<id:deadline_id>/": {"GET": READ},
    "deadlines/<id:deadline_id>/ledger/": {"GET": READ},
    "deadlines/<id:deadline_id>/acknowledge/": {"POST": ANSWER},
    "deadlines/<id:deadline_id>/snooze/": {"POST": ANSWER},
    "deadlines/<id:deadline_id>/comment/": {"POST": ANSWER},
    "slip/": {"GET": READ},
    "flags/": {"GET": RESTRICTED},
    "substitutions/": {"GET": ANY_OFFICE, "POST": REPLACED},
    "substitutions/end/": {"POST": REPLACED},
    "webhooks/": {"GET": CONNECT, "POST": CONNECT},
    "webhooks/secret/": {"POST": CONNECT},
    "webhooks/close/": {"POST": CONNECT},
    "notices/": {"GET": READ},
    "notices/<id:notice_id>/": {"GET": READ},
    "alerts/ledger/": {"GET": READ},
    "alerts/ledger/csv/": {"GET": READ},
    "alerts/rehearsal/": {"GET": RESTRICTED},
    "badges/": {"GET": READ},
    "calendar/": {"GET": SIGNED_IN, "POST": ADMINISTER},
    "calendar/preview/": {"POST": ADMINISTER},
    "calendar/withdraw/": {"POST": ADMINISTER},
    "competence/": {"GET": SIGNED_IN, "POST": ADMINISTER},
    "competence/withdraw/": {"POST": ADMINISTER},
    "accesses/": {"GET": EVENTS},
    "log/head/": {"GET": READ},
    "log/head/slip/": {"GET": READ},
    "processing/": {"GET": EVENTS},
    "times/": {"GET": EVENTS},
    "desk/exports/": {"POST": AUDIT},
    "desk/samples/": {"POST": AUDIT},
    "events/": {"GET": EVENTS},
    "events/<uuid:uid>/": {"GET": EVENTS},
    "events/<uuid:uid>/scans/<slug:paper>/": {"GET": READ, "PUT": OF_A_CASE},
    "events/<uuid:uid>/void/": {"POST": VOID},
}
PAGES: dict[str, dict[str, Door]] = {
    "": {"GET": ANYBODY},
    "today/first-day/": {"POST": ANY_OFFICE},
    "meetings/<id:meeting_id>/": {"GET": MEETING, "POST": MEETING},
    "more/": PAGE,
    "office/": FORM,
    "language/": {"POST": ANYBODY},
    "sign-in/": {"GET": ANYBODY, "POST": ANYBODY},
    "sign-in/second/": {"GET": ANYBODY, "POST": ANYBODY},
    "sign-in/passkey/": {"GET": ANYBODY, "POST": ANYBODY},
    "sign-in/confirm/": FORM,
    "second-factor/": PAGE,
    "second-factor/app/": FORM,
    "second-factor/app/remove/": FORM,
    "second-factor/passkeys/": FORM,
    "second-factor/passkeys/<id:pk>/remove/": FORM,
    "second-factor/codes/": PAGE,
    "second-factor/codes/new/": FORM,
    "sessions/": FORM,
    "tokens/": FORM,
    "sign-out/": {"POST": ANYBODY},
    "invitation/": {"GET": ANYBODY, "POST": ANYBODY},
    "invitations/": {"GET": INVITING, "POST": INVITING},
    "password/": {"GET": ONE_TIME, "POST": ONE_TIME},
    "preferences/": FORM,
    "contacts/": FORM,
    "webhooks/": {"GET": CONNECT, "POST": CONNECT},
    **{f"administration/{one}": {"GET": ADMINISTRATION} for one in ("", "system/")},
    "administration/units/": {"GET": ADMINISTER},
    **{f"administration/units/<id:unit_id>/{one}": {"GET": ADMINISTER, "POST": ADMINISTER} for one in ("", "offices/")},
    "administration/calendar/": {"GET": ADMINISTER, "POST": ADMINISTER},
    "imports/": {"GET": IMPORT, "POST": IMPORT},
    "imports/<id:import_id>/": {"GET": IMPORT, "POST": IMPORT},
    "imports/<id:import_id>/sheet/": {"GET": IMPORT},
    "imports/undo/<uuid:batch>/": {"GET": IMPORT, "POST": IMPORT},
    "deadlines/": {"GET": READ},
    "deadlines/<id:deadline_id>/": {"GET": READ, "POST": ANSWER},
    **dict.fromkeys(("deadlines/<id:deadline_id>/ledger/", "ledger/", "ledger/csv/"), {"GET": READ}),
    "rehearsal/": {"GET": RESTRICTED},
    "substitutions/": {"GET": ANY_OFFICE, "POST": REPLACED},
    "members/": {"GET": READ},
    "members/bulk/": {"POST": OF_A_MEMBER},
    "members/export/": {"GET": READ},
    "members/<id:member_id>/": {"GET": READ},
    "members/<id:member_id>/looks/": {"GET": EVENTS},
    "views/<slug:page>/": {"POST": READ},
    "units/<id:unit_id>/": {"GET": ANY_OFFICE},
    "cases/": {"GET": READ},
    "overview/": {"GET": ABOVE},
    "overview/csv/": {"GET": ABOVE},
    "overview/list/": {"GET": ABOVE},
    "overview/plans/": {"GET": PLANNING, "POST": PLANNING},
    "notices/": {"GET": READ},
    "notices/read/": {"POST": READ},
    "notices/<id:notice_id>/": {"GET": READ},
    "desk/": {"GET": EVENTS},
    "desk/events/": {"GET": EVENTS},
    "desk/events/<uuid:uid>/": {"GET": EVENTS},
    "desk/events/<uuid:uid>/finding/": {"GET": AUDIT, "POST": AUDIT},
    "desk/cases/<id:case_id>/": {"GET": EVENTS},
    "desk/times/": {"GET": EVENTS},
    "desk/samples/": {"GET": AUDIT, "POST": AUDIT},
    "desk/exports/": {"GET": AUDIT, "POST": AUDIT},
    "desk/head/": {"GET": EVENTS},
    "desk/head/slip/": {"GET": EVENTS},
    "cases/<id:case_id>/": {"GET": READ},
    "cases/<id:case_id>/health/": {"GET": HEALTH},
    "cases/<id:case_id>/steps/<slug:step>/": {"GET": OF_A_CASE, "POST": OF_A_CASE},
    "members/<id:member_id>/steps/<slug:step>/": {"GET": OF_A_MEMBER, "POST": OF_A_MEMBER},
    "members/<id:member_id>/open/<slug:key>/<slug:step>/": dict.fromkeys(("GET", "POST"), OPENING_ABOUT["member"]),
    "units/<id:unit_id>/open/<slug:key>/<slug:step>/": dict.fromkeys(("GET", "POST"), OPENING_ABOUT["unit"]),
    "units/<id:unit_id>/enter/<slug:step>/": {"GET": ENTERING, "POST": ENTERING},
    "events/<uuid:uid>/void/": {"GET": VOID, "POST": VOID},
    "help/<slug:lifecycle>/": {"GET": ANY_OFFICE},
    **{one: {"GET": ANYBODY} for one in ("service-worker.js", "healthz", "readyz", "metrics")},
    **{one: {"GET": ANYBODY} for one in ("api/schema/", "api/docs/")},
    "calendar/<slug:token>.ics": {"GET": ANYBODY},
}
"""A page looks through all offices that a person holds, and is not there (404) where none of them opens it. A calendar is for
whoever has its address, metrics for whoever has their token."""
DOORS = {f"api/v1/{route}": methods for route, methods in API.items()} | PAGES


def door(route: str, method: str) -> Door | None:
    """The door of a route (as Django names it) for a method; HEAD is GET; None where there is none."""
    return DOORS.get(route, {}).get("GET" if method == "HEAD" else method)
